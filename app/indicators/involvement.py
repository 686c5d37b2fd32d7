"""Involvement: the indicators of organizations, their partnerships and their categories."""

from collections import Counter
from collections.abc import Iterator

from app.indicators.codes import COUNTED, EXCLUDED, NOT_COUNTED
from app.indicators.facts import PRIORITY, covers
from app.indicators.network import Item, Measure, Network
from app.indicators.obstacles import obstacle
from app.indicators.shares import entry
from app.registry.designations import DesignationCategory, ExitReason
from app.registry.partnerships import MemberRole
from app.registry.programs import LeaderRule
from app.store.rows import Id


def involvement(network: Network) -> Measure:
    """I1: organizations involved with leaders, of the population."""
    return Measure([_involved(network, key, why) for key, why in network.standing.items()])


def priority_involvement(network: Network) -> Measure:
    """I1b: as I1, of the organizations designated ШНОР or ШНСУ on the day."""
    groups = {
        frozenset({DesignationCategory.LOW_RESULTS}): "low_results_only",
        frozenset({DesignationCategory.DISADVANTAGED_CONDITIONS}): "disadvantaged_only",
        PRIORITY: "both",
    }
    items = []
    for key, why in network.standing.items():
        if marks := frozenset(network.categories.get(key, ())) & PRIORITY:
            item = _involved(network, key, why)
            items.append(Item(item.type, key, item.outcome, item.reason, group=groups[marks]))
    return Measure(items)


def active_involvement(network: Network) -> Measure:
    """I1c: as I1, but only those that took part in fact in the period."""
    items = []
    for key, why in network.standing.items():
        item = _involved(network, key, why)
        if item.outcome == COUNTED:
            took = key in network.active
            outcome, reason = (COUNTED, "took_part") if took else (NOT_COUNTED, "did_not_take_part")
            item = Item(item.type, key, outcome, reason)
        items.append(Item(item.type, key, item.outcome, item.reason, group=str(key)))
    return Measure(items)


def legal_coverage(network: Network) -> Measure:
    """I6: counting partnerships that are based on an act or an agreement."""
    items = []
    for row in network.counting:
        is_legal = row.act_id or row.agreement_no
        outcome = (COUNTED, "has_act") if is_legal else (NOT_COUNTED, "no_act")
        items.append(Item("partnerships", row.id, *outcome, group=row.basis))
    return Measure(items)


def social_partners(network: Network) -> Measure:
    """I7: distinct social partners of counting partnerships, also from other municipalities."""
    partners = {
        key for row in network.counting for key in network.members(row, MemberRole.SOCIAL_PARTNER)
    }
    return Measure(
        [
            Item("organizations", key, COUNTED, "social_partner", group=_kind(network, key))
            for key in partners
        ]
    )


def leader_load(network: Network) -> Measure:
    """I9: distinct supported organizations; the breakdown counts them per leader."""
    supported = {key for members in network.supported.values() for key in members}
    items = [Item("organizations", key, COUNTED, "supported") for key in supported]
    per_leader = Counter(
        {str(leader): len(members) for leader, members in network.supported.items()}
    )
    breakdown = [entry(key, per_leader[key], None) for key in sorted(per_leader)]
    return Measure(items, breakdown)


def monitoring_completeness(network: Network) -> Measure:
    """I10: organizations with an accepted record whose days overlap the period."""
    moment = network.moment
    reported = {
        row.organization_id
        for row in network.facts.records
        if row.period_start <= moment.end and row.period_end >= moment.start
    }
    return Measure(
        [
            Item(
                "organizations",
                key,
                *((COUNTED, "reported") if key in reported else (NOT_COUNTED, "not_reported")),
                group=_kind(network, key),
            )
            for key in network.population | network.leaders
        ]
    )


def effective_mode_transition(network: Network) -> Measure:
    """I11: ШНОР and ШНСУ open at the period's start that left it by the effective mode."""
    return Measure(list(_transitions(network)))


def _transitions(network: Network) -> Iterator[Item]:
    moment, organizations = network.moment, network.facts.organizations
    for row in network.facts.designations:
        if row.category not in PRIORITY or not covers(row.valid_from, row.valid_to, moment.start):
            continue
        if organizations[row.organization_id].parent_id:
            continue
        if not moment.flows(row.valid_to):
            outcome = NOT_COUNTED, "still_designated"
        elif row.exit_reason == ExitReason.EFFECTIVE_MODE:
            outcome = COUNTED, "reached_effective_mode"
        else:
            outcome = NOT_COUNTED, "left_otherwise"
        yield Item("designations", row.id, *outcome, group=row.category)


def _involved(network: Network, key: Id, why_outside: str | None) -> Item:
    group = _kind(network, key)
    if why_outside:
        return Item("organizations", key, EXCLUDED, why_outside, group=group)
    rule = network.facts.program.leader_rule
    if network.leads_on_day(key):
        if rule == LeaderRule.IN_POPULATION:
            return Item("organizations", key, NOT_COUNTED, "leader_not_counted", group=group)
        if key in network.leading:
            return Item("organizations", key, COUNTED, "leads", group=group)
    if key in network.involved:
        return Item("organizations", key, COUNTED, "involved", group=group)
    return Item("organizations", key, NOT_COUNTED, obstacle(network, key), group=group)


def _kind(network: Network, key: Id) -> str:
    return network.facts.organizations[key].kind
