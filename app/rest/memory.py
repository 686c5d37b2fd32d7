"""Memory: a cache of computed answers, valid while the register's state stands."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

ROOM = 64 * 1024 * 1024
"""Bytes of answers that one process caches: some 8,000 programs on one day."""


class Memory:
    """Answers by question and state; the least recently used are dropped first."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[Hashable, Any, int]] = OrderedDict()
        # Answers are computed in threads and looked up in the event loop.
        self._lock = threading.Lock()

    def find(self, question: Hashable, state: Hashable) -> Any:
        """The answer if it was computed from this state, else None."""
        with self._lock:
            cached_state, answer, _ = self._kept.get(question, (None, None, 0))
            if cached_state != state:
                return None
            self._kept.move_to_end(question)
            return answer

    def keep(self, question: Hashable, state: Hashable, answer: object, size: int) -> None:
        """Cache an answer of `size` bytes; it replaces one computed from another state."""
        with self._lock:
            self._drop(question)
            self._kept[question] = (state, answer, size)
            self._size += size
            while self._size > self._room:
                self._drop(next(iter(self._kept)))

    def _drop(self, question: Hashable) -> None:
        _, _, size = self._kept.pop(question, (None, None, 0))
        self._size -= size
