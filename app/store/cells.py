"""Cells: the rows of an exported list as bytes, written column by column.

Most of the work then runs in the interpreter's own loops, and a value that a column repeats is
written once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from app.model.headings import ID, Heading, Kind
from app.store.captions import Captions
from app.store.unfolding import Row

KEPT = 1_000
"""Values of a column whose cells are kept for the next rows, at most."""

NAMED = 10_000
"""Records whose names are kept for the next rows, at most: some megabytes."""

Made = Callable[[str], bytes]
"""Makes the cell of a text."""

Named = Callable[[str, str], bytes]
"""Makes two cells, of a record's name and of its id; the name is empty if it may not be told."""


class Hand(Protocol):
    """How one kind of files writes."""

    unnamed: bytes
    """The two cells of a reference to nothing."""

    def value(self, heading: Heading, place: int) -> Made:
        """What writes the texts of a column, the `place`-th from 0."""

    def reference(self, place: int) -> Named:
        """What writes a reference in the columns `place` and the next one."""


class Cells:
    """Writes the cells of rows."""

    def __init__(self, columns: Sequence[Heading], hand: Hand, captions: Captions) -> None:
        """`columns` with those of ids, each behind its column of names."""
        self._captions = captions
        self._references: dict[int, _References] = {}
        """By their place in a row."""
        self._pens: list[Callable[[Iterable[str | None]], Iterable[bytes]]] = []
        told = ((place, column) for place, column in enumerate(columns) if not column.of)
        for at, (place, column) in enumerate(told):
            if column.kind == Kind.REFERENCE:
                found = _References(column.target or "", hand.reference(place), hand.unnamed)
                self._references[at] = found
                self._pens.append(found.written)
            else:
                self._pens.append(_pen(column, hand.value(column, place)))

    def of(self, rows: Sequence[Row]) -> Iterator[tuple[bytes, ...]]:
        """The cells of rows; the two of a reference are one."""
        columns = [*zip(*rows, strict=True)]
        self._read_names(columns)
        pens = zip(self._pens, columns, strict=True)
        return zip(*(written(column) for written, column in pens), strict=True)

    def _read_names(self, columns: Sequence[Row]) -> None:
        """Read the names that rows ask for and that are not known yet, all together."""
        references = self._references
        if sum(len(each.cells) for each in references.values()) > NAMED:
            for each in references.values():
                each.forget()
        news = {at: {*columns[at]} - each.cells.keys() for at, each in references.items()}
        ids: dict[str, set[str]] = defaultdict(set)
        for at, asked in news.items():
            ids[references[at].kind] |= {key for key in asked if key}
        names = self._captions.of(ids)
        for at, asked in news.items():
            references[at].learn(filter(None, asked), names)


class _References:
    """The cells of a column of references, by their ids."""

    def __init__(self, kind: str, made: Named, unnamed: bytes) -> None:
        self.kind = kind
        self.cells: dict[str | None, bytes] = {}
        self._made, self._unnamed = made, unnamed
        self.forget()

    def forget(self) -> None:
        self.cells.clear()
        self.cells[None] = self._unnamed

    def learn(self, ids: Iterable[str], names: Mapping[tuple[str, str], str]) -> None:
        for key in ids:
            self.cells[key] = self._made(key, names.get((self.kind, key), ""))

    def written(self, ids: Iterable[str | None]) -> Iterable[bytes]:
        return map(self.cells.__getitem__, ids)


class _Repeated(dict[str | None, bytes]):
    """The cells of a column whose values repeat, made when they are met."""

    def __init__(self, made: Made) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, text: str | None) -> bytes:
        if len(self) >= KEPT:
            self.clear()
        cell = self[text] = b"" if text is None else self._made(text)
        return cell


def _pen(heading: Heading, made: Made) -> Callable[[Iterable[str | None]], Iterable[bytes]]:
    if heading.name == ID.name:
        return lambda texts: [made(text or "") for text in texts]
    if heading.kind == Kind.TEXT:
        return lambda texts: [b"" if text is None else made(text) for text in texts]
    cells = _Repeated(made)
    return lambda texts: map(cells.__getitem__, texts)
