"""Restoration: restores a copy into an empty database, in one transaction.

The schema of the copy is created, the rows are inserted, and the schema is migrated to the newest
revision; then the feed gets a new epoch, so that followers start again. Records get versions that
none of theirs had, so that an ETag from before matches nothing.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from app.acts import Act
from app.backup import archive, making
from app.backup.archive import Copy, Table
from app.database import revisions, schema
from app.database.dialects import SQLITE
from app.database.transaction import Transaction
from app.findings import Fault, Finding, fault
from app.journal import positions
from app.journal.register import Register
from app.model.caller import SERVICE
from app.problems import Invalid, Unavailable

NOT_EMPTY = fault(
    "database_not_empty",
    "База не пуста: в таблице {table} есть строки. Восстанавливают в пустую базу.",
    "The database is not empty: {table} has rows. A copy is restored into an empty one.",
)
NEWER_SCHEMA = fault(
    "schema_unknown",
    "Схема {revision} новее программы (ей известны схемы до {head}). Обновите программу.",
    "The schema {revision} is newer than this program, which knows up to {head}. Update it.",
)
COPY_OF_OTHER_SECRET = fault(
    "copy_of_other_secret",
    "Копия сделана с другим секретом (SN_SECRET или файл secret). С этим не сойдутся цепочка "
    "журнала и поиск по СНИЛС. Если прежний секрет утерян, повторите с --other-secret.",
    "The copy was made under another secret (SN_SECRET, or the file `secret`). Without it, neither "
    "the audit trail nor the match by SNILS can be verified. If that secret is lost, repeat with "
    "--other-secret.",
)
KNOWN_HERE = fault(
    "database_known_here",
    "Журнал этой базы уже отмечен в {folder} (запись {seq}; в копии последняя — {last}). Если "
    "прежняя база больше не работает, повторите с --in-place; иначе возьмите другую SN_DATA.",
    "{folder} knows the audit trail of this database up to entry {seq} (the copy ends at "
    "{last}). If that database is out of use, repeat with --in-place; else use another SN_DATA.",
)
UNFIT = fault(
    "copy_does_not_fit",
    "Содержимое копии не подходит к её схеме ({what}). Ничего не восстановлено.",
    "The content of the copy does not fit its schema ({what}). Nothing was restored.",
)

FRESH = {"journal_heads": "position", "audit_heads": "seq"}
"""Tables with a row made by migrations: 0 in this column means that nothing happened yet."""

ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)
"""A restored version is at least the seconds since then (decision 47)."""
LAST = 2_000_000_000
"""The greatest of these, of 2089: a clock that is further ahead leaves room in 32 bits."""

More = Callable[[Transaction], None]


def demand_fit(database: Register, copy: Copy, *, other_secret: bool) -> None:
    """Refuse a copy with an unknown schema, or made under another secret.

    Raises:
        Invalid.

    """
    manifest = copy.manifest
    if manifest.revision not in revisions.known():
        raise _refused(NEWER_SCHEMA, revision=manifest.revision, head=revisions.head())
    if manifest.secret != archive.fingerprint(database.secret) and not other_secret:
        raise _refused(COPY_OF_OTHER_SECRET)


def restore(database: Register, copy: Copy, more: More, *, in_place: bool) -> Path | None:
    """Restore a copy into an empty database; `more` runs before the commit.

    Returns the path to which the former database's trail head was renamed, if there was one.

    Raises:
        Invalid: the database is not empty, the copy's rows contradict its schema, or the former
            database may still be in use and `in_place` is not set.
        Unavailable.

    """
    try:
        with _alone(database) as tx:
            _demand_empty(tx)
            if not in_place:
                _demand_new_here(database, copy)
            schema.move(tx.connection, copy.manifest.revision)
            _fill(tx, copy)
            schema.move(tx.connection, revisions.head())
            aside = _begin_anew(tx, database, copy)
            more(tx)
            head = database.keeper.settle(tx)
    except OperationalError as error:
        raise Unavailable from error
    except (DBAPIError, database.engine.dialect.loaded_dbapi.Error) as error:
        # Only the kind of error: the driver's text may contain values.
        raise _refused(UNFIT, what=type(error).__name__) from error
    if head:
        database.keeper.follow(head)
    database.forget()
    return aside


@contextmanager
def _alone(database: Register) -> Iterator[Transaction]:
    """A transaction without foreign key checks and time limits."""
    is_sqlite = database.dialect is SQLITE
    with database.engine.execution_options(writes=True).connect() as connection:
        if is_sqlite:
            # The switch has no effect inside a transaction; `_fill` checks references at the end.
            connection.connection.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                if not is_sqlite:
                    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                now = datetime.now(UTC)
                yield Transaction(connection, database.dialect, now, database.secret, SERVICE)
        finally:
            if is_sqlite:
                connection.connection.execute("PRAGMA foreign_keys = ON")


def _demand_empty(tx: Transaction) -> None:
    now = revisions.current(tx.connection)
    if now and now not in revisions.known():
        raise _refused(NEWER_SCHEMA, revision=now, head=revisions.head())
    for name in making.tables(tx.connection):
        if tx.dialect is not SQLITE:
            # A running service waits here, and cannot add a first row of its own.
            tx.execute(sa.text(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))
        rows = sa.select(sa.literal(1)).select_from(sa.table(name))
        if name in FRESH:
            rows = rows.where(sa.column(FRESH[name]) != 0)
        if not now or tx.execute(rows.limit(1)).first():
            raise _refused(NOT_EMPTY, table=name)


def _demand_new_here(database: Register, copy: Copy) -> None:
    """Refuse if this folder holds a head of this chain: both copies would report truncation."""
    manifest = copy.manifest
    outside = database.anchor and database.anchor.read(manifest.database_id)
    if database.anchor and outside:
        values = {"folder": database.anchor.folder, "seq": outside.seq, "last": manifest.last_entry}
        raise _refused(KNOWN_HERE, **values)


def _fill(tx: Transaction, copy: Copy) -> None:
    """Insert all rows, parents first, into the tables of the copy's revision."""
    metadata, held = (
        making.reflected(tx.connection),
        {table.name: table for table in copy.manifest.tables},
    )
    if metadata.tables.keys() != held.keys():
        raise _refused(UNFIT, what="tables")
    for table in metadata.sorted_tables:
        copied = held[table.name]
        if set(copied.columns) != set(table.columns.keys()):
            raise _refused(UNFIT, what=table.name)
        if table.name in FRESH:
            tx.execute(sa.delete(table))
        (_insert if tx.dialect is SQLITE else _stream)(tx, copy, copied)
    # PostgreSQL has checked the references of each table as it was filled.
    is_sqlite = tx.dialect is SQLITE
    if is_sqlite and tx.connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise _refused(UNFIT, what="references")


