"""The writer's turn: SQLite has one writer, and whoever came first goes first."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from app.problems import Busy

WAIT = 10.0
"""Seconds a writer waits for its turn before the caller is asked to come again."""


class Turn:
    """First come, first served: SQLite has one writer, and its own waiting lets some starve."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold the turn.

        Raises:
            Busy: it did not come within `WAIT` seconds.

        """
        mine = threading.Event()
        with self._lock:
            if self._taken:
                self._waiting.append(mine)
            else:
                self._taken = True
                mine.set()
        if not mine.wait(WAIT) and not self._withdrawn(mine):
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
