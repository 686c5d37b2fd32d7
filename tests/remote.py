"""The service at the other end of a wire, and whoever asks it again when it is away."""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx2

from app.access.roles import Role
from app.journal.register import Register
from app.main import API
from app.settings import Settings
from tests.holders import Holder, Staff, issue
from tests.scene import Service

if TYPE_CHECKING:
    from starlette.testclient import TestClient

PATIENCE, PAUSE = 60.0, 0.1
"""Seconds for which somebody goes on asking, and between two tries."""


class Remote(httpx2.Client):
    """Asks services in turn, and each of them once."""

    def __init__(self, *bases: str) -> None:
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=64)
        super().__init__(base_url=f"{bases[0]}{API}", timeout=30, limits=limits)
        self._bases = itertools.cycle(bases)

    def request(self, method: str, url: Any, **more: Any) -> httpx2.Response:
        """The answer to a request of a path.

        Raises:
            httpx2.TransportError: none came, so nobody knows what became of it.

        """
        return super().request(method, f"{next(self._bases)}{API}{url}", **more)


class Patient(Remote):
    """Asks until there is an answer other than 503: fit for what may be said twice."""

    def request(self, method: str, url: Any, **more: Any) -> httpx2.Response:
        """The answer that came in the end."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = super().request(method, url, **more)
            except httpx2.TransportError:
                assert time.monotonic() < deadline, f"{method} {url} is not answered"
            else:
                if answer.status_code != 503 or time.monotonic() > deadline:
                    return answer
            time.sleep(PAUSE)


def colleague(service: Service, client: Remote) -> Holder:
    """A coordinator who speaks through a client of their own."""
    return Holder(cast("TestClient", client), issue(service.database, Role.COORDINATOR))


@contextmanager
def reached(kind: str, url: str, folder: Path, *bases: str) -> Iterator[Service]:
    """The service of processes that share a database and a folder."""
    settings = Settings(data=folder, database_url=url)
    database = Register(settings.url, settings.secret_key(), settings.heads)
    with Patient(*bases) as client:
        client.auth = Staff(database)
        # As scenes and holders use it, it is any client; whoever wants an app inside finds none.
        yield Service(kind, url, cast("TestClient", client), database)
    database.close()
