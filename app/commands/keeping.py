"""Keeping: back up the register while it serves, and restore a backup."""

import argparse
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from app.acts import Destroyed
from app.backup import archive, making, restoration
from app.backup.archive import Manifest
from app.commands.loading import collect_rarely, opened
from app.database.transaction import Transaction
from app.journal import ledger
from app.journal.register import Register
from app.oversight import remembrance
from app.settings import Settings


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare `backup` and `restore`."""
    backs = commands.add_parser(
        "backup",
        help="copy the register to a file while it serves",
        description="Copy everything committed so far to one new file; writers do not wait. "
        "The file holds personal data but not the secret (SN_SECRET, or the file `secret` in "
        "SN_DATA): keep the secret elsewhere, a copy is of little use without it.",
    )
    backs.add_argument("file", metavar="FILE", type=Path, help="the copy, which must not exist yet")
    backs.set_defaults(run=make)
    _declare_restore(commands)


def _declare_restore(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "restore",
        help="restore a copy into an empty database",
        description="Restore a copy into an empty database, SQLite or PostgreSQL, whichever the "
        "copy came from: all of it or nothing. Personal data destroyed since the copy is "
        "destroyed again, and systems that follow the change feed start from the beginning.",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the copy")
    parser.add_argument(
        "--destroyed",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="records of destruction beside those in SN_DATA: destroyed.jsonl of another machine, "
        "or what `retention` printed; may be repeated",
    )
    parser.add_argument(
        "--in-place",
        action="store_true",
        help="the database that was copied is out of use: rename the head of its audit trail in "
        "SN_DATA",
    )
    parser.add_argument(
        "--other-secret",
        action="store_true",
        help="restore although the secret is lost: the audit trail cannot be verified, and "
        "teachers cannot be found by SNILS",
    )
    parser.set_defaults(run=restore)


def make(settings: Settings, args: argparse.Namespace) -> int:
    """Write a backup file."""
    with opened(settings) as database:
        return _printed(lambda: _make(database, args.file))


def restore(settings: Settings, args: argparse.Namespace) -> int:
    """Restore a backup file."""
    collect_rarely()
    with opened(settings) as database:
        return _printed(lambda: _restore(database, args))


def _printed(work: Callable[[], Iterator[str]]) -> int:
    """Print the report of `work`; a disk error is printed without a traceback."""
    try:
        print("\n".join(work()))
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _make(database: Register, path: Path) -> Iterator[str]:
    recorded = _recorded(database)
    # Erasures made before the ledger existed are missing in it: add them to the copy's ledger.
    made = making.make(database, path, lambda tx: remembrance.complete(tx, recorded))
    yield f"copied: {_size(made)} to {path}, {path.stat().st_size:,} bytes"


def _restore(database: Register, args: argparse.Namespace) -> Iterator[str]:
    again, destroyed = 0, [*map(remembrance.parsed, _destroyed(database, args.destroyed))]

    def finish(tx: Transaction) -> None:
        nonlocal again
        again = remembrance.replay(tx, destroyed)
        remembrance.complete(tx, _recorded(database))

    with archive.opened(args.file) as copy:
        made = copy.manifest
        restoration.demand_fit(database, copy, other_secret=args.other_secret)
        aside = restoration.restore(database, copy, finish, in_place=args.in_place)
    yield f"restored: {_size(made)}, copied of {made.database} at {made.made_at}"
    yield f"persons whose data was destroyed again: {again}"
    yield f"audit trail: goes on after entry {made.last_entry}"
    if aside:
        yield f"the trail's head of the former database was renamed to {aside}"
    yield "change feed: followers start from the beginning"


def _recorded(database: Register) -> set[str]:
    return database.ledger.ids() if database.ledger else set()


def _destroyed(database: Register, files: list[Path]) -> Iterator[Destroyed]:
    ours = database.ledger.records() if database.ledger else iter(())
    return chain(ours, *map(ledger.read, files))


def _size(made: Manifest) -> str:
    return f"{made.rows:,} rows of {len(made.tables)} tables"
