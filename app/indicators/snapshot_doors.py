"""The doors of snapshots: freeze a report, list reports, and give back what was frozen."""

import uuid
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.indicators import documents, parameters, snapshots
from app.indicators.explanation import paged, shown
from app.indicators.facts import load, program_of
from app.indicators.revision import revision
from app.indicators.snapshots import SNAPSHOTS, SnapshotWrite
from app.indicators.telling import door, naming
from app.rest import docs, queries
from app.rest.bodies import read_json
from app.rest.crud import compute, fresh
from app.rest.deps import id_of, no_query, service_of
from app.rest.gate import admitted, caller_of
from app.rest.routing import NarrowRouter
from app.rest.writing import Reply, write
from app.store.cursors import seal, unseal
from app.store.database import Transaction
from app.store.grants import Verb
from app.store.trail import Act
from app.store.validation import read
from app.store.values import Day, Moment, read_id, spoken_json

TAG = "Срезы показателей"

router = NarrowRouter(sign="/snapshots", tags=[TAG])


class SnapshotRead(BaseModel):
    """A report as it is told."""

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


SCHEMAS: Mapping[str, tuple[type[BaseModel], Any]] = {
    "SnapshotWrite": (SnapshotWrite, "validation"),
    "SnapshotRead": (SnapshotRead, "serialization"),
}
"""Bodies and answers, for OpenAPI."""

_PATH = "/programs/{id}/snapshots"
_READ = {"$ref": "#/components/schemas/SnapshotRead"}
_ONE = docs.path_parameter("snapshot_id", {"type": "string", "format": "uuid"}, "Срез")
_WITH = docs.query_parameter(
    "with", {"type": "string", "format": "uuid"}, "Другой срез этой программы"
)
_LISTED = {
    "type": "object",
    "required": ["items", "next"],
    "properties": {
        "items": {"type": "array", "items": _READ},
        "next": {"type": ["string", "null"], "description": "Курсор или null в конце"},
    },
}


@router.post(
    _PATH,
    operation_id="create_snapshot",
    summary="Сделать срез",
    description="Замораживает показатели на дату вместе со списками, которые за ними стоят: что бы "
    "потом ни исправили в реестре, срез остаётся таким, каким был сдан. Изменить и удалить его "
    "нельзя.",
    status_code=201,
    response_class=Response,
    openapi_extra={
        "parameters": [parameters.PROGRAM_WRITTEN],
        "requestBody": docs.body(
            "SnapshotWrite",
            {"as_of": "впишите дату: ГГГГ-ММ-ДД", "title": "Отчёт за 2020 год"},
        ),
        "responses": {
            "201": docs.done(_READ, "Сделан"),
            **docs.problem_responses(400, 404, 409, 413, 415),
        },
    },
)
@admitted("snapshots", Verb.CREATE)
async def create_snapshot(request: Request) -> Response:
    """Freeze the indicators of a program."""
    said = await read_json(request)
    no_query(request)
    program_id, today = id_of(request), service_of(request).today()

    def work(tx: Transaction) -> Reply:
        program_of(tx, program_id)  # first whether there is one, then what is wrong with the body
        made = snapshots.freeze(tx, program_id, read(SnapshotWrite, said, _SHOWN), today)
        where = f"/api/v1/programs/{program_id}/snapshots/{made['id']}"
        body = spoken_json(_told(request, made)).encode()
        headers = {"Location": where, "Cache-Control": "private, no-store"}
        return Reply(Response(body, 201, headers, "application/json"))

    return await write(request, work)


@router.get(
    _PATH,
    operation_id="list_snapshots",
    summary="Список: срезы программы",
    description="Сделанные отчёты в порядке их появления.",
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, *parameters.LIMIT_AND_CURSOR], docs.done(_LISTED)),
)
@admitted("snapshots", Verb.READ)
async def list_snapshots(request: Request) -> Response:
    """A page of a program's reports."""
    limit, cursor = parameters.asked_page(request)
    program_id, secret = id_of(request), service_of(request).database.secret
    shape = spoken_json(["snapshots", str(program_id)]).encode()
    after = uuid.UUID(unseal(cursor, shape, secret)[0]) if cursor is not None else None
    found = await compute(
        request,
        lambda tx: snapshots.listed(tx, program_id, after=after, take=limit + 1),
    )
    page = found[:limit]
    following = seal([str(page[-1]["id"])], shape, secret) if len(found) > len(page) else None
    items = [_told(request, each) for each in page]
    return _personal(request, {"items": items, "next": following}, items)


