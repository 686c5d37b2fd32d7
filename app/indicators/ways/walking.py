"""Walking: ways are gone one after another on a copy of the facts, until the target is met."""

from collections.abc import Iterable
from typing import NamedTuple

from app.indicators.codes import COUNTED, ItemType
from app.indicators.network import Item, Measure, Network
from app.indicators.ways.actions import Beside, Question, Way
from app.store.rows import Id


class Taken(NamedTuple):
    """A way that was gone: with whom, how many more count since, and which."""

    way: Way
    beside: tuple[Beside, ...]
    adds: int
    brings: tuple[Item, ...]


class Walk(NamedTuple):
    """All ways that were gone, the network after them, and whether it meets the target."""

    taken: list[Taken]
    network: Network
    reaches: bool


def walked(question: Question, ways: Iterable[Way]) -> Walk:
    """Go the ways in their order and stop at the target; each step is counted anew."""
    network, taken = question.network, []
    measure = question.measured(network)
    for way in ways:
        gap = question.lacking(network)
        if not gap:
            break
        done = way.act(network, gap)
        network = Network(done.facts, network.moment)
        after = question.measured(network)
        adds = after.sum(COUNTED) - measure.sum(COUNTED)
        taken.append(Taken(way, done.beside, adds, _brought(way, measure, after)))
        measure = after
    return Walk(taken, network, not question.lacking(network))


NAMELESS: frozenset[ItemType] = frozenset({"teachers"})
"""Items that a way never names."""


def _brought(way: Way, before: Measure, after: Measure) -> tuple[Item, ...]:
    """What counts since, besides the record that the way itself is about."""
    known: set[Id | str | None] = {item.id for item in before.items if item.outcome == COUNTED}
    return tuple(
        item
        for item in after.items
        if item.outcome == COUNTED
        and item.id not in known
        and item.id != way.id
        and item.type not in NAMELESS
        and way.id is not None
    )
