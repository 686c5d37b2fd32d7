"""Turns: costly answers are made by a few at a time, while the others wait."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio import CapacityLimiter

from app.problems import Busy


@asynccontextmanager
async def turn(
    places: CapacityLimiter, seconds: float, late: type[Busy] = Busy
) -> AsyncIterator[None]:
    """Hold one of the places.

    Raises:
        Busy: none became free in that many seconds; `late` says what they are busy with.

    """
    with anyio.move_on_after(seconds) as limit:
        await places.acquire()
    if limit.cancelled_caught:
        raise late
    try:
        yield
    finally:
        places.release()
