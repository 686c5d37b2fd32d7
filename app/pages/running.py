"""Running: which of several programs is meant where nobody says it."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from app.registry.programs import programs


def runs(day: date) -> sa.ColumnElement[bool]:
    """Whether a program runs on a day."""
    table = programs.table
    return (table.c.start_date <= day) & (table.c.end_date >= day)


def nearest(day: date) -> Sequence[sa.ColumnElement[object]]:
    """The order of programs: those that run on a day, those that have ended, those to come.

    The newest stands first, but of those to come the next one.
    """
    table = programs.table
    start, has_begun = table.c.start_date, table.c.start_date <= day
    return (
        sa.case((runs(day), 0), (has_begun, 1), else_=2),
        sa.case((has_begun, start)).desc(),
        start,
        table.c.id,
    )
