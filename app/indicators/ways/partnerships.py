"""Partnerships: ways that bring organizations beside leaders, social partners and bases."""

from app.indicators.codes import COUNTED, NOT_COUNTED
from app.indicators.facts import PRIORITY, covers
from app.indicators.network import Network
from app.indicators.ways import changes
from app.indicators.ways.actions import Beside, Done, Question, Way, WayAction
from app.indicators.ways.board import Board, Step, opened
from app.indicators.ways.fewest import Path, Puzzle
from app.registry.organizations import OrganizationKind
from app.registry.partnerships import MemberRole
from app.registry.program_parts import IndicatorCode
from app.registry.programs import LeaderRule
from app.store.rows import Id

SHOWN = 5
"""How many leaders, partnerships or events a way names; the first is the one that it counts on."""

PARTNERS = frozenset(
    {
        OrganizationKind.CULTURE,
        OrganizationKind.SPORT,
        OrganizationKind.OTHER_SOCIAL_INSTITUTION,
        OrganizationKind.OTHER,
    }
)
"""The kinds of organizations that become social partners."""


def involvement(question: Question) -> list[Way]:
    """I1, I1b, I1c, I9: drafts to sign, suspensions to end, leaders to designate, partnerships."""
    board = Board(question)
    return [_way(question, step, board) for step in board.steps()]


def _way(question: Question, step: Step, board: Board | None) -> Way:
    of_partnership = step.action in {WayAction.SIGN_PARTNERSHIP, WayAction.RESUME_PARTNERSHIP}
    return Way(
        "partnerships" if of_partnership else "organizations",
        step.id,
        step.action,
        WHY.get(step.action) or _why(question.network, step, board),
        lambda network, _: _done(question, network, step),
    )


WHY = {
    WayAction.SIGN_PARTNERSHIP: "draft_partnership",
    WayAction.RESUME_PARTNERSHIP: "suspended_partnership",
    WayAction.TAKE_PART: "did_not_take_part",
    WayAction.ADD_SOCIAL_PARTNER: "no_social_partner",
}
"""Why that is to be done which is done for one reason only."""


def _why(network: Network, step: Step, board: Board | None) -> str:
    if step.action == WayAction.DESIGNATE_LEADER:
        leads = bool(_led_by(network, step.id))
        return "leader_not_designated" if leads else "no_leader"
    return board.obstacle(step.id) if board else "no_partnership"


def _done(question: Question, network: Network, step: Step) -> Done:
    facts, day = network.facts, network.moment.day
    match step.action:
        case WayAction.SIGN_PARTNERSHIP:
            signed = changes.partnership_with(facts, step.id, status=changes.ACTIVE)
            return Done(signed, _leaders_of(network, step.id))
        case WayAction.RESUME_PARTNERSHIP:
            return Done(changes.resumed(facts, step.id, day), _leaders_of(network, step.id))
        case WayAction.DESIGNATE_LEADER:
            return Done(changes.designated(facts, step.id, day), _led_by(network, step.id))
        case WayAction.LEAD_PARTNERSHIP:
            return _leading(network, step.id)
        case WayAction.TAKE_PART:
            return Done(changes.took_part(facts, step.id, network.moment.end))
        case WayAction.ADD_SOCIAL_PARTNER:
            return _joining(question, network, step.id)
    leaders = by_free_load(question, network, step.id)
    members = {leaders[0].id: MemberRole.LEADER, step.id: MemberRole.SUPPORTED}
    return Done(changes.partnered(facts, day, members), tuple(leaders[:SHOWN]))


def by_free_load(question: Question, network: Network, key: Id) -> list[Beside]:
    """Leaders that could support an organization, the least loaded first.

    Where leaders count when they lead, one that leads nobody comes before all.
    """
    idle = {
        row.id
        for row in question.measured(network).items
        if row.outcome == NOT_COUNTED and network.facts.program.leader_rule == LeaderRule.INVOLVED
    }
    if question.code == IndicatorCode.ORG_ACTIVE_INVOLVEMENT_SHARE:
        idle &= network.active
    names = network.facts.names

    def wish(leader: Id) -> tuple[object, ...]:
        return leader not in idle, _load(network, leader), names.get(leader) or "", leader

    return [_leader(network, leader) for leader in sorted(network.leaders - {key}, key=wish)]


