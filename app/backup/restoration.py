"""Restoring a copy into an empty database: all of it or nothing, in one transaction.

The schema is made, the rows are put in, and the schema is brought to the newest revision; then the
feed gets a new epoch, so that nobody who follows the register takes it for the one they knew.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from app.acts import Act
from app.backup import archive, making
from app.backup.archive import Copy, Table
from app.database import schema
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
    "The schema {revision} is newer than this program, which knows those up to {head}. Update it.",
)
COPY_OF_OTHER_SECRET = fault(
    "copy_of_other_secret",
    "Копия сделана с другим секретом (SN_SECRET или файл secret). С этим не сойдутся цепочка "
    "журнала и поиск по СНИЛС. Если прежний секрет утерян, повторите с --other-secret.",
    "The copy was made under another secret (SN_SECRET, or the file `secret`). Under this one the "
    "audit trail's chain and the match by SNILS do not hold. If that secret is lost, say "
    "--other-secret.",
)
KNOWN_HERE = fault(
    "database_known_here",
    "Журнал этой базы уже отмечен в {folder} (запись {seq}; в копии последняя — {last}). Если "
    "прежняя база больше не работает, повторите с --in-place; иначе возьмите другую SN_DATA.",
    "{folder} knows the audit trail of this very database up to entry {seq} (the copy ends at "
    "{last}). If that database is out of use, say --in-place; else use another SN_DATA.",
)
UNFIT = fault(
    "copy_does_not_fit",
    "Содержимое копии не подходит к её схеме ({what}). Ничего не восстановлено.",
    "What the copy holds does not fit its schema ({what}). Nothing was restored.",
)

FRESH = {"journal_heads": "position", "audit_heads": "seq"}
"""Tables with a row that migrations make: with 0 in this column it tells of nothing yet."""


More = Callable[[Transaction], None]


def demand_fit(database: Register, copy: Copy, *, other_secret: bool) -> None:
    """Refuse a copy of a schema that this program does not know, or of another secret.

    Raises:
        Invalid.

    """
    made = copy.manifest
    if made.revision not in schema.revisions():
        raise _refused(NEWER_SCHEMA, revision=made.revision, head=schema.head())
    if made.secret != archive.fingerprint(database.secret) and not other_secret:
        raise _refused(COPY_OF_OTHER_SECRET)


def restore(database: Register, copy: Copy, more: More, *, in_place: bool) -> Path | None:
    """Put a copy that fits into an empty database, and do `more` before anybody can see it.

    Returns where the head of the audit trail of the database before was put, if there was one.

    Raises:
        Invalid: the database is not empty, the copy's rows contradict its schema, or the database
            that it was made of may still be in use and is not restored `in_place`.
        Unavailable.

    """
    try:
        with _alone(database) as tx:
            _demand_empty(tx)
            if not in_place:
                _demand_new_here(database, copy)
            schema.move(tx.connection, copy.manifest.revision)
            _fill(tx, copy)
            schema.move(tx.connection, schema.head())
            aside = _begin_anew(tx, database, copy)
            more(tx)
            head = database.keeper.settle(tx)
    except OperationalError as error:
        raise Unavailable from error
    except (DBAPIError, database.engine.dialect.loaded_dbapi.Error) as error:
        # Only its kind: the driver's text may tell values.
        raise _refused(UNFIT, what=type(error).__name__) from error
    if head:
        database.keeper.follow(head)
    database.forget()
    return aside


@contextmanager
def _alone(database: Register) -> Iterator[Transaction]:
    """A transaction in which the order of rows does not matter and nothing takes too long."""
    is_sqlite = database.dialect is SQLITE
    with database.engine.execution_options(writes=True).connect() as connection:
        if is_sqlite:
            # Without effect inside a transaction; what it would have found is looked for later.
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
    now = schema.revision(tx.connection)
    if now and now not in schema.revisions():
        raise _refused(NEWER_SCHEMA, revision=now, head=schema.head())
    for name in making.tables(tx.connection):
        if tx.dialect is not SQLITE:
            # A service that runs on it meanwhile waits, and adds no first row of its own.
            tx.execute(sa.text(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))
        rows = sa.select(sa.literal(1)).select_from(sa.table(name))
        if name in FRESH:
            rows = rows.where(sa.column(FRESH[name]) != 0)
        if not now or tx.execute(rows.limit(1)).first():
            raise _refused(NOT_EMPTY, table=name)


def _demand_new_here(database: Register, copy: Copy) -> None:
    """Two databases with one trail's id would each take the other's head for a cut."""
    made = copy.manifest
    outside = database.anchor and database.anchor.read(made.database_id)
    if database.anchor and outside:
        said = {"folder": database.anchor.folder, "seq": outside.seq, "last": made.last_entry}
        raise _refused(KNOWN_HERE, **said)


def _fill(tx: Transaction, copy: Copy) -> None:
    """Put every row in, parents first; the tables are those of the copy's own revision."""
    known, held = (
        making.reflected(tx.connection),
        {each.name: each for each in copy.manifest.tables},
    )
    if known.tables.keys() != held.keys():
        raise _refused(UNFIT, what="tables")
    for table in known.sorted_tables:
        told = held[table.name]
        if set(told.columns) != set(table.columns.keys()):
            raise _refused(UNFIT, what=table.name)
        if table.name in FRESH:
            tx.execute(sa.delete(table))
        (_insert if tx.dialect is SQLITE else _stream)(tx, copy, told)
    # PostgreSQL has looked at each reference when its table was in.
    is_sqlite = tx.dialect is SQLITE
    if is_sqlite and tx.connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise _refused(UNFIT, what="references")


def _insert(tx: Transaction, copy: Copy, table: Table) -> None:
    marks = ", ".join("?" * len(table.columns))
    sql = f"INSERT INTO {table.name} ({_listed(table)}) VALUES ({marks})"
    rows: Any = copy.rows(table)  # drivers take any iterable
    tx.connection.connection.cursor().executemany(sql, rows)


def _stream(tx: Transaction, copy: Copy, table: Table) -> None:
    with (
        tx.connection.connection.driver_connection.cursor() as cursor,  # type: ignore[union-attr]
        cursor.copy(f"COPY {table.name} ({_listed(table)}) FROM STDIN") as sink,
    ):
        for row in copy.rows(table):
            sink.write_row(row)


def _listed(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.columns)


def _begin_anew(tx: Transaction, database: Register, copy: Copy) -> Path | None:
    """A new epoch of the feed, and an audit trail that goes on where the copy ends, knowingly."""
    tx.execute(sa.update(positions.HEADS).values(epoch=uuid.uuid4()))
    made, aside = copy.manifest, None
    if database.anchor:
        aside = database.anchor.put_aside(made.database_id, made.last_entry, tx.now)
    renewed = ("epoch", "audit_heads") if aside else ("epoch",)
    tx.acts.append(Act("restore", ids=(made.id,), fields=renewed))
    return aside


def _refused(why: Fault, **values: object) -> Invalid:
    return Invalid(Finding(why, values=values))
