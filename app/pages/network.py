"""The page of a program's network: who supports whom, and who is left without a leader."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from app.database.transaction import Transaction
from app.indicators import parameters
from app.indicators.asking import Asked, moment_of
from app.indicators.facts import PRIORITY, Facts, load, program_of
from app.indicators.network import Network, network_on
from app.indicators.rows import PartnershipRow, ProgramRow
from app.model.columns import Choice
from app.model.grants import Verb
from app.model.text import alphabetical
from app.pages import paging, words
from app.pages.days import days_of
from app.pages.marks import CATEGORIES, Shape
from app.pages.network_drawing import Drawing, Edge, Leader, School
from app.pages.page import Context, Page
from app.pages.visit import Visit
from app.registry.designations import DesignationCategory
from app.registry.partnerships import MemberRole, PartnershipStatus
from app.registry.programs import programs
from app.rest import queries
from app.rest.showing import record_shown
from app.store.rows import Id


class Standing(Choice):
    """Where a partnership stands on a day."""

    ACTIVE = "active", "действует"
    DRAFT = "draft", "проект"
    SUSPENDED = "suspended", "приостановлено"
    AHEAD = "ahead", "предстоит"
    ENDED = "ended", "закончилось"


SHAPES = {
    Standing.ACTIVE: Shape.OK,
    Standing.DRAFT: Shape.DRAFT,
    Standing.SUSPENDED: Shape.LATE,
    Standing.AHEAD: Shape.PLAN,
    Standing.ENDED: Shape.OUT,
}
UNCOVERED = "uncovered"
"""The parameter of the page of those who need a leader."""
CHIPS = (("", "Все"), *((each.value, each.label.capitalize()) for each in Standing))


class Member(NamedTuple):
    """An organization as the page shows it."""

    id: Id
    name: str
    categories: tuple[DesignationCategory, ...]


class Unit(NamedTuple):
    """A structural unit in a partnership, which counts for its legal person."""

    id: Id
    name: str
    person: Id


class Tie(NamedTuple):
    """A partnership as it stands in the table."""

    row: PartnershipRow
    standing: Standing
    shape: Shape
    basis: str
    leaders: list[Member]
    supported: list[Member]
    others: list[Member]
    units: list[Unit]

    @property
    def members(self) -> set[Id]:
        """Every legal person in it, by id."""
        return {member.id for member in (*self.leaders, *self.supported, *self.others)}


class Seen(NamedTuple):
    """Everything that the page shows, from one state of the register."""

    program: ProgramRow
    day: date
    ties: list[Tie]
    uncovered: list[Member]
    leaders: int
    """Leaders that support somebody on the day."""
    supported: int


async def show(visit: Visit) -> Context:
    """What the page shows."""
    asked = parameters.asked_days(
        visit.request,
        {
            "state": queries.choice_of(Standing),
            paging.PAGE: paging.read,
            UNCOVERED: paging.read,
        },
    )
    chosen = visit.query("state")
    seen = await visit.recalled(asked, lambda tx: network_of(tx, visit.id, asked))
    record_shown(visit.request, programs, [str(visit.id)])
    counts = {code: sum(code in {"", tie.standing} for tie in seen.ties) for code, _ in CHIPS}
    dates = {"start_date": seen.program.start_date, "end_date": seen.program.end_date}
    return {
        "days": days_of(visit, dates, seen.day.isoformat()),
        "seen": seen,
        "ties": paging.cut(
            visit, [tie for tie in seen.ties if chosen in {"", tie.standing}], at="ties"
        ),
        "uncovered": paging.cut(visit, seen.uncovered, name=UNCOVERED, at=UNCOVERED),
        "chips": [
            (word, counts[code], visit.same(state=code, page=""), code == chosen)
            for code, word in CHIPS
            if counts[code] or code in {"", chosen}
        ],
        "drawings": list(_drawings(seen)),
        "may_add": visit.may("partnerships", Verb.CREATE),
    }


Page(
    address="/programs/{id}/network",
    subject="indicators",
    verb=Verb.READ,
    template="network.html",
    show=show,
    section="Сеть",
    about="programs",
)


def network_of(tx: Transaction, program_id: uuid.UUID, asked: Asked) -> Seen:
    """The network of a program on a day."""
    program = program_of(tx, program_id)
    day, moment = moment_of(program, asked)
    facts = load(tx, program, moment.start if moment else program.start_date)
    if moment is None:
        return Seen(program, day, [], [], 0, 0)
    network = network_on(tx, program, moment)
    members = _Members(network)
    ties = [tie_of(network, row) for row in facts.partnerships]
    alone = {
        key
        for key in network.population - network.involved
        if PRIORITY & network.categories.get(key, set())
    }
    helping = [supported for supported in network.supported.values() if supported]
    return Seen(
        program,
        day,
        sorted(ties, key=_order),
        members.of(alone),
        len(helping),
        len(set().union(*helping)),
    )


class _Members:
    """Organizations by their names and categories on the day."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def of(self, ids: set[Id]) -> list[Member]:
        """Organizations in the order of their names."""
        return sorted(
            map(self._one, ids), key=lambda member: (alphabetical(member.name), member.id)
        )

    def _one(self, key: Id) -> Member:
        categories = self._network.categories.get(key, set())
        return Member(
            key,
            self._network.facts.names[key] or "",
            tuple(each for each in CATEGORIES if each in categories),
        )


