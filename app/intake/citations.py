"""Citations: finds the records that cells cite, by id, by key, or by number, code or title.

A title may be followed by what tells it from others: a day («Единая работа 20.10.2020», «№ 7 от
20.08.2020») or a school year («Физика, 10–11 (2020/2021)»).
"""

import re
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic_core import PydanticCustomError
from sqlmodel import SQLModel

from app.database.slicing import slices
from app.database.transaction import Transaction
from app.intake import days
from app.intake.cells import as_id
from app.intake.timing import school_year
from app.model.declaration import Declaration
from app.model.headings import closed_list
from app.model.text import fold
from app.registry import KINDS, RESOURCES
from app.rest.called import NAMING
from app.store.captions import called

BY: dict[str, str] = {
    "source_key": "ключу",
    "code": "коду",
    "oktmo": "коду ОКТМО",
    "plan_no": "номеру в плане",
    "number": "номеру",
    "title": "названию",
    "name": "названию",
}
"""Columns by which people cite a record, with their Russian names in the dative."""

_LONGEST = 5
"""Words of a day or a school year at most: «от 20 августа 2020 г.»."""

_KIND_OF = {resource.name: resource for resource in RESOURCES}
_NUMBER = re.compile(r"(?:(?P<kind>.*) )?no (?P<number>.+)")
_POINT = re.compile(r"(?:п|пп|пункт)[. ] ?(?=\d)")
_BETWEEN = " ,;.(-"
"""Signs between a title and what follows it."""

Row = Any
"""A row of the cited kind's table."""


class Citation(NamedTuple):
    """What a cell says of the record that it cites."""

    name: str
    day: date | None = None
    year: str | None = None
    """A school year, `2020/2021`."""


@dataclass(frozen=True)
class Library:
    """The records of one kind that the texts of some cells may cite."""

    kind: Declaration
    found: dict[str, list[Row]]

    @property
    def by(self) -> str:
        """By what the records are looked up, for a message."""
        names = (BY[name] for name in BY if name in self.kind.table.c)
        return ", ".join(["номеру записи", *dict.fromkeys(names)])

    def of(self, text: str, zone: tzinfo) -> list[Row]:
        """The records that a text cites."""
        if rows := self.found.get(text):
            return rows
        cited = citation(text, zone)
        return [row for row in self.found.get(cited.name, ()) if self._fits(row, cited)]

    def _fits(self, row: Row, cited: Citation) -> bool:
        """Whether a record is of the cited day or school year."""
        if cited.year:
            return getattr(row, "academic_year", None) == cited.year
        day = cited.day
        if day is None:
            return True
        if self.kind.period and is_on(self.kind, row, day):
            return True
        columns = self.kind.table.c
        return any(isinstance(c.type, sa.Date) and getattr(row, c.name) == day for c in columns)


def is_on(kind: Declaration, row: Row, day: date) -> bool:
    """Whether the period of a record holds a day; a record without a period holds every day."""
    if not kind.period:
        return True
    first, last = (getattr(row, name) for name in kind.period)
    return bool((first or date.min) <= day <= (last or date.max))


def citation(text: str, zone: tzinfo) -> Citation:
    """A text as a title and the day or the school year behind it, if it ends with one."""
    words = re.split(r"(?<=[\s,(])", text)
    for count in range(min(_LONGEST, len(words) - 1), 0, -1):
        name = "".join(words[:-count]).rstrip(_BETWEEN)
        tail = "".join(words[-count:]).strip(_BETWEEN + ")")
        tail = re.sub(r"^(?:от|на|за) ", "", tail)
        name = re.sub(r"\s(?:от|на|за)$", "", name).rstrip(_BETWEEN)
        if not name:
            continue
        if year := school_year(tail):
            return Citation(name, year=year)
        if day := _day(tail, zone):
            return Citation(name, day)
    return Citation(text)


def _day(text: str, zone: tzinfo) -> date | None:
    try:
        return days.read(text, zone)[0]
    except PydanticCustomError:
        return None


