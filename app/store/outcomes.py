"""Outcomes: how many lists and rows this process has taken in, by what became of them."""

import threading
from collections import Counter
from collections.abc import Mapping

WRITTEN = ("created", "updated", "unchanged", "duplicate")
"""Outcomes of rows that stand only in a list that was written."""

REFUSED = "rejected"
"""The outcome of a row that was refused, and the status of a list that was."""

TRIED = "dry_run"
"""The status of a list that was only checked: of its rows nothing became anything."""


ENDS = (TRIED, "committed", "partial", REFUSED)
"""How a list may end."""


class Outcomes:
    """Counts what was committed; several threads may."""

    def __init__(self) -> None:
        # From the beginning: of a number that begins with one nobody sees that it has grown.
        self._lists = Counter(dict.fromkeys(ENDS, 0))
        self._rows = Counter(dict.fromkeys((*WRITTEN, REFUSED), 0))
        self._lock = threading.Lock()

    def add(self, status: str, stats: Mapping[str, int]) -> None:
        """Count a list that has ended, with the rows that its report tells of."""
        told = () if status == TRIED else (REFUSED,) if status == REFUSED else (*WRITTEN, REFUSED)
        with self._lock:
            self._lists[status] += 1
            self._rows.update({name: stats.get(name, 0) for name in told})

    @property
    def lists(self) -> dict[str, int]:
        """Lists by their status."""
        with self._lock:
            return dict(self._lists)

    @property
    def rows(self) -> dict[str, int]:
        """Rows by their outcome."""
        with self._lock:
            return dict(self._rows)


TAKEN = Outcomes()
"""Of this process, whichever of its parts took the lists in."""
