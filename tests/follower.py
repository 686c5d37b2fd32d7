"""A follower: a mirror of the register that is kept by the change feed alone."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.testclient import TestClient

from app.access.roles import Role
from app.registry import RESOURCES
from tests.holders import Holder, issue
from tests.scene import Scene, Service

Records = dict[tuple[str, str], dict[str, Any]]


@dataclass
class Follower:
    """What one follower has got, with its place."""

    holder: Holder
    limit: int = 500
    types: Sequence[str] = ()
    cursor: str | None = None
    seq: int = 0
    records: Records = field(default_factory=dict)

    def page(self, **more: Any) -> dict[str, Any]:
        """The next page, applied."""
        query = {"limit": str(self.limit), **more}
        query |= {"types": ",".join(self.types)} if self.types else {}
        query |= {"cursor": self.cursor} if self.cursor else {}
        answer = self.holder.get("/changes", params=query)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "private, no-store"
        page: dict[str, Any] = answer.json()
        assert len(page["items"]) <= self.limit
        for item in page["items"]:
            self._apply(item)
        self.cursor = page["next_cursor"]
        return page

    def catch_up(self) -> list[dict[str, Any]]:
        """Every change up to where there is no more."""
        items = []
        while True:
            page = self.page()
            items += page["items"]
            if not page["has_more"]:
                return items

    def _apply(self, item: dict[str, Any]) -> None:
        assert item["seq"] > self.seq, "the order went back"
        self.seq = item["seq"]
        name = (item["type"], item["id"])
        if item["op"] == "delete":
            assert item["data"] is None
            self.records.pop(name, None)
            return
        data = item["data"]
        assert (data["id"], data["version"]) == (item["id"], item["version"])
        pair = {name: data[name] for name in ("source", "source_key")}
        assert item["key"] == (pair if pair["source"] else None)
        self.records[name] = data


def lists(holder: Holder | TestClient, types: Sequence[str] = ()) -> Records:
    """Everything that the lists show."""
    return {
        (resource.name, item["id"]): item
        for resource in RESOURCES
        if not types or resource.name in types
        for item in walk(holder, f"/{resource.path}")
    }


def walk(holder: Holder | TestClient, path: str, **more: str) -> list[dict[str, Any]]:
    """Every item of a list, page by page; none where the role does not read it."""
    items: list[dict[str, Any]] = []
    query = {"limit": "500", **more}
    while True:
        answer = holder.get(path, params=query)
        if answer.status_code == 403:
            return []
        page = answer.json()
        items += page["items"]
        if page["next"] is None:
            return items
        query["cursor"] = page["next"]


def told(follower: Follower) -> list[tuple[str, str, int]]:
    """What is new to a follower, in short."""
    items = follower.catch_up()
    return [(item["id"], item["op"], item["version"]) for item in items]


def local(service: Service, scene: Scene, role: Role = Role.COORDINATOR) -> Holder:
    """Whoever has a key of a role in the municipality of a scene."""
    key = issue(service.database, role, uuid.uuid4().hex, municipality_id=scene["$municipality"])
    return Holder(service.client, key)
