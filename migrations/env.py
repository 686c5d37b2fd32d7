"""Runs the migrations on the engine that the service hands over."""

import logging
import time
from collections.abc import Collection
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.ddl._autogen import ComparisonResult  # has no public name
from alembic.ddl.sqlite import SQLiteImpl
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlmodel import SQLModel

from app.database import upgrades
from app.words import Words

STEP = Words(
    "Схема {revision} готова, осталось шагов: {left}",
    "Schema {revision} is reached, steps left: {left}",
)

NOTE, NOTED_SINCE = sa.text("UPDATE alembic_version SET oldest = :oldest"), "0024"

TURN = "1, 1"
"""The advisory lock of whoever migrates; all others of ours have one number, not two."""

log = logging.getLogger(__name__)

PLAIN = {"Scaled": "sa.BigInteger()", "Set": "sa.Text()"}
"""Types that are a matter of the code alone, and what the database sees of them."""


def render_item(kind: str, item: Any, written: AutogenContext) -> str | Literal[False]:
    """Write a column's type as the database sees it, and import a type that is not SQLAlchemy's."""
    if kind != "type":
        return False
    module = type(item).__module__
    plain = PLAIN.get(type(item).__name__)
    if not plain and not module.startswith("sqlalchemy."):
        written.imports.add(f"import {module}")
    return plain or False


class SQLite(SQLiteImpl):
    """Alembic's SQLite, which also compares the texts of CHECKs: SQLite keeps them as they were.

    So a value that was added to a closed list is seen. Alembic itself compares their names alone.
    """

    __dialect__ = "sqlite"  # takes the place of Alembic's own

    def compare_check_constraint(
        self, metadata_constraint: sa.CheckConstraint, reflected_constraint: sa.CheckConstraint
    ) -> ComparisonResult:
        as_ddl = {"literal_binds": True, "include_table": False}
        ours, theirs = (
            str(each.sqltext.compile(dialect=self.dialect, compile_kwargs=as_ddl))
            for each in (metadata_constraint, reflected_constraint)
        )
        if ours == theirs:
            return ComparisonResult.Equal()
        return ComparisonResult.Different(f"{theirs} to {ours}")


def run(connection: sa.Connection, *, by_steps: bool = False) -> None:
    """Take the revisions that were asked for, and leave no reference to nothing.

    By steps, each revision is committed by itself, and may commit within (`app.database.upgrades`).
    """
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=is_sqlite,
        compare_type=True,
        render_item=render_item,
        autogenerate_plugins=["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
        transaction_per_migration=by_steps,
        on_version_apply=note,
    )
    with context.begin_transaction():
        context.run_migrations()
        if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("the migration leaves references to nothing")


def note(
    ctx: MigrationContext,
    step: MigrationInfo,
    heads: Collection[str],
    run_args: object,  # noqa: ARG001 - Alembic passes it
) -> None:
    """Note with a schema the oldest program that may use it, and tell that it is reached."""
    for revision in heads:  # one, or none at the very bottom
        if revision >= NOTED_SINCE:
            assert ctx.connection  # noqa: S101 - migrations are never written into a file
            ctx.connection.execute(NOTE, {"oldest": oldest(revision)})
        if step.is_upgrade:
            left = len([*context.script.iterate_revisions("head", revision)])
            context.config.attributes["tell"](STEP.said(revision=revision, left=left))


def oldest(revision: str) -> str:
    """The newest revision up to this one that does more than add: programs before it break."""
    scripts = context.script.walk_revisions(head=revision)
    return next(each.revision for each in scripts if not getattr(each.module, "widens", False))


def run_on_sqlite(engine: sa.Engine) -> None:
    """Run in one transaction."""
    with engine.execution_options(writes=True).connect() as connection:
        # A batch migration drops the old table, and with foreign keys on its children's rows go
        # too. The switch has no effect inside a transaction.
        connection.connection.execute("PRAGMA foreign_keys = OFF")
        try:
            run(connection)
            connection.commit()
        finally:
            connection.rollback()
            connection.connection.execute("PRAGMA foreign_keys = ON")


def run_on_postgresql(engine: sa.Engine) -> None:
    """Run by steps, one process at a time, and each statement for as long as it takes."""
    with engine.connect() as connection:
        try:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.commit()
            _take_turn(connection)
            upgrades.attempted(connection, lambda: run(connection, by_steps=True))
            connection.commit()
        finally:
            connection.invalidate()  # its settings and its lock end with it


def _take_turn(connection: sa.Connection) -> None:
    """Wait until no other process migrates.

    By asking again: CREATE INDEX CONCURRENTLY of the other process would wait for a statement that
    waits here, and neither would end.
    """
    is_told = False
    while not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({TURN})").scalar():
        connection.rollback()
        if not is_told:
            log.warning("Another process migrates this database; waiting for it to end")
        is_told = True
        time.sleep(0.2)
    connection.commit()


# Whoever restores lends the transaction in which everything else is done.
if lent := context.config.attributes.get("connection"):
    run(lent)
elif (own := context.config.attributes["engine"]).dialect.name == "sqlite":
    run_on_sqlite(own)
else:
    run_on_postgresql(own)
