"""The page of a partnership: who is in it, on what it stands, and what it would change."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from app.database.transaction import Transaction
from app.indicators import parameters
from app.indicators.asking import Asked, moment_of
from app.indicators.catalogue import INDICATORS, measure
from app.indicators.definitions import TITLES
from app.indicators.facts import load, program_of
from app.indicators.figures import counts
from app.indicators.network import Measure, Network
from app.indicators.ways import changes
from app.model.grants import Verb
from app.pages import papers, records, words
from app.pages.conflict import record_of
from app.pages.days import days_of
from app.pages.network import Standing, Tie, tie_of
from app.pages.organization import more_events
from app.pages.page import Context, Page
from app.pages.state import categories_of
from app.pages.visit import Visit
from app.registry.events import EventStatus, events
from app.registry.interaction import InteractionForm, InteractionMode
from app.registry.partnerships import MemberRole, PartnershipModel, partnerships
from app.registry.program_parts import IndicatorCode
from app.registry.programs import programs
from app.rest.showing import record_shown

MOVED = (
    IndicatorCode.ORG_INVOLVEMENT_SHARE_PRIORITY,
    IndicatorCode.ORG_INVOLVEMENT_SHARE,
    IndicatorCode.SOCIAL_PARTNER_COUNT,
)
"""The indicators that a partnership can change by beginning."""

WAITING = frozenset({Standing.DRAFT, Standing.SUSPENDED})
"""What could count and does not."""


class Effect(NamedTuple):
    """What an indicator would be if the partnership counted."""

    title: str
    now: str
    then: str


class Seen(NamedTuple):
    """The partnership on a day."""

    partnership: dict[str, Any]
    program: dict[str, object]
    day: date
    tie: Tie | None
    """None outside of the program's period."""
    effects: list[Effect]
    categories: dict[str, list[str]]
    """Of its members on the day, by id."""


async def show(visit: Visit) -> Context:
    """What the page shows."""
    asked = parameters.asked_when(visit.request)
    seen = await visit.recalled(asked, lambda tx: _seen(tx, visit.id, asked))
    record_shown(visit.request, partnerships, [str(visit.id)])
    mine = [("partnership_id", str(visit.id)), ("sort", "-window_start"), ("limit", "50")]
    every = await records.listed(visit, events, mine)
    held = every["items"]
    row = seen.partnership
    names = await visit.called(
        organizations=[member["organization_id"] for member in row["members"]],
        legal_acts=[row["act_id"]],
        events=[each["id"] for each in held],
        partnerships=[visit.id],
    )
    return {
        "seen": seen,
        "categories": seen.categories,
        "row": row,
        "program": seen.program,
        "days": days_of(visit, seen.program, seen.day.isoformat()),
        "events": held,
        "all_events": more_events(visit, every, "partnership_id"),
        "names": names,
        "heading": _heading(seen, names),
        "model": words.label(PartnershipModel, row["model"]),
        "roles": {each.value: each.label for each in MemberRole},
        "forms_told": [words.label(InteractionForm, each) for each in row["forms"]],
        "modes_told": [words.label(InteractionMode, each) for each in row["modes"]],
        "EventStatus": EventStatus,
        "documents": papers.documents_of(visit, "partnerships", row, names),
        "may_change": visit.may("partnerships", Verb.CHANGE),
        "may_delete": visit.may("partnerships", Verb.DELETE),
        "may_hold": visit.may("events", Verb.CREATE),
    }


Page(
    address="/partnerships/{id}",
    subject="partnerships",
    verb=Verb.READ,
    template="partnership.html",
    show=show,
    section="Сеть",
    about="partnerships",
    is_of_record=True,
)


def _heading(seen: Seen, names: Mapping[str, str]) -> str:
    """Who supports whom: «Шалинская СОШ – Отар-Дубровская СОШ»; else what it is called."""
    if seen.tie and seen.tie.leaders and seen.tie.supported:
        sides = (seen.tie.leaders, seen.tie.supported)
        return " – ".join(words.listed(member.name for member in side) for side in sides)
    return names.get(str(seen.partnership["id"]), "Партнёрство")


def _seen(tx: Transaction, key: uuid.UUID, asked: Asked) -> Seen:
    partnership = record_of(tx, partnerships, key)
    program_id = uuid.UUID(str(partnership["program_id"]))
    program = program_of(tx, program_id)
    day, moment = moment_of(program, asked)
    head = record_of(tx, programs, program_id)
    members: list[dict[str, str]] = partnership["members"]  # type: ignore[assignment]
    known = categories_of(tx, [member["organization_id"] for member in members], day)
    if moment is None:
        return Seen(partnership, head, day, None, [], known)
    network = Network(load(tx, program, moment.start), moment)
    tie = tie_of(network, next(row for row in network.facts.partnerships if row.id == key))
    effects = _effects(network, key) if tie.standing in WAITING else []
    return Seen(partnership, head, day, tie, effects, known)


def _effects(network: Network, key: uuid.UUID) -> list[Effect]:
    """What would change if the partnership were signed and not suspended."""
    day = network.moment.day
    facts = changes.partnership_with(network.facts, key, status=changes.ACTIVE)
    then = Network(changes.resumed(facts, key, day), network.moment)
    pairs = ((code, measure(network, code), measure(then, code)) for code in MOVED)
    told = ((code, _told(code, was), _told(code, would)) for code, was, would in pairs)
    return [
        Effect(words.capital(TITLES[code].ru), was, would)
        for code, was, would in told
        if was != would
    ]


def _told(code: IndicatorCode, found: Measure) -> str:
    part, whole = counts(found, INDICATORS[code].unit)
    return words.number(part) if whole is None else words.share(code, part, whole)
