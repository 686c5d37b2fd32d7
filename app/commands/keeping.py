"""Keeping: back up the register while it serves."""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import app.commands.tables  # noqa: F401 - a backup copies every table that is known
from app.backup import making
from app.backup.archive import Manifest
from app.commands.opening import FILE, opened
from app.journal.register import Register
from app.oversight import remembrance
from app.settings import Settings
from app.words import Words, grouped, trouble

COPIED = Words(
    "Скопировано в {path}: {size}, байт: {bytes}", "Copied to {path}: {size}, bytes: {bytes}"
)
SIZE = Words("строк: {rows}, таблиц: {tables}", "rows: {rows}, tables: {tables}")


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `backup`."""
    parser.description = Words(
        "Скопировать всё, что записано к этой минуте, в новый файл; сервис тем временем "
        "работает. В файле персональные данные, но нет секрета (SN_SECRET или файл secret в "
        "SN_DATA): храните секрет отдельно, без него от копии мало пользы.",
        "Copy everything committed so far to one new file; writers do not wait. The file holds "
        "personal data but not the secret (SN_SECRET, or the file `secret` in SN_DATA): keep "
        "the secret elsewhere, a copy is of little use without it.",
    ).said()
    parser.add_argument(
        "file",
        metavar=FILE.said(),
        type=Path,
        help=Words(
            "копия; такого файла ещё не должно быть", "the copy, which must not exist yet"
        ).said(),
    )
    parser.set_defaults(run=make)


def make(settings: Settings, args: argparse.Namespace) -> int:
    """Write a backup file."""
    with opened(settings) as database:
        return printed(lambda: _make(database, args.file))


def printed(work: Callable[[], Iterator[str]]) -> int:
    """Print the report of `work`; a disk error is printed without a traceback."""
    try:
        print("\n".join(work()))
    except OSError as error:
        print(trouble(error), file=sys.stderr)
        return 1
    return 0


def _make(database: Register, path: Path) -> Iterator[str]:
    known = recorded(database)
    # Erasures made before the ledger existed are missing in it: add them to the copy's ledger.
    made = making.make(database, path, lambda tx: remembrance.complete(tx, known))
    yield COPIED.said(size=size(made), path=path, bytes=grouped(path.stat().st_size))


def recorded(database: Register) -> set[str]:
    """The destructions in the ledger outside the database."""
    return database.ledger.ids() if database.ledger else set()


def size(made: Manifest) -> str:
    """How much a copy holds, in words."""
    return SIZE.said(rows=grouped(made.rows), tables=len(made.tables))
