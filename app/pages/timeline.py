"""The line of time of an organization: its categories and partnerships, as SVG.

A pure function from days to a drawing; the table of the page says the same in words.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from app.pages import words
from app.pages.network_drawing import cut

WIDTH, LEFT = 1240, 158
"""Of every drawing, in its own units; where the days begin, behind the titles."""

TOP, STEP, BAR = 30, 40, 26
"""Of the first bar; from one bar to the next; the height of one."""

LETTER = 7.2
"""The width of a letter of thirteen pixels, on average."""

TITLE_LETTERS = 20

APART = 100
"""So far two marks of the axis stand from each other at least."""

MONTHS = {1: "январь", 4: "апрель", 7: "июль", 10: "октябрь"}


class Span(NamedTuple):
    """Something that lasts."""

    title: str
    """What it is, left of the bar."""
    about: str
    """What stands in the bar."""
    first: date
    last: date | None
    """None as long as no end is known."""
    kind: str
    """The class of the bar: `a1`, `a2`, or `box` for what is not in force."""


def timeline(spans: Sequence[Span], first: date, last: date, chosen: date) -> Markup:
    """Bars from the first to the last day of a program, with the chosen day.

    What lies outside of these days is not drawn.
    """
    shown = [each for each in spans if each.first <= last and (each.last or last) >= first]
    bottom = TOP + STEP * max(len(shown), 1)
    scale = _Scale(first, last)
    drawn = Markup("").join(_marks(scale, bottom))
    for at, span in enumerate(shown):
        drawn += _bar(scale, span, TOP + STEP * at)
    if first <= chosen <= last:
        drawn += Markup(
            '<line class="today" x1="{0}" x2="{0}" y1="20" y2="{1}"/>'
            '<text class="tb" text-anchor="{2}" x="{0}" y="{3}">выбран {4}</text>'
        ).format(
            round(scale.at(chosen)),
            bottom,
            scale.anchor(chosen),
            bottom + 16,
            words.day(chosen.isoformat()),
        )
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, bottom + 24, _told(shown), drawn)


class _Scale(NamedTuple):
    """Where the days of a program stand."""

    first: date
    last: date

    def at(self, day: date) -> float:
        """The place of a day; a day outside stands at the edge."""
        passed = (min(max(day, self.first), self.last) - self.first).days
        return LEFT + (WIDTH - LEFT) * passed / max((self.last - self.first).days, 1)

    def anchor(self, day: date) -> str:
        """How a word stands at a day, so that it does not leave the drawing."""
        if WIDTH - self.at(day) < APART:
            return "end"
        return "start" if self.at(day) - LEFT < APART else "middle"


def _marks(scale: _Scale, bottom: int) -> Iterator[Markup]:
    """The first day and the quarters after it, as far as their words have room."""
    behind = float("-inf")
    year = 0
    for day in (scale.first, *_quarters(scale.first, scale.last)):
        place = scale.at(day)
        if place - behind < APART or WIDTH - place < APART:
            continue
        word = words.day(day.isoformat()) if day == scale.first else MONTHS[day.month]
        if day != scale.first and day.year != year:
            word += f" {day.year}"
        behind, year = place, day.year
        yield Markup(
            '<line class="ax" x1="{0}" x2="{0}" y1="20" y2="{1}"/>'
            '<text class="t2" x="{2}" y="14">{3}</text>'
        ).format(round(place), bottom, round(place) + 4, word)


def _quarters(first: date, last: date) -> Iterator[date]:
    for year in range(first.year, last.year + 1):
        for month in MONTHS:
            if first < date(year, month, 1) <= last:
                yield date(year, month, 1)


def _bar(scale: _Scale, span: Span, top: int) -> Markup:
    """The title, the bar, and what stands in it, or beside it where it is too short."""
    left, right = scale.at(span.first), scale.at(span.last or scale.last)
    base = top + 17
    room, after = right - left, WIDTH - right
    text_kind = "tw" if span.kind == "a1" else ""
    place, anchor = left + 8, "start"
    if room < len(span.about) * LETTER and max(left - LEFT, after) > room:
        is_after = after >= left - LEFT
        text_kind, anchor = "", "start" if is_after else "end"
        place, room = (right + 8, after) if is_after else (left - 8, left - LEFT)
    return Markup(
        '<text x="0" y="{0}">{1}</text>'
        '<rect class="{2}" x="{3}" y="{4}" width="{5}" height="{6}"/>'
        '<text class="{7}" text-anchor="{8}" x="{9}" y="{0}">{10}</text>'
    ).format(
        base,
        cut(span.title, TITLE_LETTERS),
        span.kind,
        round(left),
        top,
        max(round(right - left), 2),
        BAR,
        text_kind,
        anchor,
        round(place),
        cut(span.about, max(int((room - 16) / LETTER), 1)),
    )


def _told(spans: Sequence[Span]) -> str:
    """Everything that is drawn, for those who do not see it."""
    told = "; ".join(f"{each.title} {each.about}, {_period(each)}" for each in spans)
    return f"Лента времени: {told or 'ничего'}. То же в таблице ниже."


def _period(span: Span) -> str:
    first = f"с {words.day(span.first.isoformat())}"
    return f"{first} по {words.day(span.last.isoformat())}" if span.last else f"{first}, без срока"
