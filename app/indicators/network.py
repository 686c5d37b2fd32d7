"""Network: the population of a program on a day, its valid leaders and whom they support."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from app.database.transaction import Transaction
from app.indicators.codes import ItemOutcome, ItemType
from app.indicators.documents import BreakdownEntry
from app.indicators.facts import SCHOOLS, Facts, Moment, covers, load
from app.indicators.rows import OrganizationRow, PartnershipRow, ProgramRow
from app.registry.designations import DesignationCategory
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
            and not self.is_suspended(row)
        ]

    @cached_property
    def joined(self) -> Mapping[Id, Sequence[PartnershipRow]]:
        """By legal person: the partnerships begun by the day of which it ever is a member."""
        joined: dict[Id, list[PartnershipRow]] = defaultdict(list)
        for row in self.facts.partnerships:
            if row.start_date <= self.moment.day:
                members = self.facts.members.get(row.id, ())
                for key in {self.facts.root(member.organization_id) for member in members}:
                    joined[key].append(row)
        return joined

    def is_suspended(self, partnership: PartnershipRow) -> bool:
        """Whether a partnership is suspended on the day."""
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
    def active(self) -> set[Id]:
        """The organizations that hosted an event completed in the period, or were at one."""
        facts, moment = self.facts, self.moment
        hosts = {
            row.host_id
            for row in facts.events.values()
            if row.host_id
            and row.status == EventStatus.COMPLETED
            and moment.flows(row.completed_on)
        }
        return hosts | {
            facts.root(key) for key, day in facts.first_active.items() if day <= moment.end
        }

    @cached_property
    def involved(self) -> set[Id]:
        """Members beside another member that is a valid leader (counted by indicator 1)."""
        involved: set[Id] = set()
        for row in self.counting:
            involved |= self._beside_a_leader(row, self.members(row, *helped_roles(row)))
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


def network_on(tx: Transaction, program: ProgramRow, moment: Moment) -> Network:
    """A program's network on a day; on one snapshot, what it counts is counted once."""
    return tx.once(
        (network_on, program.id, moment), lambda: Network(load(tx, program, moment.start), moment)
    )


def helped_roles(partnership: PartnershipRow) -> list[MemberRole]:
    """The roles of members that count as involved; equal partners do in other models than one."""
    if partnership.model == PartnershipModel.VERTICAL:
        return [MemberRole.SUPPORTED]
    return [MemberRole.SUPPORTED, MemberRole.PARTNER]
