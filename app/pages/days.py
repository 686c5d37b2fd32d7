"""Days: the day that a page is about, and the days that are offered beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.indicators.codes import SeriesStep
from app.indicators.series import ends
from app.pages.visit import Visit

OFFERED = 2
"""Ends of quarters that are offered."""


@dataclass(frozen=True)
class Days:
    """The chosen day, and others as links of the same page."""

    chosen: str
    first: str
    last: str
    offered: list[tuple[str, str]]
    """A day or a word for it, and its address."""
    is_inside: bool
    """Whether the program runs on the chosen day."""
    as_of: str
    """The parameter of links to other pages of the same day: `?as_of=…`, or nothing."""
    nearest: tuple[str, str]
    """The nearest day on which the program runs, and its address."""


def days_of(visit: Visit, program: Mapping[str, object], chosen: str) -> Days:
    """The day that a page of a program is about."""
    first, last = str(program["start_date"]), str(program["end_date"])
    limit = min(chosen, last)
    quarters = [
        day.isoformat()
        for day in ends(date.fromisoformat(first), date.fromisoformat(last), SeriesStep.QUARTER)
        if day.isoformat() < limit
    ]
    nearest = max(first, min(chosen, last))
    offered = [(day, visit.same(as_of=day)) for day in reversed(quarters[-OFFERED:])]
    return Days(
        chosen,
        first,
        last,
        offered,
        first <= chosen <= last,
        f"?as_of={chosen}" if visit.query("as_of") else "",
        (nearest, visit.same(as_of=nearest)),
    )
