"""Event rules: generated windows, the program of an event, and its completion."""

import uuid
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.findings import Finding, fault
from app.model.declaration import Declaration, Word
from app.model.drafts import Draft
from app.model.faults import IMMUTABLE
from app.model.rule import Inquiry
from app.registry.activities import activities
from app.registry.partnerships import partnerships
from app.registry.programs import programs
from app.registry.rules import OTHER_PROGRAM, programs_of
from app.registry.usage_rules import referring
from app.store.lookups import columns_of

MADE_BY_GENERATE = fault(
    "made_by_generate",
    "Сроки плана создаёт только сам сервис (events/generate). Для проведённого события укажите "
    "вид «проведённое или назначенное событие» (held) и не указывайте, который это раз по плану "
    "(occurrence).",
    "Only the service makes windows of the plan: call the program's events/generate.",
)
PARENT_MISSING = fault(
    "parent_missing",
    "Укажите мероприятие плана (activity_id), партнёрство (partnership_id) или оба.",
    "Name an activity of the plan, a partnership, or both.",
)
COMPLETED_ON_MISSING = fault(
    "completed_on_missing",
    "Событие проведено. Впишите день проведения (completed_on).",
    "The event is completed. Give the day: completed_on.",
)
COMPLETED_ON_WITH_STATUS = fault(
    "completed_on_with_status",
    "День проведения (completed_on) бывает только у проведённого события. Уберите его или укажите "
    "состояние «проведено» (completed).",
    "completed_on comes with the status completed only. Leave it out, or say so.",
)

RESULTS_HANG_ON_IT = fault(
    "results_hang_on_it",
    "У этой единой работы есть результаты, записей: {count}, поэтому её форма не меняется. "
    "Сначала удалите результаты.",
    "The common assessment has results ({count} records), so its form stays. Delete these first.",
)
RESULTS_LEFT_OUT = fault(
    "results_left_out",
    "У этой единой работы есть результаты, записей: {count}. Пока она не проведена, в сводки они "
    "не входят: верните состояние «проведено» (completed) или удалите результаты.",
    "The common assessment has results ({count} records), which count nowhere until it is "
    "completed. Set the state back, or delete the results.",
)


RESULTS = "assessment_results.event_id"


def window_is_made_by_the_service(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Only the service creates plan windows, and they keep their activity."""
    for draft in drafts:
        is_window = draft.columns["kind"] == "plan_window"
        if draft.stored is None and is_window and not draft.by_service:
            yield draft.finds(MADE_BY_GENERATE, "/kind")
        if not is_window and draft.columns["occurrence"] is not None:
            yield draft.finds(MADE_BY_GENERATE, "/occurrence")
        if draft.stored and is_window and draft.moves("activity_id"):
            yield draft.finds(IMMUTABLE, "/activity_id")


def has_one_program() -> Word:
    """The rule that an event's activity and partnership are of one program, and it stays there."""
    parents = ("activity_id", "partnership_id")

    def judge(resource: Declaration, tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        homes = programs_of(tx, resource, drafts, *parents)
        for draft in drafts:
            named = {name: homes.get(draft.columns[name]) for name in parents}
            stored = {homes.get(draft.was(name)) for name in parents} - {None}
            if not any(draft.columns[name] for name in parents):
                yield draft.finds(PARENT_MISSING, "/activity_id")
            elif len({*named.values(), *stored} - {None}) > 1:
                name = "partnership_id" if named["partnership_id"] else "activity_id"
                yield draft.finds(OTHER_PROGRAM, f"/{name}")

    return Word("has_one_program", parents, judge)


def results_keep_their_form(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """An event with results of an assessment keeps its form."""
    moved = [draft for draft in drafts if draft.stored and draft.moves("form")]
    counts = referring(tx, RESULTS, (draft.id for draft in moved))
    for draft in moved:
        if count := counts.get(draft.id):
            yield draft.finds(RESULTS_HANG_ON_IT, "/form", count=count)


def results_are_of_what_took_place(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """An assessment with results is completed; one that is taken back leaves them out."""
    moved = [
        draft for draft in drafts if draft.was("status") == "completed" and draft.moves("status")
    ]
    counts = referring(tx, RESULTS, (draft.id for draft in moved))
    for draft in moved:
        if count := counts.get(draft.id):
            yield draft.finds(RESULTS_LEFT_OUT, "/status", count=count)


def completion_has_its_day(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """An event is completed on a day, and has none while it is planned or cancelled."""
    for draft in drafts:
        is_completed, has_day = (
            draft.columns["status"] == "completed",
            draft.columns["completed_on"],
        )
        if is_completed and not has_day:
            yield draft.finds(COMPLETED_ON_MISSING, "/completed_on")
        if has_day and not is_completed:
            yield draft.finds(COMPLETED_ON_WITH_STATUS, "/completed_on")


def events_in_programs(
    tx: Inquiry, events: sa.Table, ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, sa.Row[*tuple[object, ...]]]:
    """Events with their days and status, and with the days of their program."""
    plan, pair, program = activities.table, partnerships.table, programs.table
    home = sa.func.coalesce(plan.c.program_id, pair.c.program_id)
    view = (
        sa.select(
            events.c.id,
            events.c.status,
            events.c.window_start,
            events.c.window_end,
            events.c.completed_on,
            program.c.start_date,
            program.c.end_date,
        )
        .select_from(
            events.outerjoin(plan, plan.c.id == events.c.activity_id)
            .outerjoin(pair, pair.c.id == events.c.partnership_id)
            .join(program, program.c.id == home)
        )
        .subquery()
    )
    return columns_of(tx, view, ids, *view.c.keys()[1:])  # type: ignore[arg-type]


def programs_of_events(tx: Inquiry, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The program of each of some events."""
    # By name: the module of events imports this one.
    events, plan, pair = (SQLModel.metadata.tables["events"], activities.table, partnerships.table)
    home = sa.func.coalesce(plan.c.program_id, pair.c.program_id).label("program_id")
    view = (
        sa.select(events.c.id, home)
        .select_from(
            events.outerjoin(plan, plan.c.id == events.c.activity_id).outerjoin(
                pair, pair.c.id == events.c.partnership_id
            )
        )
        .subquery()
    )
    rows = columns_of(tx, view, ids, "program_id")  # type: ignore[arg-type]
    return {key: row.program_id for key, row in rows.items()}
