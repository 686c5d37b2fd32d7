"""Duties of a keeper of personal data: erasure, report of accesses, retention."""

import json
import uuid

from anyio import to_thread
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.database.transaction import Transaction
from app.json_types import Schema
from app.model.declaration import table_of
from app.model.grants import Verb
from app.model.record import Strict
from app.model.values import Line
from app.model.view import ALL
from app.oversight import act, destruction, documents, leap
from app.oversight.documents import AccessReport, Destruction, RetentionReport
from app.oversight.entries import Query, archived, asked, body, page
from app.problems import NotFound
from app.registry.holders import Holder, holders
from app.registry.teachers import teachers
from app.rest import docs
from app.rest.answers import JsonRecord, answer_of, shown_once
from app.rest.bodies import read_json
from app.rest.crud import answer, compute, private
from app.rest.deps import id_of, no_query, service_of
from app.rest.gate import admitted
from app.rest.routing import NarrowRouter
from app.rest.schemas import Schemas
from app.rest.showing import record_shown
from app.rest.writing import Reply, write
from app.store import speech
from app.store.query import LIMIT, MOST
from app.store.validation import read

TAG = "Персональные данные"

router = NarrowRouter(tags=[TAG])


class Erasure(Strict):
    """Уничтожение персональных данных одного педагога."""

    reason: Line = Field(description="Основание: например, отзыв согласия, номер и дата обращения")


class Retention(Strict):
    """Уничтожение данных, срок хранения которых истёк."""

    dry_run: bool = Field(description="Только показать, чьи данные подлежат уничтожению")
    clock_is_right: bool = Field(
        default=False,
        description="Уничтожить, хотя в журнале доступа больше месяца нет записей: часы верны",
    )


SCHEMAS: Schemas = {
    "Erasure": (Erasure, "validation"),
    "Retention": (Retention, "validation"),
    **documents.SCHEMAS,
}
"""Bodies and answers, for OpenAPI."""

_UUID = {"type": "string", "format": "uuid"}
_TEACHER = docs.path_parameter("id", _UUID, "Педагог")
_LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}


@router.post(
    "/teachers/{id}/erasure",
    operation_id="erase_teacher",
    summary="Уничтожить персональные данные педагога",
    description="ФИО, СНИЛС и ключ внешней системы исчезают отовсюду, вернуть их нельзя. "
    "Обезличенное участие остаётся, показатели не меняются. Ответ — запись об уничтожении.",
    response_class=Response,
    openapi_extra={
        "parameters": [_TEACHER],
        # Erasure cannot be undone, so the example's reason is empty and refused.
        "requestBody": docs.body("Erasure", {"reason": ""}),
        "responses": {
            "200": shown_once(Destruction),
            **docs.problem_responses(400, 404, 409, 413, 415),
        },
    },
)
@admitted("erasure", Verb.CREATE)
async def erase_teacher(request: Request) -> Response:
    """Destroy the personal data of one teacher (`records.md`, erasure)."""
    body = await read_json(request)
    no_query(request)
    teacher_id = id_of(request)

    def work(tx: Transaction) -> Reply:
        # 404 for an unknown teacher comes before 400 for the body.
        destruction.demand(tx, teacher_id)
        reason = read(Erasure, body).reason
        destruction.refuse_mention(tx, teacher_id, reason)
        done = destruction.erase(tx, teacher_id, reason)
        return Reply(private(json.dumps(done, ensure_ascii=False)))

    response = await write(request, work)
    await to_thread.run_sync(service_of(request).database.forget)
    return response