def library(
    tx: Transaction, collection: str, home: uuid.UUID | None, texts: Collection[str], zone: tzinfo
) -> Library:
    """The records of a collection that texts cite; of one municipality, if it is known."""
    kind, table = _KIND_OF[collection], SQLModel.metadata.tables[collection]
    seen = tx.seen(collection, table)
    if home and "municipality_id" in table.c:
        seen &= table.c.municipality_id.in_([home]) | table.c.municipality_id.is_(None)
    ids = {key: text for text in texts if (key := as_id(text))}
    found = {ids[row.id]: [row] for row in _by_id(tx, table, seen, ids)}
    names = {*texts} - {*ids.values()}
    wanted = names | {citation(text, zone).name for text in names}
    cited: dict[str, dict[uuid.UUID, Row]] = defaultdict(dict)
    for name in BY:
        if name in table.c and wanted:
            for text, row in _by_column(tx, table, seen, name, wanted):
                cited[text][row.id] = row
    found |= {text: _of_kind(kind, text, [*rows.values()]) for text, rows in cited.items()}
    shelf = Library(kind, found)
    unknown = {text for text in names if not shelf.of(text, zone)}
    return Library(kind, found | _by_called(tx, table, seen, unknown))


def _by_id(
    tx: Transaction, table: sa.Table, seen: sa.ColumnElement[bool], ids: Iterable[uuid.UUID]
) -> Iterator[Row]:
    for part in slices(ids):
        yield from tx.execute(sa.select(table).where(table.c.id.in_(part), seen))


def _by_called(
    tx: Transaction, table: sa.Table, seen: sa.ColumnElement[bool], names: AbstractSet[str]
) -> dict[str, list[Row]]:
    """The records that are called so where the service names them, as in exported files.

    Persons are found by the grammar of their names alone (`people`).
    """
    found: dict[str, list[Row]] = defaultdict(list)
    if table.name in KINDS.of_persons:
        return found
    namer = NAMING.seen_by(tx.caller, tx.dialect)
    name_of = {uuid.UUID(key): name for key, name in called(tx, namer, table.name, names)}
    for row in _by_id(tx, table, seen, name_of):
        found[name_of[row.id]].append(row)
    return found


def _by_column(
    tx: Transaction, table: sa.Table, seen: sa.ColumnElement[bool], name: str, texts: Iterable[str]
) -> Iterator[tuple[str, Row]]:
    """The records that texts cite by one column, folded if the table has a match key."""
    column = table.c.get(f"{name}_key", table.c[name])
    spelt: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        # A key of a foreign system is a code, and nobody writes it in words.
        for spelling in (text,) if name == "source_key" else _spellings(text, name):
            spelt[spelling].add(text)
    for part in slices(spelt):
        query = sa.select(table, column.label("cited_by")).where(column.in_(part), seen)
        for row in tx.execute(query.order_by(table.c.id)):
            for text in spelt[row.cited_by]:
                yield text, row


def _spellings(text: str, name: str) -> set[str]:
    """The texts that a column may hold for a cell: «п. 3.2.», «№ 7», with and without a stop."""
    key = fold(text).rstrip(". ")
    keys = {text, key}
    if name == "plan_no":
        keys.add(_POINT.sub("", key))
    if name in {"number", "plan_no"} and (numbered := _NUMBER.fullmatch(key)):
        keys.add(numbered["number"])
    return keys | {f"{each}." for each in keys}


def _of_kind(kind: Declaration, text: str, rows: Sequence[Row]) -> list[Row]:
    """Those records whose kind stands before the number: «приказ № 7» is no contract."""
    numbered = _NUMBER.fullmatch(fold(text).rstrip(". "))
    if not numbered or not numbered["kind"] or "number" not in kind.table.c:
        return [*rows]
    word = numbered["kind"].split()[0]
    kinds = closed_list(kind.write.model_fields["kind"].annotation) or ()
    meant = {value for value in kinds if fold(value.label).split()[0] == word}
    return [row for row in rows if not meant or row.kind in meant]
