"""People: how many teachers of the network took part (indicator 2)."""

from collections import defaultdict

from app.indicators.codes import COUNTED, EXCLUDED, NOT_COUNTED
from app.indicators.facts import covers
from app.indicators.network import Item, Measure, Network
from app.indicators.shares import entry
from app.store.rows import Id


def teacher_coverage(network: Network) -> Measure:
    """I2: of the teachers of the population and its leaders, those who attended."""
    employers = network.population | network.leaders
    roster = roster_of(network, employers)
    attended = network.attended
    on_roster = {key for people in roster.values() for key in people}
    measure = Measure([_attendee(key, attended) for key in on_roster], [])
    off_roster = _named_elsewhere(network, employers - roster.keys(), on_roster)
    for organization in sorted(employers):
        if organization in roster:
            people = roster[organization]
            _break_down(measure, organization, len(people & attended), len(people))
        else:
            _by_headcount(network, measure, organization, off_roster[organization])
    seen = on_roster | {key for people in off_roster.values() for key in people}
    left = (attended & _left(network, employers)) - seen
    measure.items += [Item("teachers", key, EXCLUDED, "left_organization") for key in left]
    return measure


def roster_of(network: Network, employers: set[Id]) -> dict[Id, set[Id]]:
    """By organization: its teachers on the day; organizations without any are left out."""
    day, employed = network.moment.day, network.facts.employed
    rosters = {
        key: {
            row.teacher_id
            for row in employed.get(key, ())
            if covers(row.valid_from, row.valid_to, day)
        }
        for key in employers
    }
    return {key: people for key, people in rosters.items() if people}


def _named_elsewhere(
    network: Network, without_roster: set[Id], on_roster: set[Id]
) -> dict[Id, set[Id]]:
    """Teachers on no roster, by the organization with a headcount for which they attended.

    The latest attendance decides; on the same day, the smaller event id.
    """
    with_headcount = {key for key in without_roster if _headcount(network, key) is not None}
    best: dict[Id, tuple[int, Id, Id]] = {}
    for row in network.facts.attendances:
        if not network.moment.flows(row.participated_on):
            continue
        organization = network.facts.root(row.organization_id)
        if organization in with_headcount and row.teacher_id not in on_roster:
            rank = (-row.participated_on.toordinal(), row.event_id, organization)
            best[row.teacher_id] = min(rank, best.get(row.teacher_id, rank))
    people: dict[Id, set[Id]] = defaultdict(set)
    for teacher, (_, _, organization) in best.items():
        people[organization].add(teacher)
    return people


def _by_headcount(network: Network, measure: Measure, organization: Id, people: set[Id]) -> None:
    """Use the latest headcount as the roster; teachers who did not attend are counted unnamed."""
    declared = _headcount(network, organization)
    if declared is None:
        measure.no_roster.append(organization)
        return
    if len(people) > declared:
        measure.flags.append(("headcount_below_participants", organization))
    size = max(declared, len(people))
    measure.items += [Item("teachers", key, COUNTED, "attended") for key in people]
    unnamed = Item("teachers", None, NOT_COUNTED, "declared_headcount")
    measure.items += [unnamed] * (size - len(people))
    _break_down(measure, organization, len(people), size)


def _headcount(network: Network, organization: Id) -> int | None:
    day = network.moment.day
    headcounts = [
        row
        for row in network.facts.headcounts
        if row.organization_id == organization and row.observed_on <= day
    ]
    return max(headcounts, key=lambda row: row.observed_on).teachers if headcounts else None


def _left(network: Network, employers: set[Id]) -> set[Id]:
    """Teachers whose employment with an employer ended before the day."""
    return {
        row.teacher_id
        for key in employers
        for row in network.facts.employed.get(key, ())
        if row.valid_to and row.valid_to < network.moment.day
    }


def _attendee(teacher: Id, attended: set[Id]) -> Item:
    took = teacher in attended
    outcome = (COUNTED, "attended") if took else (NOT_COUNTED, "did_not_attend")
    return Item("teachers", teacher, *outcome)


def _break_down(measure: Measure, organization: Id, counted: int, size: int) -> None:
    assert measure.breakdown is not None  # noqa: S101 - made beside it, above
    measure.breakdown.append(entry(str(organization), counted, size))