def _insert(tx: Transaction, copy: Copy, table: Table) -> None:
    marks = ", ".join("?" * len(table.columns))
    sql = f"INSERT INTO {table.name} ({_listed(table)}) VALUES ({marks})"
    rows: Any = _rows(tx, copy, table)  # drivers take any iterable
    tx.connection.connection.cursor().executemany(sql, rows)


def _stream(tx: Transaction, copy: Copy, table: Table) -> None:
    with (
        tx.connection.connection.driver_connection.cursor() as cursor,  # type: ignore[union-attr]
        cursor.copy(f"COPY {table.name} ({_listed(table)}) FROM STDIN") as sink,
    ):
        for row in _rows(tx, copy, table):
            sink.write_row(row)


def _rows(tx: Transaction, copy: Copy, table: Table) -> Iterator[list[Any]]:
    """The rows of a table; a version becomes one that nobody has met, not even after the copy."""
    place = table.columns.index("version") if "version" in table.columns else None
    # A new machine's clock may be behind; the copy's time is no later than any version after it.
    now = max(tx.now, datetime.fromisoformat(copy.manifest.made_at))
    least = min((now - ORIGIN) // timedelta(seconds=1), LAST)
    for row in copy.rows(table):
        if place is not None:
            row[place] = max(row[place] + 1, least)
        yield row


def _listed(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.columns)


def _begin_anew(tx: Transaction, database: Register, copy: Copy) -> Path | None:
    """Start a new epoch of the feed, and record in the trail that it continues after the copy."""
    tx.execute(sa.update(positions.HEADS).values(epoch=uuid.uuid4()))
    manifest, aside = copy.manifest, None
    if database.anchor:
        aside = database.anchor.put_aside(manifest.database_id, manifest.last_entry, tx.now)
    renewed = ("epoch", "audit_heads") if aside else ("epoch",)
    tx.acts.append(Act("restore", ids=(manifest.id,), fields=renewed))
    return aside


def _refused(why: Fault, **values: object) -> Invalid:
    return Invalid(Finding(why, values=values))
