"""Endurance: a running service, seen by those who go on asking through kills and restarts."""

import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, cast

import httpx
from starlette.testclient import TestClient

from app.access.roles import Role
from app.journal.register import Register
from tests.follower import Follower, Records, walk
from tests.holders import Holder, Staff, issue
from tests.scene import Scene

PATIENCE = 60.0
"""Seconds after which whoever asks again gives up."""


@dataclass
class Endurance:
    """A service that runs as processes, at one address or more, over one database."""

    database: Register
    staff: Staff
    bases: Sequence[str]

    @cached_property
    def clients(self) -> list[TestClient]:
        """One client for each address."""
        return [client(base, self.staff) for base in self.bases]

    def fresh(self) -> "Municipality":
        """A new municipality, made now."""
        made = Municipality(self, Scene(self.clients[0]))
        assert made.scene["$municipality"]
        return made

    def close(self) -> None:
        """Give every connection back."""
        for client in self.clients:
            client.close()


@dataclass
class Municipality:
    """A fresh municipality, and what is to be found of it in the end."""

    service: Endurance
    scene: Scene
    began: str = field(default_factory=lambda: datetime.now(UTC).isoformat())

    @cached_property
    def holder(self) -> Holder:
        """A coordinator of the municipality."""
        scope = {"municipality_id": self.scene["$municipality"]}
        key = issue(self.service.database, Role.COORDINATOR, **scope)
        return Holder(self.scene.client, key)

    def shown(self, kind: str) -> Records:
        """The records of a kind; each has one entry in the feed and one in the trail.

        They were made since this began, and never changed.
        """
        found = {(kind, item["id"]): item for item in walk(self.holder, f"/{kind}")}
        follower = Follower(self.holder, types=(kind,))
        told = Counter(item["id"] for item in follower.catch_up())
        assert follower.records == found
        assert told == {key: 1 for _, key in found}
        # The trail is everybody's: what others did since is theirs.
        query = {"from": self.began, "action": "create", "type": kind}
        admin = Holder(self.scene.client, self.service.staff.admin)
        entries = walk(admin, "/audit", **query)
        traced = Counter(key for entry in entries for key in entry["ids"])
        assert traced == told
        return found


def client(base: str, staff: Staff) -> TestClient:
    """A client over the network that is spoken to as the one inside the tests' own process."""
    made = httpx.Client(
        base_url=f"{base}/api/v1",
        auth=lambda request: next(staff.auth_flow(cast("Any", request))),
        timeout=PATIENCE,
        limits=httpx.Limits(max_connections=100),
    )
    return cast("TestClient", made)


def school(place: Municipality, name: str) -> dict[str, Any]:
    """An organization that no other has the name of."""
    body = {"municipality_id": "$municipality", "kind": "general_school", "short_name": name}
    filled: dict[str, Any] = place.scene.fill(body | {"full_name": f"Школа {name}"})
    return filled


def named(**more: str) -> dict[str, str]:
    """A new Idempotency-Key, with more headers."""
    return {"Idempotency-Key": uuid.uuid4().hex, **more}


def persist(client: TestClient, method: str, path: str, **more: Any) -> Any:
    """The final answer to a request: it is sent again until there is one beside 409 and 503."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            answer = client.request(method, path, **more)
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the service stays away"
        else:
            if answer.status_code not in {409, 503}:
                return answer
            assert time.monotonic() < deadline, answer.text
        time.sleep(0.02)
