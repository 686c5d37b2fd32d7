"""Header: the row (or the rows) of a list in which its columns are named."""

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
"""Rows in which a header is looked for."""
TALLEST = 4
"""Rows that one header may have."""


class Merge(NamedTuple):
    """Cells made one: the first and the last row and column, rows from 1, columns from 0."""

    top: int
    left: int
    bottom: int
    right: int


class Header(NamedTuple):
    """The last row of a header, and its texts."""

    row: int
    headings: list[str]


class Candidate(NamedTuple):
    """A header that may be, and what speaks for it."""

    header: Header
    known: int


def header_of(
    rows: Iterable[Row], is_known: Known, merges: Sequence[Merge] = (), asked: int | None = None
) -> Header | None:
    """The header among the first rows of a sheet: the row with the most headings that are known.

    Two rows are one header where cells are merged over both, or where together they name more.
    A row that was asked for needs no known heading.
    """
    grid = _Grid({row.number: _texts(row.cells) for row in rows}, merges, is_known)
    best = asked if asked is not None else grid.best_row()
    if best is None or not any(grid.texts.get(best, ())):
        return None
    found = grid.header(*grid.block(best))
    # Whoever names the row has said where the header ends.
    pairs = () if asked else ((best - 1, best), (best, best + 1))
    if found.header.row == best:
        for pair in pairs:
            joined = grid.header(*pair)
            if pair[1] in grid.texts and joined.known > found.known:
                found = joined
    return found.header


def no_header(rows: Iterable[Row], is_known: Known) -> dict[str, str]:
    """What a refusal says of the row that is most like a header."""
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
    """Refuse a header that names two columns alike, or not in letters.

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
    """The first rows as texts."""

    def __init__(
        self, texts: Mapping[int, list[str]], merges: Sequence[Merge], is_known: Known
    ) -> None:
        self.texts = texts
        self.merges = merges
        self.is_known = is_known

    def likeliest(self) -> int | None:
        """The row that is most like a header where none is known."""
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
            self._refuse_rivals(best, [each for each in fits if known[each] == known[best]])
        return best

    def _refuse_rivals(self, best: int, fits: Sequence[int]) -> None:
        """Refuse where another row may be the header; one that repeats it is none."""
        mine = [fold(text) for text in self.texts[best] if text]
        rivals = [
            each
            for each in fits
            if each >= best + TALLEST and [fold(text) for text in self.texts[each] if text] != mine
        ]
        if rivals and self.count(self.texts[best]) > 1:
            rows = ", ".join(map(str, [best, *rivals]))
            raise refused(SEVERAL_HEADERS, parameter="header_row", rows=rows)

    def count(self, texts: Iterable[str]) -> int:
        return len({fold(text) for text in texts if text and self.is_known(text)})

    def block(self, row: int) -> tuple[int, int]:
        """The rows that vertically merged headings tie together."""
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
        # «Школа / Название» and «Мероприятие / Название»: the last word alone tells too little.
        repeated = Counter(map(fold, short))
        names = [a if repeated[fold(a)] == 1 else b for a, b in zip(short, whole, strict=True)]
        while names and not names[-1]:
            names.pop()
        return Candidate(Header(last, names), self.count(names))

    def shorter(self, whole: str, parts: Sequence[str]) -> str:
        """«ФИО / Фамилия» is known as «Фамилия»."""
        return parts[-1] if not self.is_known(whole) and self.is_known(parts[-1]) else whole

    def spread(self, row: int, last: int) -> list[str]:
        """A row above the last one, its texts over all the columns that they head."""
        texts = list(self.texts.get(row, []))
        flat = [merge for merge in self.merges if merge.top == row and merge.left < merge.right]
        for merge in flat:
            texts += [""] * (merge.right + 1 - len(texts))
            texts[merge.left : merge.right + 1] = [texts[merge.left]] * (
                merge.right + 1 - merge.left
            )
        if self.merges:
            return texts
        # A CSV knows no merged cells: a heading reaches as far as there is something below it.
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
