"""Captions: what the records are called that the rows of a list refer to, if the caller sees them.

The database gives the rows with ids. The names of a slice of rows are read together, each once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from app.database.transaction import Transaction
from app.model.headings import Heading
from app.store.names import CALLED, MARK, Namer, ids_of
from app.store.phrases import literal

MOST = 10_000
"""Names that are kept for the next rows, at most: some megabytes."""

Ids = Mapping[str, Collection[str]]
"""By kind."""

Note = Callable[[str, Sequence[str]], object]
"""Is told the kind and the ids of records whose names are about to be shown."""


def token(kind: str, record_id: str = "") -> str:
    """What stands for a record in a row: its kind and its id."""
    return f"{kind}:{record_id}"


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


def marked(heading: Heading, record_id: str) -> str:
    """The expression of a reference in a row: its token between two marks, until `named`."""
    mark = literal(MARK)
    return f"{mark} || {literal(token(heading.target or ''))} || {record_id} || {mark}"


def named(text: str, captions: "Captions") -> str:
    """The text of rows with the names of the records whose tokens it has."""
    pieces = text.split(MARK)
    pieces[1::2] = captions.of(pieces[1::2])
    return "".join(pieces)


class Captions:
    """The names of records by their tokens, read when rows ask for them."""

    def __init__(
        self, tx: Transaction, namer: Namer, note: Note, cell: Callable[[str], str] = str
    ) -> None:
        """`cell` makes the cell of a name."""
        self._tx, self._namer, self._note, self._cell = tx, namer, note, cell
        self._known: dict[str, str] = {}

    def of(self, tokens: Sequence[str]) -> list[str]:
        """The cells of the records of these tokens; empty where no name may be told."""
        news = {*tokens} - self._known.keys()
        if news and len(self._known) + len(news) > MOST:
            self._known.clear()
            news = {*tokens}
        if news:
            self._read(news)
        return [*map(self._known.__getitem__, tokens)]

    def _read(self, tokens: Collection[str]) -> None:
        ids: dict[str, list[str]] = defaultdict(list)
        for each in tokens:
            kind, _, key = each.partition(":")
            ids[kind].append(key)
        told: dict[str, list[str]] = defaultdict(list)
        self._known |= dict.fromkeys(tokens, "")
        for kind, key, name in names_of(self._tx, self._namer, ids):
            if name:
                told[kind].append(key)
                self._known[token(kind, key)] = self._cell(name)
        for kind, keys in told.items():
            self._note(kind, keys)
