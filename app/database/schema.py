"""The schema: runs the migrations with Alembic on SQLite and PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from app.database.database import Database
from app.database.revisions import current, known

ROOT = Path(__file__).parents[2]


Tell = Callable[[str], None]
"""Says a line of progress."""


def silent(_line: str) -> None:
    """Say nothing."""


def configuration(database: Database, tell: Tell = silent) -> Config:
    """Alembic's configuration for a database."""
    config = _configuration()
    config.attributes |= {"engine": database.engine, "tell": tell}
    return config


def _configuration() -> Config:
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def migrate(database: Database, to: str = "head", tell: Tell = silent) -> None:
    """Upgrade the database to a revision; tells each that is reached, and how far an index is."""
    command.upgrade(configuration(database, tell), to)


def downgrade(database: Database, to: str) -> None:
    """Downgrade the database to a revision."""
    command.downgrade(configuration(database), to)


def move(connection: sa.Connection, to: str) -> None:
    """Bring the schema to a known revision, up or down, inside the caller's transaction.

    On SQLite foreign keys must be off already: inside a transaction the switch has no effect.
    """
    order, now = (None, *known()), current(connection)
    config = _configuration()
    config.attributes |= {"connection": connection, "tell": silent}
    if order.index(now) < order.index(to):
        command.upgrade(config, to)
    elif now != to:
        command.downgrade(config, to)


def check(database: Database) -> None:
    """Refuse if the models have something that no migration creates."""
    command.check(configuration(database))
