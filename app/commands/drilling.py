"""Drilling: restore a copy into a throw-away database, to see that it can be restored."""

import argparse
import sys
import tempfile
from pathlib import Path

from app import scratch
from app.backup.shelf import Shelf
from app.settings import Settings
from app.words import Words, trouble


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
    # Every table and Alembic take most of a second to import, which `--help` spares.
    from app.commands.rehearsing import rehearsed  # noqa: PLC0415

    try:
        path = Shelf(args.copy).newest() if args.copy.is_dir() else args.copy
        with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
            place = _elsewhere(settings, Path(folder), args.database)
            faults = [*rehearsed(place, path)]
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
