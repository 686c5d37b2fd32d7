"""Changes: what is made true on a copy of the facts."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.indicators.attendance import Firsts
from app.indicators.facts import Facts, covers
from app.indicators.later import Later
from app.indicators.rows import AttendanceRow, DesignationRow, EventRow, MemberRow, PartnershipRow
from app.network.rows import ActRow, InitiativeEventRow, InitiativeRow, ResourceRow, UseRow
from app.registry.designations import DesignationCategory
from app.registry.events import EventKind, EventStatus
from app.registry.initiatives import InitiativeLevel
from app.registry.legal_acts import LegalActKind
from app.registry.partnerships import (
    MemberRole,
    PartnershipBasis,
    PartnershipModel,
    PartnershipStatus,
)
from app.registry.program_parts import ProvisionCode
from app.registry.resource_uses import UseBasis
from app.registry.shared_resources import PropertyRight
from app.store.rows import Id

ACTIVE = PartnershipStatus.ACTIVE


def new_id(*parts: object) -> Id:
    """The id of a record that is on the copy only; the same for the same parts."""
    return uuid.uuid5(uuid.NAMESPACE_OID, "|".join(map(str, parts)))


def exchanged(facts: Facts, **fields: Any) -> Facts:
    """The facts with other rows of the exchange."""
    rows = replace(facts.exchange, **fields)
    return replace(facts, later=facts.later._replace(exchange=Later(lambda: rows)))


def stocked(facts: Facts, **fields: Any) -> Facts:
    """The facts with other balances, resources or uses."""
    return exchanged(facts, stock=replace(facts.exchange.stock, **fields))


def partnership_with(facts: Facts, key: Id, **columns: Any) -> Facts:
    """A partnership is changed: signed, or based on an act."""
    rows = [row._replace(**columns) if row.id == key else row for row in facts.partnerships]
    return replace(facts, partnerships=rows)


def resumed(facts: Facts, key: Id, day: date) -> Facts:
    """The suspensions of a partnership end before the day."""
    eve = day - timedelta(days=1)
    rows = [
        row._replace(valid_to=eve) if covers(row.valid_from, row.valid_to, day) else row
        for row in facts.suspensions.get(key, ())
    ]
    left = [row for row in rows if row.valid_to is None or row.valid_from <= row.valid_to]
    return replace(facts, suspensions={**facts.suspensions, key: left})


def designated(facts: Facts, key: Id, day: date) -> Facts:
    """An organization is designated as a leader from the day on."""
    category = DesignationCategory.LEADER
    row = DesignationRow(new_id(key, category), key, category, None, day, None, None)
    return replace(facts, designations=[*facts.designations, row])


def partnered(facts: Facts, day: date, members: Mapping[Id, MemberRole]) -> Facts:
    """A new partnership of organizations begins on the day."""
    key = new_id("partnership", *members, len(facts.partnerships))
    row = PartnershipRow(
        key,
        None,
        PartnershipModel.MIXED,
        PartnershipBasis.PLAN,
        None,
        None,
        PartnershipStatus.ACTIVE,
        day,
        None,
    )
    rows = [MemberRow(key, who, role, None, None) for who, role in members.items()]
    return replace(
        facts, partnerships=[*facts.partnerships, row], members={**facts.members, key: rows}
    )


def joined(facts: Facts, partnership_id: Id, who: Id, role: MemberRole) -> Facts:
    """An organization joins a partnership."""
    rows = [
        *facts.members.get(partnership_id, ()),
        MemberRow(partnership_id, who, role, None, None),
    ]
    return replace(facts, members={**facts.members, partnership_id: rows})


def completed(facts: Facts, key: Id, day: date, **columns: Any) -> Facts:
    """An event is completed on a day."""
    row = facts.events[key]._replace(status=EventStatus.COMPLETED, completed_on=day, **columns)
    return replace(facts, events={**facts.events, key: row})


def held(facts: Facts, day: date, **columns: Any) -> tuple[Facts, Id]:
    """A new event is held on a day, beside the plan."""
    key = new_id("event", len(facts.events))
    row = EventRow(
        key,
        None,
        EventKind.HELD,
        EventStatus.COMPLETED,
        None,
        None,
        None,
        None,
        day,
        day,
        day,
        None,
    )
    events = {**facts.events, key: row._replace(**columns)}
    return replace(facts, events=events), key


def signed_act(facts: Facts, key: Id, day: date) -> Facts:
    """A document is there, signed on the day."""
    known = facts.exchange.acts.get(key)
    row = known or ActRow(key, LegalActKind.AGREEMENT, "", day)
    return exchanged(facts, acts={**facts.exchange.acts, key: row._replace(act_date=day)})


def with_parts(rows: Sequence[Any], index: int, **columns: Any) -> list[Any]:
    """Rows of which one is changed."""
    return [row._replace(**columns) if at == index else row for at, row in enumerate(rows)]


def lent(facts: Facts, who: Id, kind: Id, quantity: Decimal, provider: Id, day: date) -> Facts:
    """An organization uses somebody's resource of a type on the day."""
    stock = facts.exchange.stock
    key = new_id("use", len(stock.uses))
    thing = ResourceRow(key, provider, kind, "", PropertyRight.OTHER, exclusive=False)
    row = UseRow(
        key,
        facts.program.id,
        None,
        key,
        provider,
        who,
        UseBasis.JOINT_USE,
        None,
        None,
        None,
        quantity,
        PartnershipStatus.ACTIVE,
        day,
        day,
    )
    resources = {**stock.resources, key: thing}
    return stocked(facts, uses=[*stock.uses, row], resources=resources)


def carried(facts: Facts, provision: ProvisionCode, initiative: Id | None, day: date) -> Facts:
    """An event of an initiative is held on a day; without an initiative a new one begins."""
    facts, event = held(facts, day)
    exchange = facts.exchange
    key = initiative or new_id("initiative", provision)
    events = [*exchange.initiative_events.get(key, ()), InitiativeEventRow(key, event)]
    rows = list(exchange.initiatives)
    if initiative is None:
        rows.append(InitiativeRow(key, provision, "", InitiativeLevel.MUNICIPAL, day, None))
    return exchanged(
        facts, initiatives=rows, initiative_events={**exchange.initiative_events, key: events}
    )


def took_part(facts: Facts, key: Id, day: date) -> Facts:
    """An organization was at an event that was completed on a day."""
    firsts = facts.later.firsts.rows
    return _with_firsts(facts, firsts._replace(active={**firsts.active, key: day}))


def taught(facts: Facts, rows: Sequence[AttendanceRow], day: date) -> Facts:
    """Teachers attended an event on a day."""
    firsts, teachers = facts.later.firsts.rows, [row.teacher_id for row in rows]
    listed = [*facts.attendances, *rows]
    facts = _with_firsts(
        facts, firsts._replace(attended={**firsts.attended, **dict.fromkeys(teachers, day)})
    )
    return replace(facts, later=facts.later._replace(attendances=Later(lambda: listed)))


def _with_firsts(facts: Facts, firsts: Firsts) -> Facts:
    return replace(facts, later=facts.later._replace(firsts=Later(lambda: firsts)))
