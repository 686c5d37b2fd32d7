"""Opening: the database of a command, migrated first and closed to other users."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from app.acts import Act
from app.commands import clock, pooling, premises, privacy
from app.database import outages, revisions
from app.database.engines import sqlite
from app.database.room import Room
from app.findings import Finding, fault
from app.journal import proof
from app.journal.register import Register
from app.problems import DiskFull, Invalid
from app.settings import Settings
from app.words import Words

FILE = Words("ФАЙЛ", "FILE")
"""What stands for a file in the usage of a command."""

FOLDER = Words("ПАПКА", "FOLDER")

CREATED = Words("Создано записей: {count}", "Records created: {count}")

DATABASE_OF_OTHER_SECRET = fault(
    "database_of_other_secret",
    "База записана с другим секретом (SN_SECRET или файл secret в SN_DATA): с этим не сойдутся "
    "цепочка журнала и поиск по СНИЛС. Верните прежний секрет. Если он утерян, один раз запустите "
    "serve --other-secret. Если секрет прежний, последнюю запись журнала изменили: audit verify.",
    "The database was written under another secret (SN_SECRET, or the file `secret` in SN_DATA): "
    "under this one neither the audit trail nor the match by SNILS can be verified. Restore the "
    "former secret. If it is lost, run serve --other-secret once. If this is the former secret, "
    "the last entry of the trail was changed: run audit verify.",
)
SECRET = 32
"""Bytes that a secret has at least which a database has not been written under."""

SHORT_SECRET = fault(
    "short_secret",
    "SN_SECRET: нужно не меньше {least} байтов. Если его не задать, случайный секрет появится в "
    "файле secret в SN_DATA.",
    "SN_SECRET: at least {least} bytes are needed. If it is not set, a random secret is made in "
    "the file `secret` in SN_DATA.",
)


Upgrade = Callable[[Register], None]
"""Brings a database to the newest schema."""


def day(text: str) -> date:
    """The argument that names a day.

    Raises:
        argparse.ArgumentTypeError: it is none.

    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        told = Words("{text}: нужен день в виде 2026-01-31", "{text}: a day is written 2026-01-31")
        raise argparse.ArgumentTypeError(told.said(text=text)) from error


FOREIGN = fault(
    "database_of_another_program",
    "В базе есть таблицы другой программы ({table}). Назовите в SN_DATABASE_URL свою, пустую базу.",
    "The database has tables of another program ({table}). Name one of its own, an empty one, in "
    "SN_DATABASE_URL.",
)
TOO_OLD = fault(
    "schema_too_old",
    "Схема базы — {revision}, а программе нужна {head}. Сделайте копию прежней программой "
    "(backup), затем выполните migrate.",
    "The database has the schema {revision}, but this program needs {head}. Make a copy with the "
    "program before (backup), then run migrate.",
)
TOO_NEW = fault(
    "schema_too_new",
    "Схема базы — {revision}, её сделала более новая программа. Эта (ей нужна {head}) на ней "
    "работать не может: запустите более новую.",
    "The database has the schema {revision} of a newer program. This one, which needs {head}, "
    "cannot work on it: run the newer one.",
)
NOT_MIGRATED = fault(
    "no_schema",
    "В этой базе реестра ещё нет. Проверьте, та ли она: {place}. Новую создают migrate и serve.",
    "There is no register in this database yet. Is it the right one: {place}? migrate and serve "
    "make a new one.",
)


@contextmanager
def opened(settings: Settings) -> Iterator[Register]:
    """Open the database as it is; files beside it are first closed to other users."""
    try:
        premises.demand_folder(settings.data)
        privacy.close(settings)
        secret = settings.secret_key()
        files = settings.heads, settings.ledgers
        database = Register(settings.url, secret, *files, settings.zone, settings.pooler)
        with closing(database):
            yield database
    except (OSError, DBAPIError, sqlite.Error) as error:
        if outages.is_disk_full(error, _room_of(settings)):
            raise DiskFull from error
        raise


