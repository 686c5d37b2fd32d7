"""Monitoring records: the value of a measure in a period, and whether it was accepted."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from app.access.keys import owners_of
from app.access.roles import Role
from app.findings import Finding, fault
from app.model.columns import (
    Choice,
    choice,
    day,
    decimal,
    folded,
    line,
    moment,
    reference,
    text,
    who,
)
from app.model.declaration import Titles
from app.model.drafts import Draft
from app.model.grants import Grant, Reach
from app.model.record import Record, Tenant, Write, constraints, date_order
from app.model.resource import Resource
from app.model.rule import Inquiry
from app.model.values import MEASURED, Day, Decimals, Id, Line, Link, Text
from app.model.workflow import Workflow
from app.registry.measures import ValueKind, measures
from app.registry.rules import agrees, has_come
from app.registry.usage_rules import at_hand
from app.store.lookups import columns_of

WRONG_VALUE_KIND = fault(
    "wrong_value_kind",
    "Значение не того вида, что у показателя: число пишут как значение числового показателя "
    "(value_number), текст — как значение текстового (value_text).",
    "The value is not of the measure's kind: numbers go to value_number, texts to value_text.",
)
REASON_MISSING = fault(
    "reason_missing",
    "Запись уже принята. Чтобы исправить её, укажите причину этой правки (reason).",
    "The record is accepted. To correct it, give the reason for this change in reason.",
)
ABOUT_ANOTHER = fault(
    "about_another",
    "Запись уже принята, и принято то, что сказано об этом. Исправьте её значение, а о другом "
    "заведите новую запись.",
    "The record is accepted, and what was accepted is about this. Correct its value, and create "
    "another record about something else.",
)
OWN_RECORD = fault(
    "own_record",
    "Принять запись должен другой человек, а не тот, кто её отправил.",
    "A record must be accepted by somebody other than the one who submitted it.",
)
ILLEGAL_STATE = fault(
    "illegal_state",
    "Так состояние не меняется: черновик отправляют, отправленное принимают или возвращают, "
    "возвращённое отправляют снова. Удаляют только черновик.",
    "The state goes from draft to submitted, then accepted or returned, then submitted again. Only "
    "a draft is deleted.",
)


SUBJECT = ("measure_id", "organization_id", "partnership_id", "activity_id")
"""The fields that say what a record is about."""


class MonitoringState(Choice):
    """How far a record has come."""

    DRAFT = "draft", "черновик"
    SUBMITTED = "submitted", "отправлено"
    ACCEPTED = "accepted", "принято"
    RETURNED = "returned", "возвращено"


class MonitoringRecordWrite(Write):
    """Запись мониторинга: значение показателя за период."""

    program_id: Id = reference("programs", "Программа")
    measure_id: Id = reference("measures", "Показатель", beyond=True)
    organization_id: Id | None = reference("organizations", "Об организации", default=None)
    partnership_id: Id | None = reference("partnerships", "О партнёрстве", default=None)
    activity_id: Id | None = reference("activities", "О мероприятии плана", default=None)
    period_start: Day = day("Первый день периода")
    period_end: Day = day("Последний день периода")
    observed_on: Day = day("День наблюдения")
    value_number: Decimals | None = decimal("Значение числового показателя", MEASURED)
    value_text: Text | None = text("Значение текстового показателя")
    baseline_number: Decimals | None = decimal("Исходное значение", MEASURED)
    target_number: Decimals | None = decimal("Целевое значение", MEASURED)
    state: MonitoringState = choice("Состояние", MonitoringState, default=MonitoringState.DRAFT)
    reason: Line | None = line(
        "Причина возврата или правки принятого",
        default=None,
    )
    evidence_url: Link | None = line("Ссылка на подтверждение", default=None)
    note: Text | None = text("Примечание")


class MonitoringRecord(MonitoringRecordWrite, Tenant, Record, table=True):
    """A row of monitoring_records; what it is about and its period name one."""

    __tablename__ = "monitoring_records"
    __table_args__ = constraints(date_order("period_start", "period_end"))

    submitted_at: datetime | None = moment("Когда отправлено", reached=("state", ("submitted",)))
    submitted_by: str | None = who("Ключ, которым отправлено", reached=("state", ("submitted",)))
    decided_at: datetime | None = moment(
        "Когда принято или возвращено", reached=("state", ("accepted", "returned"))
    )
    decided_by: str | None = who(
        "Ключ, которым принято или возвращено", reached=("state", ("accepted", "returned"))
    )
    natural_key: str = folded(
        "program_id",
        "measure_id",
        "organization_id",
        "partnership_id",
        "activity_id",
        "period_start",
        "period_end",
        unique=True,
    )
    search_key: str = folded("value_text", "reason", "note")


def value_is_of_its_kind(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """The value of a record is a number or a text, as its measure says."""
    ids = (draft.columns["measure_id"] for draft in drafts)
    measure_rows = columns_of(tx, measures.table, ids, "value_kind")
    for draft in drafts:
        if not (measure := measure_rows.get(draft.columns["measure_id"])):
            continue
        wrong = "value_text" if measure.value_kind == ValueKind.NUMBER else "value_number"
        if draft.columns[wrong] is not None:
            yield draft.finds(WRONG_VALUE_KIND, f"/{wrong}")


def accepted_changes_with_a_reason(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """An accepted record changes only with a new reason."""
    for draft in drafts:
        if draft.was("state") == MonitoringState.ACCEPTED and not (
            draft.columns["reason"] and draft.moves("reason")
        ):
            yield draft.finds(REASON_MISSING, "/reason")


def accepted_stays_about_its_subject(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """What one organization sent and somebody accepted is not said of another one."""
    for draft in drafts:
        if draft.was("state") == MonitoringState.ACCEPTED:
            for name in SUBJECT:
                if draft.moves(name):
                    yield draft.finds(ABOUT_ANOTHER, f"/{name}")


def nobody_accepts_their_own(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """The owner who submitted a record cannot accept it, with any of their keys."""
    accepted = [
        draft
        for draft in drafts
        if draft.columns["state"] == MonitoringState.ACCEPTED and draft.moves("state")
    ]
    by = {
        draft.id: uuid.UUID(draft.was("submitted_by"))
        for draft in accepted
        if draft.was("submitted_by")
    }
    owners = owners_of(tx, by.values())
    for draft in accepted:
        if draft.id in by and owners[by[draft.id]] == tx.caller.actor.owner:
            yield draft.finds(OWN_RECORD, "/state")


monitoring_records = Resource(
    name="monitoring_records",
    titles=Titles("Записи мониторинга", "запись мониторинга", "записей мониторинга"),
    row=MonitoringRecord,
    write=MonitoringRecordWrite,
    called=(
        "{measure_id}: {organization_id}, {period_start–period_end}",
        "{measure_id}: {partnership_id}, {period_start–period_end}",
        "{measure_id}: {activity_id}, {period_start–period_end}",
        "{measure_id}, {period_start–period_end}",
    ),
    access={
        Role.SYNC: Grant(Reach.SCOPE),
        Role.ORG: Grant(Reach.OWN, Reach.OWN),
        Role.COORDINATOR: Grant(Reach.SCOPE, Reach.SCOPE),
        Role.READER: Grant(Reach.ACCEPTED),
        Role.ADMIN: Grant(Reach.SCOPE),
    },
    owner="organization_id",
    period=("period_start", "period_end"),
    hangs_on=("program_id",),
    rules=(
        at_hand("measure_id"),
        value_is_of_its_kind,
        agrees("partnership_id", "program_id"),
        agrees("activity_id", "program_id"),
        accepted_changes_with_a_reason,
        accepted_stays_about_its_subject,
        nobody_accepts_their_own,
        has_come("observed_on"),
    ),
    immutable=("program_id",),
    workflow=Workflow(
        field="state",
        steps={
            None: frozenset({"draft"}),
            "draft": frozenset({"draft", "submitted"}),
            "submitted": frozenset({"submitted", "accepted", "returned"}),
            "returned": frozenset({"returned", "submitted"}),
            "accepted": frozenset({"accepted"}),
        },
        deletable=frozenset({"draft"}),
        decided=frozenset({"accepted", "returned"}),
        settled=frozenset({"accepted"}),
        illegal=ILLEGAL_STATE,
    ),
    sorts=("observed_on", "period_start", "period_end"),
    example={
        "program_id": "$program",
        "measure_id": "$measure",
        "organization_id": "$school",
        "period_start": "2020-09-01",
        "period_end": "2020-12-31",
        "observed_on": "2020-12-25",
        "value_number": "57.5",
        "state": "draft",
    },
    change={"note": "уточнено"},
)
