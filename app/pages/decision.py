"""The page of one report: it is filled in and sent, then accepted or returned."""

import uuid
from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.model.grants import Verb
from app.pages.conflict import record_of
from app.pages.fields import Field, drawn, heading_of, read
from app.pages.monitoring import BETWEEN
from app.pages.page import Context, Page
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.problems import Invalid
from app.registry.measures import ValueKind, measures
from app.registry.monitoring import MonitoringState, monitoring_records
from app.rest.showing import record_shown
from app.store import register

OPEN = frozenset({MonitoringState.DRAFT, MonitoringState.RETURNED})
"""The states in which a report is filled in."""

VALUES = {ValueKind.NUMBER: "value_number", ValueKind.TEXT: "value_text"}

REASON_NEEDED = fault(
    "return_without_reason",
    "Напишите, что исправить: школа увидит этот текст.",
    "Say what to correct: the school will read it.",
)


async def show(visit: Visit) -> Context:
    """The report, and the form of what comes next."""
    record, measure = await visit.read(lambda tx: _record(tx, visit.id))
    record_shown(visit.request, monitoring_records, [str(visit.id)])
    names = await visit.called(
        organizations=[record["organization_id"]], programs=[record["program_id"]]
    )
    is_own = record["organization_id"] in {str(key) for key in visit.caller.own}
    return {
        "record": record,
        "measure": measure,
        "state": MonitoringState[str(record["state"]).upper()],
        "organization": names.get(str(record["organization_id"]), ""),
        "fields": _fields(visit, record, measure),
        "is_open": record["state"] in OPEN,
        "decides": record["state"] == MonitoringState.SUBMITTED and not visit.caller.own,
        "is_own": is_own,
        "back": _back(visit, record),
    }


async def save(visit: Visit, typed: Typed) -> Response:
    """Keep what was filled in, or take the step whose button was pressed."""
    record, measure = await visit.read(lambda tx: _record(tx, visit.id))
    patch, message = _step(typed, measure)
    return await visit.write(
        typed,
        lambda tx: register.amend(tx, monitoring_records, visit.id, patch, typed.condition),
        then=_back(visit, record),
        message=message,
        of=monitoring_records,
    )


def step(visit: Visit, record: Mapping[str, object]) -> str:
    """The words of what the caller can do with the report next."""
    if record["state"] in OPEN:
        return "Отправить координатору" if visit.caller.own else "Открыть отчёт"
    if record["state"] == MonitoringState.SUBMITTED and not visit.caller.own:
        return "Принять или вернуть"
    return ""


Page(
    address="/monitoring-records/{id}/decision",
    subject="monitoring_records",
    verb=Verb.CHANGE,
    template="decision.html",
    show=show,
    save=save,
    section="Мониторинг",
    about="monitoring_records",
    edits=monitoring_records,
    step=step,
)


def _record(tx: Transaction, record_id: uuid.UUID) -> tuple[dict[str, object], dict[str, object]]:
    """A report and its measure."""
    record = record_of(tx, monitoring_records, record_id)
    return record, record_of(tx, measures, uuid.UUID(str(record["measure_id"])))


def _fields(
    visit: Visit, record: dict[str, object], measure: dict[str, object]
) -> dict[str, Field]:
    made = drawn(monitoring_records, _names(measure), record, visit.typed, visit.findings)
    return {**made, "reason": replace(made["reason"], label="Что исправить")}


def _names(measure: dict[str, object]) -> tuple[str, ...]:
    """The fields of the form."""
    value = VALUES[ValueKind[str(measure["value_kind"]).upper()]]
    return (value, "observed_on", "evidence_url", "note", "reason")


def _step(typed: Typed, measure: dict[str, object]) -> tuple[dict[str, object], str]:
    """What changes, and what is told.

    Raises:
        Invalid: a report is returned without a reason.

    """
    if typed.pressed("accept") is not None:
        return {"state": MonitoringState.ACCEPTED}, "Отчёт принят"
    if typed.pressed("return") is not None:
        reason = typed.text("reason")
        if not reason:
            raise Invalid(Finding(REASON_NEEDED, pointer="/reason"))
        return {"state": MonitoringState.RETURNED, "reason": reason}, "Отчёт возвращён школе"
    patch = {
        name: read(heading_of(monitoring_records, name), typed.texts(name))
        for name in _names(measure)
        if name != "reason"
    }
    if typed.pressed("submit") is not None:
        return {**patch, "state": MonitoringState.SUBMITTED}, "Отчёт отправлен координатору"
    return patch, "Черновик отчёта сохранён"


def _back(visit: Visit, record: dict[str, object]) -> str:
    if own := visit.caller.organization_id:
        return f"/organizations/{own}"
    period = f"{record['period_start']}{BETWEEN}{record['period_end']}"
    return f"/programs/{record['program_id']}/monitoring?period={period}"
