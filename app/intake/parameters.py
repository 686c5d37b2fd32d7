"""Parameters: the query parameters of an upload, as far as they fit the collection."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel
from starlette.requests import Request

from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.intake.columns import key_of, known
from app.intake.sheets.shapes import Asked
from app.intake.terms import BASIS_MISSING, STANDING, Basis, ImportMode, OnError, Terms
from app.json_types import Schema, choice_schema
from app.model.columns import Choice
from app.model.faults import MISSING, NOT_A_CHOICE, UNKNOWN_REFERENCE, refuse
from app.model.headings import Kind
from app.model.resource import Resource
from app.model.values import read_day, read_id
from app.problems import Invalid
from app.registry.participations import participations
from app.rest import docs
from app.rest.queries import Reader, choice_of, one_of, read
from app.store.filters import flag, whole

NOT_COLUMNS = fault(
    "not_columns",
    'Нужен JSON вида {{"название столбца": "поле"}}, каждое название один раз.',
    'JSON such as {{"a heading": "a field"}} is expected, each heading once.',
)
NOT_OF_THE_ACTIVITY = fault(
    "not_of_the_activity",
    "Событие не относится к этому мероприятию или программе. Уберите один из параметров.",
    "The event does not belong to this activity or program. Remove one of the parameters.",
)

_ENCODINGS = ("utf-8", "utf-16", "windows-1251", "cp866")
_DELIMITERS = {";": ";", ",": ",", "tab": "\t"}
LAST_ROW = 100
"""The last row that may hold the header."""


def _choices(values: type[Choice], default: Choice | None = None) -> Schema:
    return choice_schema(values) | ({"default": default.value} if default else {})


_ID: Schema = {"type": "string", "format": "uuid"}
_COLUMNS = (
    "Как понимать столбцы, названия которых не узнаны, JSON: "
    '`{"ОУ": "organization_id", "Кто": "person"}`; столбец с пустым полем пропускается'
)
_ABOUT: Mapping[str, tuple[Schema, str]] = {
    "event_id": (_ID, "Событие для всех строк: его `id` из `GET /api/v1/events`"),
    "activity_id": (
        _ID,
        "Мероприятие плана для всех строк: его `id` из `GET /api/v1/activities`",
    ),
    "program_id": (_ID, "Программа для всех строк: её `id` из `GET /api/v1/programs`"),
    "organization_id": (
        _ID,
        "Организация для всех строк: её `id` из `GET /api/v1/organizations`",
    ),
    "participated_on": (
        {"type": "string", "format": "date"},
        "День участия для всех строк, например `2020-10-15`",
    ),
    "create_teachers": (
        {"type": "boolean", "default": False},
        (
            "Педагогов, которых ещё нет в реестре: `true` — добавить вместе с местом работы; "
            "`false` — не принимать такие строки"
        ),
    ),
    "on_error": (
        _choices(OnError, OnError.ABORT),
        (
            "Если в части строк есть ошибки: `abort` — не записывать ничего; "
            "`skip` — записать строки без ошибок"
        ),
    ),
    "mode": (
        _choices(ImportMode),
        "`dry_run` — только проверить, в реестре ничего не изменится; `commit` — записать",
    ),
    "processing_basis": (
        _choices(Basis),
        (
            "На каком основании обрабатываются данные людей из списка (152-ФЗ, статья 6): "
            "`statutory_function` — это нужно школе или району для исполнения своих полномочий; "
            "`consent` — каждый дал согласие; `contract` — с каждым заключён договор. "
            "Нужно, чтобы записать список, в котором названы люди"
        ),
    ),
    "namesakes": (
        {"type": "string", "enum": ["new"]},
        (
            "`new` — если человек с таким именем известен только в другой организации, это его "
            "тёзка: добавить нового"
        ),
    ),
    "fill_down": (
        {"type": "string"},
        (
            "Поля, в которых пустая ячейка повторяет верхнюю, через запятую; без параметра это "
            "`organization_id,activity`"
        ),
    ),
    "columns": (
        {"type": "string"},
        _COLUMNS,
    ),
    "encoding": (
        {"type": "string", "enum": list(_ENCODINGS)},
        "Кодировка CSV, если она определена неверно",
    ),
    "delimiter": (
        {"type": "string", "enum": list(_DELIMITERS)},
        "Разделитель CSV, если он определён неверно",
    ),
    "sheet": (
        {"type": "string", "maxLength": 100},
        "Лист книги, если нужен не первый: его название",
    ),
    "header_row": (
        {"type": "integer", "minimum": 1, "maximum": LAST_ROW},
        "Номер строки, в которой названия столбцов, если она найдена неверно",
    ),
}


def described(resource: Resource) -> list[Schema]:
    """The parameters of a collection's endpoint, for OpenAPI."""
    return [
        docs.query_parameter(name, *_ABOUT[name]) | {"required": name == "mode"}
        for name in _readers(resource)
    ]


