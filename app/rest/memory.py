"""Memory: answers that were worked out, kept while the state that they tell of stands."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

ROOM = 64 * 1024 * 1024
"""Bytes of answers that one process keeps: some 8,000 programs on one day."""


class Memory:
    """Answers by question and by the state they are from; the least used go first."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[Hashable, Any, int]] = OrderedDict()
        # Answers are worked out in threads, and looked up in the event loop.
        self._lock = threading.Lock()

    def find(self, question: Hashable, state: Hashable) -> Any:
        """The answer, if it was given in this very state; else null."""
        with self._lock:
            known, answer, _ = self._kept.get(question, (None, None, 0))
            if known != state:
                return None
            self._kept.move_to_end(question)
            return answer

    def keep(self, question: Hashable, state: Hashable, answer: Any, size: int) -> None:
        """Take an answer of so many bytes in the place of one from another state."""
        with self._lock:
            self._drop(question)
            self._kept[question] = (state, answer, size)
            self._size += size
            while self._size > self._room:
                self._drop(next(iter(self._kept)))

    def _drop(self, question: Hashable) -> None:
        _, _, size = self._kept.pop(question, (None, None, 0))
        self._size -= size
