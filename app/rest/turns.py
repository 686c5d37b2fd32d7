"""Turns: costly answers are made by a few at a time, while the others wait."""

import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar, TypeVarTuple, Unpack

import anyio
from anyio import CapacityLimiter, WouldBlock, to_thread

from app.database import patience
from app.problems import Busy

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


async def threaded(places: CapacityLimiter, work: Callable[[Unpack[Ts]], T], *values: *Ts) -> T:
    """What `work` returns, run in a thread that holds one of the places.

    Raises:
        Busy: none became free while the request had patience.

    """
    async with turn(places, math.inf):
        return await to_thread.run_sync(work, *values)


@asynccontextmanager
async def turn(
    places: CapacityLimiter, seconds: float, late: type[Busy] = Busy
) -> AsyncIterator[None]:
    """Hold one of the places.

    Raises:
        Busy: none became free in that many seconds; `late` says what they are busy with.

    """
    try:
        # Without patience too, a free place is taken.
        places.acquire_nowait()
    except WouldBlock:
        with patience.waiting(seconds) as most, anyio.move_on_after(most) as limit:
            await places.acquire()
        if limit.cancelled_caught:
            raise late from None
    try:
        yield
    finally:
        places.release()