@router.get(
    f"{_PATH}/{{snapshot_id}}",
    operation_id="get_snapshot",
    summary="Прочитать: срез",
    description="Что было сдано, когда, кем утверждено, из какого состояния реестра.",
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, _ONE], docs.done(_READ)),
)
@admitted("snapshots", Verb.READ)
async def get_snapshot(request: Request) -> Response:
    """One report."""
    no_query(request)
    which = id_of(request), id_of(request, "snapshot_id")
    found = _told(request, await compute(request, lambda tx: snapshots.one(tx, *which)))
    return _personal(request, found, [found])


@router.get(
    f"{_PATH}/{{snapshot_id}}/indicators",
    operation_id="get_snapshot_indicators",
    summary="Показатели среза",
    description="Те самые байты, которыми сервис ответил при создании среза; их SHA-256 — в самом "
    "срезе.",
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, _ONE], documents.INDICATORS),
)
@admitted("snapshots", Verb.READ)
async def get_snapshot_indicators(request: Request) -> Response:
    """The bytes that were frozen."""
    no_query(request)
    which = id_of(request), id_of(request, "snapshot_id")
    found = await compute(request, lambda tx: snapshots.one(tx, *which, SNAPSHOTS.c.indicators))
    return fresh(request, found["indicators"], f'"{found["sha256"]}"')


@router.get(
    f"{_PATH}/{{snapshot_id}}/explain/{{code}}",
    operation_id="explain_snapshot",
    summary="Почему показатель в срезе такой",
    description="Списки, которые стояли за показателем, когда делали срез. Названия — нынешние; у "
    "того, чего больше нет, названия нет.",
    response_class=Response,
    openapi_extra=door(
        [parameters.PROGRAM, _ONE, parameters.CODE, *parameters.PAGE], documents.EXPLAINED
    ),
)
@admitted("snapshots", Verb.READ)
async def explain_snapshot(request: Request) -> Response:
    """What stood behind an indicator."""
    wanted = parameters.asked_which(request)
    program_id, snapshot_id = id_of(request), id_of(request, "snapshot_id")
    code = request.path_params["code"]

    def work(tx: Transaction) -> dict[str, Any]:
        about = snapshots.one(tx, program_id, snapshot_id)
        figures, items = snapshots.frozen(tx, snapshot_id, code)
        program = program_of(tx, program_id)
        facts = load(tx, program, program.start_date)
        page, following = paged(items, wanted, (str(snapshot_id), code), tx.secret)
        return {
            "code": code,
            "as_of": about["as_of"].isoformat(),
            "state_version": about["state_version"],
            "numerator": figures["numerator"],
            "denominator": figures["denominator"],
            "items": shown(tx, facts, page, wanted.language),
            "next": following,
        }

    found = await compute(request, work)
    return naming(request, found, found["items"])


@router.get(
    f"{_PATH}/{{snapshot_id}}/diff",
    operation_id="compare_snapshot",
    summary="Чем срез отличается от другого или от сегодняшнего состояния",
    description="Каждый показатель в срезе и в другом срезе (`with`) или по нынешнему состоянию "
    "реестра на дату среза, и список того, что стало считаться иначе: так видны исправления, "
    "сделанные после сдачи отчёта.",
    response_class=Response,
    openapi_extra=door(
        [
            parameters.PROGRAM,
            _ONE,
            docs.query_parameter(
                "with", {"type": "string", "format": "uuid"}, "Другой срез этой программы"
            ),
        ],
        documents.REVISION,
    ),
)
@admitted("snapshots", Verb.READ)
async def compare_snapshot(request: Request) -> Response:
    """A report beside another one, or beside today's answer to the same question."""
    other = queries.read(request, {"with": read_id}).get("with")
    which, today = (id_of(request), id_of(request, "snapshot_id")), service_of(request).today()
    found = await compute(request, lambda tx: revision(tx, *which, other, today))
    changes = [change for each in found["items"] for change in each["changes"]]
    return naming(request, found, changes)


_SHOWN = frozenset(SnapshotRead.model_fields) - frozenset(SnapshotWrite.model_fields)
"""What a caller sees and may not say."""


def _told(request: Request, row: Mapping[str, Any]) -> dict[str, Any]:
    """A report as its reader may see it."""
    seen = dict(row)
    if not caller_of(request).view("snapshots").personal:
        seen["approved_by"] = None
    return SnapshotRead.model_validate(seen).model_dump(mode="json")


def _personal(request: Request, found: Any, items: list[dict[str, Any]]) -> Response:
    """An answer that may say who approved; who was shown that is put down."""
    named = tuple(str(each["id"]) for each in items if each["approved_by"])
    if named:
        act = Act("read", "snapshots", named, ("approved_by",))
        service_of(request).recorder.record(caller_of(request).actor, act)
    personal = caller_of(request).view("snapshots").personal
    return fresh(request, spoken_json(found), personal=personal)
