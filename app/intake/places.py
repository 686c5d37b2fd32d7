"""Places: finds the organization that a list means, by number or by name; never guesses.

Of the 1,705 names that one region gives its schools, 207 share an ИНН with a parent body, and 43
folded names belong to 99 schools: a text that fits several is an error that lists them.
"""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.intake.cells import as_id
from app.intake.numbers import of_organization
from app.model.text import fold
from app.registry.organization_aliases import organization_aliases
from app.registry.organizations import organizations

# Long forms first: «средняя общеобразовательная школа» is «СОШ» in every other list.
_SHORT = (
    (r"среднего общего образования|средняя общеобразовательная школа|средняя школа", "сош"),
    (r"основная общеобразовательная школа|основная школа", "оош"),
    (r"начальная общеобразовательная школа|начальная школа", "нош"),
    (r"детский сад", "дс"),
)
_FORM = re.compile(
    r"(?:(?:муниципальн|государственн|областн|краев|республиканск|бюджетн|автономн|казенн|частн|"
    r"общеобразовательн|образовательн|дошкольн|профессиональн)\w*\s+)*учреждени\w*"
    r"(?:\s+дополнительного образования)?(?:\s+детей)?|"
    r"(?:м|г|ч)(?:б|а|к|о)?(?:д|п)?(?:о|н)?(?:б|а|к)?у(?:\s?до)?|мобу|гапоу|гбпоу"
)
_PLACE = re.compile(
    r"\b(?:с|сел[оа]|д|дер|деревн[яи]|п|пос|посел(?:ок|ка)|пгт|ст|станиц[аы]|х|хутора?|г|города?) "
    r"([^\W\d_]{4,}(?:-[^\W\d_]+)*)"
)
_SHORTEST, _ENDING = 4, 2
"""Letters of a place's name compared at least, and letters at its end not compared."""
NEAREST = 3
"""Organizations suggested for a text that fits none."""
_DISTRICT = re.compile(r"\s(?:\S+ого )(?:муниципального )?района(?: .*)?$")


@lru_cache(10_000)
def name_key(name: str) -> str:
    """A name without legal form, quotation marks and district, with long kinds abbreviated."""
    key = " ".join(fold(name).replace('"', " ").replace(".", " ").split())
    key = _DISTRICT.sub("", key)
    for long, short in _SHORT:
        key = re.sub(rf"\b(?:{long})\b", short, key)
    words = key.split()
    while words and (form := _form_of(words)):
        del words[:form]
    return " ".join(word for word in words if word != "no")


def _form_of(words: list[str]) -> int:
    """How many of the first words are the legal form; never all words."""
    for count in range(min(len(words) - 1, 8), 0, -1):
        if _FORM.fullmatch(" ".join(words[:count])):
            return count
    return 0


def _stem(place: str) -> str:
    """The part that a place and its adjective share: «берёзов» of «берёзовка»."""
    return place[: max(_SHORTEST, len(place) - _ENDING)]


@dataclass(frozen=True, slots=True)
class Place:
    """An organization as lists may name it."""

    id: uuid.UUID
    name: str
    legal_person: uuid.UUID
    is_unit: bool
    home: uuid.UUID
    """The municipality."""
    kpp: str | None
    days: tuple[date, date]
    """The first and last day on which it is open."""

    def is_open(self, day: date) -> bool:
        """Whether it is open on a day."""
        return self.days[0] <= day <= self.days[1]


REMEMBERED = 1_000
"""Texts whose result is cached: as many as a report has rows; a miss takes some milliseconds."""


