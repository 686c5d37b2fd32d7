"""Bookings: the slots of groups and of uses, with the days and the resources that they take."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.among import among
from app.database.slicing import slices
from app.model.rule import Inquiry
from app.registry.partnerships import PartnershipStatus
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
    kinds = (_groups(), "network_group_breaks", groups), (_uses(), "resource_use_breaks", uses)
    for statement, part, ids in kinds:
        for some in slices({key for key in ids if key}):
            breaks = _breaks(tx, part, some)
            for row in tx.execute(statement, {"ids": some}).all():
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
    found: list[Slot] = []
    for name in ("group_id", "use_id"):
        for some in slices(holders):
            for row in tx.execute(_slots(name), {"ids": some}).all():
                columns: dict[str, Any] = dict(zip(_OF_A_SLOT, row[1:], strict=True))
                found.append(slot_of(columns, holders[row[0]]))
    return found


def slots_in(tx: Inquiry, resources: Ids) -> list[Slot]:
    """The slots that take some resources; uses that are drafts take none."""
    table, uses = _table("schedule_slots"), _table("resource_uses")
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


_OF_A_SLOT = (
    *("id", "weekday", "starts", "ends", "parity", "valid_from", "valid_to"),
    *("resource_id", "component_no"),
)
"""The columns that `slot_of` looks at."""


def _table(name: str) -> sa.Table:
    # By name: the rules of groups, uses and slots import this module.
    return SQLModel.metadata.tables[name]


@cache
def _slots(holder: str) -> sa.Select[Any]:
    """The slots of some holders; a row begins with the holder's id."""
    columns = _table("schedule_slots").c
    told = (columns[name] for name in (holder, *_OF_A_SLOT))
    return sa.select(*told).where(among(columns[holder], "ids"))


@cache
def _groups() -> sa.Select[Any]:
    groups, curricula, places = map(_table, ("network_groups", "network_curricula", _PLACES))
    return (
        sa.select(
            groups.c.id,
            sa.true().label("is_of_group"),
            curricula.c.program_id,
            groups.c.curriculum_id,
            groups.c.host_id.label("keeper_id"),
            _person(places),
            sa.null().label("resource_id"),
            sa.false().label("is_draft"),
            groups.c.start_date,
            groups.c.end_date,
        )
        .join(curricula, curricula.c.id == groups.c.curriculum_id)
        .join(places, places.c.id == groups.c.host_id)
        .where(among(groups.c.id, "ids"))
    )


@cache
def _uses() -> sa.Select[Any]:
    uses, places = _table("resource_uses"), _table(_PLACES)
    return (
        sa.select(
            uses.c.id,
            sa.false().label("is_of_group"),
            uses.c.program_id,
            sa.null().label("curriculum_id"),
            uses.c.provider_id.label("keeper_id"),
            _person(places),
            uses.c.resource_id,
            (uses.c.status == PartnershipStatus.DRAFT).label("is_draft"),
            uses.c.start_date,
            uses.c.end_date,
        )
        .join(places, places.c.id == uses.c.user_id)
        .where(among(uses.c.id, "ids"))
    )


_PLACES = "organizations"


def _person(places: sa.Table) -> sa.ColumnElement[uuid.UUID]:
    return sa.func.coalesce(places.c.parent_id, places.c.id).label("organization_id")


def _holder(row: Any, breaks: tuple[Span, ...]) -> Holder:
    *columns, first, last = row
    return Holder._make([*columns, Span(first, last), breaks])


def _breaks(
    tx: Inquiry, part: str, owners: Iterable[uuid.UUID]
) -> dict[uuid.UUID, tuple[Span, ...]]:
    spans: dict[uuid.UUID, list[Span]] = defaultdict(list)
    for row in tx.execute(_breaks_in(part), {"ids": [*owners]}).all():
        spans[row.owner_id].append(Span(row.valid_from, row.valid_to))
    return {key: tuple(some) for key, some in spans.items()}


@cache
def _breaks_in(part: str) -> sa.Select[Any]:
    columns = _table(part).c
    told = columns.owner_id, columns.valid_from, columns.valid_to
    return sa.select(*told).where(among(columns.owner_id, "ids"))
