"""The endpoints of indicators: the answer, and the explanation of each."""

import re
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic_core import PydanticCustomError
from starlette.requests import Request
from starlette.responses import Response

from app.access.matrix import Verb
from app.findings import FAULTS, Finding
from app.indicators.answer import LABELS, Asked, Wanted, explain, indicators
from app.problems import Invalid, InvalidCursor
from app.registry.teachers import teachers
from app.rest import docs
from app.rest.crud import answer, compute, tells_of_persons, told
from app.rest.deps import id_of, service_of
from app.rest.errors import language_of
from app.rest.gate import admitted, caller_of
from app.store.faults import NOT_A_CHOICE, OUT_OF_RANGE
from app.store.search import LIMIT, MOST, REPEATED, UNKNOWN_PARAMETER
from app.store.values import read_day

if TYPE_CHECKING:
    from datetime import date

router = APIRouter(tags=["Показатели"])

DAYS = ("as_of", "period_start", "period_end")
OUTCOMES = ("counted", "not_counted", "excluded")

_DAY = {"type": "string", "format": "date"}
_WHEN = [
    docs.path_parameter("id", {"type": "string", "format": "uuid"}, "Программа")
    | {"example": "$program"},
    docs.query_parameter("as_of", _DAY, "На дату; по умолчанию сегодня или конец программы"),
    docs.query_parameter("period_start", _DAY, "Начало периода; по умолчанию начало программы"),
    docs.query_parameter("period_end", _DAY, "Конец периода; по умолчанию `as_of`"),
]
_NUMBER = {"type": ["integer", "null"]}
_TEXT = {"type": ["string", "null"]}


def _document(properties: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "required": list(properties), "properties": properties}
    return {
        "description": "Готово",
        "headers": {"ETag": {"schema": {"type": "string"}}},
        "content": {"application/json": {"schema": schema}},
    }


_INDICATOR = {
    "type": "object",
    "properties": {
        "code": {
            "type": "string",
            "enum": list(LABELS),
            "description": "; ".join(f"`{code}`: {label}" for code, label in LABELS.items()),
        },
        "unit": {"type": "string", "enum": ["percent", "count"]},
        "definition_version": {"type": "integer"},
        "numerator": _NUMBER,
        "denominator": _NUMBER,
        "value": _TEXT,
        "value_status": {
            "type": "string",
            "enum": ["ok", "no_population", "outside_program_period"],
        },
        "target": {"type": ["object", "null"]},
        "target_status": {"type": "string", "enum": ["met", "not_met", "not_applicable"]},
        "target_gap": {**_NUMBER, "description": "Сколько ещё нужно до цели"},
        "breakdown": {"type": "array", "items": {"type": "object"}},
        "excluded_count": _NUMBER,
        "data_quality": {"type": "object"},
    },
}
_PERIOD = {"as_of": _TEXT, "period_start": _TEXT, "period_end": _TEXT}
_ANSWER = _document(
    {"program_id": {"type": "string", "format": "uuid"}}
    | _PERIOD
    | {
        "state_version": {"type": "integer", "description": "Растёт с каждым изменением"},
        "items": {"type": "array", "items": _INDICATOR},
        "uncovered_priority": {"type": "array", "items": {"type": "object"}},
    }
)
_EXPLAINED = _document(
    {
        "code": {"type": "string"},
        "as_of": _TEXT,
        "numerator": _NUMBER,
        "denominator": _NUMBER,
        "items": {"type": "array", "items": {"type": "object"}},
        "next": _TEXT,
    }
)


