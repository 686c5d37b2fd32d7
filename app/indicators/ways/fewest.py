"""The fewest: a smallest set of steps that makes enough things count.

A thing counts as soon as all steps of one of its paths are taken, and a step can be part of many
paths: signing one partnership brings all its schools.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

S = TypeVar("S")
Path = frozenset[S]

WHOLE = 60
"""The weight of a thing; divisible by the usual lengths of a path."""

MOST = 20_000
"""Sets that are looked at. A search that is longer keeps what it has, which is seldom longer than
need be: of the sets that are left out none brings more than those before it."""


class Puzzle(Generic[S]):
    """Things in the order in which they are wanted, with their paths, and what is lacking.

    `spare` is how many more things may come to count without a path of their own; `worth_more` are
    the steps that bring one more than their paths say.
    """

    def __init__(
        self,
        paths: Mapping[Any, Sequence[frozenset[S]]],
        lacking: Callable[[frozenset[S]], int],
        *,
        spare: int = 0,
        worth_more: frozenset[S] = frozenset(),
    ) -> None:
        self._paths, self._lacking = paths, lacking
        self._spare, self._worth_more = spare, worth_more

    def fewest(self) -> frozenset[S]:
        """The steps to take; all that help if they are not enough."""
        found = self._needed(self._nearest())
        if self._lacking(found):
            return found
        self._best, self._looked_at = found, 0
        self._search(0, (), 0)
        return self._best

    def _nearest(self) -> frozenset[S]:
        """Take the shortest path of the first thing that has it, until nothing is lacking."""
        chosen: frozenset[S] = frozenset()
        while self._lacking(chosen):
            ahead = [
                (len(path - chosen), place, number, path)
                for place, paths in enumerate(self._paths.values())
                if not any(path <= chosen for path in paths)
                for number, path in enumerate(paths)
            ]
            if not ahead:
                break
            chosen |= min(ahead, key=lambda each: each[:3])[3]
        return chosen

    def _needed(self, chosen: frozenset[S]) -> frozenset[S]:
        """Leave out the steps without which no more is lacking; those wanted last go first."""
        lacking = self._lacking(chosen)
        for step in reversed([each for each in self._steps if each in chosen]):
            if self._lacking(chosen - {step}) <= lacking:
                chosen -= {step}
        return chosen

    @cached_property
    def _steps(self) -> list[S]:
        """Every step, in the order in which it is wanted first."""
        steps = (step for paths in self._paths.values() for path in paths for step in sorted_(path))
        return list(dict.fromkeys(steps))

    @cached_property
    def _worth(self) -> dict[S, int]:
        """How much each step can bring at most, if every path is shared by its steps."""
        worth = dict.fromkeys(self._steps, 0)
        for paths in self._paths.values():
            shares: dict[S, int] = {}
            for path in filter(None, paths):
                for step in path:
                    shares[step] = max(shares.get(step, 0), -(-WHOLE // len(path)))
            for step, share in shares.items():
                worth[step] += share
        return {step: most + WHOLE * (step in self._worth_more) for step, most in worth.items()}

    @cached_property
    def _by_worth(self) -> list[S]:
        return sorted(self._steps, key=lambda step: -self._worth[step])

    @cached_property
    def _required(self) -> int:
        return WHOLE * max(0, self._lacking(frozenset()) - self._spare)

    def _search(self, place: int, chosen: tuple[S, ...], worth: int) -> None:
        """Look for a set smaller than the best one: `chosen` and steps from a place on."""
        self._looked_at += 1
        if worth >= self._required and not self._lacking(frozenset(chosen)):
            self._best = frozenset(chosen)
            return
        for at in range(place, len(self._by_worth)):
            room = len(self._best) - 1 - len(chosen)
            ahead = sum(self._worth[step] for step in self._by_worth[at : at + max(room, 0)])
            if room < 1 or worth + ahead < self._required or self._looked_at > MOST:
                return
            step = self._by_worth[at]
            self._search(at + 1, (*chosen, step), worth + self._worth[step])


def sorted_(path: frozenset[S]) -> Iterator[S]:
    """The steps of a path in an order that does not change between runs."""
    yield from sorted(path, key=str)
