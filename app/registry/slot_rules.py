"""Slot rules: to whom a slot belongs, when it may be, and which other slots it must not meet."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import sqlalchemy as sa

from app.database.slicing import slices
from app.findings import Finding, fault
from app.model.declaration import table_of
from app.model.drafts import Draft
from app.model.rule import Inquiry
from app.registry.bookings import Holder, holders_of, slot_of, slots_in, slots_of
from app.registry.network_curricula import Component
from app.registry.organizations import organizations
from app.registry.partnerships import PartnershipStatus
from app.registry.resource_uses import resource_uses
from app.registry.shared_resources import shared_resources
from app.registry.timetable import Slot, Span, covered, crossing, first_date, meet
from app.store.lookups import columns_of

ONE_HOLDER = fault(
    "one_holder",
    "Занятие принадлежит либо группе (group_id), либо пользованию (use_id). Укажите одно из двух.",
    "A slot belongs to a group or to a use of a resource. Name one of the two.",
)
OF_GROUPS_ONLY = fault(
    "of_groups_only",
    "Это поле только для занятий группы: ресурс пользования указан в нём самом. Уберите его.",
    "Only slots of groups have this: a use names its resource itself. Leave it out.",
)
ENDS_NOT_LATER = fault(
    "ends_not_later",
    "Конец должен быть позже начала. Исправьте время.",
    "The end must be later than the start. Correct the times.",
)
WRONG_KEEPER = fault(
    "wrong_keeper",
    "Расписание ведёт место обучения группы или тот, кто предоставляет ресурс. Укажите эту "
    "организацию.",
    "The host of the group or the provider of the resource keeps its slots. Name that one.",
)
OUTSIDE_HOLDER = fault(
    "outside_holder",
    "День вне сроков группы или пользования. Проверьте дату.",
    "The day lies outside the group or the use. Check the date.",
)
NO_COMPONENT = fault(
    "no_component",
    "В программе этой группы нет части с таким номером. Проверьте номер.",
    "The curriculum of the group has no component of this number. Check it.",
)
SLOTS_MEET = fault(
    "slots_meet",
    "В это время у группы или пользования уже есть занятие: впервые {first:%d.%m.%Y}. Исправьте "
    "время, недели или даты.",
    "The group or the use has another slot at this time, first on {first}. Change time or dates.",
)
BOOKING_CONFLICT = fault(
    "booking_conflict",
    "В это время ресурс занят другими: впервые {first:%d.%m.%Y}, всего дат: {dates}. Договоритесь "
    "и исправьте расписание.",
    "Others have the resource at this time, first on {first}, on {dates} dates.",
)
NO_USE = fault(
    "no_use",
    "Ресурс другой организации, а пользование им для места обучения группы на все эти дни не "
    "внесено. Внесите его или исправьте ресурс и даты.",
    "The resource is another organization's, and no use of it by the host for all these days is "
    "entered. Enter one, or change the resource or the dates.",
)


def slot_has_one_holder(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A slot is of a group or of a use; only a group's has a component and names a resource."""
    for draft in drafts:
        if (draft.columns["group_id"] is None) == (draft.columns["use_id"] is None):
            yield draft.finds(ONE_HOLDER, "/group_id")
        elif draft.columns["use_id"]:
            for name in ("component_no", "resource_id"):
                if draft.columns[name] is not None:
                    yield draft.finds(OF_GROUPS_ONLY, f"/{name}")


