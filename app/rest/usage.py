"""Usage: when each key was last used, noted every few seconds and never on an answer's path."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import anyio
from anyio import CapacityLimiter, to_thread

from app.access import keys
from app.access.keyring import Keyring
from app.store.database import Database

PAUSE = 2.0
"""Seconds between two notes."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def noting(
    keyring: Keyring, database: Database, writers: CapacityLimiter
) -> AsyncIterator[None]:
    """Note while the service runs, and once more when it stops."""
    note = partial(_note, keyring, database, writers)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_repeat, note)
        yield
        tasks.cancel_scope.cancel()
    await note()


async def _repeat(note: Callable[[], Awaitable[None]]) -> None:
    while True:
        await anyio.sleep(PAUSE)
        await note()


async def _note(keyring: Keyring, database: Database, writers: CapacityLimiter) -> None:
    if not (used := keyring.used()):
        return
    try:
        await to_thread.run_sync(
            database.write, partial(keys.mark_used, used=used), limiter=writers
        )
    except Exception as error:
        log.warning("When keys were last used could not be noted", exc_info=error)
