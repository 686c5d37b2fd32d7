"""Sharing: the indicators of resources, property, curricula, groups, provisions and results."""

from collections.abc import Iterator, Sequence
from datetime import date

from app.indicators.codes import COUNTED, EXCLUDED, NOT_COUNTED, ItemOutcome
from app.indicators.network import Item, Measure, Network
from app.network.conflicts import conflicts_of
from app.network.holdings import Holding, holds
from app.network.papers import missing_papers
from app.network.rows import CurriculumRow
from app.registry.events import EventStatus
from app.registry.network_curricula import CurriculumRole
from app.registry.program_parts import ProvisionCode
from app.registry.timetable import Span
from app.registry.use_rules import PAPERS
from app.store.rows import Id


def resource_sufficiency(network: Network) -> Measure:
    """I13: balances with a need, where what is available covers it."""
    items = []
    for holding in holdings(network):
        if not holding.balance.needed:
            continue
        if holding.is_stale:
            outcome = EXCLUDED, "stale"
        elif holding.short:
            outcome = NOT_COUNTED, "short"
        else:
            outcome = COUNTED, "enough"
        items.append(_of_type(network, holding, *outcome))
    return Measure(items)


def need_coverage(network: Network) -> Measure:
    """I14: balances that fall short, where what others lend covers it."""
    return Measure(
        [
            _of_type(
                network,
                holding,
                *((NOT_COUNTED, "open") if holding.open else (COUNTED, "covered")),
            )
            for holding in holdings(network)
            if not holding.is_stale and holding.short
        ]
    )


def property_documented(network: Network) -> Measure:
    """I15: uses that hold on the day, with all papers that they need by it."""
    facts, day = network.facts, network.moment.day
    items = []
    for use in facts.exchange.stock.uses:
        if use.program_id != facts.program.id or not holds(use, day):
            continue
        kind = facts.organizations[facts.root(use.provider_id)].kind
        missing = missing_papers(use, kind, facts.exchange.acts, day)
        outcome = (NOT_COUNTED, _lacking(missing)) if missing else (COUNTED, "documented")
        items.append(Item("resource_uses", use.id, *outcome, group=use.basis))
    return Measure(items)


def conflicted_resources(network: Network) -> Measure:
    """I16: resources that two users have at one time, from the period's start to the program's end.

    It looks ahead of the day: next week's double booking is what it is for.
    """
    facts = network.facts
    span = Span(network.moment.start, facts.program.end_date)
    found = {row.resource_id for row in conflicts_of(facts.exchange, facts.program.id, span)}
    return Measure(
        [Item("shared_resources", key, COUNTED, "conflicted", group=str(key)) for key in found]
    )


def contract_coverage(network: Network) -> Measure:
    """I17: curricula that run on the day, where every base has a contract dated by it."""
    items = []
    for row in network.facts.exchange.curricula:
        if row.start_date <= network.moment.day <= row.end_date:
            covered = _has_contracts(network, row)
            outcome = (COUNTED, "has_contracts") if covered else (NOT_COUNTED, "contract_missing")
            items.append(Item("network_curricula", row.id, *outcome, group=row.kind))
    return Measure(items)


def network_learners(network: Network) -> Measure:
    """I18: learners of all groups that run on the day."""
    exchange, day = network.facts.exchange, network.moment.day
    items = []
    for row in exchange.groups:
        enrolled = sum(each.enrolled for each in exchange.learners.get(row.id, ()))
        if enrolled and row.start_date <= day <= row.end_date:
            items.append(
                Item(
                    "network_groups",
                    row.id,
                    COUNTED,
                    "enrolled",
                    weight=enrolled,
                    group=str(row.curriculum_id),
                )
            )
    return Measure(items)


def provision_coverage(network: Network) -> Measure:
    """I19: provisions with an event completed in the period, or a contest that ended in it."""
    carried = set(_carried(network))
    started = {row.provision for row in network.facts.exchange.initiatives}
    codes = dict.fromkeys(row.code for row in network.facts.exchange.provisions)
    return Measure(
        [
            Item(
                "provisions",
                code.value,
                *_provided(code in carried, code in started),
                group=code.value,
            )
            for code in codes
        ]
    )


def holdings(network: Network) -> Iterator[Holding]:
    """The holdings of the organizations that indicator 10 looks at."""
    asked = network.population | network.leaders
    stock = network.facts.exchange.stock
    for holding in stock.holdings(network.moment.day).values():
        if holding.organization_id in asked:
            yield holding


def _lacking(missing: Sequence[str]) -> str:
    """The reason for the fields of missing acts."""
    return PAPERS[missing[0]].code if len(missing) == 1 else "documents_missing"


def _provided(is_carried: bool, is_started: bool) -> tuple[ItemOutcome, str]:  # noqa: FBT001
    if is_carried:
        return COUNTED, "carried_out"
    return NOT_COUNTED, "nothing_held" if is_started else "no_initiative"


def _of_type(network: Network, holding: Holding, outcome: ItemOutcome, reason: str) -> Item:
    kind = network.facts.exchange.types[holding.resource_type_id]
    return Item("resource_balances", holding.balance.id, outcome, reason, group=kind.code)


def _has_contracts(network: Network, curriculum: CurriculumRow) -> bool:
    exchange = network.facts.exchange
    bases = [
        party
        for party in exchange.parties.get(curriculum.id, ())
        if party.role == CurriculumRole.BASE
    ]
    return all(_is_dated(network, party.act_id, network.moment.day) for party in bases)


def _is_dated(network: Network, act_id: Id | None, day: date) -> bool:
    act = network.facts.exchange.acts.get(act_id) if act_id else None
    return act is not None and act.act_date <= day


def _carried(network: Network) -> Iterator[ProvisionCode]:
    facts, moment = network.facts, network.moment
    for row in facts.exchange.initiatives:
        parts = facts.exchange.initiative_events.get(row.id, ())
        events = [facts.events[part.event_id] for part in parts if part.event_id in facts.events]
        is_contest = row.provision == ProvisionCode.CONTEST_SUPPORT
        if any(
            event.status == EventStatus.COMPLETED and moment.flows(event.completed_on)
            for event in events
        ) or (is_contest and moment.flows(row.end_date) and facts.exchange.members.get(row.id)):
            yield row.provision
