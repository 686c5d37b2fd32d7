"""Schemas: the report of an upload, for OpenAPI."""

from typing import Any

from app.intake.lines import Outcome
from app.intake.report import Status
from app.intake.terms import Mode, OnError

_TEXT = {"type": ["string", "null"]}
_NUMBER = {"type": "integer"}
_ROW = {"type": "integer", "description": "Номер строки, как его показывает Excel"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: dict[str, Any], about: str) -> dict[str, Any]:
    return {"type": "array", "items": items, "description": about}


_REMARK = _object(
    code={"type": "string", "description": "Постоянный код"},
    column={**_TEXT, "description": "Столбец"},
    detail={"type": "string", "description": "Что не так"},
    hint={"type": "string", "description": "Что сделать"},
)
_FILE = _object(
    name=_TEXT,
    sha256={"type": "string"},
    size={**_NUMBER, "description": "Байт"},
    format={"type": "string", "enum": ["csv", "xlsx"]},
    encoding=_TEXT,
    delimiter=_TEXT,
    sheet=_TEXT,
    header_row=_NUMBER,
)
_LINE = _object(
    row=_ROW,
    outcome={"type": "string", "enum": [str(each) for each in Outcome]},
    id={**_TEXT, "description": "Запись, которой стала строка"},
    errors=_list(_REMARK, "Почему строка не принята"),
    warnings=_list(_REMARK, "Принято, но требует внимания"),
    infos=_list(_REMARK, "Что сделано по дороге"),
    candidates=_list({"type": "object"}, "Кто или что может иметься в виду; люди — без имён"),
)
_DUPLICATE = _object(
    rows=_list(_ROW, "Строки об одной записи"),
    kept=_ROW,
    differing=_list({"type": "string"}, "Поля, которыми они отличаются"),
)
_GROUP = _object(
    code={"type": "string"},
    detail={"type": "string"},
    rows=_list(_ROW, "Первые сто строк"),
    count=_NUMBER,
)

REPORT = _object(
    id={"type": "string", "format": "uuid"},
    status={"type": "string", "enum": [str(each) for each in Status]},
    mode={"type": "string", "enum": [each.value for each in Mode]},
    on_error={"type": "string", "enum": [each.value for each in OnError]},
    file=_FILE,
    infos=_list(_REMARK, "О файле в целом"),
    stats=_object(total=_NUMBER, **{str(each): _NUMBER for each in Outcome}),
    groups=_list(_GROUP, "Причины отказов, частые первыми"),
    duplicates=_list(_DUPLICATE, "Все группы повторов"),
    rows=_list(_LINE, "Строки; при усечении сначала те, что требуют внимания"),
    rows_truncated={"type": "boolean", "description": "Показаны не все строки"},
)
"""The report; its texts are Russian, as the lists are."""
