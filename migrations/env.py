"""Runs the migrations on the engine that the service hands over."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from sqlmodel import SQLModel

PLAIN = {"Scaled": "sa.BigInteger()", "Set": "sa.Text()"}


def render_item(kind: str, item: Any, _: object) -> str | Literal[False]:
    """Write the columns whose kind is a matter of the code alone as what the database sees."""
    return PLAIN.get(type(item).__name__, False) if kind == "type" else False


def run(connection: sa.Connection) -> None:
    """Take the steps that were asked for, and leave no reference to nothing."""
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=is_sqlite,
        compare_type=True,
        render_item=render_item,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
        if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("the migration leaves references to nothing")


def run_alone(engine: sa.Engine) -> None:
    """Run in a transaction of one's own."""
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.execution_options(writes=True).connect() as connection:
        if is_sqlite:
            # A batch migration drops the old table, and with foreign keys on its children's rows
            # go too. The switch has no effect inside a transaction.
            connection.connection.execute("PRAGMA foreign_keys = OFF")
        try:
            run(connection)
            connection.commit()
        finally:
            if is_sqlite:
                connection.rollback()
                connection.connection.execute("PRAGMA foreign_keys = ON")


# Whoever restores lends the transaction in which everything else is done.
if lent := context.config.attributes.get("connection"):
    run(lent)
else:
    run_alone(context.config.attributes["engine"])
