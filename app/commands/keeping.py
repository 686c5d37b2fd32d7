"""Keeping: a copy of the register, made while it serves, and what is restored of it."""

import argparse
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from app.backup import archive, making, restoration
from app.backup.archive import Manifest
from app.commands.loading import opened
from app.database.database import Database
from app.database.transaction import Transaction
from app.journal import ledger
from app.journal.ledger import Record
from app.oversight import remembrance
from app.settings import Settings


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Say how a copy is made and restored."""
    backs = commands.add_parser(
        "backup",
        help="copy the register to a file while it serves",
        description="Copy everything that was committed before to one new file; nobody who "
        "writes waits. The file holds personal data and not the secret (SN_SECRET, or the file "
        "`secret` in SN_DATA): keep that elsewhere, a copy is of little use without it.",
    )
    backs.add_argument("file", metavar="FILE", type=Path, help="the copy, which must not exist yet")
    backs.set_defaults(run=make)
    _declare_restore(commands)


def _declare_restore(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "restore",
        help="restore a copy into an empty database",
        description="Restore a copy into an empty database, SQLite or PostgreSQL, whichever it was "
        "made of: all of it or nothing. Personal data that was destroyed since is destroyed again, "
        "and systems that follow the change feed begin anew.",
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
        help="the database that was copied is out of use: the head of its audit trail in SN_DATA "
        "is put aside",
    )
    parser.add_argument(
        "--other-secret",
        action="store_true",
        help="restore although the secret is lost: the audit trail will not prove whole, teachers "
        "will not be found by SNILS",
    )
    parser.set_defaults(run=restore)


def make(settings: Settings, said: argparse.Namespace) -> int:
    """Make a copy."""
    with opened(settings) as database:
        return _told(lambda: _make(database, said.file))


def restore(settings: Settings, said: argparse.Namespace) -> int:
    """Restore a copy."""
    with opened(settings) as database:
        return _told(lambda: _restore(database, said))


def _told(work: Callable[[], Iterator[str]]) -> int:
    """Print what was done; a disk's refusal is told as plainly as our own."""
    try:
        print("\n".join(work()))
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _make(database: Database, path: Path) -> Iterator[str]:
    known = _known(database)
    # The ledger may have missed what was destroyed before there was one.
    made = making.make(database, path, lambda tx: remembrance.complete(tx, known))
    yield f"copied: {_size(made)} to {path}, {path.stat().st_size:,} bytes"


def _restore(database: Database, said: argparse.Namespace) -> Iterator[str]:
    again, destroyed = 0, [*map(remembrance.heard, _destroyed(database, said.destroyed))]

    def more(tx: Transaction) -> None:
        nonlocal again
        again = remembrance.replay(tx, destroyed)
        remembrance.complete(tx, _known(database))

    with archive.opened(said.file) as copy:
        made = copy.manifest
        restoration.demand_fit(database, copy, other_secret=said.other_secret)
        aside = restoration.restore(database, copy, more, in_place=said.in_place)
    yield f"restored: {_size(made)}, copied of {made.database} at {made.made_at}"
    yield f"persons whose data was destroyed again: {again}"
    yield f"audit trail: goes on after entry {made.last_entry}"
    if aside:
        yield f"head of the trail of the database before: put aside as {aside}"
    yield "change feed: those who follow begin anew"


def _known(database: Database) -> set[str]:
    return database.ledger.ids() if database.ledger else set()


def _destroyed(database: Database, files: list[Path]) -> Iterator[Record]:
    ours = database.ledger.records() if database.ledger else iter(())
    return chain(ours, *map(ledger.read, files))


def _size(made: Manifest) -> str:
    return f"{made.rows:,} rows of {len(made.tables)} tables"