@router.get(
    "/programs/{id}/indicators",  # noqa: FAST003 - read in our own order of answers
    operation_id="get_indicators",
    summary="Показатели программы",
    description="Все показатели из одного состояния реестра: числитель, знаменатель, значение, "
    "цель и сколько до неё не хватает.",
    response_class=Response,
    openapi_extra={
        "parameters": _WHEN,
        "responses": {
            "200": _ANSWER,
            "304": {"description": "Не изменилось"},
            **docs.problem_responses(400, 404),
        },
    },
)
@admitted("indicators", Verb.READ)
async def get_indicators(request: Request) -> Response:
    """Every indicator of a program (`indicators.md`)."""
    said = _parameters(request, *DAYS)
    asked = _asked(request, said)
    program_id = id_of(request)
    return answer(request, await compute(request, lambda tx: indicators(tx, program_id, asked)))


@router.get(
    "/programs/{id}/indicators/{code}/explain",  # noqa: FAST003 - read in our own order of answers
    operation_id="explain_indicator",
    summary="Почему показатель такой",
    description="Каждая организация, педагог или событие с исходом и причиной: `counted` — "
    "числитель, вместе с `not_counted` — знаменатель, `excluded` — вне расчёта.",
    response_class=Response,
    openapi_extra={
        "parameters": [
            *_WHEN,
            docs.path_parameter("code", {"type": "string", "enum": list(LABELS)}, "Показатель"),
            docs.query_parameter("outcome", {"type": "string", "enum": list(OUTCOMES)}, "Исход"),
            docs.query_parameter(
                "limit", {"type": "integer", "minimum": 1, "maximum": MOST}, "Записей на странице"
            ),
            docs.query_parameter("cursor", {"type": "string"}, "Значение `next`"),
        ],
        "responses": {
            "200": _EXPLAINED,
            "304": {"description": "Не изменилось"},
            **docs.problem_responses(400, 404),
        },
    },
)
@admitted("indicators", Verb.READ)
async def explain_indicator(request: Request) -> Response:
    """What stands behind an indicator."""
    said = _parameters(request, *DAYS, "outcome", "limit", "cursor")
    asked = _asked(request, said)
    outcome = said.get("outcome")
    if outcome is not None and outcome not in OUTCOMES:
        values = {"allowed": ", ".join(OUTCOMES)}
        raise Invalid(Finding(NOT_A_CHOICE, parameter="outcome", values=values))
    limit, after = _limit(said.get("limit")), _cursor(said.get("cursor"))
    wanted = Wanted(outcome, limit, after, language_of(request))
    program_id, code = id_of(request), request.path_params["code"]
    found = await compute(request, lambda tx: explain(tx, program_id, code, asked, wanted))
    named = [each["id"] for each in found["items"] if each["type"] == "teachers" and each["name"]]
    told(request, teachers, named)
    return answer(request, found, personal=tells_of_persons(teachers, caller_of(request)))


def _parameters(request: Request, *known: str) -> dict[str, str]:
    said = request.query_params.multi_items()
    names = [name for name, _ in said]
    faults = [Finding(UNKNOWN_PARAMETER, parameter=name) for name in names if name not in known]
    faults += [Finding(REPEATED, parameter=name) for name in known if names.count(name) > 1]
    if faults:
        raise Invalid(*faults)
    return dict(said)


def _asked(request: Request, said: dict[str, str]) -> Asked:
    days: dict[str, date | None] = dict.fromkeys(DAYS)
    faults = []
    for name in DAYS:
        try:
            if name in said:
                days[name] = read_day(said[name])
        except PydanticCustomError as error:
            faults.append(Finding(FAULTS[error.type], parameter=name))
    if faults:
        raise Invalid(*faults)
    return Asked(service_of(request).today(), **days)


def _limit(said: str | None) -> int:
    if said is None:
        return LIMIT
    if not re.fullmatch("[0-9]{1,6}", said) or not 1 <= int(said) <= MOST:
        raise Invalid(Finding(OUT_OF_RANGE, parameter="limit", values={"limit": f"1…{MOST}"}))
    return int(said)


def _cursor(said: str | None) -> int:
    if said is None:
        return 0
    if not re.fullmatch("[0-9]{1,12}", said):
        raise InvalidCursor
    return int(said)
