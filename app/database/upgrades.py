"""Upgrades: changes of large tables in migrations, on PostgreSQL while the service runs.

On PostgreSQL each step commits by itself and skips what is done, so a migration killed anywhere is
completed by running it again. On SQLite a migration is one transaction.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.exc import OperationalError

from app.database import revisions
from app.findings import Finding, fault
from app.problems import Invalid
from app.words import Words

PATIENCE_MS = 1_000
"""Milliseconds that a table change waits for its lock, as others queue behind it."""

ATTEMPTS, PAUSE = 100, 2.0
"""How often a lock is requested, and the seconds in between, in which others proceed."""

TELLING = 5.0
"""Seconds between two lines that tell how far an index is."""

_HELD = frozenset({"55P03", "40P01"})
"""PostgreSQL's lock_not_available and deadlock_detected: others were first."""

TABLE_HELD = fault(
    "table_held",
    "Таблицу {table} не отпускает чужая долгая транзакция. Завершите её и повторите команду: "
    "сделанное сохранится.",
    "Another transaction holds the table {table}. End it and run the command again: completed "
    "steps are kept.",
)
SCHEMA_HELD = fault(
    "schema_held",
    "Схему {revision} сейчас не изменить: её таблицу не отпускает чужая долгая транзакция. "
    "Завершите её и повторите команду: сделанное сохранится.",
    "The schema {revision} cannot be changed now: another transaction holds one of its tables. "
    "End it and run the command again: completed steps are kept.",
)
INDEX_GROWS = Words("  индекс {name}: {share} %", "  index {name}: {share} %")


def attempted(connection: sa.Connection, steps: Callable[[], None]) -> None:
    """Run the steps of PostgreSQL, and again those that did not get a lock in time.

    Raises:
        Invalid: another transaction holds a table.

    """
    for attempt in range(1, ATTEMPTS + 1):
        # Who waits for the lock of a table makes all others queue behind it.
        _wait_briefly(connection)
        connection.commit()
        try:
            steps()
        except OperationalError as error:
            connection.rollback()
            if not _is_held(error):
                raise
            if attempt == ATTEMPTS:
                values = {"revision": revisions.current(connection) or "-"}
                raise Invalid(Finding(SCHEMA_HELD, values=values)) from error
            time.sleep(PAUSE)
        else:
            return


def rekey(table: str, columns: Sequence[str]) -> None:
    """Change the order of columns in a table's primary key.

    Raises:
        Invalid: on PostgreSQL another transaction holds the table.

    """
    connection = op.get_bind()
    if sa.inspect(connection).get_pk_constraint(table)["constrained_columns"] == [*columns]:
        return
    if connection.dialect.name == "sqlite":
        _rebuild(connection, table, columns)
    elif _is_lent():
        op.drop_constraint(f"pk_{table}", table)
        op.create_primary_key(f"pk_{table}", table, [*columns])
    else:
        _exchange_key(table, columns)


def create_index(index: sa.Index) -> None:
    """Create an index, unless it exists."""
    if op.get_bind().dialect.name == "sqlite" or _is_lent():
        op.get_bind().execute(sa.schema.CreateIndex(index))
        return
    index.dialect_kwargs["postgresql_concurrently"] = True
    with op.get_context().autocommit_block():
        _build(str(index.name), sa.schema.CreateIndex(index))


def drop_index(index: sa.Index) -> None:
    """Drop an index, if it exists.

    Raises:
        Invalid: as `rekey`.

    """
    drop = f"DROP INDEX IF EXISTS {index.name}"
    if op.get_bind().dialect.name == "sqlite" or _is_lent():
        op.execute(drop)
        return
    with op.get_context().autocommit_block():
        _insist(str(index.table), drop)


def _is_lent() -> bool:
    """Whether a restore runs: one transaction, in a database that nobody else uses."""
    return bool(context.config.attributes.get("connection"))


def _rebuild(connection: sa.Connection, table: str, columns: Sequence[str]) -> None:
    """Rebuild a SQLite table from its own SQL, which alone contains its CHECKs.

    Foreign keys must be off, else dropping the old table would delete rows that refer to it.
    """
    query = "SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL"
    objects = connection.exec_driver_sql(query, (table,)).all()
    (created,) = (sql for kind, sql in objects if kind == "table")
    listed = ", ".join(columns)
    begins, _, body = created.partition("(")
    rekeyed, count = re.subn(r"PRIMARY KEY \([^)]*\)", f"PRIMARY KEY ({listed})", body)
    assert begins.split()[:2] == ["CREATE", "TABLE"] and count == 1, created  # noqa: S101, PT018
    for statement in (
        f"CREATE TABLE {table}_next ({rekeyed}",
        f"INSERT INTO {table}_next SELECT * FROM {table} ORDER BY {listed}",  # noqa: S608 - our own
        f"DROP TABLE {table}",
        f"ALTER TABLE {table}_next RENAME TO {table}",
        *(sql for kind, sql in objects if kind != "table"),  # indexes and triggers
    ):
        connection.exec_driver_sql(statement)


def _exchange_key(table: str, columns: Sequence[str]) -> None:
    """Build the new key's index concurrently, then exchange the keys."""
    key, following = f"pk_{table}", f"pk_{table}_next"
    with op.get_context().autocommit_block():
        listed = ", ".join(columns)
        create = f"CREATE UNIQUE INDEX CONCURRENTLY {following} ON {table} ({listed})"
        _build(following, sa.text(create))
        _insist(
            table,
            f"ALTER TABLE {table} DROP CONSTRAINT {key},"
            f" ADD CONSTRAINT {key} PRIMARY KEY USING INDEX {following}",
        )


def _build(name: str, create: sa.Executable) -> None:
    """Build an index concurrently; replaces an invalid one that a killed build left."""
    state = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%(name)s)"
    is_valid = op.get_bind().exec_driver_sql(state, {"name": name}).scalar()
    if is_valid:
        return
    # The concurrent build waits for running transactions, and nobody waits for it.
    op.execute("SET lock_timeout = 0")
    if is_valid is False:
        op.execute(f"DROP INDEX CONCURRENTLY {name}")
    with _told(name):
        op.execute(create)
    _wait_briefly(op.get_bind())


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Tell how far an index is, from another connection: its own one is busy with it."""
    settings, is_built = context.config.attributes, threading.Event()
    tell, engine = settings["tell"], settings["engine"]

    def watch() -> None:
        with engine.connect() as connection:
            while not is_built.wait(TELLING):
                share = connection.execute(_SHARE, {"name": name}).scalar()
                connection.rollback()  # the build waits for everybody who has a snapshot
                if share is not None:
                    tell(INDEX_GROWS.said(name=name, share=share))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_built.set()
        watcher.join()


_SHARE = sa.text("""
    SELECT 100 * blocks_done / nullif(blocks_total, 0) FROM pg_stat_progress_create_index
    WHERE index_relid = to_regclass(:name)
""")


def _wait_briefly(connection: sa.Connection) -> None:
    connection.exec_driver_sql(f"SET lock_timeout = {PATIENCE_MS}")


def _is_held(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _HELD


def _insist(table: str, statement: str) -> None:
    """Retry a statement that locks a table, so that others never wait for it long."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            op.execute(statement)
        except OperationalError as error:
            if not _is_held(error):
                raise
            if attempt == ATTEMPTS:
                raise Invalid(Finding(TABLE_HELD, values={"table": table})) from error
            time.sleep(PAUSE)
        else:
            return
