"""The board: which steps bring an organization beside a valid leader, each step one change."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from app.indicators.codes import COUNTED, NOT_COUNTED
from app.indicators.facts import PRIORITY, covers
from app.indicators.network import Network, helped_roles
from app.indicators.obstacles import NEAREST, obstacle
from app.indicators.rows import PartnershipRow
from app.indicators.ways.actions import Question, WayAction
from app.indicators.ways.fewest import Path, Puzzle
from app.registry.partnerships import MemberRole, PartnershipStatus
from app.registry.program_parts import IndicatorCode
from app.registry.programs import LeaderRule
from app.store.rows import Id

FRESH = 2
"""How many organizations are thought of as leaders where nobody is; one may need help itself."""


class Step(NamedTuple):
    """One change of one record."""

    action: WayAction
    id: Id


@dataclass(frozen=True)
class Board:
    """The organizations that an indicator of involvement does not count, and what brings them."""

    question: Question

    @property
    def network(self) -> Network:
        """The network as it is."""
        return self.question.network

    @property
    def _rule(self) -> LeaderRule:
        return self.network.facts.program.leader_rule

    @property
    def _is_load(self) -> bool:
        return self.question.code == IndicatorCode.LEADER_LOAD

    @property
    def _is_of_deeds(self) -> bool:
        return self.question.code == IndicatorCode.ORG_ACTIVE_INVOLVEMENT_SHARE

    @cached_property
    def counted(self) -> set[Id]:
        """The organizations that the indicator counts."""
        items = self.question.measured(self.network).items
        return {row.id for row in items if row.outcome == COUNTED and isinstance(row.id, Id)}

    @cached_property
    def missing(self) -> list[Id]:
        """Those that it does not count and could, in the order in which they are wanted."""
        if self._is_load:
            found = self.network.population - self.counted
        else:
            items = self.question.measured(self.network).items
            found = {
                row.id for row in items if row.outcome == NOT_COUNTED and isinstance(row.id, Id)
            }
        return sorted(found, key=self._wish)

    def _wish(self, key: Id) -> tuple[object, ...]:
        is_priority = bool(PRIORITY & self.network.categories.get(key, set()))
        nearest = NEAREST.index(self.obstacle(key))
        name = self.network.facts.names.get(key) or ""
        # Leaders that lead nobody come last: the others' partnerships are given to them.
        return self.network.leads_on_day(key), not is_priority, nearest, name, key

    def obstacle(self, key: Id) -> str:
        """What keeps an organization from being involved."""
        only = MemberRole.SUPPORTED if self._is_load else None
        return obstacle(self.network, key, only=only)

    @cached_property
    def paths(self) -> dict[Id, list[Path[Step]]]:
        """By missing organization: the sets of steps each of which brings it, the nearest first."""
        return {key: self._of_deeds(key, list(self._paths(key))) for key in self.missing}

    def _of_deeds(self, key: Id, paths: list[Path[Step]]) -> list[Path[Step]]:
        if not self._is_of_deeds or key in self.network.active:
            return paths
        leaves = frozenset({Step(WayAction.DESIGNATE_LEADER, key)})
        part = frozenset({Step(WayAction.TAKE_PART, key)})
        return [path if path == leaves else path | part for path in paths]

    def _paths(self, key: Id) -> Iterator[Path[Step]]:
        leads = self.network.leads_on_day(key) and not self._is_load
        if leads and self._rule == LeaderRule.IN_POPULATION:
            return
        through = [
            path for row in self.network.facts.partnerships for path in self._through(row, key)
        ]
        yield from sorted(through, key=lambda path: (len(path), sorted(map(str, path))))
        if leads:
            yield frozenset({Step(WayAction.LEAD_PARTNERSHIP, key)})
        if self._rule == LeaderRule.EXCLUDED and not self._is_load and self._leads_in_vain(key):
            yield frozenset({Step(WayAction.DESIGNATE_LEADER, key)})
        made = Step(WayAction.MAKE_PARTNERSHIP, key)
        # Two leaders that lead nobody come to count by one partnership of both.
        if self.network.leaders - {key}:
            yield frozenset({made})
        if leads or self.network.leaders - {key}:
            return
        for leader in self._designable:
            if leader != key:
                yield frozenset({made, Step(WayAction.DESIGNATE_LEADER, leader)})

    def _leads_in_vain(self, key: Id) -> bool:
        """Whether it leads a partnership undesignated; it leaves where leaders are excluded."""
        network = self.network
        return self._may_lead(key) and any(
            covers(row.start_date, row.end_date, network.moment.day)
            and key in network.members(row, MemberRole.LEADER)
            for row in network.facts.partnerships
        )

    def _through(self, partnership: PartnershipRow, key: Id) -> Iterator[Path[Step]]:
        """The paths by which a partnership that there is already counts for an organization."""
        network = self.network
        if not covers(partnership.start_date, partnership.end_date, network.moment.day):
            return
        path: Path[Step] = frozenset(opened(network, partnership))
        leading = network.members(partnership, MemberRole.LEADER)
        roles = [MemberRole.SUPPORTED] if self._is_load else helped_roles(partnership)
        if key in network.members(partnership, *roles):
            yield from self._led(path, leading - {key})
        if key in leading and self._rule == LeaderRule.INVOLVED and not self._is_load:
            yield from self._led(path, {key})

    def _led(self, path: Path[Step], leaders: set[Id]) -> Iterator[Path[Step]]:
        """A path, after a leader is designated where none of them is."""
        if any(self.network.leads_on_day(key) for key in leaders):
            yield path
            return
        for key in sorted(leaders):
            if self._may_lead(key):
                yield path | {Step(WayAction.DESIGNATE_LEADER, key)}

    def _may_lead(self, key: Id) -> bool:
        row = self.network.facts.organizations[key]
        is_own = row.municipality_id == self.network.facts.program.municipality_id
        return is_own and row.parent_id is None and self.network.is_open(row)

    @cached_property
    def _designable(self) -> list[Id]:
        """Who could be designated where nobody is: leaders of partnerships, then strong schools."""
        network = self.network
        leading = {
            key
            for row in network.facts.partnerships
            for key in network.members(row, MemberRole.LEADER)
            if self._may_lead(key)
        }
        others = [row.id for row in network.facts.own if self._may_lead(row.id)]
        others.sort(key=self._strength)
        return [
            *sorted(leading, key=self._strength),
            *(key for key in others if key not in leading),
        ][: len(leading) + FRESH]

    def _strength(self, key: Id) -> tuple[object, ...]:
        is_priority = bool(PRIORITY & self.network.categories.get(key, set()))
        is_school = key in self.network.population
        return is_priority, not is_school, self.network.facts.names.get(key) or "", key

    def lacking(self, steps: Path[Step]) -> int:
        """How many are still lacking after some steps."""
        covered = self.counted | {
            key for key, paths in self.paths.items() if any(path <= steps for path in paths)
        }
        if self._is_load:
            return self.question.lacks(len(covered), None)
        new = {step.id for step in steps if step.action == WayAction.DESIGNATE_LEADER}
        population = self.counted | set(self._inside)
        if self._rule == LeaderRule.EXCLUDED:
            population, covered = population - new, covered - new
        if self._rule == LeaderRule.IN_POPULATION:
            covered -= new
        more = self._led_besides(steps, new, population - covered)
        return self.question.lacks(len(covered) + more, len(population))

    @cached_property
    def _inside(self) -> list[Id]:
        items = self.question.measured(self.network).items
        inside = {COUNTED, NOT_COUNTED}
        return [row.id for row in items if row.outcome in inside and isinstance(row.id, Id)]

    def _led_besides(self, steps: Path[Step], new: set[Id], rest: set[Id]) -> int:
        """The leaders that come to count because a new partnership is given to them."""
        if self._rule != LeaderRule.INVOLVED:
            return 0
        idle = {
            key
            for key in rest & (self.network.leaders | new)
            if not self._is_of_deeds
            or key in self.network.active
            or Step(WayAction.TAKE_PART, key) in steps
        }
        made = sum(step.action == WayAction.MAKE_PARTNERSHIP for step in steps)
        return min(made, len(idle))

    def steps(self) -> list[Step]:
        """The fewest steps, in the order in which a coordinator would take them."""
        is_involved = self._rule == LeaderRule.INVOLVED and not self._is_load
        every = {step for paths in self.paths.values() for path in paths for step in path}
        designations = {step for step in every if step.action == WayAction.DESIGNATE_LEADER}
        idle = set(self.paths) & self.network.leaders
        puzzle = Puzzle(
            self.paths,
            self.lacking,
            spare=len(idle) + len(designations) if is_involved else 0,
            worth_more=frozenset(designations),
        )
        return self._in_order(puzzle.fewest())

    def _in_order(self, chosen: Path[Step]) -> list[Step]:
        paths = [
            min((path for path in self.paths[key] if path <= chosen), key=len, default=frozenset())
            for key in self.missing
        ]
        on_paths = [step for path in paths for step in sorted(path, key=_turn)]
        # What is on nobody's path makes others count: it comes before them.
        before = sorted(chosen - set(on_paths), key=_turn)
        return list(dict.fromkeys([*before, *on_paths]))


def opened(network: Network, partnership: PartnershipRow) -> Iterator[Step]:
    """The steps after which a partnership counts on a day that its dates hold."""
    if partnership.status == PartnershipStatus.DRAFT:
        yield Step(WayAction.SIGN_PARTNERSHIP, partnership.id)
    if network.is_suspended(partnership):
        yield Step(WayAction.RESUME_PARTNERSHIP, partnership.id)


TURNS = list(WayAction)


def _turn(step: Step) -> tuple[int, Id]:
    """A leader is designated before it leads; otherwise as the actions are declared."""
    is_first = step.action == WayAction.DESIGNATE_LEADER
    return -1 if is_first else TURNS.index(step.action), step.id
