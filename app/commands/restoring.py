"""Restoring: restore a backup into an empty database."""

import argparse
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import app.commands.tables  # noqa: F401 - a restored copy has every table that is known
from app.acts import Destroyed
from app.backup import archive
from app.commands.copying import printed, recorded, size
from app.commands.opening import FILE, opened
from app.database.transaction import Transaction
from app.journal import ledger
from app.journal.register import Register
from app.oversight import remembrance
from app.settings import Settings
from app.words import Words, grouped

RESTORED = Words(
    "Восстановлено: {size}; копия базы {database}, сделана {at}",
    "Restored: {size}; a copy of {database}, made at {at}",
)
AGAIN = Words(
    "Снова уничтожены данные людей: {count}", "Persons whose data was destroyed again: {count}"
)
GOES_ON = Words(
    "Журнал продолжается после записи {last}", "The audit trail goes on after entry {last}"
)
ASIDE = Words(
    "Отметка журнала прежней базы переименована в {path}",
    "The trail's head of the former database was renamed to {path}",
)
FEED = Words(
    "Лента изменений: читающие её системы начнут сначала",
    "Change feed: followers start from the beginning",
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `restore`."""
    parser.description = Words(
        "Восстановить копию в пустую базу, SQLite или PostgreSQL, откуда бы она ни была: всё или "
        "ничего. Персональные данные, уничтоженные после копии, уничтожаются снова, а системы, "
        "которые читают ленту изменений, начинают сначала.",
        "Restore a copy into an empty database, SQLite or PostgreSQL, whichever the copy came "
        "from: all of it or nothing. Personal data destroyed since the copy is destroyed "
        "again, and systems that follow the change feed start from the beginning.",
    ).said()
    parser.add_argument(
        "file", metavar=FILE.said(), type=Path, help=Words("копия", "the copy").said()
    )
    parser.add_argument(
        "--destroyed",
        metavar=FILE.said(),
        type=Path,
        action="append",
        default=[],
        help=Words(
            "записи об уничтожении кроме тех, что в SN_DATA: destroyed.jsonl с другой машины или "
            "то, что показала команда retention; можно повторять",
            "records of destruction beside those in SN_DATA: destroyed.jsonl of another machine, "
            "or what `retention` printed; may be repeated",
        ).said(),
    )
    parser.add_argument(
        "--in-place",
        action="store_true",
        help=Words(
            "прежняя база больше не работает: переименовать отметку её журнала в SN_DATA",
            "the database that was copied is out of use: rename the head of its audit trail in "
            "SN_DATA",
        ).said(),
    )
    parser.add_argument(
        "--other-secret",
        action="store_true",
        help=Words(
            "восстановить, хотя секрет утерян: журнал нельзя будет проверить, а педагогов найти по "
            "СНИЛС",
            "restore although the secret is lost: the audit trail cannot be verified, and "
            "teachers cannot be found by SNILS",
        ).said(),
    )
    parser.set_defaults(run=restore)


def restore(settings: Settings, args: argparse.Namespace) -> int:
    """Restore a backup file."""
    with opened(settings) as database:
        return printed(lambda: _restore(database, args))


def _restore(database: Register, args: argparse.Namespace) -> Iterator[str]:
    # Alembic takes a quarter of a second to import, which `--help` spares.
    from app.backup import restoration  # noqa: PLC0415

    again, destroyed = 0, [*map(remembrance.parsed, _destroyed(database, args.destroyed))]

    def finish(tx: Transaction) -> None:
        nonlocal again
        again = remembrance.replay(tx, destroyed)
        remembrance.complete(tx, recorded(database))

    with archive.opened(args.file) as copy:
        made = copy.manifest
        restoration.demand_fit(database, copy, other_secret=args.other_secret)
        aside = restoration.restore(database, copy, finish, in_place=args.in_place)
    yield RESTORED.said(size=size(made), database=made.database, at=made.made_at)
    yield AGAIN.said(count=grouped(again))
    yield GOES_ON.said(last=made.last_entry)
    if aside:
        yield ASIDE.said(path=aside)
    yield FEED.said()


def _destroyed(database: Register, files: list[Path]) -> Iterator[Destroyed]:
    ours = database.ledger.records() if database.ledger else iter(())
    return chain(ours, *map(ledger.read, files))
