"""Migrating: bring the schema to the newest version, or compare it with the models."""

import argparse
import sys
from functools import partial

from app.commands.opening import FILE, demand_schema, migrated, ready
from app.database import privileges, revisions
from app.database.dialects import POSTGRESQL, SQLITE
from app.journal.register import Register
from app.secrecy import secret_in
from app.settings import Settings
from app.words import Words

UPGRADED = Words("Схема базы: {revision}", "Schema of the database: {revision}")
UNCHANGED = Words(
    "Схема базы: {revision}, обновлять нечего",
    "Schema of the database: {revision}, nothing to update",
)
NO_ROLES = Words(
    "В SQLite ролей нет: --grant нужен для PostgreSQL",
    "SQLite has no roles: --grant is for PostgreSQL",
)
ROLE_FILE = "--role-password-file"
WHOSE = Words(
    "--role-password-file: назовите и роль, --grant", "--role-password-file: name the role, --grant"
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
    parser.add_argument(
        ROLE_FILE,
        metavar=FILE.said(),
        help=Words(
            "до всего остального попробовать войти под этой ролью с паролем из файла",
            "before anything else, try to come in as this role with the password in a file",
        ).said(),
    )
    parser.set_defaults(run=migrate)


def migrate(settings: Settings, args: argparse.Namespace) -> int:
    """Migrate to the newest schema, or with --check compare migrations with the models."""
    if args.check:
        return _check_models()
    try:
        password = _password_of_role(args)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    upgrade = partial(_upgrade, role=args.grant, password=password)
    with ready(settings, upgrade=upgrade) as database:
        if args.grant and database.dialect is SQLITE:
            print(NO_ROLES.said(), file=sys.stderr)
            return 2
        if args.grant:
            # Every table takes half a second to import; a migration alone needs none.
            from app.commands import granting  # noqa: PLC0415

            granting.grant(database, args.grant)
    return 0


def _password_of_role(args: argparse.Namespace) -> str:
    """The password with which the role is to be tried; empty if it is not.

    Raises:
        ValueError: its file is missing, empty or not UTF-8, or no role is named.

    """
    if not args.role_password_file:
        return ""
    if not args.grant:
        raise ValueError(WHOSE.said())
    return secret_in(ROLE_FILE, args.role_password_file)


def _upgrade(database: Register, role: str, password: str) -> None:
    """Migrate, and tell each step of a database that others may be waiting for."""
    if password and database.dialect is POSTGRESQL:
        # A service that is not let in is started again and again: `up --wait` would never end.
        privileges.demand_entry(database, role, password)
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
