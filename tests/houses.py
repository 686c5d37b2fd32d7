"""Houses: the service as a process, seen as a connected system sees it, by its address alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx

from app import seeding
from app.access.roles import Role
from app.commands.opening import opened
from app.journal.register import Register
from app.registry.municipalities import by_oktmo
from app.settings import Settings
from tests.follower import Records, lists
from tests.holders import Holder, issue
from tests.process import serving

if TYPE_CHECKING:
    from starlette.testclient import TestClient


@dataclass
class House:
    """A running service with the source program inside."""

    address: str
    database_url: str
    folder: Path
    client: httpx.Client

    @contextmanager
    def database(self) -> Iterator[Register]:
        """Lend the database behind the service's back."""
        with opened(Settings(data=self.folder, database_url=self.database_url)) as database:
            yield database

    @cached_property
    def municipality(self) -> str:
        """The one that is seeded."""
        with self.database() as database:
            return str(database.read(lambda tx: by_oktmo(tx, seeding.OKTMO)))

    def municipality_of(self, oktmo: str) -> str:
        """A new one."""
        with self.database() as database:
            admin = Holder(self.coordinator.client, issue(database, Role.ADMIN))
        body = {"oktmo": oktmo, "name": "Район другой системы"}
        answer = admin.request("POST", "/municipalities", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def key(self, role: Role = Role.COORDINATOR, **scope: str) -> str:
        """A new key, of the seeded municipality unless another is named."""
        with self.database() as database:
            return issue(database, role, **{"municipality_id": self.municipality, **scope})

    @cached_property
    def coordinator(self) -> Holder:
        """Whoever runs the program."""
        return Holder(cast("TestClient", self.client), self.key())

    def lists(self) -> Records:
        """What the coordinator is shown."""
        return lists(self.coordinator)

    def put(self, path: str, **body: Any) -> dict[str, Any]:
        """A record of the municipality, kept under a foreign key."""
        body = {"municipality_id": self.municipality, **body}
        answer = self.coordinator.request("PUT", path, json=body)
        assert answer.status_code in {200, 201}, answer.text
        kept: dict[str, Any] = answer.json()
        return kept

    def school(self, source: str, number: int, name: str) -> dict[str, Any]:
        """An organization under a key of a source."""
        named = {"kind": "general_school", "full_name": f"Школа {number}", "short_name": name}
        return self.put(f"/organizations/by-key/{source}/{number}", **named)

    def close_school(self, source: str, number: int) -> None:
        """Delete an organization, if it is there."""
        answer = self.coordinator.request("DELETE", f"/organizations/by-key/{source}/{number}")
        assert answer.status_code in {204, 404}, answer.text


@contextmanager
def built(url: str, folder: Path) -> Iterator[House]:
    """Run a service over an empty database."""
    with (
        serving(folder, url) as address,
        httpx.Client(base_url=f"{address}/api/v1", timeout=60) as client,
    ):
        yield House(address, url, folder, client)
