"""Marks: reads marks of attendance and of the way of taking part."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from app.intake.cells import flag
from app.intake.columns import ATTENDANCE
from app.intake.faults import NOT_A_FLAG, NOT_AMONG
from app.intake.lines import Line
from app.model.headings import headings
from app.model.text import fold
from app.registry.interaction import InteractionMode
from app.registry.participations import participations

ABSENCE = {ATTENDANCE.name: "нет", "status": "не явился"}
"""Marks of absence, by the columns that mark attendance."""

_MODES: Mapping[str, str] = {
    "очно": "in_person",
    "очная": "in_person",
    "очный": "in_person",
    "дистанционно": "remote",
    "дистанционная": "remote",
    "дистанционный": "remote",
    "дистант": "remote",
    "онлайн": "remote",
    "online": "remote",
    "вебинар": "remote",
    "вкс": "remote",
} | {fold(name): mode.value for mode in InteractionMode for name in (mode.value, mode.label)}

_THERE = {"✓", "✔", "√", "☑", "v", "присутствует", "явился", "явилась", "участвовал", "участвовала"}
_AWAY = {"нб", "н/б", "отсутствует", "неявка", "не был", "не была", "не явился", "не явилась"}
_MARKS: Mapping[str, bool] = dict.fromkeys(_THERE, True) | dict.fromkeys(_AWAY, False)


@dataclass
class Marks:
    """The marks of one list."""

    are_made: bool
    """Whether any row has a mark; if so, rows without one mean absence."""
    missing: int = 0
    """Rows counted as absent for lack of a mark."""

    def read(self, line: Line) -> None:
        """Read the mark of a row; some lists write the way of taking part there."""
        mark, fields = line.fields.pop(ATTENDANCE.name, None), line.fields
        if mode := fields.get("mode"):
            self._read_mode(line, mode)
        if mark is not None:
            self._read_mark(line, mark)
        elif self.are_made and fields.get("status") is None:
            fields["status"] = "absent"
            self.missing += 1

    def _read_mode(self, line: Line, mode: str) -> None:
        line.fields["mode"] = _MODES.get(fold(mode))
        if line.fields["mode"] is None:
            allowed = ", ".join(choice.label for choice in InteractionMode)
            line.refuse(NOT_AMONG, _MODE, allowed=allowed)

    def _read_mark(self, line: Line, mark: str) -> None:
        if by_mode := _MODES.get(fold(mark)):
            line.fields["status"] = "attended"
            line.fields["mode"] = line.fields.get("mode") or by_mode
            return
        try:
            is_there = _MARKS.get(fold(mark).rstrip("."))
            is_there = flag(mark) if is_there is None else is_there
            line.fields["status"] = "attended" if is_there else "absent"
        except PydanticCustomError:
            line.refuse(NOT_A_FLAG, ATTENDANCE.title)


_MODE = next(heading.title for heading in headings(participations) if heading.name == "mode")
