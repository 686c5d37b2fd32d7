"""Network: the population of a program on a day, its valid leaders and whom they support."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from app.indicators.codes import COUNTED, EXCLUDED, NOT_COUNTED, ItemOutcome, ItemType
from app.indicators.documents import BreakdownEntry
from app.indicators.facts import PRIORITY, SCHOOLS, Facts, Moment, covers
from app.indicators.rows import OrganizationRow, PartnershipRow
from app.indicators.shares import entry
from app.registry.designations import DesignationCategory, ExitReason
from app.registry.events import EventStatus
from app.registry.organizations import OrganizationKind
from app.registry.partnerships import MemberRole, PartnershipModel, PartnershipStatus
from app.registry.program_parts import IndicatorCode
from app.registry.programs import LeaderRule
from app.store.rows import Id


@dataclass(frozen=True)
class Item:
    """One thing that an indicator counts; `weight` is what it adds to a sum."""

    type: ItemType
    id: Id | str | None
    outcome: ItemOutcome
    reason: str
    weight: int = 1
    group: str | None = None
    """The key of its entry in the breakdown."""


@dataclass
class Measure:
    """The items of an indicator, from which its figures are computed."""

    items: list[Item]
    breakdown: list[BreakdownEntry] | None = None
    no_roster: list[Id] = field(default_factory=list)
    flags: list[tuple[str, Id]] = field(default_factory=list)

    def sum(self, *outcomes: ItemOutcome) -> int:
        """The weight of the items with these outcomes."""
        return sum(item.weight for item in self.items if item.outcome in outcomes)


class Network:
    """A program's organizations and partnerships, as they count on a day."""

    def __init__(self, facts: Facts, moment: Moment) -> None:
        self.facts = facts
        self.moment = moment
        self.measures: dict[IndicatorCode, Measure] = {}
        """What was counted already, by indicator."""

    @cached_property
    def categories(self) -> dict[Id, set[DesignationCategory]]:
        """The categories of each legal person on the day; categories of units are ignored."""
        categories: dict[Id, set[DesignationCategory]] = defaultdict(set)
        for row in self.facts.designations:
            is_unit = self.facts.organizations[row.organization_id].parent_id
            if covers(row.valid_from, row.valid_to, self.moment.day) and not is_unit:
                categories[row.organization_id].add(row.category)
        return categories

    def leads_on_day(self, organization_id: Id) -> bool:
        """Whether the organization has a leader designation on the day."""
        return DesignationCategory.LEADER in self.categories.get(organization_id, ())

    @cached_property
    def leaders(self) -> set[Id]:
        """Leaders of the municipality: of any kind, not a unit, open on the day, designated."""
        return {
            row.id
            for row in self.facts.own
            if not row.parent_id and self.is_open(row) and self.leads_on_day(row.id)
        }

    def is_open(self, organization: OrganizationRow) -> bool:
        """Whether an organization works on the day."""
        return covers(organization.opened_on, organization.closed_on, self.moment.day)

    @cached_property
    def standing(self) -> dict[Id, str | None]:
        """The organizations of the population's kinds: None if in the population, else why not."""
        with_preschools = self.facts.program.preschools_in_population
        kinds = SCHOOLS | ({OrganizationKind.PRESCHOOL} if with_preschools else set())
        return {row.id: self._why_outside(row) for row in self.facts.own if row.kind in kinds}

    @cached_property
    def population(self) -> set[Id]:
        """The organizations in the denominator of indicator 1."""
        return {key for key, reason in self.standing.items() if reason is None}

    @cached_property
    def counting(self) -> list[PartnershipRow]:
        """The partnerships that count on the day."""
        day = self.moment.day
        return [
            row
            for row in self.facts.partnerships
            if row.status in {PartnershipStatus.ACTIVE, PartnershipStatus.ENDED}
            and covers(row.start_date, row.end_date, day)
            and not self._is_suspended(row)
        ]

    def _is_suspended(self, partnership: PartnershipRow) -> bool:
        pauses = self.facts.suspensions.get(partnership.id, ())
        return any(covers(row.valid_from, row.valid_to, self.moment.day) for row in pauses)

    def members(self, partnership: PartnershipRow, *roles: MemberRole) -> set[Id]:
        """The legal persons that are members in these roles on the day."""
        return {
            self.facts.root(row.organization_id)
            for row in self.facts.members.get(partnership.id, ())
            if row.role in roles and covers(row.valid_from, row.valid_to, self.moment.day)
        }

    def valid_leaders(self, partnership: PartnershipRow) -> set[Id]:
        """Members in the role of a leader that are designated as leaders on the day."""
        return {
            key for key in self.members(partnership, MemberRole.LEADER) if self.leads_on_day(key)
        }

    @cached_property
    def attended(self) -> set[Id]:
        """The teachers who attended in the period."""
        first = self.facts.first_attended
        return {key for key, day in first.items() if day <= self.moment.end}

    @cached_property
    def involved(self) -> set[Id]:
        """Members beside another member that is a valid leader (counted by indicator 1)."""
        involved: set[Id] = set()
        for row in self.counting:
            is_vertical = row.model == PartnershipModel.VERTICAL
            roles = (
                [MemberRole.SUPPORTED]
                if is_vertical
                else [MemberRole.SUPPORTED, MemberRole.PARTNER]
            )
            involved |= self._beside_a_leader(row, self.members(row, *roles))
        return involved

    @cached_property
    def leading(self) -> set[Id]:
        """The valid leaders of counting partnerships."""
        return {key for row in self.counting for key in self.valid_leaders(row)}

    @cached_property
    def supported(self) -> dict[Id, set[Id]]:
        """By valid leader: the organizations that it supports."""
        supported_by: dict[Id, set[Id]] = defaultdict(set)
        for row in self.counting:
            supported = self.members(row, MemberRole.SUPPORTED)
            for leader in self.valid_leaders(row):
                supported_by[leader] |= supported - {leader}
        return supported_by

    def _beside_a_leader(self, partnership: PartnershipRow, members: set[Id]) -> set[Id]:
        leaders = self.valid_leaders(partnership)
        return {key for key in members if leaders - {key}}

    def _why_outside(self, organization: OrganizationRow) -> str | None:
        if organization.parent_id:
            return "structural_unit"
        if not self.is_open(organization):
            return "not_open"
        if self.facts.program.leader_rule == LeaderRule.EXCLUDED and self.leads_on_day(
            organization.id
        ):
            return "designated_leader"
        return None


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
    facts, moment = network.facts, network.moment
    done = {
        key
        for key, event in facts.events.items()
        if event.status == EventStatus.COMPLETED and moment.flows(event.completed_on)
    }
    active = {facts.root(key) for key, day in facts.first_active.items() if day <= moment.end}
    active |= {host for key in done if (host := facts.events[key].host_id)}
    items = []
    for key, why in network.standing.items():
        item = _involved(network, key, why)
        if item.outcome == COUNTED:
            took = key in active
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
        left = row.exit_reason == ExitReason.EFFECTIVE_MODE and moment.flows(row.valid_to)
        outcome = (COUNTED, "reached_effective_mode") if left else (NOT_COUNTED, "still_designated")
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
    counts = key in network.involved
    outcome = (COUNTED, "involved") if counts else (NOT_COUNTED, "not_involved")
    return Item("organizations", key, *outcome, group=group)


def _kind(network: Network, key: Id) -> str:
    return network.facts.organizations[key].kind
