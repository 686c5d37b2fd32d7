"""Scenes: a municipality of one's own with whatever a test asks of it, made through HTTP."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from starlette.testclient import TestClient

from app.database.transaction import Transaction
from app.journal.register import Register
from app.model.declaration import table_of
from app.model.graph import target_of
from app.model.resource import Resource
from app.problems import Outage
from app.registry import RESOURCES
from app.store import register

RESOURCE = {resource.name: resource for resource in RESOURCES}
ROOT = "http://testserver"
MERGE = "application/merge-patch+json"
NOBODY = "01890000-0000-7000-8000-000000000000"

_numbers = itertools.count(10_000_000)


@dataclass(frozen=True)
class Service:
    """The running service over one database."""

    kind: str
    url: str
    client: TestClient
    database: Register


@dataclass
class Scene:
    """Records of one fresh municipality; each is made when it is first named.

    What is named is what a test stands on, not what it tests. So it is made in one transaction
    with whatever it refers to, by the same checks as a request and at a fifth of its cost. Over
    HTTP it is made where the client has no database beside it, or somebody has to decide on it.
    """

    client: TestClient
    ids: dict[str, str] = field(default_factory=dict)
    stands: frozenset[str] = field(default=frozenset(), init=False, repr=False)
    """The fixtures of `tests.standing` that have made all of it."""
    stood: int = field(default=0, init=False, repr=False)
    """How many names they have given."""
    _laying: "_Laying | None" = field(default=None, init=False, repr=False)

    def __getitem__(self, name: str) -> str:
        if name not in self.ids:
            self.lay([name])
        return self.ids[name]

    def stand(self, build: Callable[[], object]) -> None:
        """Make all that a function makes in one transaction, where there is a database beside."""
        database: Register | None = getattr(self.client, "database", None)
        known = dict(self.ids)

        def within(tx: Transaction) -> None:
            self.ids.clear()
            self.ids.update(known)  # it may be tried again
            self._laying = _Laying(tx, self.ids, self.oktmo)
            try:
                build()
            finally:
                self._laying = None

        if database:
            database.write(within)
        else:
            build()

    def lay(self, names: Iterable[str]) -> None:
        """Make the records of these names that are not made yet."""
        missing = {*names} - {*self.ids, "$oktmo"}
        if self._laying:
            self._laying.lay(missing)
            return
        is_decided = any(RESOURCE[COLLECTIONS[name]].workflow for name in missing)
        database = None if is_decided else getattr(self.client, "database", None)
        if database and missing:
            known, oktmo = dict(self.ids), self.oktmo
            self.ids |= database.write(lambda tx: _Laying(tx, {**known}, oktmo).lay(missing))
            return
        self.lay_by_requests(missing)

    def lay_all(self) -> None:
        """Make a record of every kind, each under the name of its kind."""
        database: Register = getattr(self.client, "database")  # noqa: B009 - a client inside
        known, oktmo = dict(self.ids), self.oktmo
        self.ids |= database.write(lambda tx: _Laying(tx, known, oktmo).lay_all())
        for each in RESOURCES:
            if each.workflow:
                self.ids[each.name] = str(self.make(each.name, body_of(each, self))["id"])

    def lay_by_requests(self, names: Iterable[str]) -> None:
        """Make the records of these names that are not made yet, each over HTTP."""
        for name in sorted({*names} - {"$oktmo"}):
            if name not in self.ids:
                self._make_named(name)

    def _make_named(self, name: str) -> None:
        self.ids[name] = str(self.make(COLLECTIONS[name], _recipe(name))["id"])
        for company in _COMPANY.get(name, ()):
            self.make(*company)

    @cached_property
    def oktmo(self) -> str:
        """A code that no other scene has."""
        return f"{next(_numbers)}"

    def make(self, collection: str, body: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """A new record, as the service answers it; what only stands there has an id alone."""
        if self._laying:
            return {"id": self._laying.make(collection, {**body, **more})}
        path = f"/{RESOURCE[collection].path}"
        answer = self.client.post(path, json=self.fill({**body, **more}))
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def fill(self, value: Any) -> Any:
        """A body with its placeholders replaced by ids."""
        self.lay(_named(value))
        return _filled(value, self)


@dataclass
class _Laying:
    """The records that a scene names, while they are made in one transaction."""

    tx: Transaction
    ids: dict[str, str]
    oktmo: str

    def __getitem__(self, name: str) -> str:
        if name not in self.ids:
            self.ids[name] = self.make(COLLECTIONS[name], _recipe(name))
            for company in _COMPANY.get(name, ()):
                self.make(*company)
        return self.ids[name]

    def lay(self, names: Iterable[str]) -> dict[str, str]:
        """The ids of all names, when these and whatever they refer to are made."""
        assert all(self[name] for name in sorted(names))
        return self.ids

    def lay_all(self) -> dict[str, str]:
        """The ids of what the examples name, and of an example of each kind."""
        for each in RESOURCES:
            if not each.workflow:
                body = dict(each.example)
                if each.name == "municipalities":
                    body |= {"oktmo": f"{next(_numbers)}"}
                self.ids[each.name] = self.make(each.name, body)
        return self.ids

    def make(self, collection: str, body: Mapping[str, Any]) -> str:
        """The id of a new record."""
        return str(register.create(self.tx, RESOURCE[collection], _filled(body, self)).id)


def _named(value: Any) -> Iterator[str]:
    """The names in a body."""
    if isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _named(each)
    elif isinstance(value, str) and value.startswith("$"):
        yield value


def _filled(value: Any, place: Scene | _Laying) -> Any:
    if isinstance(value, Mapping):
        return {name: _filled(each, place) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, place) for each in value]
    if value == "$oktmo":
        return place.oktmo
    return place[value] if isinstance(value, str) and value.startswith("$") else value


def _recipe(name: str) -> Mapping[str, Any]:
    return RECIPES.get(name) or another(RESOURCE[COLLECTIONS[name]], 1)


def body_of(resource: Resource, scene: Scene) -> dict[str, Any]:
    """The example of a kind as a body that can be sent in this scene."""
    body: dict[str, Any] = scene.fill(resource.example)
    if resource.name == "municipalities":
        body |= {"oktmo": f"{next(_numbers)}"}
    return body


def varied(value: Any, number: int) -> Any:
    """Another value of the same kind for each number, at every depth; choices stay as they are."""
    if isinstance(value, Mapping):
        return {name: varied(each, number) for name, each in value.items()}
    if isinstance(value, list):
        return [varied(each, number) for each in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return number
    return _varied_text(value, number) if isinstance(value, str) else value


def _varied_text(value: str, number: int) -> str:
    for pattern, other in _FORMS.items():
        if re.fullmatch(pattern, value):
            return other(value, number)
    # Names have no digits.
    return f"{value}-{in_letters(number)}"


def _same(value: str, _: int) -> str:
    return value


_FORMS: Mapping[str, Callable[[str, int], str]] = {
    r"[0-9]{2}:[0-9]{2}": lambda value, number: f"{value[:2]}:{number % 60:02d}",
    r"\$\w+|[0-9a-f]{8}-[0-9a-f-]{27}": _same,
    r"[a-z_]+": _same,
    r"\d{4}-\d\d-\d\d": lambda _, number: str(date(2021, 1, 1) + timedelta(number)),
    r"\d+": lambda _, number: str(number),
    r"\d+\.\d+": lambda value, number: f"{number}.{value.partition('.')[2]}",
    r"[ -~]+": lambda value, number: f"{value} {number}",
}
"""What becomes of texts that are no words: references, choices, days, numbers, codes."""


def another(resource: Resource, number: int) -> dict[str, Any]:
    """The example with other values in its natural keys for each number; references stay."""
    named = {
        name
        for key in resource.natural_keys
        for column in key.columns
        for name in (column, *resource.folds(column))
    }
    return {
        name: varied(value, number) if name in named else value
        for name, value in resource.example.items()
    }


def in_letters(digits: object) -> str:
    """A number, hexadecimal too, in letters: names have no digits."""
    return str(digits).translate(_LETTERS)


_LETTERS = str.maketrans("0123456789abcdef", "абвгдежзиклмнопр")


def pair(body: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The same body known to a foreign system."""
    return {**body, "source": "tests", "source_key": key}


