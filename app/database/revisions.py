"""Revisions: which schema a database has, and which one this program needs.

Alembic is not asked: to import it, and to run every migration's file, takes longer than a command.
"""

from functools import cache
from pathlib import Path

import sqlalchemy as sa

FOLDER = Path(__file__).parents[2] / "migrations" / "versions"
"""The migrations; each file's name begins with the number of its revision."""

_CURRENT = "SELECT version_num FROM alembic_version"


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
    revision: str | None = connection.exec_driver_sql(_CURRENT).scalar()
    return revision
