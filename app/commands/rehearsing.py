"""Rehearsing: restore a copy into a throw-away database and look whether it is whole."""

import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

import app.commands.tables  # noqa: F401 - a restored copy has every table that is known
from app.backup import archive, restoration
from app.backup.archive import Manifest
from app.commands.copying import size
from app.commands.opening import opened
from app.database import revisions
from app.journal.proof import prove
from app.journal.register import Register
from app.settings import Settings
from app.words import Words, grouped

RESTORED = Words(
    "Копия {path} ({at}) восстановлена за {seconds} с; {size}",
    "The copy {path} ({at}) was restored in {seconds} s; {size}",
)
ROWS = Words(
    "В каждой таблице столько строк, сколько в копии", "Each table has the rows of the copy"
)
OLDER = Words(
    "Копия старой схемы ({revision}) доведена до {head}; строки по таблицам не сравнивались",
    "The copy has the older schema {revision} and was migrated to {head}; rows of tables were not "
    "compared",
)
WHOLE = Words(
    "Журнал доступа цел, записей: {entries}", "The audit trail is whole, entries: {entries}"
)
DIFFERS = Words(
    "{table}: строк {found}, а в копии {rows}", "{table}: {found} rows, but {rows} in the copy"
)
BROKEN = Words(
    "Журнал доступа повреждён с записи {first}", "The audit trail is broken at entry {first}"
)

GROWS = frozenset({"audit_entries"})
"""Tables that restoring itself adds rows to."""


def rehearsed(place: Settings, path: Path) -> Iterator[str]:
    """Restore, and print what was found; yields what is wrong."""
    started = time.monotonic()
    with opened(place) as database, archive.opened(path) as copy:
        restoration.demand_fit(database, copy, other_secret=False)
        restoration.restore(database, copy, lambda _: None, in_place=False)
        seconds = f"{time.monotonic() - started:.1f}"
        made = copy.manifest
        print(RESTORED.said(path=path, at=made.made_at, seconds=seconds, size=size(made)))
        yield from _counted(database, made)
        yield from _proved(database)


def _counted(database: Register, made: Manifest) -> Iterator[str]:
    if made.revision != revisions.head():
        print(OLDER.said(revision=made.revision, head=revisions.head()))
        return
    differing = [*_differences(database, made)]
    if not differing:
        print(ROWS.said())
    yield from differing


def _differences(database: Register, made: Manifest) -> Iterator[str]:
    for table in made.tables:
        count = sa.select(sa.func.count()).select_from(sa.table(table.name))
        with database.engine.connect() as connection:
            found: int = connection.execute(count).scalar_one()
        if found != table.rows and not (table.name in GROWS and found > table.rows):
            yield DIFFERS.said(table=table.name, found=grouped(found), rows=grouped(table.rows))


def _proved(database: Register) -> Iterator[str]:
    proof = prove(database)
    if proof.whole:
        print(WHOLE.said(entries=grouped(proof.entries)))
    else:
        yield BROKEN.said(first=proof.first_broken)
