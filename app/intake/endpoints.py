"""Imports over HTTP: uploads of lists, their reports, and their refused rows."""

import json
import uuid
from contextlib import AsyncExitStack, ExitStack

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from app.acts import Act
from app.database.transaction import Transaction
from app.intake.carrying import carried
from app.intake.codes import ImportStatus
from app.intake.documents import ImportEntry, ImportPage, ImportReport, UploadedList
from app.intake.later import Errand, accepted, current, settle, shown
from app.intake.opening import sheets_of
from app.intake.parameters import described, terms_of
from app.intake.receiving import MULTIPART, RAW, Received, received
from app.intake.runs import Run, begun
from app.intake.sheets.writing import RefusedRows, written
from app.json_types import REF, Schema
from app.model.grants import Verb
from app.model.resource import Resource
from app.model.values import spoken_instant
from app.problems import ImportRejected, NotFound
from app.registry import RESOURCES
from app.rest import docs, queries
from app.rest.answers import answer_of, shown_once
from app.rest.crud import answer, compute, private
from app.rest.deps import id_of, no_query, service_of
from app.rest.errors import draw
from app.rest.gate import Endpoint, admitted
from app.rest.preferences import ASYNC, PREFER, is_async
from app.rest.routing import NarrowRouter
from app.rest.writing import Reply, write
from app.store import uploads
from app.store.cursors import seal, unseal
from app.store.filters import whole
from app.store.query import LIMIT, MOST
from app.store.uploads import RUNNING

TAG = "Загрузка списков"

router = NarrowRouter(prefix="/imports", tags=[TAG])

_SHAPE = b'["imports"]'


def door(resource: Resource) -> Endpoint:
    """The endpoint for lists of a collection."""

    async def take(request: Request) -> Response:
        async with AsyncExitStack() as held:
            file = await held.enter_async_context(received(request))
            terms = terms_of(request, resource)
            stack = held.enter_context(ExitStack())
            service = service_of(request)
            sheet_of = await sheets_of(request, stack, resource, terms, file)

            def run_of() -> Run:
                return begun(resource, terms, sheet_of(), service.database.zone)

            if is_async(request):
                errand = await to_thread.run_sync(Errand.of_list, run_of, file.name)
                return await accepted(request, errand, held)
            return await write(request, lambda tx: _carried(request, tx, run_of(), file))

    return take


def _carried(request: Request, tx: Transaction, run: Run, file: Received) -> Reply:
    sent = carried(tx, run, uploads.new(), file.name)
    uploads.keep(tx, sent)
    tx.acts.append(Act("import", sent.collection, (str(sent.id),), outcome=sent.status))
    if sent.status == ImportStatus.REJECTED:
        return Reply(draw(request, ImportRejected(members={"report": sent.report})))
    return Reply(private(json.dumps(sent.report, ensure_ascii=False)))


ASYNCHRONOUS: Schema = {
    "name": PREFER,
    "in": "header",
    "required": False,
    # No example: Swagger UI would send it with every list.
    "schema": {"type": "string"},
    "description": f"`{ASYNC}` — для длинного списка: ответ 202 придёт сразу, список загрузится "
    "после него, а ход и отчёт покажет `GET /api/v1/imports/{id}`. Пусто — ответ придёт, когда "
    "список загружен",
}
ACCEPTED: Schema = {
    **shown_once(ImportReport, "Список принят и загружается; чем кончится, скажет его отчёт"),
    "headers": {
        "Location": {"schema": {"type": "string"}, "description": "Адрес отчёта"},
        "Preference-Applied": {"schema": {"type": "string"}, "description": f"`{ASYNC}`"},
    },
}

for each in RESOURCES:
    router.add_api_route(
        f"/{each.path}",
        admitted(each.name, Verb.CREATE)(door(each)),
        methods=["POST"],
        response_class=Response,
        operation_id=f"import_{each.name}",
        summary=f"Загрузить список {each.titles.many}",
        description="CSV или XLSX. Сначала проверьте с `mode=dry_run`: отчёт будет тот же, а в "
        "реестре ничего не изменится. В отчёте каждая непринятая строка: где, почему и что делать. "
        "Запись, на которую ссылается строка, можно назвать в столбце «Организация», указать её "
        "номер в «Организация (ид.)» или и то и другое: тогда решает номер, а строка, в которой "
        "названа другая запись, не принимается.",
        openapi_extra={
            "parameters": [*described(each), ASYNCHRONOUS],
            "requestBody": {
                "required": True,
                "content": {
                    MULTIPART: {
                        "schema": {"$ref": f"{REF}{UploadedList.__name__}"},
                        "encoding": {"file": {"contentType": ", ".join(RAW)}},
                    },
                    **dict.fromkeys(RAW, docs.FILE),
                },
            },
            "responses": {
                "200": shown_once(ImportReport, "Отчёт"),
                "202": ACCEPTED,
                **docs.problem_responses(400, 409, 413, 415),
            },
        },
    )


