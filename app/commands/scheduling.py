"""Scheduling: a copy every day, by a command that goes on until it is stopped."""

import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, time
from threading import Event

from app.backup.shelf import Shelf
from app.commands.copying import kept
from app.commands.running import lines
from app.problems import Problem
from app.settings import Settings
from app.words import Words, trouble

NOT_MADE = Words(
    "Копия не сделана, прежние копии на месте. {why}",
    "No copy was made; the former copies are still there. {why}",
)

LOOK = 30
"""Seconds between two looks at the clock, which may be set meanwhile."""

AGAIN = 600
"""Seconds after which a copy that failed is tried again."""


def go_on(settings: Settings, shelf: Shelf, keep: int | None, times: Sequence[time]) -> int:
    """Make a copy whenever one is due, until SIGTERM or SIGINT; returns 0."""
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # As the first process of a container it would not be ended by a signal otherwise.
        signal.signal(number, _stop(ended))
    try:
        while not ended.wait(_turn(settings, shelf, keep, times)):
            pass
    except SystemExit:
        # A copy that was under way is gone, with its file.
        return 0
    return 0


def _stop(ended: Event) -> "signal._HANDLER":
    def stop(*_: object) -> None:
        ended.set()
        raise SystemExit

    return stop


def _turn(settings: Settings, shelf: Shelf, keep: int | None, times: Sequence[time]) -> int:
    """Make a copy if one is due; the seconds until the next look."""
    try:
        if not shelf.is_due(datetime.now(UTC), times, settings.zone):
            return LOOK
        print(*kept(settings, shelf, keep), sep="\n", flush=True)
    except Problem as problem:
        why = " ".join(lines(problem))
    except OSError as error:
        why = trouble(error)
    else:
        return LOOK
    print(NOT_MADE.said(why=why), file=sys.stderr, flush=True)
    return AGAIN
