"""The endpoints of frozen reports: make a snapshot with its report, and read that."""

import uuid
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from app.database.transaction import Transaction
from app.documents.answering import DOWNLOAD, READERS, Wanted, about, give, is_saved, response
from app.documents.doors import REPORT
from app.documents.freezing import freeze_report
from app.documents.frozen import frozen_report
from app.indicators import parameters, snapshots
from app.indicators.facts import program_of
from app.indicators.snapshot_doors import ONE, PATH, TAG, UNWRITTEN, SnapshotRead, snapshot_shown
from app.indicators.snapshots import SnapshotWrite
from app.indicators.telling import door
from app.json_types import Json
from app.model.grants import Verb
from app.registry.programs import programs
from app.rest import docs, queries
from app.rest.answers import answer_of
from app.rest.bodies import read_json
from app.rest.deps import id_of, no_query, service_of
from app.rest.gate import admitted
from app.rest.names import verbatim
from app.rest.routing import NarrowRouter
from app.rest.writing import Reply, write
from app.store.validation import read

router = NarrowRouter(sign="/snapshots", tags=[TAG])


@router.post(
    PATH,
    operation_id="create_snapshot",
    summary="Сделать срез",
    description="Замораживает показатели на дату вместе со списками, которые за ними стоят, и "
    "отчёт о реализации программы: что бы потом ни исправили в реестре, срез остаётся таким, каким "
    "был сдан. Изменить и удалить его нельзя.",
    status_code=201,
    response_class=Response,
    openapi_extra={
        "parameters": [parameters.PROGRAM_WRITTEN],
        "requestBody": docs.body(
            "SnapshotWrite",
            {"as_of": "впишите дату: ГГГГ-ММ-ДД", "title": "Отчёт за 2020 год"},
        ),
        "responses": {
            "201": answer_of(SnapshotRead, "Сделан"),
            **docs.problem_responses(400, 404, 409, 413, 415),
        },
    },
)
@admitted("snapshots", Verb.CREATE)
async def create_snapshot(request: Request) -> Response:
    """Freeze the indicators of a program."""
    body = await read_json(request)
    no_query(request)
    program_id, today = id_of(request), service_of(request).today()

    def work(tx: Transaction) -> Reply:
        report = frozen(tx, program_id, body, today)
        location = f"/api/v1/programs/{program_id}/snapshots/{report.id}"
        headers = {"Location": location, "Cache-Control": "private, no-store"}
        answer = snapshot_shown(request, report).model_dump_json().encode()
        return Reply(Response(answer, 201, headers, "application/json"))

    return await write(request, work)


def frozen(tx: Transaction, program_id: uuid.UUID, body: Json, today: date) -> snapshots.Report:
    """Freeze the indicators of a program, and its report.

    Raises:
        NotFound: there is no such program.
        Invalid: the body is wrong.

    """
    program_of(tx, program_id)  # an unknown program is reported before faults of the body
    report = snapshots.freeze(tx, program_id, read(SnapshotWrite, body, UNWRITTEN), today)
    freeze_report(tx, report)
    return report


@router.get(
    f"{PATH}/{{snapshot_id}}/report",
    operation_id="get_snapshot_report",
    summary="Отчёт среза",
    description="Отчёт о реализации программы, каким он был, когда сделан срез. SHA-256 этих "
    "байтов JSON и адрес для проверки (QR-код) стоят на первой странице файла. У срезов, сделанных "
    "до появления отчётов, его нет (404).",
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, ONE, DOWNLOAD], response()),
)
@verbatim
@admitted("snapshots", Verb.READ)
async def get_snapshot_report(request: Request) -> Response:
    """The report that was frozen."""
    query = queries.read(request, READERS)
    wanted = wanted_frozen(id_of(request), id_of(request, "snapshot_id"))
    return await give(request, wanted._replace(is_saved=is_saved(query)))


def wanted_frozen(program_id: uuid.UUID, snapshot_id: uuid.UUID) -> Wanted:
    """The report of a snapshot."""
    return Wanted(
        REPORT,
        lambda tx: about(
            frozen_report(tx, snapshots.one(tx, program_id, snapshot_id).id), programs
        ),
    )
