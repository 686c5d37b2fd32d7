"""Comparing: what the models of every table have and the migrations do not create."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import app.commands.tables  # noqa: F401 - the models of every table are compared
from app.database import differences
from app.database.differences import Migration
from app.journal.register import Register


def missing() -> list[str]:
    """What the migrations do not create, a line each."""
    with _blank() as database:
        return differences.told(database)


def write(about: str) -> Migration | None:
    """Write the migration that creates it; None if nothing is missing.

    Raises:
        CommandError: two migrations have the same number.

    """
    with _blank() as database:
        return differences.write(database, about)


@contextmanager
def _blank() -> Iterator[Register]:
    """A new SQLite database without tables, in a temporary folder."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Register(f"sqlite:///{Path(folder) / 'blank.db'}")) as database,
    ):
        yield database
