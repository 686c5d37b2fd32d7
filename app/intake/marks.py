"""Marks: who was there and how, as lists mark it."""

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
"""What says that somebody was not there, by the columns that say of each whether he was."""

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
} | {fold(name): each.value for each in InteractionMode for name in (each.value, each.label)}

_THERE = {"✓", "✔", "√", "☑", "v", "присутствует", "явился", "явилась", "участвовал", "участвовала"}
_AWAY = {"нб", "н/б", "отсутствует", "неявка", "не был", "не была", "не явился", "не явилась"}
_MARKS: Mapping[str, bool] = dict.fromkeys(_THERE, True) | dict.fromkeys(_AWAY, False)


@dataclass
class Marks:
    """The marks of one list."""

    are_made: bool
    """Whether any row has one: then a row without one says that somebody was absent."""
    missing: int = 0
    """Rows that were taken so."""

    def read(self, line: Line) -> None:
        """Read the mark of a row, in which some lists write how one took part."""
        mark, said = line.said.pop(ATTENDANCE.name, None), line.said
        if mode := said.get("mode"):
            self._read_mode(line, mode)
        if mark is not None:
            self._read_mark(line, mark)
        elif self.are_made and said.get("status") is None:
            said["status"] = "absent"
            self.missing += 1

    def _read_mode(self, line: Line, mode: str) -> None:
        line.said["mode"] = _MODES.get(fold(mode))
        if line.said["mode"] is None:
            allowed = ", ".join(each.label for each in InteractionMode)
            line.refuse(NOT_AMONG, _MODE, allowed=allowed)

    def _read_mark(self, line: Line, mark: str) -> None:
        if by_mode := _MODES.get(fold(mark)):
            line.said["status"] = "attended"
            line.said["mode"] = line.said.get("mode") or by_mode
            return
        try:
            is_there = _MARKS.get(fold(mark).rstrip("."))
            is_there = flag(mark) if is_there is None else is_there
            line.said["status"] = "attended" if is_there else "absent"
        except PydanticCustomError:
            line.refuse(NOT_A_FLAG, ATTENDANCE.title)


_MODE = next(each.title for each in headings(participations) if each.name == "mode")
