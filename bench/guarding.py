"""The cost of key, scope and trail for a read: CPU of the guarded route over that of a bare one.

    .venv/bin/python -m bench.guarding [--database-url postgresql://…]

Both routes are called inside this process, without sockets. The bare one asks for no key, applies
no scope and records nothing. Rounds alternate; the figure is the median of the ratios within each
round.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any
from unittest import mock

from starlette.requests import Request

from app.main import create_app
from app.model.caller import SERVICE
from app.rest import crud, gate
from app.settings import Settings
from bench.municipality import call, municipality

ROUNDS, CALLS = 7, 400
SETTLED = 1.0
"""Seconds after which the recorder has written what was read; its work counts too."""

ADDRESSES = {
    "one organization": "/organizations/{organization}",
    "100 organizations, sorted": "/organizations?limit=100&sort=short_name",
    "one teacher, put down": "/teachers/{teacher}",
    "100 teachers, put down": "/teachers?limit=100",
}


async def bare(request: Request, subject: str, _: object) -> None:
    """Admit every request as the service itself."""
    request.scope["subject"] = subject
    request.scope["caller"] = SERVICE


def untold(*_: object) -> None:
    """Record nothing."""


async def spent(work: Callable[[], Awaitable[object]]) -> float:
    """CPU seconds of this process for `CALLS` calls, its recorder's thread among them."""
    start = time.process_time()
    for _ in range(CALLS):
        await work()
    await asyncio.sleep(SETTLED)
    return time.process_time() - start


async def ratios(app: Any, address: str, key: str) -> list[tuple[float, float]]:
    """CPU microseconds a call of the guarded and of the bare route, round by round."""
    found = []
    for _ in range(ROUNDS):
        guarded = await spent(lambda: call(app, address, key))
        with mock.patch.object(gate, "_admit", bare), mock.patch.object(crud, "told", untold):
            open_to_all = await spent(lambda: call(app, address, key))
        found.append((guarded / CALLS * 1e6, open_to_all / CALLS * 1e6))
    return found


async def measure(settings: Settings, key: str) -> None:
    """Print one line for each kind of read."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        ids = {
            name: (await call(app, f"/{name}s?limit=1", key)).split(b'"id":"')[1][:36].decode()
            for name in ("organization", "teacher")
        }
        for name, address in ADDRESSES.items():
            rounds = await ratios(app, address.format(**ids), key)
            guarded, open_to_all = (statistics.median(each) for each in zip(*rounds, strict=True))
            ratio = statistics.median(one / other for one, other in rounds)
            print(f"{name:28} guarded {guarded:6.0f} µs  bare {open_to_all:6.0f} µs  × {ratio:.2f}")


def main() -> None:
    """Make a municipality of size S and measure."""
    with municipality(__doc__) as (settings, key):
        asyncio.run(measure(settings, key))


if __name__ == "__main__":
    main()
