"""Chores: what the service sees to now and then, never on an answer's path."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import anyio
from anyio import CapacityLimiter, to_thread

from app.access import keys
from app.access.keyring import Keyring
from app.store import answers, uploads
from app.store.database import Database, Transaction

NOTING, PURGING = 2.0, 3600.0
"""Seconds between two notes of when keys were used, and between two purges of what is outlived."""

Write = Callable[[Callable[[Transaction], None]], Awaitable[None]]

log = logging.getLogger(__name__)


@asynccontextmanager
async def done_beside(
    keyring: Keyring, database: Database, writers: CapacityLimiter
) -> AsyncIterator[None]:
    """Do the chores while the service runs; the use of keys is noted once more when it stops."""

    async def write(work: Callable[[Transaction], None]) -> None:
        try:
            await to_thread.run_sync(database.write, work, limiter=writers)
        except Exception as error:
            log.warning("A chore of the service failed, and is tried again later", exc_info=error)

    note = partial(_note, keyring, write)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_repeat, NOTING, note)
        for purge in (answers.purge, uploads.purge):
            tasks.start_soon(_repeat, PURGING, partial(write, purge))
        yield
        tasks.cancel_scope.cancel()
    await note()


async def _repeat(pause: float, chore: Callable[[], Awaitable[None]]) -> None:
    while True:
        await anyio.sleep(pause)
        await chore()


async def _note(keyring: Keyring, write: Write) -> None:
    if used := keyring.used():
        await write(partial(keys.mark_used, used=used))
