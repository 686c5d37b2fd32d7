"""A municipality of size S to measure in, and calls that reach the service without sockets."""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app import seeding
from app.access import keys
from app.access.roles import Role
from app.access.scopes import KeyWrite
from app.database.schema import migrate
from app.demo import demo
from app.journal.register import Register
from app.main import API
from app.registry.municipalities import by_oktmo
from app.settings import Settings

ANY = 0
"""Any status is accepted."""


@contextmanager
def municipality(
    about: str | None, *more: argparse.ArgumentParser
) -> Iterator[tuple[Settings, str]]:
    """Settings of a service with the demo data, and a coordinator's key."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter, parents=more
    )
    parser.add_argument("--database-url", default="", help="default: SQLite in a folder of its own")
    with filled(parser.parse_args().database_url) as made:
        yield made


@contextmanager
def filled(url: str) -> Iterator[tuple[Settings, str]]:
    """Fill an empty database, or a SQLite file of its own if there is no URL."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database_url=url, log=False)
        database = Register(settings.url, settings.secret_key(), settings.heads)
        migrate(database)
        seeding.seed(database)
        demo(database)
        home = database.read(lambda tx: by_oktmo(tx, seeding.OKTMO))
        key = issued(database, role=Role.COORDINATOR, municipality_id=home)
        database.close()
        yield settings, key


def issued(database: Register, **wanted: Any) -> str:
    """A new key."""
    return database.write(lambda tx: keys.issue(tx, KeyWrite(owner="bench", **wanted)))[1]


async def call(app: Any, address: str, key: str, status: int = 200, **headers: str) -> bytes:
    """The body of one GET, through the whole application without sockets."""
    pieces: list[bytes] = []
    await stream(app, address, key, pieces.append, status=status, **headers)
    return b"".join(pieces)


async def tag_of(app: Any, address: str, key: str) -> str:
    """The ETag of an answer."""
    return (await stream(app, address, key, len))[b"etag"].decode()


async def stream(
    app: Any,
    address: str,
    key: str,
    take: Callable[[bytes], object],
    *,
    status: int = 200,
    root: str = API,
    **more: str,
) -> dict[bytes, bytes]:
    """Send one GET and take its body piece by piece; returns the headers of the answer.

    The address lies under `root`; pages have none. Headers of the request are keyword arguments,
    with `_` for `-`.
    """
    path, _, query = address.partition("?")
    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {key}".encode())]
    headers += [(name.replace("_", "-").encode(), said.encode()) for name, said in more.items()]
    answered: dict[bytes, bytes] = {}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": f"{root}{path}",
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            assert status in {ANY, message["status"]}, message  # noqa: S101 - the run is void else
            answered.update(message["headers"])
        else:
            take(message["body"])

    await app(scope, receive, send)
    return answered
