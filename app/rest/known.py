"""Known: what a process keeps of names, dropped when what they are made of changes (0025)."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from app.journal.since import Records, Since, State
from app.rest.mentions import Mentions

MOST = 100_000
"""Names and mentions that one process keeps at most, of all readers together: some 35 MB."""

Names = Mapping[str, Mapping[str, bytes]]
"""By kind and id: the member of a JSON object, `"id":"name"`; empty if no name may be told."""

Reads = Callable[[str], AbstractSet[str]]
"""The kinds that the names of a kind are made of, beside their own record (`Namer.reads`)."""


class Told:
    """What readers with the same rights were told."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._of_kind: dict[str, set[str]] = defaultdict(set)
        self.members: dict[str, bytes] = {}
        """By id, of all kinds: the member of a JSON object; empty if no name may be told."""
        self.mentions: dict[str, tuple[int, Mentions]] = {}
        """By the id of the record: its version, and what that has."""

    @property
    def size(self) -> int:
        """How many names and mentions there are."""
        return len(self.members) + len(self.mentions)

    def of_kind(self, kind: str) -> AbstractSet[str]:
        """The ids of a kind whose names are known."""
        return self._of_kind.get(kind, frozenset())

    def add(self, names: Names) -> None:
        """Add names."""
        for kind, members in names.items():
            self.members.update(members)
            self._of_kind[kind].update(members)

    def drop(self, changed: Records) -> None:
        """Drop what changed records say, and all names that changed kinds are part of."""
        for keys in changed.values():
            _discard(self.mentions, keys)
        for kind, keys in self._of_kind.items():
            is_made_of_them = not self._reads(kind).isdisjoint(changed)
            gone = [*(keys if is_made_of_them else keys & changed.get(kind, frozenset()))]
            _discard(self.members, gone)
            keys.difference_update(gone)


def _discard(kept: dict[str, Any], keys: Iterable[str]) -> None:
    for key in keys:
        kept.pop(key, None)


class Known:
    """What was told by who reads it, all true in one state of the register or in a later one.

    What the longest unused reader was told is dropped first.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._told: OrderedDict[Hashable, Told] = OrderedDict()
        self.state = State()
        self.newest = State()
        """The newest state in which something of it was read; beside a replica alone."""

    @property
    def is_empty(self) -> bool:
        """Whether no reader was told anything."""
        return not self._told

    def of(self, reader: Hashable, reads: Reads) -> Told:
        """What a reader was told; `keep` adds what is read later."""
        told = self._told.pop(reader, None) or Told(reads)
        self._told[reader] = told
        return told

    def advance(self, since: Since) -> None:
        """Drop what changed up to a state; the changes are those since this state or earlier."""
        if self.state.reaches(since.state):
            return
        if since.records is None:
            self._told.clear()
        for told in self._told.values():
            told.drop(since.records or {})
        self.state = since.state

    def keep(self, told: Told, names: Names, read_in: State) -> None:
        """Keep names that were read when this was the known state, or later.

        If a later state is known by now, they may be older than it, so they are not kept.
        """
        if read_in == self.state:
            told.add(names)
        self._limit()

    def forget(self) -> None:
        """Drop everything."""
        self._told.clear()

    def _limit(self) -> None:
        while len(self._told) > 1 and self._size() > self._most:
            self._told.popitem(last=False)
        if self._size() > self._most:
            self.forget()

    def _size(self) -> int:
        return sum(told.size for told in self._told.values())