def terms_of(request: Request, resource: Resource) -> Terms:
    """The terms of an upload from its query.

    Raises:
        Invalid: a parameter is missing, unknown, repeated or unreadable.

    """
    values = read(request, _readers(resource))
    asked = Asked(**{name: values.pop(name, None) for name in Asked.__slots__})
    if "mode" not in values:
        raise Invalid(Finding(MISSING, parameter="mode"))
    terms = Terms(**values, asked=asked)
    if terms.lacks_basis and lists_persons(resource):
        raise Invalid(Finding(BASIS_MISSING, parameter="processing_basis"))
    return terms


def names_persons(resource: Resource) -> bool:
    """Whether lists of a kind have columns for persons."""
    return any(heading.is_personal for heading in known(resource).values())


def lists_persons(resource: Resource) -> bool:
    """Whether each row of a list is about a person; other lists may name some beside."""
    return any(heading.name == "last_name" for heading in known(resource).values())


def home_of(tx: Transaction, terms: Terms) -> uuid.UUID | None:
    """The municipality of a list: the caller's, or that of the records in its parameters.

    Raises:
        Invalid: a parameter names a record that the caller cannot see, or two do not fit together.

    """
    rows = {name: _row(tx, name, key) for name, key in terms.standing.items()}
    unknown = [
        Finding(UNKNOWN_REFERENCE, parameter=name) for name, row in rows.items() if row is None
    ]
    if unknown:
        raise Invalid(*unknown)
    if (event := rows.get("event_id")) is not None and terms.activity_id not in {
        None,
        event.activity_id,
    }:
        raise Invalid(Finding(NOT_OF_THE_ACTIVITY, parameter="event_id"))
    activity = rows.get("activity_id")
    if activity is not None and terms.program_id not in {None, activity.program_id}:
        raise Invalid(Finding(NOT_OF_THE_ACTIVITY, parameter="activity_id"))
    homes = [row.municipality_id for row in rows.values() if row is not None]
    return tx.caller.home or next(iter(homes), None)


def _row(tx: Transaction, name: str, key: uuid.UUID) -> Any:
    collection = {"activity_id": "activities"}.get(name, name.removesuffix("_id") + "s")
    table = SQLModel.metadata.tables[collection]
    seen = tx.seen(collection, table)
    return tx.execute(sa.select(table).where(table.c.id == key, seen)).first()


def _readers(resource: Resource) -> dict[str, Reader]:
    is_attendance = resource is participations
    # In the order in which a person fills in a form: where, who, what about mistakes, may I.
    readers: dict[str, Reader] = {
        name: read_id for name in STANDING if is_attendance or name in resource.write.model_fields
    }
    if is_attendance:
        readers |= {"participated_on": read_day, "create_teachers": flag}
    readers |= {"on_error": choice_of(OnError), "mode": choice_of(ImportMode)}
    if names_persons(resource):
        readers["processing_basis"] = choice_of(Basis)
    if is_attendance:
        readers["namesakes"] = one_of("new")
    return readers | {
        "fill_down": _fields(resource),
        "columns": _columns(resource),
        "encoding": one_of(*_ENCODINGS),
        "delimiter": lambda text: _DELIMITERS[one_of(*_DELIMITERS)(text)],
        "sheet": str,
        "header_row": lambda text: whole(text, 1, LAST_ROW),
    }


def _columns(resource: Resource) -> Reader:
    allowed = _names(resource)

    def reader(text: str) -> dict[str, str]:
        try:
            pairs = json.loads(text, object_pairs_hook=list)
        except (ValueError, RecursionError):
            refuse(NOT_COLUMNS)
        is_object = isinstance(pairs, list) and text.lstrip().startswith("{")
        if not is_object or not all(isinstance(name, str) for _, name in pairs):
            refuse(NOT_COLUMNS)
        if len({key_of(title) for title, _ in pairs} - {""}) < len(pairs):
            refuse(NOT_COLUMNS)
        if not {name for _, name in pairs} <= {"", *allowed}:
            refuse(NOT_A_CHOICE, allowed=", ".join(allowed))
        return dict(pairs)

    return reader


def _names(resource: Resource) -> list[str]:
    fields = (heading for heading in known(resource).values() if heading.kind != Kind.PARTS)
    return sorted({heading.name for heading in fields if heading.name})


def _fields(resource: Resource) -> Reader:
    allowed = _names(resource)

    def reader(text: str) -> frozenset[str]:
        names = frozenset(filter(None, text.split(",")))
        if not names <= set(allowed):
            refuse(NOT_A_CHOICE, allowed=", ".join(allowed))
        return names

    return reader
