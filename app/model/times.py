"""The columns of weekdays, times of day and school years, which lists write in many ways."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from app.model.columns import noted


class TimeOfDay(sa.String):
    """A time of day, `HH:MM`; lists write it in more ways."""


class SchoolYear(sa.String):
    """A school year, `2020/2021`; lists write it in more ways."""


class Weekday(sa.Integer):
    """A day of the week from 1 for Monday to 7; lists name it."""


def weekday(about: str, *, heading: str = "") -> Any:
    """A day of the week, from 1 for Monday to 7."""
    return Field(
        ..., description=about, ge=1, le=7, sa_type=Weekday, sa_column_kwargs=noted(about, heading)
    )


def time_of_day(about: str, *, heading: str = "") -> Any:
    """A time of day; the annotation on the left validates it."""
    kind, notes = TimeOfDay(5), noted(about, heading, exact=True)
    return Field(..., description=about, sa_type=kind, sa_column_kwargs=notes)


def school_year(about: str, *, heading: str = "") -> Any:
    """A school year; the annotation on the left validates it."""
    kind, notes = SchoolYear(9), noted(about, heading, exact=True)
    return Field(..., description=about, sa_type=kind, sa_column_kwargs=notes)
