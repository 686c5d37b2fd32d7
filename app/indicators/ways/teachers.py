"""Teachers: the organizations whose teachers have to take part, and how many of them are enough."""

from app.indicators.catalogue import measure
from app.indicators.network import Network
from app.indicators.people import roster_of
from app.indicators.rows import AttendanceRow
from app.indicators.ways import changes
from app.indicators.ways.actions import Done, Question, Way, WayAction
from app.indicators.ways.fewest import Path, Puzzle
from app.registry.program_parts import IndicatorCode
from app.store.rows import Id


def coverage(question: Question) -> list[Way]:
    """I2: organizations by the teachers that are still uncovered."""
    places = {key: _uncovered(question.network, key) for key in _employers(question.network)}
    places = {key: people for key, people in places.items() if people}
    paths: dict[object, list[Path[Id]]] = {}
    names = question.network.facts.names

    def by_size(key: Id) -> tuple[object, ...]:
        return -len(places[key]), names.get(key) or "", key

    for key in sorted(places, key=by_size):
        for person in places[key]:
            paths.setdefault(person, []).append(frozenset({key}))
    missing = question.lacking(question.network)

    def lacking(chosen: Path[Id]) -> int:
        won = {person for key in chosen for person in places[key]}
        return max(0, missing - len(won))

    chosen = Puzzle(paths, lacking).fewest()
    return [_way(question.network, key) for key in sorted(chosen, key=by_size)]


def _employers(network: Network) -> set[Id]:
    return network.population | network.leaders


def _uncovered(network: Network, key: Id) -> list[Id]:
    """The teachers of an organization who took no part; those of a headcount are made up."""
    employed = roster_of(network, {key}).get(key)
    if employed is not None:
        return sorted(employed - network.attended)
    return [changes.new_id("teacher", key, number) for number in range(_unnamed(network, key))]


def _unnamed(network: Network, key: Id) -> int:
    """How many of a declared headcount took no part."""
    entries = measure(network, IndicatorCode.TEACHER_COVERAGE_SHARE).breakdown or ()
    entry = next((each for each in entries if each["key"] == str(key)), None)
    return (entry["denominator"] or 0) - entry["numerator"] if entry else 0


def _way(network: Network, key: Id) -> Way:
    is_named = key in roster_of(network, {key})
    why = "did_not_attend" if is_named else "declared_headcount"
    return Way(
        "organizations", key, WayAction.COVER_TEACHERS, why, lambda now, gap: _taught(now, key, gap)
    )


def _taught(network: Network, key: Id, gap: int) -> Done:
    """So many teachers of an organization attend an event as are lacking, or all of them."""
    facts, day = network.facts, network.moment.end
    people = _uncovered(network, key)[:gap]
    event = changes.new_id("event", key)
    rows = [AttendanceRow(person, event, key, day) for person in people]
    return Done(changes.taught(facts, rows, day))
