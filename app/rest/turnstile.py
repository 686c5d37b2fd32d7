"""The turnstile: lets requests into the service in order of arrival, a few at a time.

The event loop itself is a queue: what hundreds of requests do at once in one round of it delays
everybody, /live too. So each round admits a few, and the others wait here; whoever comes when the
oldest has waited for too long is refused.
"""

import asyncio
import time
from collections import deque
from typing import NamedTuple

from app.database import patience
from app.problems import Busy

AT_ONCE = 16
"""Requests that one round of the event loop admits: each works for a millisecond or so."""


class _Place(NamedTuple):
    since: float
    turn: asyncio.Future[None]


class Turnstile:
    """Admits requests of one process."""

    def __init__(self) -> None:
        self._waiting: deque[_Place] = deque()
        self._admitted = 0
        """In this round."""

    async def enter(self) -> None:
        """Wait for admittance; what is left of the patience is for the turns inside.

        Raises:
            Busy: the oldest has waited for too long.

        """
        loop = asyncio.get_running_loop()
        if not self._admitted:
            loop.call_soon(self._next_round)
        self._admitted += 1
        if self._admitted <= AT_ONCE and not self._waiting:
            patience.begin(patience.MOST)
            return
        now = time.monotonic()
        if self._waiting and now > self._waiting[0].since + patience.MOST:
            raise Busy
        place = _Place(now, loop.create_future())
        self._waiting.append(place)
        await place.turn
        patience.begin(patience.MOST - (time.monotonic() - now))

    def _next_round(self) -> None:
        self._admitted = 0
        while self._waiting and self._admitted < AT_ONCE:
            turn = self._waiting.popleft().turn
            if not turn.done():
                turn.set_result(None)
                self._admitted += 1
        if self._admitted:
            asyncio.get_running_loop().call_soon(self._next_round)
