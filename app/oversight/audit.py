"""The audit trail over HTTP: its entries, and their verification."""

import json
from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.journal.proof import prove
from app.json_types import Schema
from app.model.grants import Verb
from app.oversight.documents import ArchivedBefore, AuditEntry
from app.oversight.entries import FILTERS, archived, asked, body, page
from app.rest import docs
from app.rest.answers import answers, shown_once
from app.rest.crud import private
from app.rest.deps import no_query, service_of
from app.rest.gate import admitted
from app.rest.routing import NarrowRouter
from app.rest.turns import threaded
from app.store.query import LIMIT, MOST

TAG = "Журнал доступа"

router = NarrowRouter(sign="/audit", tags=[TAG])


class AuditPage(TypedDict):
    """Страница журнала доступа."""

    items: list[AuditEntry]
    next: Annotated[str | None, Field(description="Курсор или null в конце")]
    archived_before: ArchivedBefore


class AuditVerification(TypedDict):
    """Цел ли журнал доступа."""

    whole: Annotated[bool, Field(description="Журнал цел")]
    first_broken: Annotated[
        int | None, Field(description="Первая запись, которая пропала или изменена")
    ]
    entries: Annotated[int, Field(description="Записей в базе")]
    anchored: Annotated[
        int | None, Field(description="До какой записи журнал подтверждён вне базы данных")
    ]
    archived: Annotated[
        int, Field(description="До какой записи журнал вынесен в архив; 0 — не вынесен")
    ]


SCHEMAS = answers(AuditPage, AuditVerification)
"""Answers, for OpenAPI."""

_LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}


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
                docs.query_parameter(name, entry.schema, entry.about)
                for name, entry in FILTERS.items()
            ),
            docs.query_parameter("limit", _LIMIT, "Записей на странице"),
            docs.query_parameter("cursor", {"type": "string"}, "Значение `next`"),
        ],
        "responses": {
            "200": shown_once(AuditPage),
            **docs.problem_responses(400),
        },
    },
)
@admitted("audit", Verb.READ)
async def list_audit(request: Request) -> Response:
    """Entries of the trail, ordered by number."""
    service = service_of(request)
    query = asked(request, FILTERS)
    sql, parameters = page(service.database.dialect, query, service.database.secret)
    rows = await service.reader.rows(sql, parameters, heavy=bool(query.filters))
    ((archived_before,),) = await service.reader.rows(archived(service.database.dialect), {})
    return private(body(query, rows, service.database.secret, archived_before))


@router.get(
    "/audit/verify",
    operation_id="verify_audit",
    summary="Цел ли журнал доступа",
    description="Пересчитывает всю цепочку журнала. `first_broken` — первая запись, которой нет "
    "или которая не та; `anchored` — до какой записи журнал подтверждён вне базы данных.",
    response_class=Response,
    openapi_extra={
        "responses": {
            "200": shown_once(AuditVerification),
            **docs.problem_responses(),
        },
    },
)
@admitted("audit_chain", Verb.READ)
async def verify_audit(request: Request) -> Response:
    """Verify the whole trail; runs in a thread, as it reads every entry."""
    no_query(request)
    service = service_of(request)
    proof = await threaded(service.writers, prove, service.database)
    return private(json.dumps(vars(proof)))
