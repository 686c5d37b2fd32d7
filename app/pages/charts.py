"""Charts: pure functions from numbers to SVG; the style sheet gives the colours.

Numbers are percents from 0 to 100. What a drawing says stands beside it as text or in a table.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from markupsafe import Markup

WIDTH = 350
"""Of every drawing, in its own units."""

TRACK = 346
"""Of a whole bar: the mark of 100 % stands inside the drawing."""

AXIS = 290
"""Of the axis of a series; the word of the target stands behind it."""

FLOOR, TALL = 100, 92
"""Where the axis of a series lies, and how high 100 % is."""

HALF = 15
"""A bar that is lower than this has its number above it."""

QUARTERS = ("I", "II", "III", "IV")


class Point(NamedTuple):
    """A value on a day; None where there was nothing to count."""

    day: str
    """«30.09.2021»."""
    value: Decimal | None
    is_chosen: bool = False

    @property
    def quarter(self) -> int:
        """The quarter of the day, from 0."""
        return (int(self.day[3:5]) - 1) // 3

    @property
    def year(self) -> str:
        """The year of the day."""
        return self.day[6:]


def bar(value: Decimal | None, target: Decimal | None) -> Markup:
    """A value beside its target, on a track from 0 to 100 %."""
    full = _along(value) if value is not None else 0
    drawn = Markup('<rect class="trk" y="4" width="{}" height="14"/>').format(TRACK)
    drawn += Markup('<rect class="a1" y="4" width="{}" height="14"/>').format(_short(full))
    if target is not None:
        at = _short(min(_along(target), Decimal(TRACK - 1)))
        drawn += Markup('<line class="tgt" x1="{0}" x2="{0}" y1="0" y2="24"/>').format(at)
    return Markup(
        '<svg class="chart" viewBox="0 0 {} 30" aria-hidden="true" focusable="false">{}</svg>'
    ).format(WIDTH, drawn)


def series(title: str, points: Sequence[Point], target: Decimal | None) -> Markup:
    """Values by quarter, the chosen day darker, with a dashed line where the target is."""
    step = Decimal(AXIS) / max(len(points), 1)
    drawn = Markup('<line class="ax" x1="0" x2="{0}" y1="{1}" y2="{1}"/>').format(AXIS, FLOOR)
    year = ""
    for place, point in enumerate(points):
        drawn += _column(point, place * step, step, with_year=point.year != year)
        year = point.year
    if target is not None:
        height = FLOOR - _up(target)
        drawn += Markup(
            '<line class="tgt dash" x1="0" x2="{0}" y1="{1}" y2="{1}"/>'
            '<text text-anchor="end" class="tb" x="{2}" y="{3}">цель {4}</text>'
        ).format(AXIS, _short(height), WIDTH, _short(height + Decimal("4.5")), _short(target))
    return Markup(
        '<svg class="chart" viewBox="0 0 {} 138" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, _told(title, points, target), drawn)


def _column(point: Point, left: Decimal, step: Decimal, *, with_year: bool) -> Markup:
    """One bar with its number and the name of its quarter."""
    wide = min(step * Decimal("0.66"), Decimal(40))
    middle = left + step / 2
    drawn = Markup("")
    if point.value is not None:
        high = _up(point.value)
        kind, text_kind = ("a1", "tb tw") if point.is_chosen else ("a2", "")
        if high < HALF:
            text_kind = "tb" if point.is_chosen else ""
        base = FLOOR - high + (HALF if high >= HALF else -4)
        drawn += Markup(
            '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>'
            '<text class="{}" text-anchor="middle" x="{}" y="{}">{}</text>'
        ).format(
            kind,
            _short(middle - wide / 2),
            _short(FLOOR - high),
            _short(wide),
            _short(high),
            text_kind,
            _short(middle),
            _short(base),
            round(point.value),
        )
    drawn += Markup('<text class="t2" text-anchor="middle" x="{}" y="117">{}</text>').format(
        _short(middle), QUARTERS[point.quarter]
    )
    if with_year:
        drawn += Markup('<text class="t2" x="{}" y="134">{}</text>').format(
            _short(middle - wide / 2), point.year
        )
    return drawn


def _told(title: str, points: Sequence[Point], target: Decimal | None) -> str:
    """Everything that a series shows, for those who do not see it."""
    told = ", ".join(f"{point.day} – {_percent(point.value)}" for point in points)
    goal = "" if target is None else f"; цель {_percent(target)}"
    return f"{title} по кварталам: {told}{goal}"


def _percent(value: Decimal | None) -> str:
    return "нет данных" if value is None else f"{value} %".replace(".", ",")


def _along(value: Decimal) -> Decimal:
    return min(value, Decimal(100)) * TRACK / 100


def _up(value: Decimal) -> Decimal:
    return min(value, Decimal(100)) * TALL / 100


def _short(value: Decimal | int) -> str:
    """At most one decimal place, none where it is 0."""
    text = f"{Decimal(value):.1f}"
    return text.removesuffix(".0")
