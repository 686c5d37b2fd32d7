"""Parameters: how the endpoints of indicators read their query parameters."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.requests import Request

from app.findings import Finding, fault
from app.indicators.asking import Asked
from app.indicators.codes import ItemOutcome, SeriesStep, SubjectType
from app.indicators.explanation import ItemQuery
from app.indicators.subject import Subject
from app.json_types import choice_schema
from app.model.faults import MISSING
from app.model.values import read_id
from app.problems import Invalid
from app.registry.program_parts import IndicatorCode
from app.rest import docs, queries
from app.rest.deps import service_of
from app.rest.errors import language_of
from app.store.filters import whole
from app.store.query import LIMIT, MOST

ONE_SUBJECT = fault(
    "one_subject",
    "Назовите либо организацию (organization_id), либо педагога (teacher_id).",
    "Name either an organization (organization_id) or a teacher (teacher_id).",
)

_DAY = {"type": "string", "format": "date"}
_ID = {"type": "string", "format": "uuid"}

PROGRAM_WRITTEN = docs.path_parameter(
    "id", _ID, "Программа: её `id` в ответе `GET /api/v1/programs`"
)
"""The program, without an example: the form of a writing endpoint must not be prefilled."""
PROGRAM = PROGRAM_WRITTEN | {"example": "$program"}
CODE = docs.path_parameter("code", choice_schema(IndicatorCode), "Показатель")
WHEN = [
    docs.query_parameter("as_of", _DAY, "На дату; по умолчанию сегодня или конец программы"),
    docs.query_parameter("period_start", _DAY, "Начало периода; по умолчанию начало программы"),
    docs.query_parameter("period_end", _DAY, "Конец периода; по умолчанию `as_of`"),
]
LIMIT_AND_CURSOR = [
    docs.query_parameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": MOST}, "Записей на странице"
    ),
    docs.query_parameter("cursor", {"type": "string"}, "Значение `next`"),
]
PAGE = [
    docs.query_parameter("outcome", choice_schema(ItemOutcome), "Исход"),
    *LIMIT_AND_CURSOR,
]
REGION = [
    docs.query_parameter("municipality_id", _ID, "Только программы этого муниципалитета"),
    *LIMIT_AND_CURSOR,
]
SUBJECT = [
    docs.query_parameter("organization_id", _ID, "Организация") | {"example": "$school"},
    docs.query_parameter("teacher_id", _ID, "Или педагог"),
]
WEEK = [
    docs.query_parameter(
        "week", _DAY, "Неделя: любой её день; по умолчанию неделя, в которую входит дата as_of"
    ),
    docs.query_parameter("organization_id", _ID, "Только с участием этой организации"),
    docs.query_parameter("resource_id", _ID, "Только в этом зале, кабинете или ином ресурсе"),
]
BETWEEN = [
    docs.query_parameter("from", _DAY, "С какой даты")
    | {"required": True, "example": "2020-09-01"},
    docs.query_parameter("to", _DAY, "По какую") | {"required": True, "example": "2021-08-31"},
]
STEP = docs.query_parameter("step", choice_schema(SeriesStep), "Шаг ряда") | {
    "required": True,
    "example": "quarter",
}

DAYS: dict[str, queries.Reader] = dict.fromkeys(
    ("as_of", "period_start", "period_end"), queries.day
)
"""Readers of `WHEN`."""
_PAGE: dict[str, queries.Reader] = {"limit": lambda text: whole(text, 1, MOST), "cursor": str}
_OUTCOME = {"outcome": queries.choice_of(ItemOutcome)}

EVERY = 1_000_000
"""More items than an indicator has: a file is not cut into pages."""


def asked_when(request: Request) -> Asked:
    """Read the day and the period."""
    return when(request, queries.read(request, DAYS))


def asked_days(request: Request, more: Mapping[str, queries.Reader]) -> Asked:
    """Read the day and the period; `more` are parameters that the caller reads itself."""
    return when(request, queries.read(request, {**DAYS, **more}))


def asked_week(
    request: Request,
) -> tuple[Asked, date | None, uuid.UUID | None, uuid.UUID | None]:
    """The day and the period; a day of the week that is asked for, an organization, a resource."""
    whose = {"organization_id": read_id, "resource_id": read_id}
    query = queries.read(request, {**DAYS, "week": queries.day, **whose})
    organization, resource = (query.get(name) for name in whose)
    return when(request, query), query.get("week"), organization, resource


def asked_what(request: Request, *, pages: bool) -> tuple[Asked, ItemQuery]:
    """Read the day, the period and the query for items; without `pages`, for all of them."""
    query = queries.read(request, {**DAYS, **_OUTCOME, **(_PAGE if pages else {})})
    return when(request, query), _items(request, query, pages=pages)


def asked_which(request: Request, *, pages: bool) -> ItemQuery:
    """Read the query for items; without `pages`, for all of them."""
    query = queries.read(request, {**_OUTCOME, **(_PAGE if pages else {})})
    return _items(request, query, pages=pages)


def asked_page(request: Request) -> tuple[int, str | None]:
    """Read the limit and the cursor."""
    query = queries.read(request, _PAGE)
    return query.get("limit", LIMIT), query.get("cursor")


def asked_region(
    request: Request, *, pages: bool
) -> tuple[Asked, uuid.UUID | None, int, str | None]:
    """Read the day, the municipality (optional) and the page; without `pages`, all is one."""
    readers = {"as_of": queries.day, "municipality_id": read_id, **(_PAGE if pages else {})}
    query = queries.read(request, readers)
    limit, cursor = query.get("limit", LIMIT if pages else EVERY), query.get("cursor")
    return when(request, query), query.get("municipality_id"), limit, cursor


def asked_whom(request: Request) -> tuple[Asked, Subject]:
    """Read the day, the period and the subject: one organization or teacher.

    Raises:
        Invalid: no subject is named, or two.

    """
    kinds: dict[str, SubjectType] = {
        "organization_id": "organizations",
        "teacher_id": "teachers",
    }
    query = queries.read(request, {**DAYS, **dict.fromkeys(kinds, read_id)})
    subjects = [(kinds[name], key) for name, key in query.items() if name in kinds]
    if len(subjects) != 1:
        raise Invalid(Finding(ONE_SUBJECT, parameter="organization_id"))
    kind, key = subjects[0]
    return when(request, query), Subject(kind, uuid.UUID(str(key)))


def asked_between(request: Request) -> tuple[date, date]:
    """Read two days; both are required."""
    query = queries.read(request, {"from": queries.day, "to": queries.day})
    _demand(query, "from", "to")
    return query["from"], query["to"]


def asked_by_step(request: Request) -> tuple[Asked, SeriesStep]:
    """Read the day, the period and the step of a series."""
    query = queries.read(request, {**DAYS, "step": queries.choice_of(SeriesStep)})
    _demand(query, "step")
    return when(request, query), query["step"]


def _items(request: Request, query: Mapping[str, Any], *, pages: bool) -> ItemQuery:
    limit, language = query.get("limit", LIMIT if pages else EVERY), language_of(request)
    return ItemQuery(query.get("outcome"), limit, language, query.get("cursor"))


def when(request: Request, query: Mapping[str, Any]) -> Asked:
    return Asked(service_of(request).today(), *(query.get(name) for name in DAYS))


def _demand(query: Mapping[str, object], *names: str) -> None:
    if missing := [Finding(MISSING, parameter=name) for name in names if name not in query]:
        raise Invalid(*missing)
