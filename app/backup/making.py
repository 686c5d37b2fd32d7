"""Making: copies the register from one snapshot while it is being written to."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import sqlalchemy as sa
from sqlmodel import SQLModel
from sqlmodel.main import default_registry

from app.acts import Act
from app.backup import archive
from app.backup.archive import Manifest, Table
from app.database import revisions
from app.database.database import Database
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.journal import trail
from app.model.record import new_id
from app.model.values import spoken_instant
from app.problems import Busy, Invalid

AT_ONCE = 1_000
"""Rows in memory at once."""

PATIENCE = 60
"""How often the copy is begun while others keep the database busy, each time for ten seconds."""

OTHER_SCHEMA = fault(
    "copy_of_other_schema",
    "Схема базы — {revision}, а программе нужна {head}. Выполните migrate или сделайте копию "
    "той программой, с которой база работает.",
    "The database has the schema {revision}, but this program needs {head}. Run migrate first, "
    "or make the copy with the program that serves the database.",
)


def make(database: Database, path: Path, first: Callable[[Transaction], None]) -> Manifest:
    """Copy the register from one snapshot; writers do not wait, but a long list is waited for.

    `first` runs in a transaction before, together with the audit entry of the copy.

    Raises:
        Invalid: the file exists already, or the schema is not the newest.
        Busy, Unavailable, OSError.

    """
    database.read(_demand_newest)
    copy_id = str(new_id())

    def begin(tx: Transaction) -> None:
        first(tx)
        tx.acts.append(Act("backup", ids=(copy_id,)))

    with archive.drafted(path) as draft:
        # Recorded before the copy, like every disclosure; so the copy has the entry too.
        _patiently(lambda: database.write(begin))
        return database.read(lambda tx: copied(tx, draft, copy_id))


def _patiently(work: Callable[[], object]) -> None:
    """Do some work when its turn comes: on SQLite a long list keeps all other writers waiting.

    Raises:
        Busy: it did not come.

    """
    for _ in range(PATIENCE):
        try:
            work()
        except Busy:
            continue
        return
    raise Busy


def tables(connection: sa.Connection) -> list[str]:
    """The names of this program's tables that exist in a database."""
    return sorted(SQLModel.metadata.tables.keys() & {*sa.inspect(connection).get_table_names()})


def reflected(connection: sa.Connection) -> sa.MetaData:
    """The tables as they are in the database, which may differ from today's models."""
    metadata = sa.MetaData()
    metadata.reflect(connection, only=tables(connection))
    return metadata


def _demand_newest(tx: Transaction) -> None:
    revision, head = revisions.current(tx.connection), revisions.head()
    if revision != head:
        values = {"revision": revision or "-", "head": head}
        raise Invalid(Finding(OTHER_SCHEMA, values=values))


def copied(tx: Transaction, draft: ZipFile, copy_id: str) -> Manifest:
    """Copy what a transaction sees to a draft, whatever its schema, and write the manifest."""
    head = trail.head(tx.connection)
    revision = revisions.current(tx.connection)
    metadata = reflected(tx.connection)
    manifest = Manifest(
        copy_id,
        spoken_instant(datetime.now(UTC)),
        tx.dialect.name,
        str(revision),
        archive.fingerprint(tx.secret),
        head.database_id,
        head.seq,
        [_copy_table(tx, draft, table) for table in metadata.sorted_tables],
    )
    archive.sign(draft, manifest)
    return manifest


def _copy_table(tx: Transaction, draft: ZipFile, table: sa.Table) -> Table:
    query = sa.select(table).order_by(*table.primary_key.columns)
    if table.name in _left_out():
        query = query.where(sa.false())
    options = {"stream_results": True, "yield_per": AT_ONCE}
    with tx.connection.execute(query, execution_options=options) as rows:
        return archive.add(draft, table.name, [column.name for column in table.columns], rows)


def _left_out() -> set[str]:
    """The tables whose rows a copy does not have: they end with a session, and name persons."""
    models = [mapper.class_ for mapper in default_registry.mappers]
    return {model.__tablename__ for model in models if not getattr(model, "is_copied", True)}