def _load(network: Network, leader: Id) -> int:
    return len(network.supported.get(leader, ()))


def _leader(network: Network, leader: Id) -> Beside:
    return Beside("organizations", leader, load=_load(network, leader))


def _leaders_of(network: Network, key: Id) -> tuple[Beside, ...]:
    row = next(row for row in network.facts.partnerships if row.id == key)
    leaders = network.members(row, MemberRole.LEADER)
    return tuple(_leader(network, leader) for leader in sorted(leaders))


def _led_by(network: Network, leader: Id) -> tuple[Beside, ...]:
    """The partnerships that wait for a leader."""
    day = network.moment.day
    return tuple(
        Beside("partnerships", row.id)
        for row in network.facts.partnerships
        if covers(row.start_date, row.end_date, day)
        and leader in network.members(row, MemberRole.LEADER)
    )


def _leading(network: Network, leader: Id) -> Done:
    """A leader that leads nobody supports a school, preferably one in need."""

    def wish(key: Id) -> tuple[object, ...]:
        is_priority = bool(PRIORITY & network.categories.get(key, set()))
        return key in network.leaders, not is_priority, network.facts.names.get(key) or "", key

    others = sorted(network.population - {leader}, key=wish)[:SHOWN]
    members = {leader: MemberRole.LEADER}
    members |= dict.fromkeys(others[:1], MemberRole.SUPPORTED)
    beside = tuple(Beside("organizations", key) for key in others)
    return Done(changes.partnered(network.facts, network.moment.day, members), beside)


def _joining(question: Question, network: Network, key: Id) -> Done:
    """A social partner joins the partnership that has the fewest; without any, a new one begins."""
    facts, role = network.facts, MemberRole.SOCIAL_PARTNER
    known = {row.id for row in question.network.facts.partnerships}
    counting = [row for row in network.counting if row.id in known]
    loads = {row.id: len(network.members(row, role)) for row in counting}
    if not loads:
        return Done(changes.partnered(facts, network.moment.day, {key: role}))
    ranked = sorted(loads, key=lambda each: (loads[each], str(each)))
    beside = tuple(Beside("partnerships", each, load=loads[each]) for each in ranked[:SHOWN])
    return Done(changes.joined(facts, ranked[0], key, role), beside)


def social_partners(question: Question) -> list[Way]:
    """I7: partnerships with social partners to open, and organizations that could become one."""
    network = question.network
    counted = {row.id for row in question.measured(network).items if row.outcome == COUNTED}
    paths: dict[object, list[Path[Step]]] = {}
    for row in network.facts.partnerships:
        if covers(row.start_date, row.end_date, network.moment.day):
            for key in sorted(network.members(row, MemberRole.SOCIAL_PARTNER) - counted):
                paths.setdefault(key, []).append(frozenset(opened(network, row)))
    own = [
        row
        for row in network.facts.own
        if row.kind in PARTNERS and row.parent_id is None and network.is_open(row)
    ]
    for organization in sorted(own, key=lambda row: (row.short_name, row.id)):
        if organization.id not in counted:
            step = Step(WayAction.ADD_SOCIAL_PARTNER, organization.id)
            paths.setdefault(organization.id, []).append(frozenset({step}))

    def lacking(steps: Path[Step]) -> int:
        won = sum(any(path <= steps for path in some) for some in paths.values())
        return question.lacks(len(counted) + won, None)

    chosen = Puzzle(paths, lacking).fewest()
    order = list(WayAction)
    ranked = sorted(
        chosen,
        key=lambda step: (
            order.index(step.action),
            network.facts.names.get(step.id) or "",
            step.id,
        ),
    )
    return [_way(question, step, None) for step in ranked]


def bases(question: Question) -> list[Way]:
    """I6: partnerships without an act or an agreement."""
    missing = {
        row.id for row in question.measured(question.network).items if row.outcome == NOT_COUNTED
    }
    rows = [row for row in question.network.counting if row.id in missing]
    rows.sort(key=lambda row: (row.start_date, row.title or "", row.id))

    def based(key: Id) -> Way:
        return Way(
            "partnerships",
            key,
            WayAction.ADD_BASIS,
            "no_act",
            lambda network, _: Done(
                changes.partnership_with(network.facts, key, agreement_no="1"),
                _leaders_of(network, key),
            ),
        )

    return [based(row.id) for row in rows]
