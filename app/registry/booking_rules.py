"""Booking rules: what groups, uses and resources owe to the slots that hang on them."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.findings import Finding, fault
from app.model.declaration import Declaration, Word
from app.model.drafts import Draft
from app.model.rule import Inquiry
from app.registry.bookings import Holder, holders_of, slots_in, slots_of
from app.registry.partnerships import PartnershipStatus
from app.registry.timetable import Slot, Span, first_date, meet, meetings
from app.registry.usage_rules import referring

KEEPER_IN_USE = fault(
    "keeper_in_use",
    "Расписание здесь ведёт прежняя организация, занятий: {count}. Удалите эти занятия, смените "
    "организацию и внесите расписание снова.",
    "The organization that is named so far keeps {count} slots. Delete these, change the "
    "organization, and enter the timetable anew.",
)
BREAK_KEEPS_SLOTS_APART = fault(
    "break_keeps_slots_apart",
    "Без этого перерыва занятия пересекутся: впервые {first:%d.%m.%Y}. Сначала исправьте "
    "расписание.",
    "Without this break slots would meet, first on {first}. Change the timetable first.",
)
BOOKINGS_MEET = fault(
    "bookings_meet",
    "Занятия в этом ресурсе пересекаются с чужими: впервые {first:%d.%m.%Y}, всего дат: {dates}. "
    "Договоритесь и исправьте расписание.",
    "Slots in this resource meet those of others, first on {first}, on {dates} dates. Agree with "
    "the others and change the timetable.",
)


def keeps_its_slots(by: str, keeper: str) -> Word:
    """The rule that a group or a use stays what its slots say of it.

    Who keeps the slots is the same, and no break goes that keeps two of them apart. `by` is the
    column by which slots refer to this kind, `keeper` the field that names the organization.
    """

    def judge(_: Declaration, tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        stored = [draft for draft in drafts if draft.stored]
        moved = [draft for draft in stored if draft.moves(keeper)]
        counts = referring(tx, f"schedule_slots.{by}", [draft.id for draft in moved])
        for draft in moved:
            if count := counts.get(draft.id):
                yield draft.finds(KEEPER_IN_USE, f"/{keeper}", count=count)
        paused = [draft for draft in stored if draft.parts["breaks"] != _breaks_before(draft)]
        holders = _drawn(tx, by, paused)
        slots = slots_of(tx, holders)
        for draft in paused:
            own = [slot for slot in slots if slot.holder_id == draft.id]
            if first := _first_meeting(own, holders[draft.id].span):
                yield draft.finds(BREAK_KEEPS_SLOTS_APART, "/breaks", first=first)

    return Word("keeps_its_slots", (keeper, "breaks"), judge)


def its_bookings_are_clear(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A use whose resource, state, days or breaks change meets nobody in an exclusive resource."""
    names = ("resource_id", "status", "start_date", "end_date")
    moved = [
        draft
        for draft in drafts
        if draft.stored and (draft.moves(*names) or draft.parts["breaks"] != _breaks_before(draft))
    ]
    holders = {
        key: holder
        for key, holder in _drawn(tx, "use_id", moved).items()
        if not holder.is_draft and _is_exclusive(tx, holder.resource_id)
    }
    for draft in moved:
        if holder := holders.get(draft.id):
            own = slots_of(tx, {draft.id: holder})
            others = slots_in(tx, {holder.resource_id})
            beside = [slot for slot in others if slot.holder_id != draft.id]
            yield from _meeting(draft, "/resource_id", [*own, *beside], {draft.id})


def exclusive_means_one_at_a_time(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A resource that becomes exclusive has no slots of several users that meet."""
    for draft in drafts:
        if draft.stored and draft.columns["exclusive"] and draft.moves("exclusive"):
            yield from _meeting(draft, "/exclusive", slots_in(tx, {draft.id}))


def _meeting(
    draft: Draft, pointer: str, slots: Sequence[Slot], of: set[uuid.UUID] | None = None
) -> Iterator[Finding]:
    """A warning if slots of several holders meet, or only those of some holders with others."""
    if not slots:
        return
    span = Span(min(slot.span.first for slot in slots), max(slot.span.last for slot in slots))
    found = [each for each in meetings(slots, span) if of is None or of & {*each.holders}]
    if found:
        first, dates = min(each.first for each in found), sum(each.dates for each in found)
        yield draft.finds(BOOKINGS_MEET, pointer, first=first, dates=dates)


def _drawn(tx: Inquiry, by: str, drafts: Sequence[Draft]) -> dict[uuid.UUID, Holder]:
    """The groups or uses of the drafts as they will be."""
    ids = [draft.id for draft in drafts]
    stored = holders_of(tx, ids, ()) if by == "group_id" else holders_of(tx, (), ids)
    drawn: dict[uuid.UUID, Holder] = {}
    for draft in drafts:
        breaks = tuple(Span(each["valid_from"], each["valid_to"]) for each in draft.parts["breaks"])
        drawn[draft.id] = stored[draft.id]._replace(
            span=Span(draft.columns["start_date"], draft.columns["end_date"]),
            breaks=breaks,
            resource_id=draft.columns.get("resource_id"),
            is_draft=draft.columns.get("status") == PartnershipStatus.DRAFT,
        )
    return drawn


def _first_meeting(slots: Sequence[Slot], span: Span) -> date | None:
    """The first date on which two of some slots meet."""
    return min(
        (
            first_date(weeks, one.weekday, span)
            for one, other in combinations(slots, 2)
            if (weeks := meet(one, other, span))
        ),
        default=None,
    )


def _breaks_before(draft: Draft) -> Sequence[dict[str, object]]:
    return draft.stored.parts["breaks"] if draft.stored else ()


def _is_exclusive(tx: Inquiry, resource_id: uuid.UUID | None) -> bool:
    table = SQLModel.metadata.tables["shared_resources"]
    asked = sa.select(table.c.exclusive).where(table.c.id == resource_id)
    return bool(tx.execute(asked).scalar())
