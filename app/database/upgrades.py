"""Upgrades: what migrations do to large tables, on PostgreSQL while the service goes on.

On PostgreSQL each step is committed by itself and leaves out what is done, so that a migration that
was killed anywhere is completed by running it again. On SQLite a migration is one transaction.
"""

import re
import time
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.exc import OperationalError

from app.findings import Finding, fault
from app.problems import Invalid

PATIENCE_MS = 1_000
"""How long a change of a table waits for its lock: whoever comes meanwhile waits behind it."""

ATTEMPTS, PAUSE = 100, 2.0
"""How often a lock is asked for, and the seconds in between, in which others go on."""

LOCK_NOT_AVAILABLE = "55P03"

TABLE_HELD = fault(
    "table_held",
    "Таблицу {table} не отпускает чужая долгая транзакция. Завершите её и повторите команду: "
    "сделанное сохранится.",
    "Another transaction does not let go of the table {table}. End it and run the command again: "
    "what is done stays.",
)


def rekey(table: str, columns: Sequence[str]) -> None:
    """Order the columns of a table's primary key.

    Raises:
        Invalid: on PostgreSQL another transaction does not let go of the table.

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
    """Add an index, unless the table has it."""
    if op.get_bind().dialect.name == "sqlite" or _is_lent():
        op.get_bind().execute(sa.schema.CreateIndex(index))
        return
    with op.get_context().autocommit_block():
        names = [column.name for column in index.columns]
        _build(str(index.name), str(index.table), names, unique=bool(index.unique))


def drop_index(index: sa.Index) -> None:
    """Remove an index, if the table has it.

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
    """Whether it is a restore, which is one transaction in a database that nobody else uses."""
    return bool(context.config.attributes.get("connection"))


def _rebuild(connection: sa.Connection, table: str, columns: Sequence[str]) -> None:
    """Make a table of SQLite's anew from its own text, which alone tells its CHECKs.

    Foreign keys are off, else dropping the old table would delete rows that refer to it.
    """
    known = "SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL"
    kept = connection.exec_driver_sql(known, (table,)).all()
    (created,) = (sql for kind, sql in kept if kind == "table")
    listed = ", ".join(columns)
    begins, _, body = created.partition("(")
    rekeyed, found = re.subn(r"PRIMARY KEY \([^)]*\)", f"PRIMARY KEY ({listed})", body)
    assert begins.split()[:2] == ["CREATE", "TABLE"] and found == 1, created  # noqa: S101, PT018
    for statement in (
        f"CREATE TABLE {table}_next ({rekeyed}",
        f"INSERT INTO {table}_next SELECT * FROM {table} ORDER BY {listed}",  # noqa: S608 - our own
        f"DROP TABLE {table}",
        f"ALTER TABLE {table}_next RENAME TO {table}",
        *(sql for kind, sql in kept if kind != "table"),  # indexes and triggers
    ):
        connection.exec_driver_sql(statement)


def _exchange_key(table: str, columns: Sequence[str]) -> None:
    """Build the new key's index while others write, then put it into the old one's place."""
    key, following = f"pk_{table}", f"pk_{table}_next"
    with op.get_context().autocommit_block():
        _build(following, table, columns, unique=True)
        _insist(
            table,
            f"ALTER TABLE {table} DROP CONSTRAINT {key},"
            f" ADD CONSTRAINT {key} PRIMARY KEY USING INDEX {following}",
        )


def _build(name: str, table: str, columns: Sequence[str], *, unique: bool) -> None:
    """Build an index while others write; one that a killed build left unfinished is made anew."""
    state = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%(name)s)"
    is_valid = op.get_bind().exec_driver_sql(state, {"name": name}).scalar()
    if is_valid:
        return
    # It waits for transactions that are under way, and nobody waits for it.
    op.execute("SET lock_timeout = 0")
    if is_valid is False:
        op.execute(f"DROP INDEX CONCURRENTLY {name}")
    kind = "UNIQUE INDEX" if unique else "INDEX"
    op.execute(f"CREATE {kind} CONCURRENTLY {name} ON {table} ({', '.join(columns)})")


def _insist(table: str, statement: str) -> None:
    """Run a statement that locks a table, again and again: nobody else waits for it long."""
    op.execute(f"SET lock_timeout = {PATIENCE_MS}")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            op.execute(statement)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            if attempt == ATTEMPTS:
                raise Invalid(Finding(TABLE_HELD, values={"table": table})) from error
            time.sleep(PAUSE)
        else:
            return