def problem(answer: Any, status: int, code: str = "", pointer: str | None = None) -> dict[str, Any]:
    """The problem that an answer tells, held against what every problem has."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said: dict[str, Any] = answer.json()
    assert said["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert said["status"] == status
    assert said["type"].startswith("/problems/")
    assert all(said[name] for name in ("title", "detail"))
    assert (said.get("cause") in [*Outage]) == (status == 503)
    if code:
        found = [each for each in said["errors"] if each["code"] == code]
        assert found, said["errors"]
        assert pointer is None or pointer in [each.get("pointer") for each in found]
        assert all(each["detail"] for each in found)
    return said


def is_russian(text: str) -> bool:
    """Whether a text has Cyrillic letters."""
    return any("а" <= letter <= "я" for letter in text.lower())


def _school(name: str) -> dict[str, Any]:
    return {
        "municipality_id": "$municipality",
        "kind": "general_school",
        "full_name": f"МБОУ «{name}»",
        "short_name": name,
    }


RECIPES: Mapping[str, dict[str, Any]] = {
    "$municipality": {"oktmo": "$oktmo", "name": "Район для проверки"},
    "$authority": _school("Отдел образования") | {"kind": "education_authority"},
    "$school": _school("Сельская СОШ"),
    "$leader": _school("Ресурсная СОШ"),
    "$act": {
        "municipality_id": "$municipality",
        "issuer_id": "$authority",
        "kind": "order",
        "number": "1",
        "act_date": "2020-04-17",
        "title": "О программе",
    },
    "$program": {
        "municipality_id": "$municipality",
        "title": "Программа для проверки",
        "start_date": "2020-04-17",
        "end_date": "2021-12-31",
        "expected_results": [
            {"kind": "matrix", "row": 1, "level": "municipal", "text": "Рост результатов"}
        ],
    },
    "$activity": {
        "program_id": "$program",
        "plan_no": "1",
        "title": "Семинары",
        "direction": "organizational",
        "term_text": "Ежегодно (сентябрь - октябрь)",
    },
    "$partnership": {
        "program_id": "$program",
        "model": "vertical",
        "basis": "plan",
        "status": "active",
        "start_date": "2020-09-01",
        "members": [
            {"organization_id": "$leader", "role": "leader"},
            {"organization_id": "$school", "role": "supported"},
        ],
    },
    "$event": {
        "activity_id": "$activity",
        "title": "Открытый урок",
        "window_start": "2020-10-15",
        "window_end": "2020-10-15",
        "status": "planned",
    },
    "$teacher": {"municipality_id": "$municipality", "last_name": "Пробная", "first_name": "Вера"},
    "$measure": {
        "municipality_id": "$municipality",
        "code": "mean_mark",
        "title": "Средний балл",
        "value_kind": "number",
    },
    "$contract": {
        "municipality_id": "$municipality",
        "issuer_id": "$authority",
        "kind": "network_form_contract",
        "number": "7",
        "act_date": "2020-08-20",
        "title": "О сетевой форме",
    },
    "$agreement": {
        "municipality_id": "$municipality",
        "issuer_id": "$authority",
        "kind": "agreement",
        "number": "8",
        "act_date": "2020-08-20",
        "title": "О пользовании залом",
    },
    "$resource_type": {
        "municipality_id": "$municipality",
        "code": "physics",
        "title": "Физик",
        "kind": "staff",
        "unit": "ставка",
    },
    "$hall_type": {
        "municipality_id": "$municipality",
        "code": "hall",
        "title": "Спортивный зал",
        "kind": "facility",
        "unit": "час в неделю",
    },
    "$hall": {
        "organization_id": "$leader",
        "resource_type_id": "$hall_type",
        "title": "Зал для проверки",
        "right": "operational_management",
        "valid_from": "2019-01-01",
    },
    "$curriculum": {
        "program_id": "$program",
        "title": "Физика для проверки",
        "kind": "general",
        "level": "secondary",
        "scope": "part",
        "approved_by": "jointly",
        "start_date": "2020-09-01",
        "end_date": "2021-08-31",
        "parties": [
            {"organization_id": "$school", "role": "base", "act_id": "$contract"},
            {"organization_id": "$leader", "role": "educating", "licence_no": "16/1"},
        ],
        "components": [{"no": 1, "title": "Оптика", "organization_id": "$leader", "hours": "34"}],
    },
    "$group": {
        "curriculum_id": "$curriculum",
        "title": "Группа для проверки",
        "kind": "group",
        "academic_year": "2020/2021",
        "host_id": "$leader",
        "start_date": "2020-09-01",
        "end_date": "2021-05-31",
    },
    "$assessment": {
        "activity_id": "$activity",
        "title": "Единая работа",
        "form": "common_assessment",
        "window_start": "2020-10-15",
        "window_end": "2020-10-15",
        "status": "completed",
        "completed_on": "2020-10-15",
    },
    "$initiative": {
        "program_id": "$program",
        "provision": "contest_support",
        "title": "Конкурс для проверки",
        "level": "municipal",
        "start_date": "2020-10-01",
        "end_date": "2020-12-31",
    },
}
"""What some names in examples stand for; the others stand for the example of their kind."""


def _names() -> Iterator[tuple[str, str]]:
    """The names in the examples, each with the collection that it stands for a record of."""
    for resource in RESOURCES:
        rows = [(resource.example, resource.table)]
        for name, part in resource.parts.items():
            rows += [(row, table_of(part)) for row in resource.example.get(name, ())]
        for row, table in rows:
            for name, value in row.items():
                if isinstance(value, str) and value.startswith("$"):
                    yield value, target_of(table.c[name]).name


COLLECTIONS: Mapping[str, str] = dict(_names())
"""What kind of record a name in an example stands for."""

NAME_OF: Mapping[str, str] = {kind: name for name, kind in reversed([*COLLECTIONS.items()])}
"""A name for a record of a kind, of those that are referred to."""

_COMPANY: Mapping[str, list[tuple[str, dict[str, Any]]]] = {
    "$leader": [
        (
            "designations",
            {"organization_id": "$leader", "category": "leader", "valid_from": "2020-01-01"},
        )
    ],
    "$teacher": [
        (
            "employments",
            {
                "teacher_id": "$teacher",
                "organization_id": "$school",
                "position": "учитель математики",
                "position_group": "teaching",
                "is_main_job": True,
                "valid_from": "2020-09-01",
            },
        )
    ],
}
"""What goes with a record, so that its mention is no warning."""
