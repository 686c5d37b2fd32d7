"""Revisions: which schema a database has, and which one this program needs.

Alembic is not asked: to import it, and to run every migration's file, takes longer than a command.
"""

from functools import cache
from pathlib import Path

import sqlalchemy as sa

FOLDER = Path(__file__).parents[2] / "migrations" / "versions"
"""The migrations; each file's name begins with the number of its revision."""

VERSION = "alembic_version"
"""The table that tells a database's revision."""

CURRENT = "SELECT version_num FROM alembic_version"
OLDEST = "SELECT oldest FROM alembic_version"
"""The oldest revision whose program may use the schema; `migrations/env.py` notes it."""

OF_EXTENSIONS = """\
SELECT c.relname FROM pg_class c JOIN pg_depend d ON d.objid = c.oid AND d.deptype = 'e'
WHERE d.classid = 'pg_class'::regclass"""


@cache
def known() -> tuple[str, ...]:
    """Every revision that this program knows, oldest first."""
    return tuple(sorted(path.name.partition("_")[0] for path in FOLDER.glob("[0-9]*_*.py")))


def head() -> str:
    """The newest revision that this program knows."""
    return known()[-1]


def current(connection: sa.Connection) -> str | None:
    """The revision of a database; None if it was never migrated."""
    if not sa.inspect(connection).has_table(VERSION):
        return None
    revision: str | None = connection.exec_driver_sql(CURRENT).scalar()
    return revision


def foreign(connection: sa.Connection) -> str | None:
    """A table that another program made in this database; None if there is none."""
    inspector = sa.inspect(connection)
    # First: another instance may commit our first revision between the two questions.
    tables = {*inspector.get_table_names()}
    revision = current(connection)
    if revision is None:
        others = tables - {VERSION} - _extensions(connection)
        return min(others, default=None)
    # Other programs use Alembic too. Every later program of ours tells the oldest.
    columns = {column["name"] for column in inspector.get_columns(VERSION)}
    return VERSION if is_newer(revision) and "oldest" not in columns else None


def _extensions(connection: sa.Connection) -> set[str]:
    """Tables that belong to extensions of PostgreSQL, which an administrator may have created."""
    if connection.dialect.name == "sqlite":
        return set()
    return {*connection.exec_driver_sql(OF_EXTENSIONS).scalars()}


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
