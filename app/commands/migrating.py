"""Migrating: bring the schema to the newest version, or compare it with the models."""

import argparse
import sys

from app.commands.opening import ready
from app.database import privileges
from app.database.dialects import SQLITE
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `migrate`."""
    parser.description = "Bring the database to the newest schema. Its data stays."
    parser.add_argument("--check", action="store_true", help="compare models and migrations")
    parser.add_argument(
        "--grant",
        metavar="ROLE",
        help="let this PostgreSQL role serve: it may change rows, not the schema",
    )
    parser.set_defaults(run=migrate)


def migrate(settings: Settings, args: argparse.Namespace) -> int:
    """Migrate to the newest schema, or with --check compare migrations with the models."""
    if args.check:
        return _check_models()
    with ready(settings) as database:
        if args.grant and database.dialect is SQLITE:
            print("SQLite has no roles: --grant is for PostgreSQL", file=sys.stderr)
            return 2
        if args.grant:
            privileges.grant(database, args.grant)
    return 0


def _check_models() -> int:
    """Compare the migrations with the models; returns 1 and prints what is missing."""
    # Alembic and every table take half a second to import; a database is rarely compared.
    from app.commands import comparing  # noqa: PLC0415

    missing = comparing.missing()
    if missing:
        print(
            "The models have what no migration makes. Run make migration NAME=words:",
            *missing,
            sep="\n  ",
            file=sys.stderr,
        )
    return 1 if missing else 0
