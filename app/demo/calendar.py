"""The school years of the demo data, with their holidays."""

from datetime import date
from typing import NamedTuple

Days = dict[str, object]
"""A break, as groups and uses have it."""


class SchoolYear(NamedTuple):
    """A school year: its name, its first and last day of lessons, and its holidays."""

    name: str
    first: date
    last: date
    breaks: list[Days]

    @property
    def agreed_on(self) -> date:
        """The day of the contracts for the year."""
        return date(self.first.year, 8, 25)

    @property
    def is_over(self) -> bool:
        """Whether it ends inside the programs of the demo."""
        return self.first.year == 2020  # noqa: PLR2004 - the first of the two


def _days(first: date, last: date, reason: str) -> Days:
    return {"valid_from": first, "valid_to": last, "reason": reason}


YEARS = (
    SchoolYear(
        "2020/2021",
        date(2020, 9, 1),
        date(2021, 5, 31),
        [
            _days(date(2020, 11, 1), date(2020, 11, 8), "Осенние каникулы"),
            _days(date(2020, 12, 30), date(2021, 1, 10), "Зимние каникулы"),
            _days(date(2021, 3, 22), date(2021, 3, 28), "Весенние каникулы"),
        ],
    ),
    SchoolYear(
        "2021/2022",
        date(2021, 9, 1),
        date(2022, 5, 31),
        [
            _days(date(2021, 10, 30), date(2021, 11, 7), "Осенние каникулы"),
            _days(date(2021, 12, 30), date(2022, 1, 9), "Зимние каникулы"),
        ],
    ),
)