def slot_ends_later(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A slot ends later than it starts, on the same day."""
    for draft in drafts:
        if draft.columns["ends"] <= draft.columns["starts"]:
            yield draft.finds(ENDS_NOT_LATER, "/ends")


def slot_fits_its_holder(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A slot lies within its group or use, is kept by the same organization, and teaches a part."""
    holders = _holders(tx, drafts)
    numbers = _component_numbers(tx, {holder.curriculum_id for holder in holders.values()} - {None})
    for draft in drafts:
        if not (holder := _holder(draft, holders)):
            continue
        if draft.columns["organization_id"] != holder.keeper_id:
            yield draft.finds(WRONG_KEEPER, "/organization_id")
        for name in ("valid_from", "valid_to"):
            if not holder.span.first <= draft.columns[name] <= holder.span.last:
                yield draft.finds(OUTSIDE_HOLDER, f"/{name}")
        no = draft.columns["component_no"]
        if no is not None and holder.curriculum_id and no not in numbers[holder.curriculum_id]:
            yield draft.finds(NO_COMPONENT, "/component_no")


def slots_of_one_never_meet(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Two slots of one group, or of one use, share no minute of a date."""
    holders = _holders(tx, drafts)
    drafted = {draft.id for draft in drafts}
    beside: dict[uuid.UUID, list[Slot]] = defaultdict(list)
    for slot in slots_of(tx, holders):
        if slot.id not in drafted:
            beside[slot.holder_id].append(slot)
    for draft, slot in _drawn(drafts, holders):
        holder = holders[slot.holder_id]
        for other in beside[slot.holder_id]:
            if weeks := meet(slot, other, holder.span):
                first = first_date(weeks, slot.weekday, holder.span)
                yield draft.finds(SLOTS_MEET, "/starts", first=first)
                break
        else:  # a refused slot is in nobody's way
            beside[slot.holder_id].append(slot)


def bookings_never_conflict(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A slot meets no other group's or use's in a resource that one user has at a time."""
    holders = _holders(tx, drafts)
    drawn = [
        (draft, slot)
        for draft, slot in _drawn(drafts, holders)
        if not holders[slot.holder_id].is_draft
    ]
    exclusive = columns_of(
        tx, shared_resources.table, (slot.resource_id for _, slot in drawn), "exclusive"
    )
    taken = {key for key, row in exclusive.items() if row.exclusive}
    drafted = {draft.id for draft in drafts}
    stored = (slot for slot in slots_in(tx, taken) if slot.id not in drafted)
    there: dict[tuple[uuid.UUID | None, int], list[Slot]] = defaultdict(list)
    for slot in chain(stored, (slot for _, slot in drawn)):
        there[slot.resource_id, slot.weekday].append(slot)
    for draft, slot in drawn:
        if slot.resource_id in taken and (
            found := crossing(slot, there[slot.resource_id, slot.weekday])
        ):
            first, dates = found
            yield draft.finds(BOOKING_CONFLICT, "/starts", first=first, dates=dates)


def place_is_agreed(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A group in another organization's exclusive resource has a use of it by its host."""
    holders = _holders(tx, drafts)
    groups = [(draft, slot) for draft, slot in _drawn(drafts, holders) if slot.is_of_group]
    owners = _owners(tx, {slot.resource_id for _, slot in groups})
    agreed = _uses(tx, owners)
    for draft, slot in groups:
        owner = owners.get(slot.resource_id)
        if not owner or owner == slot.organization_id:
            continue
        if not covered(slot.span, agreed[slot.resource_id, slot.organization_id]):
            yield draft.finds(NO_USE, "/resource_id")


def _holder(draft: Draft, holders: Mapping[uuid.UUID, Holder]) -> Holder | None:
    return holders.get(draft.columns["group_id"] or draft.columns["use_id"])


def _holders(tx: Inquiry, drafts: Sequence[Draft]) -> dict[uuid.UUID, Holder]:
    groups, uses = ([draft.columns[name] for draft in drafts] for name in ("group_id", "use_id"))
    return holders_of(tx, groups, uses)


def _drawn(
    drafts: Sequence[Draft], holders: Mapping[uuid.UUID, Holder]
) -> Iterator[tuple[Draft, Slot]]:
    """The drafts whose holders are known, with their slots."""
    for draft in drafts:
        if holder := _holder(draft, holders):
            yield draft, slot_of({**draft.columns, "id": draft.id}, holder)


def _component_numbers(
    tx: Inquiry, curricula: set[uuid.UUID | None]
) -> defaultdict[uuid.UUID, set[int]]:
    table = table_of(Component)
    numbers: defaultdict[uuid.UUID, set[int]] = defaultdict(set)
    for some in slices(curricula):
        listed = sa.select(table.c.owner_id, table.c.no).where(table.c.owner_id.in_(some))
        for row in tx.execute(listed):
            numbers[row.owner_id].add(row.no)
    return numbers


def _owners(tx: Inquiry, resources: set[uuid.UUID | None]) -> dict[uuid.UUID | None, uuid.UUID]:
    """The legal persons of exclusive resources."""
    rows = columns_of(tx, shared_resources.table, resources, "organization_id", "exclusive")
    taken = {key: row.organization_id for key, row in rows.items() if row.exclusive}
    persons = columns_of(tx, organizations.table, taken.values(), "parent_id")
    return {key: persons[owner].parent_id or owner for key, owner in taken.items()}


def _uses(
    tx: Inquiry, resources: Mapping[uuid.UUID | None, uuid.UUID]
) -> defaultdict[tuple[uuid.UUID | None, uuid.UUID], list[Span]]:
    """By resource and the legal person of its user: the days of uses that are no drafts."""
    uses, places = resource_uses.table, organizations.table
    person = sa.func.coalesce(places.c.parent_id, places.c.id).label("person_id")
    agreed: defaultdict[tuple[uuid.UUID | None, uuid.UUID], list[Span]] = defaultdict(list)
    listed = sa.select(uses.c.resource_id, person, uses.c.start_date, uses.c.end_date).join(
        places, places.c.id == uses.c.user_id
    )
    for some in slices(resources):
        is_real = uses.c.status != PartnershipStatus.DRAFT
        for row in tx.execute(listed.where(uses.c.resource_id.in_(some), is_real)):
            agreed[row.resource_id, row.person_id].append(Span(row.start_date, row.end_date))
    return agreed