@dataclass
class Directory:
    """The organizations that the uploader can see, by everything that names one."""

    by_id: dict[uuid.UUID | None, Place] = field(default_factory=dict)
    by_number: dict[str, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))
    by_key: dict[str, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))
    by_name: dict[str, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))
    names: dict[uuid.UUID, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The folded names of each, with everything that by_name leaves out."""
    _found: dict[str, list[Place]] = field(default_factory=dict)
    """Results by text: lists repeat their texts."""
    _near: dict[str, list[Place]] = field(default_factory=dict)

    def find(self, text: str, on: date | None = None) -> list[Place]:
        """The organizations that a text fits: by id, ИНН or ОГРН, source key, then by name.

        If several fit, those open on the given day are meant.
        """
        if (places := self._found.get(text)) is None:
            places = self._fitting(text.strip())
            if len(self._found) < REMEMBERED:
                self._found[text] = places
        if on is None or len(places) == 1:
            return places
        return [place for place in places if place.is_open(on)] or places

    def _fitting(self, line: str) -> list[Place]:
        if (key := as_id(line)) in self.by_id:
            return [self.by_id[key]]
        if (numbers := of_organization(line)) and (found := self.by_number.get(numbers.number)):
            return self._listed(self._with(numbers.kpp, found))
        # A number alone may be the key of one and the name of another: neither hides the other.
        keyed, named = self.by_key.get(line, set()), self.by_name.get(name_key(line), set())
        return self._listed(keyed | named)

    def _with(self, kpp: str | None, ids: set[uuid.UUID]) -> set[uuid.UUID]:
        """Those of one ИНН or ОГРН that are meant; the КПП decides where they have one."""
        if kpp and (alike := {place_id for place_id in ids if self.by_id[place_id].kpp == kpp}):
            return alike
        if kpp:
            ids = {place_id for place_id in ids if self.by_id[place_id].kpp is None}
        # A structural unit has its parent's numbers: the legal person is meant.
        heads = {place_id for place_id in ids if not self.by_id[place_id].is_unit}
        return heads if len(heads) == 1 else ids

    def _listed(self, ids: Iterable[uuid.UUID]) -> list[Place]:
        return [self.by_id[place_id] for place_id in sorted(ids)]

    def near(self, text: str) -> list[Place]:
        """Up to three organizations with similar names; limited to a bounded number of texts."""
        if text not in self._near:
            if len(self._near) == REMEMBERED:
                return []
            self._near[text] = self._close(text)
        return self._near[text]

    def _close(self, text: str) -> list[Place]:
        if numbers := of_organization(text):
            return self._listed(self.by_number.get(numbers.number, set()))[:NEAREST]
        key = name_key(text)
        alike = get_close_matches(key, list(self.by_name), NEAREST, 0.75)
        keys = self._inside(key) + self._in_the_village(key) + self._with_rare_words(key) + alike
        ids = dict.fromkeys(place_id for key in keys for place_id in sorted(self.by_name[key]))
        return [self.by_id[place_id] for place_id in list(ids)[:NEAREST]]

    def _inside(self, key: str) -> list[str]:
        """Names of several words that stand in the text, the longest first."""
        names = [name for name in self.by_name if " " in name and f" {name} " in f" {key} "]
        return sorted(names, key=len, reverse=True)

    def _with_rare_words(self, key: str) -> list[str]:
        """Names with a word of the text that few have: «школа» says less than «сельская»."""
        words = dict.fromkeys(word for word in key.split() if len(word) >= _SHORTEST)
        found = ([name for name in self.by_name if word in name.split()] for word in words)
        return [name for names in found if len(names) <= NEAREST for name in names]

    def _in_the_village(self, key: str) -> list[str]:
        """Names formed from a place in the text: «сош с берёзовка», «берёзовская сош»."""
        stems = tuple(_stem(place) for place in _PLACE.findall(key))
        return [
            name
            for name in self.by_name
            if stems and any(word.startswith(stems) for word in name.split())
        ]


def directory(tx: Transaction, municipality_id: uuid.UUID | None) -> Directory:
    """The organizations of a municipality, or all that the caller can see."""
    result = Directory()
    for row in _organizations(tx, municipality_id):
        person = row.parent_id or row.id
        days = (row.opened_on or date.min, row.closed_on or date.max)
        is_unit, home = row.parent_id is not None, row.municipality_id
        result.by_id[row.id] = Place(row.id, row.short_name, person, is_unit, home, row.kpp, days)
        for number in filter(None, (row.inn, row.ogrn)):
            result.by_number[number].add(row.id)
        if row.source_key:
            result.by_key[row.source_key].add(row.id)
        for name in (row.full_name, row.short_name):
            result.by_name[name_key(name)].add(row.id)
            result.names[row.id].append(fold(name))
    alias = organization_aliases.table
    seen = tx.seen(organization_aliases.name, alias)
    for row in tx.execute(sa.select(alias.c.organization_id, alias.c.alias).where(seen)):
        if row.organization_id in result.by_id:
            result.by_name[name_key(row.alias)].add(row.organization_id)
            result.names[row.organization_id].append(fold(row.alias))
    return result


def _organizations(
    tx: Transaction, municipality_id: uuid.UUID | None
) -> Iterator[sa.Row[*tuple[object, ...]]]:
    table = organizations.table
    query = sa.select(
        *(table.c[name] for name in ("id", "municipality_id", "parent_id")),
        *(table.c[name] for name in ("full_name", "short_name", "inn", "kpp", "ogrn")),
        *(table.c[name] for name in ("source_key", "opened_on", "closed_on")),
    ).where(tx.seen(organizations.name, table))
    if municipality_id:
        query = query.where(table.c.municipality_id == municipality_id)
    yield from tx.execute(query)
