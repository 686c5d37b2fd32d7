"""The schema: runs the migrations with Alembic on SQLite and PostgreSQL."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.database.database import Database
from app.database.reading import Reader
from app.problems import Unavailable

ROOT = Path(__file__).parents[2]


def configuration(database: Database) -> Config:
    """Alembic's configuration for a database."""
    config = _configuration()
    config.attributes["engine"] = database.engine
    return config


def _configuration() -> Config:
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def migrate(database: Database, to: str = "head") -> None:
    """Upgrade the database to a revision."""
    command.upgrade(configuration(database), to)


def downgrade(database: Database, to: str) -> None:
    """Downgrade the database to a revision."""
    command.downgrade(configuration(database), to)


@cache
def revisions() -> tuple[str, ...]:
    """Every revision that this program knows, oldest first."""
    scripts = ScriptDirectory.from_config(_configuration())
    return tuple(script.revision for script in scripts.walk_revisions())[::-1]


def revision(connection: sa.Connection) -> str | None:
    """The revision of a database; None if it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def move(connection: sa.Connection, to: str) -> None:
    """Bring the schema to a known revision, up or down, inside the caller's transaction.

    On SQLite foreign keys must be off already: inside a transaction the switch has no effect.
    """
    order, now = (None, *revisions()), revision(connection)
    config = _configuration()
    config.attributes["connection"] = connection
    if order.index(now) < order.index(to):
        command.upgrade(config, to)
    elif now != to:
        command.downgrade(config, to)


def check(database: Database) -> None:
    """Refuse if the models have something that no migration creates."""
    command.check(configuration(database))


@cache
def head() -> str:
    """The newest revision; cached, as probes ask for it often."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return str(ScriptDirectory.from_config(config).get_current_head())


async def is_at_head(reader: Reader) -> bool:
    """Whether the database answers and has this code's schema."""
    try:
        rows = await reader.rows("SELECT version_num FROM alembic_version", {})
    except Unavailable:
        return False
    return [row[0] for row in rows] == [head()]
