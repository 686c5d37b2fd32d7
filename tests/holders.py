"""Holders: keys of every role, and a client that speaks with one of them."""

import uuid
from dataclasses import dataclass
from typing import Any

import httpx2
from starlette.testclient import TestClient

from app.access import keys
from app.access.roles import Role
from app.access.scopes import KeyWrite
from app.journal.register import Register

ADMINISTERED = ("/municipalities", "/keys", "/audit", "/retention")
"""What only an administrator writes or reads."""

ABOUT_PERSONS = ("/erasure", "/access-report")


def issue(
    database: Register,
    role: Role,
    owner: str = "Проверка",
    **scope: Any,
) -> str:
    """A new key of a role, for whatever scope is named; that of role sync has a source anyway."""
    if role is Role.SYNC:
        scope = {"source": "tests", **scope}
    named: dict[str, Any] = {
        name: uuid.UUID(value) if name.endswith("_id") else value for name, value in scope.items()
    }
    wanted = KeyWrite(role=role, owner=owner, **named)
    return database.write(lambda tx: keys.issue(tx, wanted)[1])


class Staff(httpx2.Auth):
    """Signs each request with the key of the colleague whose work it is, unless it is signed."""

    def __init__(self, database: Register) -> None:
        self.admin = issue(database, Role.ADMIN)
        self.coordinator = issue(database, Role.COORDINATOR)

    def auth_flow(self, request: httpx2.Request) -> Any:
        if "authorization" not in request.headers:
            path = request.url.path.removeprefix("/api/v1").removeprefix("/imports")
            is_admins = path.startswith(ADMINISTERED) or path.endswith(
                ("/erasure", "/access-report")
            )
            key = self.admin if is_admins else self.coordinator
            request.headers["authorization"] = f"Bearer {key}"
        yield request


@dataclass(frozen=True)
class Holder:
    """A client that speaks with one key."""

    client: TestClient
    key: str

    def request(self, method: str, path: str, **more: Any) -> Any:
        """The answer to a request."""
        headers = more.pop("headers", {}) | {"Authorization": f"Bearer {self.key}"}
        return self.client.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        """The answer to a GET."""
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> Any:
        """The answer to a POST."""
        return self.request("POST", path, **more)
