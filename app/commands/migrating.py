"""Migrating: bring the schema to the newest version, or compare it with the models."""

import argparse
import sys
from functools import partial

from app.commands.opening import demand_schema, migrated, ready
from app.database import revisions
from app.database.dialects import SQLITE
from app.journal.register import Register
from app.settings import Settings
from app.words import Words

UPGRADED = Words("Схема базы: {revision}", "Schema of the database: {revision}")
UNCHANGED = Words(
    "Схема базы: {revision}, обновлять нечего",
    "Schema of the database: {revision}, nothing to update",
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `migrate`."""
    parser.description = Words(
        "Обновить схему базы. Данные остаются.",
        "Bring the database to the newest schema. Its data stays.",
    ).said()
    parser.add_argument(
        "--check",
        action="store_true",
        help=Words("сравнить модели с миграциями", "compare models and migrations").said(),
    )
    parser.add_argument(
        "--grant",
        metavar=Words("РОЛЬ", "ROLE").said(),
        help=Words(
            "дать этой роли PostgreSQL права, нужные для работы: менять строки, но не схему",
            "let this PostgreSQL role serve: it may change rows, not the schema",
        ).said(),
    )
    parser.set_defaults(run=migrate)


def migrate(settings: Settings, args: argparse.Namespace) -> int:
    """Migrate to the newest schema, or with --check compare migrations with the models."""
    if args.check:
        return _check_models()
    with ready(settings, upgrade=_upgrade) as database:
        if args.grant and database.dialect is SQLITE:
            print(
                Words(
                    "В SQLite ролей нет: --grant нужен для PostgreSQL",
                    "SQLite has no roles: --grant is for PostgreSQL",
                ).said(),
                file=sys.stderr,
            )
            return 2
        if args.grant:
            # Every table takes half a second to import; a migration alone needs none.
            from app.commands import granting  # noqa: PLC0415

            granting.grant(database, args.grant)
    return 0


def _upgrade(database: Register) -> None:
    """Migrate, and tell each step of a database that others may be waiting for."""
    before = database.read(lambda tx: revisions.current(tx.connection))
    migrated(database, partial(print, flush=True) if before else None)
    # A newer schema stays as it is. Where this program may not serve on it, that is told here: else
    # compose would start the service again and again.
    demand_schema(database)
    after = database.read(lambda tx: revisions.current(tx.connection))
    print((UNCHANGED if after == before else UPGRADED).said(revision=after))


def _check_models() -> int:
    """Compare the migrations with the models; returns 1 and prints what is missing."""
    # Alembic and every table take half a second to import; a database is rarely compared.
    from app.commands import comparing  # noqa: PLC0415

    missing = comparing.missing()
    if missing:
        print(
            Words(
                "В моделях есть то, чего миграции не создают. Выполните make migration NAME=…:",
                "The models have what no migration makes. Run make migration NAME=…:",
            ).said(),
            *missing,
            sep="\n  ",
            file=sys.stderr,
        )
    return 1 if missing else 0
