"""Revisions: which schema a database has, and which one this program needs.

Alembic is not asked: to import it, and to run every migration's file, takes longer than a command.
"""

from functools import cache
from pathlib import Path

import sqlalchemy as sa

FOLDER = Path(__file__).parents[2] / "migrations" / "versions"
"""The migrations; each file's name begins with the number of its revision."""

CURRENT = "SELECT version_num FROM alembic_version"
OLDEST = "SELECT oldest FROM alembic_version"
"""The oldest revision whose program may use the schema; `migrations/env.py` notes it."""


@cache
def known() -> tuple[str, ...]:
    """Every revision that this program knows, oldest first."""
    return tuple(sorted(path.name.partition("_")[0] for path in FOLDER.glob("[0-9]*_*.py")))


def head() -> str:
    """The newest revision that this program knows."""
    return known()[-1]


def current(connection: sa.Connection) -> str | None:
    """The revision of a database; None if it was never migrated."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.exec_driver_sql(CURRENT).scalar()
    return revision


def suits(connection: sa.Connection) -> bool:
    """Whether this program may use a database: a newer schema may only have additions."""
    revision = current(connection)
    return revision == head() or (
        is_newer(revision) and goes_on(connection.exec_driver_sql(OLDEST).scalar())
    )


def is_newer(revision: str | None) -> bool:
    """Whether a later program made this schema: each program knows all revisions before its own."""
    return revision is not None and revision not in known()


def goes_on(oldest: str | None) -> bool:
    """Whether this program is not older than the oldest that may use a newer schema."""
    return oldest is not None and oldest <= head()
