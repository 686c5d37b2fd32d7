"""The audit trail over HTTP: its entries, and whether it is whole."""

import json
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from app.oversight.entries import FILTERS, archived, asked, body, page
from app.rest import docs
from app.rest.crud import private
from app.rest.deps import no_query, service_of
from app.rest.gate import admitted
from app.rest.routing import NarrowRouter
from app.store.grants import Verb
from app.store.proof import prove
from app.store.search import LIMIT, MOST

TAG = "Журнал доступа"

router = NarrowRouter(sign="/audit", tags=[TAG])

_TEXT = {"type": ["string", "null"]}
_ID = {"type": "string", "format": "uuid"}
_NUMBER = {"type": ["integer", "null"]}
_ENTRY = {
    "seq": {"type": "integer", "description": "Номер; без пропусков, с единицы"},
    "at": {"type": "string", "format": "date-time", "description": "Когда"},
    "key_id": {"type": ["string", "null"], "format": "uuid", "description": "Каким ключом"},
    "owner": {**_TEXT, "description": "Чей это ключ"},
    "role": {"type": "string", "description": "В какой роли"},
    "action": {"type": "string", "description": "Что сделано"},
    "type": {**_TEXT, "description": "С записями какого вида"},
    "ids": {"type": "array", "items": _ID, "description": "С какими записями"},
    "outcome": {"type": "string", "description": "Чем кончилось: `ok` или отказ"},
    "request_id": {**_TEXT, "description": "`X-Request-ID` запроса"},
    "fields": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Какие поля; их значений в журнале нет",
    },
    "address_hash": {**_TEXT, "description": "Откуда: ключевой хеш адреса (у IPv6 — сети /64)"},
    "count": {"type": "integer", "description": "Сколько раз; отказы без ключа — за минуту"},
    "address": {**_TEXT, "description": "Сам адрес, пока он хранится (`SN_ADDRESS_DAYS`)"},
}
ARCHIVED_BEFORE = {
    "type": ["string", "null"],
    "format": "date-time",
    "description": "Записи до этого времени вынесены в архив, в ответе их нет",
}
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


@router.get(
    "/audit",
    operation_id="list_audit",
    summary="Журнал доступа",
    description="Кто, когда и что сделал с реестром, от старых записей к новым. `id` находит "
    "записи журнала об одной записи реестра, в том числе о списках, где она была показана.",
    response_class=Response,
    openapi_extra={
        "parameters": [
            *(
                docs.query_parameter(name, each.schema, each.about)
                for name, each in FILTERS.items()
            ),
            docs.query_parameter("limit", _LIMIT, "Записей на странице"),
            docs.query_parameter("cursor", {"type": "string"}, "Значение `next`"),
        ],
        "responses": {
            "200": docs.done(
                _object(
                    {
                        "items": {"type": "array", "items": _object(_ENTRY)},
                        "next": _TEXT,
                        "archived_before": ARCHIVED_BEFORE,
                    }
                )
            ),
            **docs.problem_responses(400),
        },
    },
)
@admitted("audit", Verb.READ)
async def list_audit(request: Request) -> Response:
    """Entries of the trail in the order of their numbers."""
    service = service_of(request)
    query = asked(request, FILTERS)
    sql, parameters = page(service.database.dialect, query, service.database.secret)
    rows = await service.reader.rows(sql, parameters, heavy=bool(query.filters))
    ((elsewhere,),) = await service.reader.rows(archived(service.database.dialect), {})
    return private(body(query, rows, service.database.secret, elsewhere))


@router.get(
    "/audit/verify",
    operation_id="verify_audit",
    summary="Цел ли журнал доступа",
    description="Пересчитывает всю цепочку журнала. `first_broken` — первая запись, которой нет "
    "или которая не та; `anchored` — до какой записи журнал подтверждён вне базы данных.",
    response_class=Response,
    openapi_extra={
        "responses": {
            "200": docs.done(
                _object(
                    {
                        "whole": {"type": "boolean", "description": "Журнал цел"},
                        "first_broken": _NUMBER,
                        "entries": {"type": "integer", "description": "Записей в базе"},
                        "anchored": _NUMBER,
                        "archived": {
                            "type": "integer",
                            "description": "До какой записи журнал вынесен в архив; 0 — не вынесен",
                        },
                    }
                )
            ),
            **docs.problem_responses(),
        },
    },
)
@admitted("audit_chain", Verb.READ)
async def verify_audit(request: Request) -> Response:
    """Whether the trail is whole; reads all of it, off the event loop."""
    no_query(request)
    service = service_of(request)
    found = await to_thread.run_sync(prove, service.database, limiter=service.writers)
    return private(json.dumps(vars(found)))
