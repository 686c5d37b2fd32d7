"""Asking: the day and the period that indicators are asked for."""

from datetime import date
from typing import NamedTuple, Protocol

from app.findings import Finding, fault
from app.indicators.facts import Moment
from app.model.faults import ENDS_BEFORE_START
from app.problems import Invalid

PERIOD_TOO_LATE = fault(
    "period_after_day",
    "Период кончается позже даты, на которую считается показатель (as_of).",
    "The period ends after the day that is asked for (as_of).",
)


class Asked(NamedTuple):
    """The day and the period that are asked for; null means the default of the program."""

    today: date
    as_of: date | None = None
    period_start: date | None = None
    period_end: date | None = None

    @property
    def has_period(self) -> bool:
        """Whether a period is asked for."""
        return bool(self.period_start or self.period_end)


class Dated(Protocol):
    """Anything with a first and a last day."""

    @property
    def start_date(self) -> date: ...

    @property
    def end_date(self) -> date: ...


def moment_of(program: Dated, asked: Asked) -> tuple[date, Moment | None]:
    """The day and the period; no period where the day lies outside the program."""
    day = asked.as_of or min(asked.today, program.end_date)
    start, end = asked.period_start or program.start_date, asked.period_end or day
    outside = not program.start_date <= day <= program.end_date
    if asked.period_end and asked.period_end > day:
        raise Invalid(Finding(PERIOD_TOO_LATE, parameter="period_end"))
    if end < start and (asked.has_period or not outside):
        place = "period_end" if asked.period_end else "period_start"
        raise Invalid(Finding(ENDS_BEFORE_START, parameter=place))
    return day, None if outside else Moment(day, start, end)
