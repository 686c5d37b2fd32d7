"""Marks: success, quality and mean of common assessments, and what of them a caller may see.

Exact shares of a known number give every mark away, and a total less one's own row gives away the
neighbour's. So whoever does not read the rows sees bands and whole percents of ten marks or more,
and totals of such rows, of three others or more: nothing that they can compute depends on a row
that they do not see (domain rule, checked by a test that exchanges those marks).
"""

from collections.abc import Iterable
from typing import NamedTuple

from app.network.rows import ResultRow

FEWEST = 5
"""Fewer marks than these are a small group: in no total, for anybody."""

SHOWN = 10
"""Fewer marks than these are shown to those only who read the rows."""

OTHERS = 3
"""Organizations besides the caller's own that a total of others needs."""

EDGES = 5, 95
"""Percents beyond which a share tells of single learners."""

BANDS = ((50, "50+"), (20, "20-49"), (10, "10-19"))


class Marks(NamedTuple):
    """How many learners have which mark."""

    twos: int
    threes: int
    fours: int
    fives: int

    @classmethod
    def of(cls, row: ResultRow) -> "Marks":
        """The marks of a row."""
        return cls(row.mark_2, row.mark_3, row.mark_4, row.mark_5)

    @property
    def number(self) -> int:
        """How many learners have a mark."""
        return sum(self)

    @property
    def passed(self) -> int:
        """How many have another mark than 2."""
        return self.number - self.twos

    @property
    def good(self) -> int:
        """How many have 4 or 5."""
        return self.fours + self.fives

    @property
    def sum(self) -> int:
        """The sum of all marks."""
        return 2 * self.twos + 3 * self.threes + 4 * self.fours + 5 * self.fives

    @property
    def is_small(self) -> bool:
        """Whether single learners could be told from it."""
        return self.number < FEWEST


NO_MARKS = Marks(0, 0, 0, 0)


def total(marks: Iterable[Marks]) -> Marks:
    """The marks of several rows together; small groups are left out."""
    kept = [each for each in marks if not each.is_small]
    return (
        Marks(*(sum(column) for column in zip(*kept, strict=True))) if kept else Marks(0, 0, 0, 0)
    )


def mean(marks: Marks) -> str:
    """The mean mark with two places, half up."""
    hundredths = (marks.sum * 200 + marks.number) // (2 * marks.number)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def gap(leader: Marks, supported: Marks) -> int:
    """By how much the quality of one is above another's, in hundredths of a percent."""
    return share(
        leader.good * supported.number - supported.good * leader.number,
        leader.number * supported.number,
    )


def closed(before: tuple[Marks, Marks], after: tuple[Marks, Marks]) -> int:
    """By how much a gap of leader and supported has become smaller, in hundredths of a percent.

    It is rounded once, from integers: the difference of two rounded gaps may be another number.
    """
    first, whole = _difference(*before)
    last, other = _difference(*after)
    return share(first * other - last * whole, whole * other)


def percents(hundredths: int) -> str:
    """Hundredths of a percent as a text with two places."""
    sign, whole = "-" if hundredths < 0 else "", abs(hundredths)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def band(number: int) -> str | None:
    """How many marks there are, roughly; null for fewer than are shown."""
    return next((text for least, text in BANDS if number >= least), None)


def rough(part: int, number: int) -> str | None:
    """A share in whole percent, half up; null near an edge, where it tells of single learners."""
    percent = (part * 200 + number) // (2 * number)
    low, high = EDGES
    return str(percent) if low <= percent <= high else None


def may_total(organizations: Iterable[object], own: Iterable[object]) -> bool:
    """Whether a total may be shown to who does not read the rows."""
    return len(set(organizations) - set(own)) >= OTHERS


def _difference(leader: Marks, supported: Marks) -> tuple[int, int]:
    """By how much the quality of one is above another's, as a fraction."""
    part = leader.good * supported.number - supported.good * leader.number
    return part, leader.number * supported.number


def share(part: int, whole: int) -> int:
    """A share in hundredths of a percent, half away from zero."""
    sign = -1 if part < 0 else 1
    return sign * ((abs(part) * 20_000 + whole) // (2 * whole))
