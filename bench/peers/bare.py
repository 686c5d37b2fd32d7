"""The bare limit: what Python can reach. An ASGI function, a driver, JSON made by the database.

No framework, no rights, no check of what is asked. asyncpg on PostgreSQL; sqlite3 inside the event
loop on SQLite. It runs in the peers' own environment, so it imports nothing of the project.
`PEERS_DATABASE` is a postgresql:// URL or the path of a SQLite file.
"""

import os
import sqlite3
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import asyncpg

RECORD = ("id", "version", "created_at", "updated_at", "source", "source_key", "municipality_id")
ORGANIZATION = (
    *RECORD,
    *("kind", "full_name", "short_name", "name_tt", "inn", "kpp", "ogrn", "parent_id", "address"),
    *("phone", "email", "opened_on", "closed_on", "successor_id"),
)
PARTICIPATION = (
    *RECORD,
    *("teacher_id", "event_id", "organization_id", "role", "status", "mode", "participated_on"),
    "hours",
)
CONNECTIONS = 16
ONE = "FROM organizations WHERE id = {0}"
PAGE = "FROM participations WHERE event_id = {0} ORDER BY id LIMIT 100"


class Database(Protocol):
    """Answers both questions with a text of JSON."""

    async def open(self) -> None:
        """Connect."""

    async def one(self, key: str) -> str:
        """An organization."""

    async def page(self, event: str) -> str:
        """The first hundred participations of an event."""


class Postgres:
    """PostgreSQL through asyncpg."""

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(
            os.environ["PEERS_DATABASE"], min_size=CONNECTIONS, max_size=CONNECTIONS
        )

    async def one(self, key: str) -> str:
        rows = _columns(ORGANIZATION, ONE.format("$1"))
        return await self._text(f"SELECT row_to_json(t)::text FROM ({rows}) t", key)  # noqa: S608 - our own

    async def page(self, event: str) -> str:
        rows = _columns(PARTICIPATION, PAGE.format("$1"))
        return await self._text(f"SELECT json_agg(t)::text FROM ({rows}) t", event)  # noqa: S608 - our own

    async def _text(self, sql: str, key: str) -> str:
        text: str = await self._pool.fetchval(sql, uuid.UUID(key))
        return text


class Sqlite:
    """A SQLite file."""

    async def open(self) -> None:
        self._connection = sqlite3.connect(os.environ["PEERS_DATABASE"])

    async def one(self, key: str) -> str:
        return self._text(f"SELECT {_object(ORGANIZATION)} {ONE.format('?')}", key)

    async def page(self, event: str) -> str:
        rows = f"SELECT {_object(PARTICIPATION)} row {PAGE.format('?')}"
        return self._text(f"SELECT json_group_array(json(row)) FROM ({rows})", event)  # noqa: S608 - our own

    def _text(self, sql: str, key: str) -> str:
        text: str = self._connection.execute(sql, (key,)).fetchone()[0]
        return text


def _columns(names: tuple[str, ...], source: str) -> str:
    return f"SELECT {', '.join(names)} {source}"


def _object(names: tuple[str, ...]) -> str:
    pairs = ", ".join(f"'{name}', {name}" for name in names)
    return f"json_object({pairs})"


database: Database = Postgres() if "://" in os.environ["PEERS_DATABASE"] else Sqlite()


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answer `/organizations/{id}` and `/participations?event_id={id}`."""
    if scope["type"] == "lifespan":
        await receive()
        await database.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["path"].startswith("/organizations/"):
        text = await database.one(scope["path"].rpartition("/")[2])
    else:
        text = await database.page(scope["query_string"].decode().partition("=")[2])
    body = text.encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
