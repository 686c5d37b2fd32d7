"""The endpoints of snapshots: freeze a report, list reports, read a frozen report."""

import json
import uuid
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.acts import Act
from app.database.transaction import Transaction
from app.indicators import documents, movements, parameters, printed, snapshots
from app.indicators.catalogue import code_of
from app.indicators.explanation import paged, shown
from app.indicators.facts import load, program_of
from app.indicators.revision import revision
from app.indicators.sheets import filed
from app.indicators.snapshots import Report, SnapshotWrite
from app.indicators.telling import door, or_table, told
from app.model.grants import Verb
from app.model.values import Day, Moment, read_id, spoken_json
from app.rest import docs, media, queries
from app.rest.answers import answer_of, answers
from app.rest.crud import compute, fresh
from app.rest.deps import id_of, no_query, service_of
from app.rest.gate import admitted, caller_of
from app.rest.names import verbatim
from app.rest.routing import NarrowRouter
from app.rest.schemas import Schemas
from app.store.cursors import seal, unseal

TAG = "Срезы показателей"

router = NarrowRouter(sign="/snapshots", tags=[TAG])


class SnapshotRead(BaseModel):
    """Срез: что сдано, когда и из какого состояния реестра."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID = Field(description="Срез")
    program_id: uuid.UUID = Field(description="Программа")
    title: str = Field(description="Название отчёта")
    as_of: Day = Field(description="На какую дату")
    period_start: Day | None = Field(description="Начало периода, если оно названо")
    period_end: Day | None = Field(description="Конец периода, если он назван")
    approved_by: str | None = Field(description="Кто утвердил; null, если роль не видит имён")
    act_id: uuid.UUID | None = Field(description="Акт, которым утверждён")
    note: str | None = Field(description="Примечание")
    made_at: Moment = Field(description="Когда сделан")
    state_version: int = Field(description="Состояние реестра, из которого он сделан")
    definition_version: int = Field(description="Версия определений показателей")
    sha256: str = Field(description="SHA-256 ответа `…/indicators` в шестнадцатеричном виде")


class SnapshotPage(BaseModel):
    """Страница срезов."""

    items: list[SnapshotRead]
    next: str | None = Field(description="Курсор или null в конце")


SCHEMAS: Schemas = {
    "SnapshotWrite": (SnapshotWrite, "validation"),
    **answers(SnapshotRead, SnapshotPage),
}
"""Bodies and answers, for OpenAPI."""

PATH = "/programs/{id}/snapshots"
ONE = docs.path_parameter("snapshot_id", {"type": "string", "format": "uuid"}, "Срез")
_WITH = docs.query_parameter(
    "with", {"type": "string", "format": "uuid"}, "Другой срез этой программы"
)


@router.get(
    PATH,
    operation_id="list_snapshots",
    summary="Список срезов программы",
    description="Сделанные отчёты в порядке их появления.",
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, *parameters.LIMIT_AND_CURSOR], answer_of(SnapshotPage)),
)
@admitted("snapshots", Verb.READ)
async def list_snapshots(request: Request) -> Response:
    """A page of a program's reports."""
    limit, cursor = parameters.asked_page(request)
    program_id, secret = id_of(request), service_of(request).database.secret
    shape = spoken_json(["snapshots", str(program_id)]).encode()
    after = uuid.UUID(unseal(cursor, shape, secret)[0]) if cursor is not None else None
    reports = await compute(
        request,
        lambda tx: snapshots.listed(tx, program_id, after=after, take=limit + 1),
    )
    page = reports[:limit]
    following = seal([str(page[-1].id)], shape, secret) if len(reports) > len(page) else None
    items = [snapshot_shown(request, report) for report in page]
    return _personal(request, SnapshotPage(items=items, next=following), items)


@router.get(
    f"{PATH}/{{snapshot_id}}",
    operation_id="get_snapshot",
    summary="Показать срез",
    description="Что было сдано, когда, кем утверждено, из какого состояния реестра.",
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, ONE], answer_of(SnapshotRead)),
)
@admitted("snapshots", Verb.READ)
async def get_snapshot(request: Request) -> Response:
    """One report."""
    no_query(request)
    which = id_of(request), id_of(request, "snapshot_id")
    report = snapshot_shown(request, await compute(request, lambda tx: snapshots.one(tx, *which)))
    return _personal(request, report, [report])


