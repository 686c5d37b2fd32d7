"""Since: the records that changed after a state of the register, for what a process keeps of them.

Positions become visible in order, so whoever reads all changes after a position, at any later time,
misses none (`app.journal.positions`).
"""

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from app.database.dialects import Dialect
from app.database.reading import Rows

STATE = "(SELECT h.epoch || ':' || h.position FROM journal_heads h)"
"""The expression of the register's state as text."""

MOST = 1_000
"""Changed records that are told one by one; after more, everything may have changed."""

_CHANGES = (
    "SELECT {state}, h.purged_to, e.collection, CAST(e.record_id AS TEXT) FROM journal_heads h"
    " LEFT JOIN (SELECT collection, record_id FROM journal_entries WHERE position > {after}"
    " ORDER BY position LIMIT {most}) e ON 1 = 1"
)

Records = Mapping[str, AbstractSet[str]]
"""Ids by kind."""


class State(NamedTuple):
    """The state after one change of one register; a restored register has another epoch."""

    epoch: str = ""
    position: int = 0

    @classmethod
    def of(cls, text: str) -> "State":
        """The state that `STATE` says."""
        epoch, _, position = text.rpartition(":")
        return cls(epoch, int(position))

    def reaches(self, other: "State") -> bool:
        """Whether this state has every change of the other one."""
        return self.epoch == other.epoch and self.position >= other.position


class Since(NamedTuple):
    """What changed up to a state."""

    state: State
    records: Records | None
    """None: nobody knows, so any record may have changed."""


def statement(dialect: Dialect) -> str:
    """The statement of the changes after the position `since`; at least one row."""
    after = dialect.bound("since", "number")
    return _CHANGES.format(state=STATE, after=after, most=MOST + 1)


def changes(before: State, rows: Rows) -> Since:
    """What changed after the state `before`, from the rows of the statement."""
    state, purged_to = State.of(rows[0][0]), rows[0][1]
    if not state.reaches(before) or purged_to > before.position or len(rows) > MOST:
        return Since(state, None)
    records: dict[str, set[str]] = defaultdict(set)
    for _, _, kind, key in rows:
        if kind is not None:
            records[kind].add(key)
    return Since(state, records)
