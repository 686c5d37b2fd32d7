"""Durations: how long something took, counted in buckets, for whoever watches the service."""

import threading
from bisect import bisect_left
from typing import NamedTuple

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds: a record is read in one millisecond, and a writer waits for ten seconds at most."""


class Spread(NamedTuple):
    """How many durations lie in each bucket, the last of which has no bound, and their sum."""

    counts: list[int]
    seconds: float


class Durations:
    """Counts durations; several threads may."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0
        self._lock = threading.Lock()

    def note(self, seconds: float) -> None:
        """Count one."""
        with self._lock:
            self._counts[bisect_left(BOUNDS, seconds)] += 1
            self._seconds += seconds

    @property
    def spread(self) -> Spread:
        """What was counted so far."""
        with self._lock:
            return Spread([*self._counts], self._seconds)
