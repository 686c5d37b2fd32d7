"""Restoring: restore a backup into an empty database."""

import argparse
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import app.commands.tables  # noqa: F401 - a restored copy has every table that is known
from app.acts import Destroyed
from app.backup import archive
from app.commands.keeping import printed, recorded, size
from app.commands.opening import opened
from app.database.transaction import Transaction
from app.journal import ledger
from app.journal.register import Register
from app.oversight import remembrance
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `restore`."""
    parser.description = (
        "Restore a copy into an empty database, SQLite or PostgreSQL, whichever the copy came "
        "from: all of it or nothing. Personal data destroyed since the copy is destroyed again, "
        "and systems that follow the change feed start from the beginning."
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
    yield f"restored: {size(made)}, copied of {made.database} at {made.made_at}"
    yield f"persons whose data was destroyed again: {again}"
    yield f"audit trail: goes on after entry {made.last_entry}"
    if aside:
        yield f"the trail's head of the former database was renamed to {aside}"
    yield "change feed: followers start from the beginning"


def _destroyed(database: Register, files: list[Path]) -> Iterator[Destroyed]:
    ours = database.ledger.records() if database.ledger else iter(())
    return chain(ours, *map(ledger.read, files))
