"""Captions: what the records are called that the rows of a list refer to, if the caller sees them.

The database gives the rows with ids. The names of a slice of rows are read together.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from app.database.transaction import Transaction
from app.store.names import CALLED, Namer, ids_of

Ids = Mapping[str, Collection[str]]
"""By kind."""

Note = Callable[[str, Sequence[str]], object]
"""Is told the kind and the ids of records whose names are about to be shown."""


def names_of(tx: Transaction, namer: Namer, ids: Ids) -> Iterator[tuple[str, str, str | None]]:
    """The kind, the id and the name of the records that the caller sees; the name may be None."""
    asked = {kind: keys for kind, keys in ids.items() if keys}
    if asked:
        many = {ids_of(kind): keys for kind, keys in asked.items()}
        yield from _rows(tx, namer.statement(asked), many)


def called(
    tx: Transaction, namer: Namer, kind: str, names: Collection[str]
) -> Iterator[tuple[str, str]]:
    """The id and the name of the records of a kind that are called so and that a caller sees."""
    if names:
        yield from _rows(tx, namer.search(kind), {CALLED: names})


def _rows(tx: Transaction, sql: str, many: Mapping[str, Collection[str]]) -> Iterator[Any]:
    parameters = {name: tx.dialect.many([*texts]) for name, texts in many.items()}
    parameters |= tx.caller.spoken_bindings
    for row in tx.connection.exec_driver_sql(sql, parameters):
        yield (*row,)


class Captions:
    """Reads the names of records for the rows of a file."""

    def __init__(self, tx: Transaction, namer: Namer, note: Note) -> None:
        self._tx, self._namer, self._note = tx, namer, note

    def of(self, ids: Ids) -> Mapping[tuple[str, str], str]:
        """By kind and id: the names that may be told."""
        found = names_of(self._tx, self._namer, ids)
        names = {(kind, key): name for kind, key, name in found if name}
        told: dict[str, list[str]] = defaultdict(list)
        for kind, key in names:
            told[kind].append(key)
        for kind, keys in told.items():
            self._note(kind, keys)
        return names
