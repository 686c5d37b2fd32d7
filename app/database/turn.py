"""The writer's turn: SQLite's writers in order of arrival, as SQLite's own waiting is unfair."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from app.database import patience
from app.problems import Busy

WAIT = 10.0
"""Seconds that a writer waits for its turn before it gets Busy."""


class Turn:
    """A fair lock: first come, first served."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    @property
    def waiting(self) -> int:
        """How many writers wait."""
        return len(self._waiting)

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold the turn.

        Raises:
            Busy: the turn did not come within `WAIT` seconds.

        """
        mine = threading.Event()
        with self._lock:
            if self._taken:
                self._waiting.append(mine)
            else:
                self._taken = True
                mine.set()
        with patience.waiting(WAIT) as seconds:
            if not mine.wait(seconds) and not self._withdrawn(mine):
                raise Busy
        try:
            yield
        finally:
            with self._lock:
                if self._waiting:
                    self._waiting.popleft().set()
                else:
                    self._taken = False

    def _withdrawn(self, mine: threading.Event) -> bool:
        with self._lock:
            if mine.is_set():
                return True
            self._waiting.remove(mine)
            return False
