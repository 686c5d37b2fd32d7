"""Header: finds the row (or rows) with the headings of a list."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from app.intake.quoting import column_name, listed
from app.intake.sheets.refusals import (
    DUPLICATE_HEADING,
    SEVERAL_HEADERS,
    UNREADABLE_HEADING,
    refused,
)
from app.intake.sheets.shapes import Cell, Known, Row
from app.model.text import Unreadable, clean_line, fold

SEARCHED = 30
"""Rows in which a header is searched."""
TALLEST = 4
"""Rows that a header may span."""


class Merge(NamedTuple):
    """Merged cells: first and last row and column; rows count from 1, columns from 0."""

    top: int
    left: int
    bottom: int
    right: int


class Header(NamedTuple):
    """The last row of a header, its headings, and its first row."""

    row: int
    headings: list[str]
    top: int


class Candidate(NamedTuple):
    """A possible header, and how many of its headings are known."""

    header: Header
    known: int


def header_of(
    rows: Iterable[Row], is_known: Known, merges: Sequence[Merge] = (), asked: int | None = None
) -> Header | None:
    """The header among the first rows of a sheet: the row with the most known headings.

    Two rows form one header if cells are merged over both, or if together they have more known
    headings. A row that the uploader named needs no known heading.
    """
    grid = _Grid({row.number: _texts(row.cells) for row in rows}, merges, is_known)
    best = asked if asked is not None else grid.best_row()
    if best is None or not any(grid.texts.get(best, ())):
        return None
    candidate = grid.header(*grid.block(best))
    # A row named by the uploader is the end of the header.
    pairs = () if asked else ((best - 1, best), (best, best + 1))
    if candidate.header.row == best:
        for pair in pairs:
            joined = grid.header(*pair)
            if pair[1] in grid.texts and joined.known > candidate.known:
                candidate = joined
    return candidate.header


def rows_above(header: Header, rows: Iterable[Row]) -> list[Row]:
    """Those of the first rows of a sheet that stand above its header."""
    return [row for row in rows if row.number < header.top]


def no_header(rows: Iterable[Row], is_known: Known) -> dict[str, str]:
    """Details for a refusal: the row most similar to a header, and its headings."""
    grid = _Grid({row.number: _texts(row.cells) for row in rows}, (), is_known)
    number = grid.likeliest()
    titles = grid.texts[number] if number else []
    filled = [at for at, title in enumerate(titles) if title]
    return {
        "row": str(number or 1),
        "known": listed(titles, [at for at in filled if is_known(titles[at])]),
        "unknown": listed(titles, [at for at in filled if not is_known(titles[at])]),
    }


def refuse_bad_headings(headings: Sequence[str]) -> None:
    """Refuse a header with equal or unreadable headings.

    Raises:
        Invalid.

    """
    columns: dict[str, list[str]] = {}
    for index, heading in enumerate(headings):
        if heading == _UNREADABLE:
            raise refused(UNREADABLE_HEADING, column=column_name(index))
        columns.setdefault(fold(heading), []).append(column_name(index))
    for index, heading in enumerate(headings):
        where = columns[fold(heading)]
        if heading and len(where) > 1 and where[0] == column_name(index):
            raise refused(DUPLICATE_HEADING, cell=heading, columns=", ".join(where))


class _Grid:
    """The first rows as texts, with methods that find the header."""

    def __init__(
        self, texts: Mapping[int, list[str]], merges: Sequence[Merge], is_known: Known
    ) -> None:
        self.texts = texts
        self.merges = merges
        self.is_known = is_known

    def likeliest(self) -> int | None:
        """The row most similar to a header, where no row qualifies."""
        filled = {number: sum(map(bool, texts)) for number, texts in self.texts.items()}
        return max(
            filter(filled.get, filled),
            key=lambda number: (self.count(self.texts[number]), filled[number], -number),
            default=None,
        )

    def best_row(self) -> int | None:
        known = {number: self.count(texts) for number, texts in self.texts.items()}
        fits = [
            number
            for number, texts in self.texts.items()
            if number <= SEARCHED and known[number] >= min(2, sum(map(bool, texts)) or 2)
        ]
        best = max(fits, key=lambda number: (known[number], -number), default=None)
        if best is not None:
            self._refuse_rivals(best, [row for row in fits if known[row] == known[best]])
        return best

    def _refuse_rivals(self, best: int, fits: Sequence[int]) -> None:
        """Refuse if another row may be the header too; a repetition of the header is none."""
        mine = [fold(text) for text in self.texts[best] if text]
        rivals = [
            row
            for row in fits
            if row >= best + TALLEST and [fold(text) for text in self.texts[row] if text] != mine
        ]
        if rivals and self.count(self.texts[best]) > 1:
            rows = ", ".join(map(str, [best, *rivals]))
            raise refused(SEVERAL_HEADERS, parameter="header_row", rows=rows)

    def count(self, texts: Iterable[str]) -> int:
        return len({fold(text) for text in texts if text and self.is_known(text)})

    def block(self, row: int) -> tuple[int, int]:
        """The rows that vertically merged headings span."""
        tied = [
            merge
            for merge in self.merges
            if merge.top <= row <= merge.bottom
            and merge.top < merge.bottom < merge.top + TALLEST
            and self.at(merge.top, merge.left)
        ]
        return min([row, *(m.top for m in tied)]), max([row, *(m.bottom for m in tied)])

    def at(self, row: int, column: int) -> str:
        texts = self.texts.get(row, [])
        return texts[column] if column < len(texts) else ""

    def header(self, top: int, last: int) -> Candidate:
        levels = [self.spread(row, last) for row in range(top, last)] + [self.texts.get(last, [])]
        width = max(map(len, levels))
        columns = [[level[i] if i < len(level) else "" for level in levels] for i in range(width)]
        whole = [" ".join(dict.fromkeys(filter(None, parts))) for parts in columns]
        short = [self.shorter(name, parts) for name, parts in zip(whole, columns, strict=True)]
        # «Школа / Название» and «Мероприятие / Название»: the last word alone is ambiguous.
        repeated = Counter(map(fold, short))
        names = [a if repeated[fold(a)] == 1 else b for a, b in zip(short, whole, strict=True)]
        while names and not names[-1]:
            names.pop()
        return Candidate(Header(last, names, top), self.count(names))

    def shorter(self, whole: str, parts: Sequence[str]) -> str:
        """The last part of a heading if only it is known: «Фамилия» of «ФИО / Фамилия»."""
        return parts[-1] if not self.is_known(whole) and self.is_known(parts[-1]) else whole

    def spread(self, row: int, last: int) -> list[str]:
        """An upper row of the header, with each text repeated over the columns that it covers."""
        texts = list(self.texts.get(row, []))
        flat = [merge for merge in self.merges if merge.top == row and merge.left < merge.right]
        for merge in flat:
            texts += [""] * (merge.right + 1 - len(texts))
            texts[merge.left : merge.right + 1] = [texts[merge.left]] * (
                merge.right + 1 - merge.left
            )
        if self.merges:
            return texts
        # CSV has no merged cells: a heading extends while there are headings below it.
        below = self.texts.get(last, [])
        texts += [""] * (len(below) - len(texts))
        for i in range(1, len(texts)):
            if not texts[i] and i < len(below) and below[i]:
                texts[i] = texts[i - 1]
        return texts


_UNREADABLE = "\ufffd"


def _texts(cells: Iterable[Cell]) -> list[str]:
    return [_text(cell) for cell in cells]


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime | date):
        return f"{cell:%d.%m.%Y}"
    try:
        return "" if cell is None else clean_line(str(cell))
    except Unreadable:
        return _UNREADABLE
