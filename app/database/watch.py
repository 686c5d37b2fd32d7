"""The watch: notices within two seconds that PostgreSQL answers nothing, and that it does again.

A server that is frozen, or behind a drawn cable, ends no connection: whoever waits for its answer
would wait for minutes. So a connection of its own is asked four times a second. When it is not
answered, all other connections are cut, and whoever waits on one gets Unavailable at once; so does
whoever comes until the server answers again. Connections that are refused or broken need no watch:
they fail by themselves.

How long a statement may take is the server's business: it ends each one after 60 s. But a single
process of it may be frozen, while the others answer. A connection on which nothing was heard for
longer is given up.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from app.problems import Unavailable

BEAT = 0.25
"""Seconds between two questions."""

PATIENCE = 6
"""Beats that an answer may take."""

RETURN = 40
"""Beats that an attempt may take to reach a server that is gone: it may have several addresses,
of which the first do not answer."""

SILENT = 65.0
"""Seconds after which a connection is given up that waits for an answer and hears nothing."""


log = logging.getLogger(__name__)


class Watch:
    """Whether a PostgreSQL answers, as the threads and the event loop of one process see it."""

    def __init__(self) -> None:
        self.is_gone = False
        self.heard = 0
        """Answers to others: a server that gives them is not gone, however late it is."""
        self._cuts: list[Callable[[], None]] = []
        self._looks: list[Callable[[float], int]] = []

    def on_loss(self, cut: Callable[[], None]) -> None:
        """Let `cut` be called, in the event loop, when the server is gone."""
        self._cuts.append(cut)

    def on_beat(self, give_up: Callable[[float], int]) -> None:
        """Let `give_up` be called, in the event loop, at every beat of a server that answers.

        It gives up connections that are silent for so many seconds, and returns how many.
        """
        self._looks.append(give_up)

    def demand(self) -> None:
        """Refuse to wait for a server that is gone.

        Raises:
            Unavailable.

        """
        if self.is_gone:
            raise Unavailable

    async def keep(self, ask: Callable[[], Awaitable[object]]) -> None:
        """Watch the server until cancelled; `ask` gets an answer on a connection of its own."""
        while True:
            await asyncio.sleep(BEAT)
            was_gone, answers = self.is_gone, await self._answers(ask)
            # Before the cuts: whoever is cut must not ask on another connection.
            self.is_gone = not answers
            if answers:
                self._give_up()
            elif not was_gone:
                self._cut()

    def _cut(self) -> None:
        for cut in self._cuts:
            with _going_on():
                cut()

    def _give_up(self) -> None:
        for give_up in self._looks:
            with _going_on():
                if count := give_up(SILENT):
                    log.warning(
                        "Connections given up after %g s without an answer: %s", SILENT, count
                    )

    async def _answers(self, ask: Callable[[], Awaitable[object]]) -> bool:
        before = self.heard
        asking = asyncio.ensure_future(ask())
        try:
            # Beat by beat: a process that stood still for seconds has waited for one beat.
            for _ in range(RETURN if self.is_gone else PATIENCE):
                if (await asyncio.wait({asking}, timeout=BEAT))[0]:
                    # Commands open databases too, and most of them need no driver of PostgreSQL.
                    from psycopg.errors import ConnectionTimeout  # noqa: PLC0415

                    return not isinstance(asking.exception(), ConnectionTimeout)
            return self.heard != before
        finally:
            asking.cancel()


@contextmanager
def _going_on() -> Iterator[None]:
    """Log what fails, and go on: nobody else would notice that the server is back."""
    try:
        yield
    except Exception:
        log.exception("A connection to PostgreSQL could not be cut")
