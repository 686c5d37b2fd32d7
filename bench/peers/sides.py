"""The sides: how each is started over the same database, and how it is asked the same.

Each is one process that serves, as it comes: the service, uvicorn with the textbook side, and
Datasette write their logs; PostGraphile has none. What the others are given that they do not have
by themselves: the textbook side a connection for every client, Datasette no totals and no facets,
which nobody asked for. The bare limit is given whatever makes it faster.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from app.settings import Settings
from bench.peers import setup
from bench.peers.client import request

ROOT = Path(__file__).parents[2]
ONE, PAGE = "one organization", "100 participations of an event"
TEXTBOOK, POSTGRAPHILE, DATASETTE = "textbook SQLModel", "PostGraphile 5", "Datasette"
SERVICE, BARE = "this service", "bare limit"
STARTS = 120
"""Seconds that a side may take until it answers."""

PREFIX = "/api/v1"
UVICORN = ("-m", "uvicorn", "--app-dir", "bench/peers")
NO_SQLITE, NO_POSTGRESQL = "has no SQLite", "has no PostgreSQL"

FIELDS = "rowId version createdAt updatedAt source sourceKey municipalityId"
ORGANIZATION = (
    f"{FIELDS} kind fullName shortName nameTt inn kpp ogrn parentId address phone email openedOn "
    "closedOn successorId"
)
PARTICIPATION = f"{FIELDS} teacherId eventId organizationId role status mode participatedOn hours"
GRAPHQL_ONE = f"query q($id: UUID!) {{ organizationByRowId(rowId: $id) {{ {ORGANIZATION} }} }}"
GRAPHQL_PAGE = (
    "query q($id: UUID!) { allParticipations(first: 100, condition: {eventId: $id}, "
    f"orderBy: [ROW_ID_ASC]) {{ nodes {{ {PARTICIPATION} }} }} }}"
)


class Asked(NamedTuple):
    """What every side is asked for, and the ids of the records that it has to show."""

    organization: str
    event: str
    participations: list[str]

    def of(self, question: str) -> list[str]:
        """The ids that a question's answer shows, in their order."""
        return [self.organization] if question == ONE else self.participations


class Side(NamedTuple):
    """A server that is measured."""

    words: tuple[str, ...]
    environment: dict[str, str]
    requests: dict[str, bytes]


Sides = dict[str, Side | str]
"""By name; instead of a side that is left out, the reason."""


def all_sides(settings: Settings, key: str, asked: Asked, first_port: int) -> Sides:
    """Install what is missing; the sides, on ports that follow each other."""
    url = sa.make_url(settings.url)
    is_sqlite = url.get_backend_name() == "sqlite"
    no_postgraphile = NO_SQLITE if is_sqlite else setup.node()
    no_bare = setup.python()
    no_datasette = no_bare if is_sqlite else NO_POSTGRESQL
    textbook, postgraphile, datasette, service, bare = range(first_port, first_port + 5)
    return {
        TEXTBOOK: textbook_side(url, asked, textbook),
        POSTGRAPHILE: no_postgraphile or _postgraphile(url, asked, postgraphile),
        DATASETTE: no_datasette or _datasette(url, asked, datasette),
        SERVICE: service_side(settings, key, asked, service),
        BARE: no_bare or _bare(url, asked, bare),
    }


def textbook_side(url: sa.URL, asked: Asked, port: int) -> Side:
    """SQLModel as its tutorial has it, in the project's own environment."""
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return Side(
        (sys.executable, *UVICORN, "textbook:app", "--port", str(port)),
        {"PYTHONPATH": str(ROOT), "PEERS_DATABASE": _plain(url)},
        _rest(port, asked),
    )


def service_side(settings: Settings, key: str, asked: Asked, port: int) -> Side:
    """The service as `make run` starts it: one worker; key, scope, trail and log."""
    return Side(
        (sys.executable, "-m", "app", "serve"),
        {
            "SN_DATA": str(settings.data),
            "SN_DATABASE_URL": settings.database_url,
            "SN_PORT": str(port),
            "SN_WORKERS": "1",
            "SN_LOG": "on",
        },
        _rest(port, asked, PREFIX, key),
    )


def _postgraphile(url: sa.URL, asked: Asked, port: int) -> Side:
    preset = ("-P", "postgraphile/presets/amber", "-s", "public")
    place = ("-c", _plain(url), "-n", "127.0.0.1", "-p", str(port))
    questions = {ONE: (GRAPHQL_ONE, asked.organization), PAGE: (GRAPHQL_PAGE, asked.event)}
    return Side(
        (str(setup.PROGRAMS / "node"), str(setup.PROGRAMS / "postgraphile"), *preset, *place),
        {"NODE_ENV": "production", "GRAPHILE_ENV": "production"},
        {name: request(port, "/graphql", body=_graphql(*each)) for name, each in questions.items()},
    )


def _graphql(query: str, key: str) -> bytes:
    return json.dumps({"query": query, "variables": {"id": key}}).encode()


def _datasette(url: sa.URL, asked: Asked, port: int) -> Side:
    off = ("--setting", "suggest_facets", "off", "--setting", "allow_facet", "off")
    name = Path(str(url.database)).stem
    page = f"participations.json?event_id={asked.event}&_sort=id&_size=100&_nocount=1"
    return Side(
        (str(setup.PYTHON), "-m", "datasette", str(url.database), "--port", str(port), *off),
        {},
        {
            ONE: request(port, f"/{name}/organizations/{asked.organization}.json?_shape=array"),
            PAGE: request(port, f"/{name}/{page}&_shape=array"),
        },
    )


def _bare(url: sa.URL, asked: Asked, port: int) -> Side:
    is_sqlite = url.get_backend_name() == "sqlite"
    return Side(
        (str(setup.PYTHON), *UVICORN, "bare:app", "--no-access-log", "--port", str(port)),
        {"PEERS_DATABASE": str(url.database) if is_sqlite else _plain(url)},
        _rest(port, asked),
    )


def _rest(port: int, asked: Asked, prefix: str = "", key: str = "") -> dict[str, bytes]:
    """The requests to a side whose addresses are those of the service."""
    page = f"{prefix}/participations?event_id={asked.event}"
    # The others have a page's size by themselves.
    page += "&limit=100" if prefix else ""
    return {
        ONE: request(port, f"{prefix}/organizations/{asked.organization}", key=key),
        PAGE: request(port, page, key=key),
    }


def _plain(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


@contextmanager
def running(side: Side, log: Path) -> Iterator[int]:
    """Start a side, and wait until it listens; the number of its process.

    Raises:
        RuntimeError: it has ended, or does not listen in time.

    """
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            side.words, env=os.environ | side.environment, cwd=ROOT, stdout=output, stderr=output
        )
    try:
        _wait(_listens(port_of(side)), process, log)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def port_of(side: Side) -> int:
    """The port on which a side listens, as its requests say."""
    host = side.requests[ONE].split(b"\r\n")[1]
    return int(host.rpartition(b":")[2])


def _listens(port: int) -> Callable[[], bool]:
    def is_there() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            return False
        return True

    return is_there


def _wait(is_there: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS
    while not is_there():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text(encoding="utf-8", errors="replace")[-2000:])
        time.sleep(0.1)
