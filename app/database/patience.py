"""Patience: how long a request may wait for its turns, all of them together.

A queue has a length in seconds: whoever would wait longer is refused, and told when to come again.
A request waits in several queues, one after the other; what it has waited in one, it cannot wait in
the next. Its own work and the client's delays do not count. Jobs, chores and commands are patient.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MOST = 5.0
"""Seconds that a request waits for its turns."""

ALTOGETHER = 10.0
"""Seconds after which it is refused at the latest, its wait for a lock in the database included."""


class Patience:
    """What is left of the patience of one request."""

    __slots__ = ("left",)

    def __init__(self, left: float) -> None:
        self.left = left


_current: ContextVar[Patience | None] = ContextVar("patience", default=None)


def begin(seconds: float) -> None:
    """Give the request of this task so much patience."""
    _current.set(Patience(seconds))


def end() -> None:
    """Let what goes on after its request was answered wait as long as it takes."""
    _current.set(None)


def left() -> float:
    """The seconds that may still be waited."""
    patience = _current.get()
    return max(0.0, patience.left) if patience else math.inf


def for_a_lock() -> float:
    """The seconds that a lock in the database may be waited for, after the turns."""
    return ALTOGETHER - MOST + left()


def spend(seconds: float) -> None:
    """Count what was waited."""
    if patience := _current.get():
        patience.left -= seconds


@contextmanager
def waiting(most: float) -> Iterator[float]:
    """Wait for a turn; yields for how many seconds at most."""
    start = time.monotonic()
    try:
        yield min(most, left())
    finally:
        spend(time.monotonic() - start)
