"""Known: the names that a process has read, valid until anything in the register changes."""

from collections import OrderedDict, defaultdict
from collections.abc import Hashable

STATE = "(SELECT h.epoch || ':' || h.position FROM journal_heads h)"
"""The expression of the register's state, which every change moves (`app.journal.positions`)."""

MOST = 100_000
"""Names that one process keeps: some 20 MB."""

Names = dict[str, dict[str, str]]
"""By kind and id: the member of a JSON object, `"id":"name"`; empty if no name may be told."""


class Known:
    """Names by who reads them; those of the longest unused reader are dropped first.

    Not only a changed record gets another name: its name may contain that of another record, and a
    caller may see a record because of a third. So every change drops all names.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, tuple[str, Names]] = OrderedDict()

    def of(self, reader: Hashable, state: str) -> Names:
        """The names that a reader was told in this state; what is read later is added to them.

        A read that began in an older state adds to the names of that state, which are gone by then.
        """
        before, names = self._held.pop(reader, ("", {}))
        if before != state:
            names = defaultdict(dict)
        self._held[reader] = state, names
        self._limit()
        return names

    def forget(self) -> None:
        """Drop all names."""
        self._held.clear()

    def _limit(self) -> None:
        while len(self._held) > 1 and self._size() > self._most:
            self._held.popitem(last=False)
        if self._size() > self._most:
            self.forget()

    def _size(self) -> int:
        return sum(len(each) for _, names in self._held.values() for each in names.values())
