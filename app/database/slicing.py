"""Slicing: splits values into lists that fit into memory and into one statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

V = TypeVar("V")

MANY = 5_000
"""Values in one statement: far below the limits of both databases on parameters."""


def slices(values: Iterable[V], most: int = MANY) -> Iterator[list[V]]:
    """The values in lists of at most `most`."""
    rest = iter(values)
    while part := list(islice(rest, most)):
        yield part
