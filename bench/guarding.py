"""What the key, the scope and the journal cost a read: CPU of the guarded over the bare route.

    .venv/bin/python -m bench.guarding [--database-url postgresql://…]

Both routes are called inside this process, without sockets. The bare one lets everybody in and
sees everything. Rounds alternate; the figure is the median of the ratios within each round.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from unittest import mock

from starlette.requests import Request

from app import seeding
from app.access import keys
from app.access.roles import Role
from app.access.scopes import Wanted
from app.demo import demo
from app.main import API, create_app
from app.registry.municipalities import by_oktmo
from app.rest import crud, gate
from app.settings import Settings
from app.store.caller import SERVICE
from app.store.database import Database
from app.store.schema import migrate

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
    """Let everybody in."""
    request.scope["subject"] = subject
    request.scope["caller"] = SERVICE


async def call(app: Any, address: str, key: str) -> bytes:
    """One GET, through everything but sockets."""
    path, _, query = address.partition("?")
    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {key}".encode())]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": f"{API}{path}",
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
    pieces: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200, message  # noqa: S101, PLR2004 - the run is void else
        else:
            pieces.append(message["body"])

    await app(scope, receive, send)
    return b"".join(pieces)


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
        with mock.patch.object(gate, "_admit", bare), mock.patch.object(crud, "told"):
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", default="")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database_url=said.database_url, log=False)
        database = Database(settings.url, settings.secret_key(), settings.heads)
        migrate(database)
        seeding.seed(database)
        demo(database)
        home = database.read(lambda tx: by_oktmo(tx, seeding.OKTMO))
        wanted = Wanted(role=Role.COORDINATOR, owner="bench", municipality_id=home)
        _, key = database.write(lambda tx: keys.issue(tx, wanted))
        database.close()
        asyncio.run(measure(settings, key))


if __name__ == "__main__":
    main()