def tie_of(network: Network, row: PartnershipRow) -> Tie:
    """A partnership with everybody who ever was its member: the standing says when it was."""
    members = _Members(network)
    places = network.facts.members.get(row.id, ())

    def of(*roles: MemberRole) -> list[Member]:
        ids = {network.facts.root(each.organization_id) for each in places if each.role in roles}
        return members.of(ids)

    standing = _standing(network, row)
    return Tie(
        row,
        standing,
        SHAPES[standing],
        _basis(network.facts, row),
        of(MemberRole.LEADER),
        of(MemberRole.SUPPORTED),
        of(MemberRole.PARTNER, MemberRole.SOCIAL_PARTNER),
        list(_units(network.facts, {each.organization_id for each in places})),
    )


def _units(facts: Facts, ids: Iterable[Id]) -> Iterator[Unit]:
    for key in ids:
        if (person := facts.root(key)) != key:
            yield Unit(key, facts.names[key] or "", person)


def _standing(network: Network, row: PartnershipRow) -> Standing:
    day = network.moment.day
    if row.status == PartnershipStatus.DRAFT:
        return Standing.DRAFT
    if row.start_date > day:
        return Standing.AHEAD
    if row.end_date and row.end_date < day:
        return Standing.ENDED
    return Standing.SUSPENDED if network.is_suspended(row) else Standing.ACTIVE


def _basis(facts: Facts, row: PartnershipRow) -> str:
    """On what a partnership stands: «приказ от 17.04.2020 № 125»."""
    act = facts.exchange.acts.get(row.act_id) if row.act_id else None
    if act:
        return f"{act.kind.label} от {words.day(act.act_date)} № {act.number}"
    return f"{row.basis.label} № {row.agreement_no}" if row.agreement_no else row.basis.label


def _order(tie: Tie) -> tuple[bool, str, str]:
    """By the names of leaders and schools; partnerships of equals come last."""
    return not tie.leaders, _names(tie.leaders), _names(tie.supported)


def _names(members: list[Member]) -> str:
    return ", ".join(member.name for member in members)


EDGES = {Standing.ACTIVE: "", Standing.DRAFT: "draft"}
"""The class of a line; whatever else a partnership is, it does not count on the day."""

MOST = 60
"""Schools in one drawing; beyond, every leader has one of its own."""


def _drawings(seen: Seen) -> Iterator[Drawing]:
    """The network as drawings: leaders at the left, whom they support at the right."""
    uncovered = {member.id for member in seen.uncovered}
    edges: dict[Member, list[Edge]] = {}
    linked = set()
    for tie in seen.ties:
        for leader in tie.leaders:
            for member in tie.supported:
                about = f"с {words.day(tie.row.start_date)}, {tie.basis}"
                if tie.standing != Standing.ACTIVE:
                    about = f"{tie.standing.label}: {tie.basis}"
                school = School(member.name, _short(member), is_alone=member.id in uncovered)
                edges.setdefault(leader, []).append(
                    Edge(school, EDGES.get(tie.standing, "off"), about)
                )
                linked.add(member.id)
    leaders = [
        Leader(leader.name, _is_valid(leader), edges[leader])
        for leader in sorted(edges, key=lambda each: (alphabetical(each.name), each.id))
    ]
    alone = [
        School(member.name, _short(member), is_alone=True)
        for member in seen.uncovered
        if member.id not in linked
    ]
    if sum(len(leader.edges) for leader in leaders) <= MOST:
        if leaders or alone:
            yield Drawing(leaders, alone)
        return
    yield from (Drawing([leader], []) for leader in leaders)


def _is_valid(leader: Member) -> bool:
    return DesignationCategory.LEADER in leader.categories


def _short(member: Member) -> str:
    """The categories in letters: «ШНОР + ШНСУ»."""
    return " + ".join(CATEGORIES[each].short for each in member.categories if each in PRIORITY)
