"""Derivation: columns that are read from a printed text of the same record, unless given."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Columns = Mapping[str, Any]


@dataclass(frozen=True)
class Derivation:
    """A text, and the columns whose values are read from it."""

    text: str
    columns: tuple[str, ...]
    read: Callable[[str | None], tuple[object, ...]]
    """The values of the columns; the first is in `silent` if the text does not say them."""
    silent: Collection[object] = (None,)
    part: str = ""
    """The part whose rows have these columns; empty: the record itself."""

    def anew(self, now: Columns, was: Columns) -> dict[str, object]:
        """The columns that follow a changed text; none if they were changed as well.

        A value that the former text did not say was set by hand. It stays if the new text does not
        say one either: to correct a letter of such a text loses nothing.
        """
        if now[self.text] == was[self.text] or self.values(now) != self.values(was):
            return {}
        read = self.read(now[self.text])
        if read[0] in self.silent and self.values(was) != self.read(was[self.text]):
            return {}
        return dict(zip(self.columns, read, strict=True))

    def rows_anew(
        self, now: Sequence[dict[str, Any]], was: Sequence[Columns]
    ) -> list[dict[str, Any]]:
        """The rows of a part, each compared with the stored row at its place.

        A row that has a text and values of any stored row has only moved.
        """
        known = {(row[self.text], self.values(row)) for row in was}
        paired = [*was[: len(now)], *now[len(was) :]]
        return [
            row if (row[self.text], self.values(row)) in known else row | self.anew(row, stored)
            for row, stored in zip(now, paired, strict=True)
        ]

    def differs(self, columns: Columns) -> bool:
        """Whether a record has other values than its text says."""
        read = self.read(columns[self.text])
        return read[0] not in self.silent and self.values(columns) != read

    def values(self, columns: Columns) -> tuple[object, ...]:
        """The values of the columns."""
        return tuple(columns[name] for name in self.columns)
