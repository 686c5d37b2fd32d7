"""Bookings: the slots of groups and of uses, with the days and the resources that they take."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.slicing import slices
from app.model.declaration import table_of
from app.model.record import Part
from app.model.rule import Inquiry
from app.registry.network_curricula import network_curricula
from app.registry.network_groups import GroupBreak, network_groups
from app.registry.organizations import organizations
from app.registry.partnerships import PartnershipStatus
from app.registry.resource_uses import UseBreak, resource_uses
from app.registry.timetable import Slot, Span, minutes_of

Ids = Iterable[uuid.UUID | None]


class Holder(NamedTuple):
    """A group or a use, as far as its slots depend on it."""

    id: uuid.UUID
    is_of_group: bool
    program_id: uuid.UUID
    curriculum_id: uuid.UUID | None
    keeper_id: uuid.UUID
    """Who keeps its timetable: the host of a group, the provider of a use."""
    organization_id: uuid.UUID
    """The legal person that is there: of the host, or of the user."""
    resource_id: uuid.UUID | None
    """Of a use; a group's slots name their own."""
    is_draft: bool
    span: Span
    breaks: tuple[Span, ...]


def holders_of(tx: Inquiry, groups: Ids, uses: Ids) -> dict[uuid.UUID, Holder]:
    """Groups and uses by id."""
    found: dict[uuid.UUID, Holder] = {}
    for statement, part, ids in ((_GROUPS, GroupBreak, groups), (_USES, UseBreak, uses)):
        for some in slices({key for key in ids if key}):
            breaks = _breaks(tx, part, some)
            for row in tx.execute(statement.where(statement.selected_columns.id.in_(some))):
                found[row.id] = _holder(row, breaks.get(row.id, ()))
    return found


def slot_of(columns: Mapping[str, Any], holder: Holder) -> Slot:
    """A slot from its columns."""
    return Slot(
        id=columns["id"],
        holder_id=holder.id,
        organization_id=holder.organization_id,
        is_of_group=holder.is_of_group,
        weekday=columns["weekday"],
        starts=minutes_of(columns["starts"]),
        ends=minutes_of(columns["ends"]),
        parity=columns["parity"],
        span=Span(columns["valid_from"], columns["valid_to"]),
        breaks=holder.breaks,
        resource_id=columns["resource_id"] or holder.resource_id,
        component_no=columns["component_no"],
    )


def slots_of(tx: Inquiry, holders: Mapping[uuid.UUID, Holder]) -> list[Slot]:
    """The slots of some groups and uses, as they are stored."""
    table = _slots()
    found: list[Slot] = []
    for column in (table.c.group_id, table.c.use_id):
        for some in slices(holders):
            rows = tx.execute(sa.select(table).where(column.in_(some))).mappings()
            found += [slot_of(dict(row), holders[row[column.name]]) for row in rows]
    return found


def slots_in(tx: Inquiry, resources: Ids) -> list[Slot]:
    """The slots that take some resources; uses that are drafts take none."""
    table, uses = _slots(), resource_uses.table
    groups_there, uses_there = set(), set()
    for some in slices({key for key in resources if key}):
        taken = sa.select(table.c.group_id).where(table.c.resource_id.in_(some)).distinct()
        groups_there |= set(tx.execute(taken).scalars())
        lent = sa.select(uses.c.id).where(uses.c.resource_id.in_(some))
        is_real = uses.c.status != PartnershipStatus.DRAFT
        uses_there |= set(tx.execute(lent.where(is_real)).scalars())
    wanted = set(resources)
    slots = slots_of(tx, holders_of(tx, groups_there, uses_there))
    return [slot for slot in slots if slot.resource_id in wanted]


def _slots() -> sa.Table:
    # By name: the module of slots imports the rules that import this one.
    return SQLModel.metadata.tables["schedule_slots"]


_PLACES = organizations.table.alias("places")
_PERSON = sa.func.coalesce(_PLACES.c.parent_id, _PLACES.c.id).label("organization_id")
_NONE = sa.null()


def _groups() -> sa.Select[Any]:
    groups, curricula = network_groups.table, network_curricula.table
    return (
        sa.select(
            groups.c.id,
            sa.true().label("is_of_group"),
            curricula.c.program_id,
            groups.c.curriculum_id,
            groups.c.host_id.label("keeper_id"),
            _PERSON,
            _NONE.label("resource_id"),
            sa.false().label("is_draft"),
            groups.c.start_date,
            groups.c.end_date,
        )
        .join(curricula, curricula.c.id == groups.c.curriculum_id)
        .join(_PLACES, _PLACES.c.id == groups.c.host_id)
    )


def _uses() -> sa.Select[Any]:
    uses = resource_uses.table
    return sa.select(
        uses.c.id,
        sa.false().label("is_of_group"),
        uses.c.program_id,
        _NONE.label("curriculum_id"),
        uses.c.provider_id.label("keeper_id"),
        _PERSON,
        uses.c.resource_id,
        (uses.c.status == PartnershipStatus.DRAFT).label("is_draft"),
        uses.c.start_date,
        uses.c.end_date,
    ).join(_PLACES, _PLACES.c.id == uses.c.user_id)


_GROUPS, _USES = _groups(), _uses()


def _holder(row: Any, breaks: tuple[Span, ...]) -> Holder:
    *columns, first, last = row
    return Holder._make([*columns, Span(first, last), breaks])


def _breaks(
    tx: Inquiry, part: type[Part], owners: Iterable[uuid.UUID]
) -> dict[uuid.UUID, tuple[Span, ...]]:
    table = table_of(part)
    spans: dict[uuid.UUID, list[Span]] = defaultdict(list)
    for row in tx.execute(sa.select(table).where(table.c.owner_id.in_(owners))):
        spans[row.owner_id].append(Span(row.valid_from, row.valid_to))
    return {key: tuple(some) for key, some in spans.items()}