_LIMIT_SCHEMA: Schema = {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}


@router.get(
    "",
    operation_id="list_imports",
    summary="Загруженные списки",
    description="От новых к старым: что загружали и чем кончилось.",
    response_class=Response,
    openapi_extra={
        "parameters": [
            docs.query_parameter("limit", _LIMIT_SCHEMA, "Записей на странице"),
            docs.query_parameter("cursor", {"type": "string"}, "Значение `next`"),
        ],
        "responses": {
            "200": answer_of(ImportPage),
            "304": {"description": "Не изменилось"},
            **docs.problem_responses(400),
        },
    },
)
@admitted("imports", Verb.READ)
async def list_imports(request: Request) -> Response:
    """Uploads, newest first."""
    query = queries.read(request, {"limit": lambda text: whole(text, 1, MOST), "cursor": str})
    secret, take = service_of(request).database.secret, query.get("limit", LIMIT)
    after = None
    if "cursor" in query:
        after = uuid.UUID(unseal(query["cursor"], _SHAPE, secret)[0])
    rows = await _listed(request, after, take + 1)
    if await settle(request, [row.id for row in rows if row.status == RUNNING]):
        rows = await _listed(request, after, take + 1)
    items = [_entry(upload) for upload in rows[:take]]
    cursor = seal([items[-1]["id"]], _SHAPE, secret) if len(rows) > take else None
    page: ImportPage = {"items": items, "next": cursor}
    return answer(request, page, personal=True)


async def _listed(request: Request, after: uuid.UUID | None, take: int) -> list[uploads.Listed]:
    return await compute(request, lambda tx: uploads.listed(tx, after, take))


def _entry(upload: uploads.Listed) -> ImportEntry:
    return {
        "id": str(upload.id),
        "collection": upload.collection,
        "status": ImportStatus(upload.status),  # type: ignore[call-arg]
        "sent_at": spoken_instant(upload.sent_at),
        "owner": upload.owner,
    }


_ID = docs.path_parameter("id", {"type": "string", "format": "uuid"}, "Загрузка (её `id`)")


@router.get(
    "/{id}",
    operation_id="get_import",
    summary="Отчёт о загрузке",
    description="Отчёт, который был дан при загрузке. Пока список, принятый с "
    "`Prefer: respond-async`, загружается, `status` — `running`, а `progress` говорит, сколько "
    "строк пройдено. Если сервис остановился раньше, `status` — `rejected`: из списка ничего не "
    "записано, отправьте его ещё раз.",
    response_class=Response,
    openapi_extra={
        "parameters": [_ID],
        "responses": {
            "200": answer_of(ImportReport, "Отчёт"),
            "304": {"description": "Не изменилось"},
            **docs.problem_responses(400, 404),
        },
    },
)
@admitted("imports", Verb.READ)
async def get_import(request: Request) -> Response:
    """The report of an upload."""
    no_query(request)
    upload_id = id_of(request)
    upload = await current(request, upload_id)
    report = await to_thread.run_sync(shown, service_of(request).database, upload_id, upload)
    return answer(request, report, personal=True)


@router.get(
    "/{id}/rejected",
    operation_id="get_rejected_rows",
    summary="Непринятые строки",
    description="Файлом в том же формате и кодировке, что пришёл, со столбцами «Ошибка» и "
    "«Подсказка». Исправьте и загрузите его же. Хранится 30 дней.",
    response_class=Response,
    openapi_extra={
        "parameters": [_ID],
        "responses": {
            "200": {
                "description": "Непринятые строки",
                "content": docs.files(),
            },
            **docs.problem_responses(400, 404),
        },
    },
)
@admitted("rejected_rows", Verb.READ)
async def get_rejected(request: Request) -> Response:
    """The refused rows of an upload as a file."""
    no_query(request)
    upload_id = id_of(request)
    upload = await compute(request, lambda tx: uploads.one(tx, upload_id))
    if upload.refused is None:
        raise NotFound
    refused: RefusedRows = json.loads(upload.refused)
    body, kind = await to_thread.run_sync(written, refused)
    name = f"rejected-{upload_id}.{refused['format']}"
    return Response(
        body,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
        media_type=kind,
    )
