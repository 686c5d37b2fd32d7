"""Notes: what is said about rows that are taken, once for all rows of which the same is said.

They name people by the cells of the list, so they are shown to whoever sent it and to nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from typing_extensions import TypedDict

from app.intake.documents import ImportRemark
from app.intake.report import MOST_NUMBERS, MOST_ROWS

NAMED = 3
"""Rows that are named by a cell."""


class Wording(TypedDict):
    """One text, and the rows of which it is said."""

    text: str
    rows: list[int]
    """The first hundred."""
    count: int
    among: list[str]
    """The names of the first of them."""


class Note(TypedDict):
    """One kind of remark about a column; its texts differ by what they quote."""

    code: str
    column: str | None
    is_warning: bool
    """Whether somebody has to look at it."""
    count: int
    """Rows of which it is said; none if it is about the whole list."""
    wordings: list[Wording]
    """As many as a report has rows."""


@dataclass
class Notes:
    """Gathers remarks row by row; its size depends on what is said, not on the rows."""

    _notes: dict[tuple[bool, str, str | None], Note] = field(default_factory=dict)
    _wordings: dict[tuple[bool, str, str | None, str], Wording] = field(default_factory=dict)

    def add(self, said: ImportRemark, rows: Sequence[int], name: str, *, is_warning: bool) -> None:
        """Take a remark about rows, the first of which may have a name, or about the whole list."""
        kind = is_warning, said["code"], said["column"]
        note = self._notes.setdefault(
            kind,
            {
                "code": said["code"],
                "column": said["column"],
                "is_warning": is_warning,
                "count": 0,
                "wordings": [],
            },
        )
        note["count"] += len(rows)
        text = whole(said)
        wording = self._wordings.get((*kind, text))
        if wording is None:
            if len(note["wordings"]) == MOST_ROWS:
                return
            wording = {"text": text, "rows": [], "count": 0, "among": []}
            self._wordings[*kind, text] = wording
            note["wordings"].append(wording)
        wording["count"] += len(rows)
        wording["rows"] += rows[: MOST_NUMBERS - len(wording["rows"])]
        if name and name not in wording["among"] and len(wording["among"]) < NAMED:
            wording["among"].append(name)

    @property
    def told(self) -> list[Note]:
        """The warnings first, and of them those about most rows."""
        return sorted(
            self._notes.values(), key=lambda note: (not note["is_warning"], -note["count"])
        )


def whole(said: ImportRemark) -> str:
    """What is wrong and what to do, in one text."""
    return f"{said['detail']} {said['hint']}".strip()
