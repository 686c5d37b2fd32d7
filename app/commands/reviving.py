"""Reviving: what restoring a copy does, told in lines."""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import app.commands.tables  # noqa: F401 - a restored copy has every table that is known
from app.access import endings, sessions
from app.backup import archive, restoration
from app.commands.copying import completion, size
from app.database.transaction import Transaction
from app.journal import ledger
from app.journal.ledger import Ledger
from app.journal.register import Register
from app.oversight import remembrance
from app.words import Words, grouped

RESTORED = Words(
    "Восстановлено: {size}; копия базы {database}, сделана {at}",
    "Restored: {size}; a copy of {database}, made at {at}",
)
AGAIN = Words(
    "Снова уничтожены данные людей: {count}", "Persons whose data was destroyed again: {count}"
)
ENDED = Words("Снова отозваны ключи: {count}", "Keys that were revoked again: {count}")
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

Lines = list[Mapping[str, object]]
"""Of a ledger."""


def revived(database: Register, args: argparse.Namespace) -> Iterator[str]:
    """Restore a copy into an empty database; what was done, in words.

    Raises:
        Problem, OSError: nothing was restored.

    """
    again, ended = 0, 0
    beside = args.file.parent
    destroyed, destroyed_elsewhere = _told(database.ledger, beside, args.destroyed)
    records = [*map(remembrance.parsed, destroyed)]
    ended_keys, ended_elsewhere = _told(database.ended_keys, beside)
    complete = completion(database)

    def finish(tx: Transaction) -> None:
        nonlocal again, ended
        again, ended = remembrance.replay(tx, records), endings.replay(tx, ended_keys)
        sessions.end_all(tx)
        # Whoever restores another copy here later has every line, from wherever it came.
        tx.destroyed += destroyed_elsewhere
        tx.ended += ended_elsewhere
        complete(tx)

    with archive.opened(args.file) as copy:
        made = copy.manifest
        restoration.demand_fit(database, copy, other_secret=args.other_secret)
        aside = restoration.restore(database, copy, finish, in_place=args.in_place)
    yield RESTORED.said(size=size(made), database=made.database, at=made.made_at)
    yield AGAIN.said(count=grouped(again))
    yield ENDED.said(count=grouped(ended))
    yield GOES_ON.said(last=made.last_entry)
    if aside:
        yield ASIDE.said(path=aside)
    yield FEED.said()


def _told(ours: Ledger | None, beside: Path, files: Iterable[Path] = ()) -> tuple[Lines, Lines]:
    """The lines of ours, of the one beside the copy and of the files; and those that ours lacks."""
    if ours is None:
        return [], []
    others = Ledger(beside / ours.path.name)
    lacking = ours.lacking(chain(others.records(), *map(ledger.read, files)))
    return [*ours.records(), *lacking], lacking
