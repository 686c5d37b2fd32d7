"""Copying: what a backup does, told in lines."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import app.commands.tables  # noqa: F401 - a backup copies every table that is known
from app.access import endings
from app.backup import making, mark
from app.backup.archive import Manifest
from app.backup.mark import Mark
from app.backup.shelf import Shelf
from app.commands.opening import ours
from app.database.transaction import Transaction
from app.journal.ledger import Ledger
from app.journal.register import Register
from app.oversight import remembrance
from app.settings import Settings
from app.words import Words, grouped, trouble

COPIED = Words(
    "Скопировано в {path}: {size}, байт: {bytes}", "Copied to {path}: {size}, bytes: {bytes}"
)
SIZE = Words("строк: {rows}, таблиц: {tables}", "rows: {rows}, tables: {tables}")
NO_MARK = Words(
    "Копия готова, но /metrics о ней не узнает: {why}",
    "The copy is complete, but /metrics will not tell of it: {why}",
)
REMOVED = Words("Удалена старая копия {path}", "Removed the old copy {path}")


def copied(settings: Settings, database: Register, path: Path) -> Iterator[str]:
    """Write a copy to a new file; what was done, in words.

    Raises:
        Problem, OSError: no copy was made.

    """
    # What is older than the ledgers, or met a full disk, is missing in them.
    made = making.make(database, path, completion(database))
    _leave_mark(settings, path)
    yield COPIED.said(size=size(made), path=path, bytes=grouped(path.stat().st_size))


def _leave_mark(settings: Settings, path: Path) -> None:
    """Say in SN_DATA that there is a new copy; it is complete even if that cannot be said."""
    try:
        mark.leave(settings.data, Mark(datetime.now(UTC), path.stat().st_size))
    except OSError as error:
        print(NO_MARK.said(why=trouble(error)), file=sys.stderr)


def kept(settings: Settings, shelf: Shelf, keep: int | None) -> Iterator[str]:
    """Put a new copy on a shelf, and remove the oldest ones; what was done, in words.

    Raises:
        Problem, OSError: no copy was made, and nothing was removed.

    """
    with shelf.locked(), ours(settings) as database:
        yield from copied(settings, database, shelf.place(datetime.now(UTC)))
        for own in map(Ledger, filter(Path.exists, settings.ledgers)):
            # The one beside may tell of what happened before this SN_DATA was begun.
            beside = Ledger(shelf.folder / own.path.name)
            shelf.put(own.path.name, own.united(beside))
        for path in shelf.thin(keep) if keep else ():
            yield REMOVED.said(path=path)


def printed(work: Callable[[], Iterator[str]]) -> int:
    """Print the report of `work`; a disk error is printed without a traceback."""
    try:
        print("\n".join(work()), flush=True)
    except OSError as error:
        print(trouble(error), file=sys.stderr)
        return 1
    return 0


def completion(database: Register) -> Callable[[Transaction], None]:
    """What adds to the ledgers outside the database all that they lack."""
    destroyed = [*database.ledger.readable()] if database.ledger else []
    ended = [*database.ended_keys.readable()] if database.ended_keys else []

    def complete(tx: Transaction) -> None:
        remembrance.complete(tx, destroyed)
        endings.complete(tx, ended)

    return complete


def size(made: Manifest) -> str:
    """How much a copy holds, in words."""
    return SIZE.said(rows=grouped(made.rows), tables=len(made.tables))
