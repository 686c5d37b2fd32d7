"""Drilling: restore a copy into a throw-away database, to see that it can be restored."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

import app.commands.tables  # noqa: F401 - a restored copy has every table that is known
from app import scratch
from app.backup import archive
from app.backup.archive import Manifest
from app.backup.shelf import Shelf
from app.commands.copying import size
from app.commands.opening import opened
from app.database import revisions
from app.journal.proof import prove
from app.journal.register import Register
from app.settings import Settings
from app.words import Words, grouped, trouble

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


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `drill`."""
    parser.description = Words(
        "Проверить копию на деле: восстановить её во временную базу, сосчитать строки, проверить "
        "журнал доступа и сказать, сколько это заняло. Работающей базы и SN_DATA не касается; "
        "нужен прежний секрет. Код выхода 0, если копия годится.",
        "Try a copy: restore it into a throw-away database, count the rows, verify the audit "
        "trail, and say how long it took. The database in use and SN_DATA are left alone; the "
        "former secret is needed. Exits 0 if the copy is good.",
    ).said()
    parser.add_argument(
        "copy",
        metavar=Words("КОПИЯ", "COPY").said(),
        type=Path,
        help=Words(
            "копия или папка: последняя копия в ней", "a copy, or a folder: its newest"
        ).said(),
    )
    parser.add_argument(
        "--database",
        metavar=Words("АДРЕС", "URL").said(),
        default="",
        help=Words(
            "пустая база PostgreSQL, которую потом удалят (иначе — временный файл SQLite)",
            "an empty PostgreSQL database that will be dropped (default: a temporary SQLite file)",
        ).said(),
    )
    parser.set_defaults(run=drill)


def drill(settings: Settings, args: argparse.Namespace) -> int:
    """Restore a copy elsewhere; returns 1 if it cannot be, or is not whole then."""
    try:
        path = Shelf(args.copy).newest() if args.copy.is_dir() else args.copy
        with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
            place = _elsewhere(settings, Path(folder), args.database)
            faults = [*_tried(place, path)]
    except OSError as error:
        faults = [trouble(error)]
    for line in faults:
        print(line, file=sys.stderr)
    return 1 if faults else 0


def _elsewhere(settings: Settings, folder: Path, url: str) -> Settings:
    """The settings of the throw-away database; only the secret is that of the register."""
    return Settings(
        data=folder,
        database_url=url,
        database_url_file="",
        database_password_file=settings.database_password_file if url else "",
        secret=settings.secret_key().decode(),
    )


def _tried(place: Settings, path: Path) -> Iterator[str]:
    """Restore, and print what was found; yields what is wrong."""
    # Alembic takes a quarter of a second to import, which `--help` spares.
    from app.backup import restoration  # noqa: PLC0415

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
