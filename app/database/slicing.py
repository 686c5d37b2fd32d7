"""Slicing: as much at once as fits into memory and into one statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

V = TypeVar("V")

MANY = 5_000
"""Values in one statement: far below the limits of both databases on parameters."""


def slices(values: Iterable[V], most: int = MANY) -> Iterator[list[V]]:
    """The values in lists of at most so many."""
    left = iter(values)
    while some := list(islice(left, most)):
        yield some
