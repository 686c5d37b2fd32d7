"""Reviving: what restoring a copy does, told in lines."""

import argparse
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import app.commands.tables  # noqa: F401 - a restored copy has every table that is known
from app.acts import Destroyed
from app.backup import archive, restoration
from app.commands.copying import recorded, size
from app.database.transaction import Transaction
from app.journal import ledger
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


def revived(database: Register, args: argparse.Namespace) -> Iterator[str]:
    """Restore a copy into an empty database; what was done, in words.

    Raises:
        Problem, OSError: nothing was restored.

    """
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
