"""Imports over HTTP: uploads of lists, their reports, and their refused rows."""

import json
import uuid
from collections.abc import Callable
from contextlib import ExitStack

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from app.acts import Act
from app.database.transaction import Transaction
from app.intake.codes import ImportStatus
from app.intake.documents import ImportEntry, ImportPage, ImportReport, UploadedList
from app.intake.parameters import described, home_of, terms_of
from app.intake.receiving import MULTIPART, RAW, UNNAMED, Received, received
from app.intake.report import file_of, report, status_of
from app.intake.runs import Run, begun
from app.intake.sheets.opening import opened
from app.intake.sheets.refusals import NO_TEXT, NotAList
from app.intake.sheets.shapes import Sheet
from app.intake.sheets.writing import RefusedRows, written
from app.intake.terms import Terms
from app.intake.wording import Headings
from app.json_types import REF, Schema
from app.model.grants import Verb
from app.model.resource import Resource
from app.model.values import spoken_instant
from app.problems import ImportRejected, Invalid, NotFound
from app.registry import RESOURCES
from app.rest import docs, queries
from app.rest.answers import answer_of, shown_once
from app.rest.crud import answer, compute, private
from app.rest.deps import id_of, no_query, service_of
from app.rest.errors import draw
from app.rest.gate import Endpoint, admitted
from app.rest.routing import NarrowRouter
from app.rest.writing import Reply, write
from app.store import uploads
from app.store.cursors import seal, unseal
from app.store.filters import whole
from app.store.query import LIMIT, MOST

TAG = "Загрузка списков"

router = NarrowRouter(prefix="/imports", tags=[TAG])

_SHAPE = b'["imports"]'


def door(resource: Resource) -> Endpoint:
    """The endpoint for lists of a collection."""

    async def take(request: Request) -> Response:
        async with received(request) as file:
            terms = terms_of(request, resource)
            with ExitStack() as stack:
                books = service_of(request).books
                sheet = await to_thread.run_sync(
                    _opened, stack, resource, terms, file, limiter=books
                )
                sheet_of = _again(sheet, lambda: _opened(stack, resource, terms, file))

                def work(tx: Transaction) -> Reply:
                    return _carried(request, tx, begun(resource, terms, sheet_of(), tx.zone), file)

                return await write(request, work)

    return take


def _opened(stack: ExitStack, resource: Resource, terms: Terms, file: Received) -> Sheet:
    """Read a list up to its header, before a transaction starts."""
    names = Headings(resource, terms.columns)
    try:
        return stack.enter_context(opened(file.path, terms.asked, names.knows))
    except Invalid as problem:
        # Neither the media type nor the content says what the file is.
        if file.kind == UNNAMED and any(finding.fault is NO_TEXT for finding in problem.findings):
            raise NotAList(*problem.findings) from problem
        raise


def _again(first: Sheet, open_again: Callable[[], Sheet]) -> Callable[[], Sheet]:
    """Returns the opened sheet once, then opens it again for each retry of the transaction."""
    ready = [first]
    return lambda: ready.pop() if ready else open_again()


def _carried(request: Request, tx: Transaction, run: Run, file: Received) -> Reply:
    terms, import_id = run.terms, uploads.new()
    home = home_of(tx, terms)
    with tx.trial() as undo:
        run.carry_out(tx, home)
        status = status_of(run.tally, terms)
        if status in {ImportStatus.DRY_RUN, ImportStatus.REJECTED}:
            # A dry run does everything and rolls back, so its report equals that of a commit.
            undo()
    facts = file_of(run.sheet.facts, file.name)
    body = report(import_id, run.tally, run.duplicates, terms, facts, run.infos())
    uploads.keep(tx, uploads.Sent(import_id, run.resource.name, home, status, body, run.refused()))
    tx.acts.append(Act("import", run.resource.name, (str(import_id),), outcome=status))
    if status == ImportStatus.REJECTED:
        return Reply(draw(request, ImportRejected(members={"report": body})))
    return Reply(private(json.dumps(body, ensure_ascii=False)))


for each in RESOURCES:
    router.add_api_route(
        f"/{each.path}",
        admitted(each.name, Verb.CREATE)(door(each)),
        methods=["POST"],
        response_class=Response,
        operation_id=f"import_{each.name}",
        summary=f"Загрузить список {each.titles.many}",
        description="CSV или XLSX. Сначала проверьте с `mode=dry_run`: отчёт будет тот же, а в "
        "реестре ничего не изменится. В отчёте каждая непринятая строка: где, почему и что делать.",
        openapi_extra={
            "parameters": described(each),
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
    rows = await compute(request, lambda tx: uploads.listed(tx, after, take + 1))
    items = [_entry(upload) for upload in rows[:take]]
    cursor = seal([items[-1]["id"]], _SHAPE, secret) if len(rows) > take else None
    page: ImportPage = {"items": items, "next": cursor}
    return answer(request, page, personal=True)


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
    description="Отчёт, который был дан при загрузке.",
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
    upload = await compute(request, lambda tx: uploads.one(tx, upload_id))
    return answer(request, json.loads(upload.report), personal=True)


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
