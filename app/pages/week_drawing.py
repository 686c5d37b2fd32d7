"""Week drawing: the lessons of a week by day, with minutes to scale, as SVG.

A pure function from lessons to a drawing; the table of the page says the same in words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from app.pages.network_drawing import cut
from app.registry.timetable import clock

WIDTH, LEFT, TOP = 1240, 52, 26
"""Of the drawing in its own units; where the first day and the first hour begin."""

HOUR = 60
"""Minutes, and as many units of height."""

LETTER = 8
"""Width of a letter of thirteen pixels."""

MARGIN = 5
"""Between a line and what stands beside it."""

MOST = 4
"""Lessons side by side; of more, no name can be read."""


class Lesson(NamedTuple):
    """One lesson as it stands in the drawing."""

    name: str
    starts: int
    """Minutes since midnight."""
    ends: int
    is_bad: bool
    """Whether somebody else has the same resource at that time."""


class Day(NamedTuple):
    """A day with its lessons, in the order of their starts."""

    title: str
    lessons: Sequence[Lesson]


class Placed(NamedTuple):
    """A lesson, its lane, and how many lanes stand side by side there."""

    lesson: Lesson
    lane: int
    lanes: int


@dataclass(frozen=True)
class Week:
    """One drawing."""

    days: Sequence[Day]

    @property
    def is_readable(self) -> bool:
        """Whether there is anything, and no more side by side than can be read."""
        placed = [one for day in self.days for one in lanes(day.lessons)]
        return bool(placed) and all(one.lanes <= MOST for one in placed)

    @property
    def svg(self) -> Markup:
        """The drawing; the table under it says the same."""
        return Markup(
            '<svg class="chart" viewBox="0 0 {} {}" role="img"><title>{}</title>{}</svg>'
        ).format(
            WIDTH,
            TOP + self._last - self._first + MARGIN,
            "Неделя по дням и часам. Те же сведения в таблице ниже.",
            Markup().join(self._parts()),
        )

    @property
    def _first(self) -> int:
        """The hour in which the first lesson starts, in minutes."""
        return min(one.starts for day in self.days for one in day.lessons) // HOUR * HOUR

    @property
    def _last(self) -> int:
        """The hour in which the last lesson is over, in minutes."""
        last = max(one.ends for day in self.days for one in day.lessons)
        return -(-last // HOUR) * HOUR

    @property
    def _step(self) -> int:
        return (WIDTH - LEFT) // len(self.days)

    def _parts(self) -> Iterator[Markup]:
        for minute in range(self._first, self._last + 1, HOUR):
            yield Markup(
                '<line class="ax" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>'
                '<text class="t2" x="0" y="{3}">{4}</text>'
            ).format(LEFT, WIDTH, self._at(minute), self._at(minute) + MARGIN, clock(minute))
        for place, day in enumerate(self.days):
            left = LEFT + place * self._step
            yield Markup(
                '<line class="ax" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
                '<text class="tb" x="{3}" y="14">{4}</text>'
            ).format(left, TOP - MARGIN, self._at(self._last), left + MARGIN, day.title)
            for one in lanes(day.lessons):
                yield self._slot(one, left)

    def _slot(self, one: Placed, left: int) -> Markup:
        lesson, width = one.lesson, (self._step - 2 * MARGIN) // one.lanes
        x, y = left + MARGIN + one.lane * width, self._at(lesson.starts)
        height, letters = lesson.ends - lesson.starts, (width - 2 * MARGIN) // LETTER
        drawn = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
            "boxb" if lesson.is_bad else "slot", x, y, width - 2, height
        )
        times = f"{clock(lesson.starts)}–{clock(lesson.ends)}"
        if len(times) > letters:
            times = clock(lesson.starts)
        for line, (text, kind) in enumerate(((lesson.name, "tb"), (times, "t"))):
            if height >= _BASELINES[line] + MARGIN:
                drawn += Markup('<text class="{}" x="{}" y="{}">{}</text>').format(
                    kind, x + MARGIN, y + _BASELINES[line], cut(text, letters)
                )
        return drawn

    def _at(self, minute: int) -> int:
        return TOP + minute - self._first


_BASELINES = (15, 31)
"""Of the name and of the time, under the upper edge of a lesson."""


def lanes(lessons: Sequence[Lesson]) -> list[Placed]:
    """Lessons side by side where they overlap: each in the first lane that is free."""
    placed: list[Placed] = []
    together: list[tuple[Lesson, int]] = []
    until: list[int] = []
    """When each lane is free again."""
    for lesson in sorted(lessons, key=lambda each: (each.starts, each.ends, each.name)):
        if until and lesson.starts >= max(until):
            placed += [Placed(one, lane, len(until)) for one, lane in together]
            together, until = [], []
        free = [lane for lane, end in enumerate(until) if end <= lesson.starts]
        lane = free[0] if free else len(until)
        until[lane : lane + 1] = [lesson.ends]
        together.append((lesson, lane))
    return placed + [Placed(one, lane, len(until)) for one, lane in together]
