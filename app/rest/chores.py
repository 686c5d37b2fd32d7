"""Chores: periodic work outside of requests, such as purging."""

import logging
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import anyio
from anyio import to_thread

from app.access import followers, keys, sessions
from app.access.keyring import Keyring
from app.database.transaction import Transaction
from app.journal import addresses
from app.problems import Busy, Problem
from app.rest.deps import Service
from app.store import answers, drafts, figures, uploads

NOTING, PURGING = 2.0, 3600.0
"""Seconds between two writes of the keys' last use, and between two purges."""

TENDING = 0.5
"""Seconds between two looks whether the disk is full."""

RESTING = 30.0
"""Seconds after a cache could not be written: a long list may keep writers waiting, or the disk."""

Write = Callable[[Callable[[Transaction], None]], Awaitable[None]]

log = logging.getLogger(__name__)


@asynccontextmanager
async def running_chores(
    service: Service,
) -> AsyncIterator[None]:
    """Run the chores while the service runs; pending notes are written once more at the end."""
    database, origins = service.database, service.origins

    async def write(work: Callable[[Transaction], None]) -> None:
        try:
            # A stop that cancels the chore must not lose what it has taken out of a queue.
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(database.write, work, limiter=service.writers)
        except Exception as error:
            log.warning("A chore of the service failed and will be repeated later", exc_info=error)

    async def note() -> None:
        await _note(service.keyring, write)
        if read := service.followers.take():
            await write(partial(followers.keep, seen=read))
        if seen := origins.take():
            await write(partial(addresses.keep, seen=seen))

    async def keep() -> None:
        if not await _keep(service):
            await anyio.sleep(RESTING)

    forget = partial(addresses.purge, days=origins.days)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_repeat, NOTING, note)
        tasks.start_soon(_repeat, NOTING, keep)
        purges = (answers.purge, uploads.purge, drafts.purge, sessions.purge, figures.purge)
        for purge in (*purges, forget):
            tasks.start_soon(_repeat, PURGING, partial(write, purge))
        tasks.start_soon(_repeat, NOTING, partial(_flush, service, 0.0))
        tasks.start_soon(_repeat, TENDING, partial(_tend, service))
        yield
        tasks.cancel_scope.cancel()
    await note()
    await _keep(service)
    await _flush(service, math.inf)


async def _repeat(pause: float, chore: Callable[[], Awaitable[None]]) -> None:
    while True:
        await anyio.sleep(pause)
        await chore()


async def _flush(service: Service, later: float) -> None:
    """Record the counted refusals whose minute ends within `later` seconds."""
    with suppress(Busy):
        service.strangers.flush(service.recorder.record, time.monotonic() + later)


async def _note(keyring: Keyring, write: Write) -> None:
    if used := keyring.used():
        await write(partial(keys.mark_used, used=used))


async def _keep(service: Service) -> bool:
    """Keep the answers that were counted; if one cannot be kept, all wait: whether it went on."""
    while rows := service.figures.take():
        work = partial(figures.keep, rows=rows)
        try:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(service.database.write, work, limiter=service.writers)
        except Problem as error:
            service.figures.give_back(rows)
            log.info("Counted figures are not kept for now", exc_info=error)
            return False
        except Exception as error:
            log.warning("Counted figures were not kept", exc_info=error)
            return False
    return True


async def _tend(service: Service) -> None:
    try:
        # Whoever stops the service does not wait for a VACUUM.
        await to_thread.run_sync(service.database.tend_disk, abandon_on_cancel=True)
    except Exception as error:
        # Raised here, a pool without a free connection would end the service.
        log.warning("The disk could not be tended, and will be later", exc_info=error)
