"""Documents: what the doors of the indicators answer, as OpenAPI describes it."""

from typing import Any

from app.indicators.catalogue import LABELS
from app.indicators.causes import CAUSES
from app.indicators.reasons import REASONS
from app.indicators.state import Progress

_NUMBER = {"type": ["integer", "null"]}
_TEXT = {"type": ["string", "null"]}
_OUTCOME = {
    "type": ["string", "null"],
    "enum": ["counted", "not_counted", "excluded", None],
    "description": "`counted` — числитель, вместе с `not_counted` — знаменатель, `excluded` — вне "
    "расчёта, null — показатель на это не смотрит",
}
_CODE = {
    "type": "string",
    "enum": list(LABELS),
    "description": "; ".join(f"`{code}`: {label}" for code, label in LABELS.items()),
}
_STATE = {"type": "integer", "description": "Растёт с каждым изменением"}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _document(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": "Готово",
        "headers": {"ETag": {"schema": {"type": "string"}}},
        "content": {"application/json": {"schema": _object(properties)}},
    }


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _known(texts: Any) -> str:
    return "; ".join(f"`{code}`: {words.ru}" for code, words in texts.items())


_INDICATOR = {
    "type": "object",
    "properties": {
        "code": _CODE,
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
INDICATORS = _document(
    {"program_id": {"type": "string", "format": "uuid"}}
    | _PERIOD
    | {
        "state_version": _STATE,
        "items": _list(_INDICATOR),
        "uncovered_priority": _list({"type": "object"}),
    }
)
TABLE = _document(
    {
        "as_of": _TEXT,
        "items": _list(
            _object(
                {
                    "program_id": {"type": "string", "format": "uuid"},
                    "municipality_id": {"type": "string", "format": "uuid"},
                    "title": {"type": "string"},
                    "as_of": _TEXT,
                    "state_version": _STATE,
                    "indicators": _list(_INDICATOR),
                }
            )
        ),
        "totals": _list({"type": "object"}),
        "next": _TEXT,
    }
)
_NAMED = {"type": {"type": "string"}, "id": _TEXT, "name": _TEXT}
_REASON = {
    "outcome": _OUTCOME,
    "reason": {"type": "string", "description": _known(REASONS)},
    "reason_text": {"type": "string"},
}
EXPLAINED = _document(
    {
        "code": {"type": "string"},
        "as_of": _TEXT,
        "state_version": _STATE,
        "numerator": _NUMBER,
        "denominator": _NUMBER,
        "items": _list(_object(_NAMED | _REASON)),
        "next": _TEXT,
    }
)
SUBJECT = _document(
    {
        "type": {"type": "string"},
        "id": {"type": "string", "format": "uuid"},
        "as_of": _TEXT,
        "items": _list(_object({"code": _CODE} | _REASON)),
    }
)
_CHANGE = _NAMED | {
    "from_outcome": _OUTCOME,
    "to_outcome": _OUTCOME,
    "cause": {**_TEXT, "description": _known(CAUSES)},
    "cause_text": _TEXT,
    "cause_id": {**_TEXT, "description": "Запись, с которой это произошло, если ключу она видна"},
}


def _moved(change: dict[str, Any]) -> dict[str, Any]:
    sides = {"code": _CODE, "from": _INDICATOR, "to": _INDICATOR}
    return _list(_object(sides | {"changes": _list(_object(change))}))


DIFFERENCE = _document(
    {
        "program_id": {"type": "string", "format": "uuid"},
        "from": _TEXT,
        "to": _TEXT,
        "state_version": _STATE,
        "items": _moved(_CHANGE),
    }
)
REVISION = _document(
    {
        "snapshot_id": {"type": "string", "format": "uuid"},
        "with": {**_TEXT, "description": "Другой срез; null — нынешнее состояние реестра"},
        "from": _TEXT,
        "to": _TEXT,
        "items": _moved(
            _NAMED
            | {"from_outcome": _OUTCOME, "to_outcome": _OUTCOME}
            | {"from_reason": _TEXT, "to_reason": _TEXT}
        ),
    }
)
SERIES = _document(
    {
        "code": _CODE,
        "unit": {"type": "string"},
        "step": {"type": "string"},
        "state_version": _STATE,
        "target": {"type": ["object", "null"]},
        "items": _list(
            _object(
                _PERIOD
                | {"numerator": _NUMBER, "denominator": _NUMBER}
                | {"value": _TEXT, "value_status": {"type": "string"}}
            )
        ),
    }
)
_WINDOW = {
    "event_id": {**_TEXT, "description": "Событие; null, если срок ещё не создан событием"},
    "occurrence": _TEXT,
    "window_start": _TEXT,
    "window_end": {**_TEXT, "description": "Срок до"},
    "status": {"type": "string", "enum": [each.value for each in Progress]},
    "completed_on": {**_TEXT, "description": "Факт"},
    "result": _TEXT,
    "evidence_url": _TEXT,
}
_ROW = {
    "id": {"type": "string", "format": "uuid"},
    "plan_no": {"type": "string"},
    "title": {"type": "string"},
    "direction": {"type": "string"},
    "term_text": {**_TEXT, "description": "У объединённой строки — той, с которой объединена"},
    "parties": _list({"type": "object"}),
    "expected_result": _TEXT,
    "inherits_from_id": _TEXT,
    "status": {
        "type": ["string", "null"],
        "enum": [*(each.value for each in Progress), None],
        "description": "Худший из сроков; null, если сроков нет",
    },
    "windows": _list(_object(_WINDOW)),
}
STATE = _document(
    {
        "as_of": _TEXT,
        "state_version": _STATE,
        "program": {"$ref": "#/components/schemas/ProgramRead"},
        "partnerships": _list({"$ref": "#/components/schemas/PartnershipRead"}),
        "plan": _list(_object(_ROW)),
        "indicators": _list(_INDICATOR),
        "uncovered_priority": _list({"type": "object"}),
    }
)
_RECORD = {
    "id": {"type": "string", "format": "uuid"},
    "measure_id": {"type": "string", "format": "uuid"},
    "organization_id": _TEXT,
    "partnership_id": _TEXT,
    "activity_id": _TEXT,
    "period_start": _TEXT,
    "period_end": _TEXT,
    "state": {"type": "string"},
    "baseline": {**_TEXT, "description": "Исходное значение"},
    "target": {**_TEXT, "description": "Цель"},
    "actual": {**_TEXT, "description": "Факт"},
    "reached": {
        "type": ["boolean", "null"],
        "description": "Достигнута ли цель; вниз, если она ниже исходного. null — не сравнить",
    },
}
MONITORING = _document(
    {
        "program_id": {"type": "string", "format": "uuid"},
        **_PERIOD,
        "state_version": _STATE,
        "completeness": {"type": ["object", "null"]},
        "states": {"type": "object", "description": "Сколько записей в каком состоянии"},
        "measures": _list({"type": "object"}),
        "items": _list(
            _object(
                {
                    "organization_id": {"type": "string", "format": "uuid"},
                    "name": _TEXT,
                    "reported": {"type": "boolean", "description": "Есть принятая запись"},
                    "records": _list(_object(_RECORD)),
                }
            )
        ),
        "others": _list(_object(_RECORD)),
        "exits": _list({"type": "object"}),
    }
)