def _room_of(settings: Settings) -> Room | None:
    url = make_url(settings.url)
    return Room(Path(url.database or "")) if url.get_backend_name() == "sqlite" else None


@contextmanager
def ready(
    settings: Settings,
    *,
    other_secret: bool = False,
    upgrade: Upgrade | None = None,
    is_new: bool = True,
) -> Iterator[Register]:
    """Open the database with a schema that this program may use; an empty one gets its schema.

    With `upgrade` an older schema is upgraded instead of refused. Without `is_new` an empty
    database is refused: most likely another one is meant.

    Raises:
        Invalid: there is no register in it yet, the schema is older, too new or another program's,
            the database was written under another secret and `other_secret` is not set, its first
            secret or another one is short, or it is PostgreSQL behind a pooler that drops the
            settings of connections, or through which it cannot be migrated.

    """
    with opened(settings) as database:
        pooling.demand_settings(database)
        _demand_own(database)
        if not is_new:
            _demand_register(database, settings)
        if _revision(database) is None:
            _demand_long_secret(database)
        (upgrade or demand_schema)(database)
        if not database.read(proof.is_ours):
            if not other_secret:
                raise Invalid(Finding(DATABASE_OF_OTHER_SECRET))
            _demand_long_secret(database)
            database.write(lambda tx: tx.acts.append(Act("change_secret")))
        clock.compare(database)
        yield database


@contextmanager
def suited(settings: Settings) -> Iterator[Register]:
    """Open a database as it is, for a command that goes on without changing the schema.

    Raises:
        Invalid: there is no register in it yet, or one whose schema this program may not use.

    """
    with opened(settings) as database:
        _demand_own(database)
        _demand_register(database, settings)
        demand_schema(database)
        yield database


@contextmanager
def ours(settings: Settings) -> Iterator[Register]:
    """Open a database as it is, for a command that writes into its trail.

    Raises:
        Invalid: it is not `suited`, or was written under another secret; an entry under this one
            would break its trail.

    """
    with suited(settings) as database:
        if database.read(proof.is_of_other_secret):
            raise Invalid(Finding(DATABASE_OF_OTHER_SECRET))
        yield database


def _demand_own(database: Register) -> None:
    if table := database.read(lambda tx: revisions.foreign(tx.connection)):
        raise Invalid(Finding(FOREIGN, values={"table": table}))


def _demand_register(database: Register, settings: Settings) -> None:
    if _revision(database) is None:
        place = make_url(settings.url).render_as_string()
        raise Invalid(Finding(NOT_MIGRATED, values={"place": place}))


def _demand_long_secret(database: Register) -> None:
    # A database that was written under a short one goes on: under another its trail would break.
    if len(database.secret) < SECRET:
        raise Invalid(Finding(SHORT_SECRET, values={"least": SECRET}))


def _revision(database: Register) -> str | None:
    return database.read(lambda tx: revisions.current(tx.connection))


def demand_schema(database: Register) -> None:
    """Refuse a schema that this program may not use; an empty database gets its schema.

    Raises:
        Invalid.

    """
    revision = _revision(database)
    if revision is None:
        migrated(database)
    elif not database.read(lambda tx: revisions.suits(tx.connection)):
        why = TOO_NEW if revisions.is_newer(revision) else TOO_OLD
        raise Invalid(Finding(why, values={"revision": revision, "head": revisions.head()}))


def migrated(database: Register, tell: Callable[[str], None] | None = None) -> None:
    """Bring the database to the newest schema; one that is newer stays as it is."""
    revision = _revision(database)
    if revision != revisions.head() and not revisions.is_newer(revision):
        pooling.demand_direct(database)
        # Alembic takes a quarter of a second to import, and is rarely needed.
        from app.database import schema  # noqa: PLC0415

        schema.migrate(database, tell=tell or schema.silent)