@router.get(
    "/teachers/{id}/access-report",
    operation_id="report_accesses",
    summary="Кто обращался к данным педагога",
    description="Все данные об одном человеке и все обращения к ним из журнала доступа: для "
    "ответа на запрос самого человека и для расследования.",
    response_class=Response,
    openapi_extra={
        "parameters": [
            _TEACHER,
            docs.query_parameter("limit", _LIMIT, "Обращений на странице"),
            docs.query_parameter("cursor", {"type": "string"}, "Значение `next`"),
        ],
        "responses": {"200": answer_of(AccessReport), **docs.problem_responses(400, 404)},
    },
)
@admitted("access_report", Verb.READ)
async def report_accesses(request: Request) -> Response:
    """All data and all recorded accesses of one person."""
    query = asked(request, {})
    teacher_id = id_of(request)
    query.filters["id"] = str(teacher_id)
    report = await compute(request, lambda tx: _report(tx, teacher_id, query))
    record_shown(request, teachers, [str(teacher_id)], by=ALL)
    return answer(request, report, personal=True)


@router.post(
    "/retention",
    operation_id="apply_retention",
    summary="Уничтожить данные с истёкшим сроком хранения",
    description="Педагоги, у которых работа и участие закончились раньше срока из настройки "
    "`SN_RETENTION_DAYS`. С `dry_run` только список; за один раз не больше 500 человек. "
    "Если в журнале доступа больше месяца нет записей, часы могли уйти вперёд: 422 `clock_leapt`.",
    response_class=Response,
    openapi_extra={
        "requestBody": docs.body("Retention", {"dry_run": True}),
        "responses": {
            "200": shown_once(RetentionReport),
            **docs.problem_responses(400, 409, 413, 415),
        },
    },
)
@admitted("retention", Verb.CREATE)
async def apply_retention(request: Request) -> Response:
    """Destroy, or list, the data of teachers whose retention period is over."""
    body = await read_json(request)
    no_query(request)
    service = service_of(request)
    today, days = service.today(), service.settings.retention_days

    def work(tx: Transaction) -> Reply:
        said = read(Retention, body)
        if days and not (said.dry_run or said.clock_is_right):
            leap.demand_no_leap(tx, "clock_is_right")
        done = destruction.retain(tx, today, days, dry_run=said.dry_run)
        return Reply(private(json.dumps(done, ensure_ascii=False)))

    response = await write(request, work)
    await to_thread.run_sync(service.database.forget)
    return response


def _report(tx: Transaction, teacher_id: uuid.UUID, query: Query) -> AccessReport:
    texts = tx.texts(speech.item(teachers, tx.dialect, ALL), {"id": str(teacher_id)})
    destruction_record = act.record_of(tx, teacher_id)
    if not texts and not destruction_record:
        raise NotFound
    sql, parameters = page(tx.dialect, query, tx.secret)
    rows = tx.connection.exec_driver_sql(sql, parameters).all()
    (archived_before,) = tx.texts(archived(tx.dialect), {})
    accesses = json.loads(body(query, [tuple(row) for row in rows], tx.secret, archived_before))
    return {
        "teacher": json.loads(texts[0]) if texts else None,
        "destruction": destruction_record,
        "records": {
            each.resource.name: _of_teacher(tx, each, teacher_id) for each in holders(teachers)
        },
        "accesses": accesses["items"],
        "next": accesses["next"],
        "archived_before": accesses["archived_before"],
    }


def _of_teacher(tx: Transaction, holder: Holder, teacher_id: uuid.UUID) -> list[JsonRecord]:
    bound = tx.dialect.bound("teacher_id", "id")
    conditions = [f"t.{name} = {bound}" for name in holder.columns]
    for name, column in holder.parts:
        table = table_of(holder.resource.parts[name]).name
        part = f"SELECT 1 FROM {table} p WHERE p.owner_id = t.id AND p.{column} = {bound}"  # noqa: S608 - names of our own
        conditions.append(f"EXISTS ({part})")
    sql = speech.page(holder.resource, tx.dialect, ALL, "", f"({' OR '.join(conditions)})", "t.id")
    parameters = {"teacher_id": str(teacher_id), "take": 10_000}
    return [json.loads(text) for text in tx.texts(sql, parameters)]
