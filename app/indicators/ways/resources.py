"""Resources: needs to fill, shortages that others can cover, documents, contracts."""

from decimal import Decimal
from typing import Any

from app.indicators.codes import NOT_COUNTED
from app.indicators.facts import PRIORITY
from app.indicators.network import Network
from app.indicators.ways import changes
from app.indicators.ways.actions import Beside, Done, Question, Way, WayAction
from app.network.holdings import Holding, Proposal, proposals
from app.network.papers import missing_papers
from app.network.rows import CurriculumRow, PartyRow, UseRow
from app.registry.network_curricula import CurriculumRole
from app.store.rows import Id


def needs(question: Question) -> list[Way]:
    """I13: what is short of its need; ШНОР and ШНСУ first, then what is nearest to enough."""
    return [_filling(row) for row in _missing(question)]


def _missing(question: Question) -> list[Holding]:
    network = question.network
    ids = {row.id for row in question.measured(network).items if row.outcome == NOT_COUNTED}
    stock = network.facts.exchange.stock
    rows = [row for row in stock.holdings(network.moment.day).values() if row.balance.id in ids]

    def wish(row: Holding) -> tuple[object, ...]:
        is_priority = bool(PRIORITY & network.categories.get(row.organization_id, set()))
        return not is_priority, row.short / row.balance.needed, row.balance.id

    return sorted(rows, key=wish)


def _filling(holding: Holding) -> Way:
    balance = holding.balance

    def act(network: Network, _: int) -> Done:
        rows = [
            row._replace(available=row.needed) if row.id == balance.id else row
            for row in network.facts.exchange.stock.balances
        ]
        return Done(changes.stocked(network.facts, balances=rows))

    return Way("resource_balances", balance.id, WayAction.FILL_NEED, "short", act)


def shortages(question: Question) -> list[Way]:
    """I14: shortages that offers of the network cover, then those for which a lender is sought."""
    network = question.network
    missing = _missing(question)
    offers = _offers(network, missing)
    covered = [row for row in missing if _sum(offers.get(row[:2], [])) >= row.open]
    others = [row for row in missing if row not in covered]
    return [
        *(_lending(row, offers[row[:2]], WayAction.LEND_RESOURCE) for row in covered),
        *(_lending(row, offers.get(row[:2], []), WayAction.FIND_RESOURCE) for row in others),
    ]


def _offers(network: Network, missing: list[Holding]) -> dict[tuple[Id, Id], list[Proposal]]:
    """By organization and type: who could lend how much of what is offered in the network."""
    fresh = [
        row
        for row in network.facts.exchange.stock.holdings(network.moment.day).values()
        if not row.is_stale
    ]
    leaders: dict[Id, set[Id]] = {}
    for leader, supported in network.supported.items():
        for key in supported:
            leaders.setdefault(key, set()).add(leader)
    found: dict[tuple[Id, Id], list[Proposal]] = {}
    categories = network.categories
    for row in proposals(
        missing, fresh, lambda key: bool(PRIORITY & categories.get(key, set())), leaders
    ):
        found.setdefault((row.user_id, row.resource_type_id), []).append(row)
    return found


def _sum(rows: list[Proposal]) -> Decimal:
    return sum((row.quantity for row in rows), Decimal(0))


def _lending(holding: Holding, offers: list[Proposal], action: WayAction) -> Way:
    who, kind = holding.organization_id, holding.resource_type_id

    def act(network: Network, _: int) -> Done:
        day = network.moment.day
        facts = changes.lent(network.facts, who, kind, holding.open, who, day)
        return Done(
            facts,
            tuple(
                Beside("organizations", row.provider_id, quantity=row.quantity) for row in offers
            ),
        )

    return Way("resource_balances", holding.balance.id, action, "open", act)


def documents(question: Question) -> list[Way]:
    """I15: uses of which documents are missing, those with the fewest first."""
    network = question.network
    reasons = {
        row.id: row.reason for row in question.measured(network).items if row.outcome == NOT_COUNTED
    }
    uses = [row for row in network.facts.exchange.stock.uses if row.id in reasons]
    uses.sort(key=lambda row: (len(_lacking(network, row)), row.start_date, row.id))
    return [_documenting(row, reasons[row.id]) for row in uses]


def _lacking(network: Network, use: UseRow) -> list[str]:
    facts = network.facts
    kind = facts.organizations[facts.root(use.provider_id)].kind
    return missing_papers(use, kind, facts.exchange.acts, network.moment.day)


def _documenting(use: UseRow, why: str) -> Way:
    def act(network: Network, _: int) -> Done:
        signed = changes.new_id("act", use.id)
        facts = changes.signed_act(network.facts, signed, network.moment.day)
        names: dict[str, Any] = dict.fromkeys(_lacking(network, use), signed)
        uses = [
            row._replace(**names) if row.id == use.id else row for row in facts.exchange.stock.uses
        ]
        sides = tuple(Beside("organizations", key) for key in (use.provider_id, use.user_id))
        return Done(changes.stocked(facts, uses=uses), sides)

    return Way("resource_uses", use.id, WayAction.ADD_DOCUMENTS, why, act)


def contracts(question: Question) -> list[Way]:
    """I17: curricula of which bases have no contract, those with the fewest first."""
    network = question.network
    ids = {row.id for row in question.measured(network).items if row.outcome == NOT_COUNTED}
    rows = [row for row in network.facts.exchange.curricula if row.id in ids]
    rows.sort(key=lambda row: (len(_unsigned(network, row)), row.start_date, row.id))
    return [_contracting(row) for row in rows]


def _unsigned(network: Network, curriculum: CurriculumRow) -> list[PartyRow]:
    """The bases of a curriculum that have no contract by the day."""
    exchange = network.facts.exchange
    acts, day = exchange.acts, network.moment.day
    return [
        row
        for row in exchange.parties.get(curriculum.id, ())
        if row.role == CurriculumRole.BASE
        and not (row.act_id and row.act_id in acts and acts[row.act_id].act_date <= day)
    ]


def _contracting(curriculum: CurriculumRow) -> Way:
    def act(network: Network, _: int) -> Done:
        signed = changes.new_id("contract", curriculum.id)
        facts = changes.signed_act(network.facts, signed, network.moment.day)
        unsigned = _unsigned(network, curriculum)
        parties = [
            row._replace(act_id=signed) if row in unsigned else row
            for row in facts.exchange.parties.get(curriculum.id, ())
        ]
        sides = tuple(Beside("organizations", row.organization_id) for row in unsigned)
        changed = {**facts.exchange.parties, curriculum.id: parties}
        return Done(changes.exchanged(facts, parties=changed), sides)

    return Way(
        "network_curricula", curriculum.id, WayAction.SIGN_CONTRACTS, "contract_missing", act
    )
