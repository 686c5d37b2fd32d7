"""Seats: as many reads at once as there are connections; the others wait in order."""

import asyncio

from app.database import patience
from app.database.engines import WRITERS
from app.database.reading import Places
from app.problems import NoConnection

PATIENCE = 2.0
"""Seconds that a read waits for a connection."""


class Seats:
    """The turns of the reads of one lane."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(WRITERS)
        self._asked = 0
        """Readers who have a turn or wait for one."""

    @property
    def places(self) -> Places:
        """How many there are, are taken and are waited for."""
        return Places(WRITERS, min(self._asked, WRITERS), max(0, self._asked - WRITERS))

    async def __aenter__(self) -> None:
        """Take a turn.

        Raises:
            NoConnection: it did not come in time.

        """
        self._asked += 1
        try:
            await self._take()
        except BaseException:
            self._asked -= 1
            raise

    async def _take(self) -> None:
        # A timer for each read would cost more than most turns, which come at once.
        if not self._free.locked():
            await self._free.acquire()
            return
        with patience.waiting(PATIENCE) as seconds:
            try:
                async with asyncio.timeout(seconds):
                    await self._free.acquire()
            except TimeoutError as error:
                raise NoConnection from error

    async def __aexit__(self, *_: object) -> None:
        self._asked -= 1
        self._free.release()