@router.get(
    f"{PATH}/{{snapshot_id}}/indicators",
    operation_id="get_snapshot_indicators",
    summary="Показатели среза",
    description="Показатели слово в слово такими, какими они были сданы; SHA-256 этого ответа — в "
    "самом срезе. С `names=true` — с названиями.",
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, ONE], or_table(documents.Indicators)),
)
@verbatim
@admitted("snapshots", Verb.READ)
async def get_snapshot_indicators(request: Request) -> Response:
    """The answer that was frozen, byte for byte."""
    no_query(request)
    which = id_of(request), id_of(request, "snapshot_id")

    def work(tx: Transaction) -> tuple[str, str]:
        report = snapshots.one(tx, *which)
        return snapshots.indicators_of(tx, report), f'"{report.sha256}"'

    if (kind := media.preferred(request)) == media.JSON:
        return fresh(request, *await compute(request, work))
    return await filed(
        request, kind, which[0], lambda tx: printed.of_indicators(json.loads(work(tx)[0]))
    )


@router.get(
    f"{PATH}/{{snapshot_id}}/explain/{{code}}",
    operation_id="explain_snapshot",
    summary="Почему показатель в срезе такой",
    description="Списки, которые стояли за показателем, когда делали срез. Названия — нынешние; у "
    "того, чего больше нет, названия нет.",
    response_class=Response,
    openapi_extra=door(
        [parameters.PROGRAM, ONE, parameters.CODE, *parameters.PAGE],
        or_table(documents.IndicatorExplanation),
    ),
)
@admitted("snapshots", Verb.READ)
async def explain_snapshot(request: Request) -> Response:
    """The frozen items of an indicator."""
    query = parameters.asked_which(request, pages=media.preferred(request) == media.JSON)
    program_id, snapshot_id = id_of(request), id_of(request, "snapshot_id")
    name = request.path_params["code"]

    def work(tx: Transaction) -> documents.IndicatorExplanation:
        report = snapshots.one(tx, program_id, snapshot_id)
        code = code_of(name)
        frozen = snapshots.frozen(tx, snapshot_id, code)
        program = program_of(tx, program_id)
        facts = load(tx, program, program.start_date)
        page, following = paged(frozen.items, query, (str(snapshot_id), code), tx.secret)
        return {
            "code": code,
            "as_of": report.as_of.isoformat(),
            "state_version": report.state_version,
            "numerator": frozen.numerator,
            "denominator": frozen.denominator,
            "items": shown(tx, facts, page, query.language),
            "next": following,
        }

    return await told(request, program_id, work, lambda body: body["items"], printed.of_explanation)


@router.get(
    f"{PATH}/{{snapshot_id}}/diff",
    operation_id="compare_snapshot",
    summary="Чем срез отличается от другого или от сегодняшнего состояния",
    description="Каждый показатель в срезе и в другом срезе (`with`) или по нынешнему состоянию "
    "реестра на дату среза, и список того, что стало считаться иначе: так видны исправления, "
    "сделанные после сдачи отчёта.",
    response_class=Response,
    openapi_extra=door(
        [parameters.PROGRAM, ONE, _WITH],
        or_table(movements.SnapshotRevision),
    ),
)
@admitted("snapshots", Verb.READ)
async def compare_snapshot(request: Request) -> Response:
    """A report compared with another one, or with today's answer to the same question."""
    other = queries.read(request, {"with": read_id}).get("with")
    which, today = (id_of(request), id_of(request, "snapshot_id")), service_of(request).today()
    return await told(
        request,
        which[0],
        lambda tx: revision(tx, *which, other, today),
        lambda body: [change for item in body["items"] for change in item["changes"]],
        printed.of_difference,
    )


UNWRITTEN = frozenset(SnapshotRead.model_fields) - frozenset(SnapshotWrite.model_fields)
"""Fields of answers that are refused in a body."""


def snapshot_shown(request: Request, report: Report) -> SnapshotRead:
    """A report as the caller may see it."""
    if not caller_of(request).view("snapshots").personal:
        report = report._replace(approved_by=None)
    return SnapshotRead.model_validate(report)


def _personal(request: Request, answer: BaseModel, items: Sequence[SnapshotRead]) -> Response:
    """An answer that may name who approved; the trail records for which reports it did."""
    note_approvers(request, items)
    personal = caller_of(request).view("snapshots").personal
    return fresh(request, answer.model_dump_json(), personal=personal)


def note_approvers(request: Request, items: Sequence[SnapshotRead]) -> None:
    """Record for which reports a caller was shown who approved them."""
    if ids := tuple(str(report.id) for report in items if report.approved_by):
        act = Act("read", "snapshots", ids, ("approved_by",))
        service_of(request).recorder.record(caller_of(request).actor, act)
