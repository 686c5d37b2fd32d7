"""Breaks: days of a group or of a use on which no slot takes place, such as holidays."""

from app.model.columns import day, line
from app.model.record import Strict
from app.model.values import Day, Line


class BreakBody(Strict):
    """Перерыв: дни, в которые занятий нет."""

    valid_from: Day = day("Первый день")
    valid_to: Day = day("Последний день")
    reason: Line | None = line("Причина", default=None)
