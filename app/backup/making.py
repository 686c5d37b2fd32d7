"""Making a copy of the register while it is being written to: one state, to the last row."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.acts import Act
from app.backup import archive
from app.backup.archive import Manifest, Table
from app.database import schema
from app.database.database import Database
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.journal import trail
from app.model.record import new_id
from app.model.values import spoken_instant
from app.problems import Invalid

AT_ONCE = 1_000
"""Rows in memory."""

OTHER_SCHEMA = fault(
    "copy_of_other_schema",
    "Схема базы — {revision}, а программе нужна {head}. Выполните migrate или сделайте копию "
    "той программой, с которой база работает.",
    "The database has the schema {revision}, and this program wants {head}. Run migrate first, "
    "or make the copy with the program that the database is served by.",
)


def make(database: Database, path: Path, first: Callable[[Transaction], None]) -> Manifest:
    """Copy the register as it is at one moment; nobody who writes waits for it.

    `first` is done in a transaction before, with the entry that tells of the copy.

    Raises:
        Invalid: the file is there already, or the schema is not the newest.
        Unavailable, OSError.

    """
    database.read(_demand_newest)
    copy_id = str(new_id())

    def begin(tx: Transaction) -> None:
        first(tx)
        tx.acts.append(Act("backup", ids=(copy_id,)))

    with archive.drafted(path) as draft:
        # Before the copy, as everything that leaves the register: and so the copy has it too.
        database.write(begin)
        return database.read(lambda tx: copied(tx, draft, copy_id))


def tables(connection: sa.Connection) -> list[str]:
    """The names of our tables that a database has."""
    return sorted(SQLModel.metadata.tables.keys() & {*sa.inspect(connection).get_table_names()})


def reflected(connection: sa.Connection) -> sa.MetaData:
    """Our tables as a database has them, whatever today's models say."""
    known = sa.MetaData()
    known.reflect(connection, only=tables(connection))
    return known


def _demand_newest(tx: Transaction) -> None:
    revision, head = schema.revision(tx.connection), schema.head()
    if revision != head:
        said = {"revision": revision or "-", "head": head}
        raise Invalid(Finding(OTHER_SCHEMA, values=said))


def copied(tx: Transaction, draft: ZipFile, copy_id: str) -> Manifest:
    """Copy what a transaction sees into a draft, whatever its schema, and sign it."""
    head = trail.head(tx.connection)
    revision = schema.revision(tx.connection)
    known = reflected(tx.connection)
    made = Manifest(
        copy_id,
        spoken_instant(datetime.now(UTC)),
        tx.dialect.name,
        str(revision),
        archive.fingerprint(tx.secret),
        head.database_id,
        head.seq,
        [_copy_table(tx, draft, table) for table in known.sorted_tables],
    )
    archive.sign(draft, made)
    return made


def _copy_table(tx: Transaction, draft: ZipFile, table: sa.Table) -> Table:
    wanted = sa.select(table).order_by(*table.primary_key.columns)
    options = {"stream_results": True, "yield_per": AT_ONCE}
    with tx.connection.execute(wanted, execution_options=options) as rows:
        return archive.add(draft, table.name, [each.name for each in table.columns], rows)
