"""Walks: a record that does not change is met exactly once, whatever others write meanwhile."""

import itertools
import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from starlette.testclient import TestClient

from tests.scene import Scene, Service


@dataclass
class Standing:
    """A list whose records stand still while others come, move and go in it."""

    client: TestClient
    municipality: str
    ids: set[str] = field(default_factory=set)

    def fill(self, rows: int) -> None:
        with ThreadPoolExecutor(8) as pool:
            self.ids |= set(pool.map(self._make, range(rows)))

    def _make(self, at: int) -> str:
        made = self.client.post("/organizations", json=self.body(f"Школа {at % 9}"))
        return str(made.json()["id"])

    def body(self, name: str) -> dict[str, str]:
        return {
            "municipality_id": self.municipality,
            "kind": "general_school",
            "full_name": name,
            "short_name": name,
        }

    def disturb(self, done: threading.Event) -> None:
        """Make a record, rename it across the list, take it away, until the walk is done."""
        while not done.is_set():
            address = f"/organizations/by-key/tests/{uuid.uuid4().hex}"
            for name in ("Школа 0", "Школа 9", "Школа 4"):
                assert self.client.put(address, json=self.body(name)).status_code in {200, 201}
            assert self.client.delete(address).status_code == 204

    def walk(self, limit: int, sort: str, done: threading.Event) -> Counter[str]:
        """Count how often each record is met; the others stop once all of ours have been."""
        met: Counter[str] = Counter()
        missing = set(self.ids)
        query = {"limit": str(limit), "sort": sort, "municipality_id": self.municipality}
        while True:
            page = self.client.get("/organizations", params=query).json()
            met.update(item["id"] for item in page["items"])
            missing -= met.keys()
            if not missing:
                done.set()  # a slow walk by id would follow new records for ever
            if page["next"] is None:
                return met
            query["cursor"] = page["next"]


@pytest.fixture(scope="module")
def standing(service: Service, *, full: bool) -> Standing:
    made = Standing(service.client, Scene(service.client)["$municipality"])
    made.fill(10_000 if full else 60)
    return made


EVERY_DAY = {(1, "id"), (7, "-short_name"), (1, "updated_at"), (500, "updated_at")}
"""Each order, and each page's size; all pairs by `make torture`."""


@pytest.mark.long
@pytest.mark.parametrize(
    ("limit", "sort"),
    [
        pytest.param(*pair, marks=() if pair in EVERY_DAY else pytest.mark.torture)
        for pair in itertools.product([1, 7, 500], ["id", "-short_name", "updated_at"])
    ],
)
def test_a_walk_meets_each_stable_record_once(
    standing: Standing, limit: int, sort: str, *, full: bool
) -> None:
    done, many = threading.Event(), 20 if full else 6
    with ThreadPoolExecutor(many) as pool:
        writers = [pool.submit(standing.disturb, done) for _ in range(many)]
        try:
            met = standing.walk(limit, sort, done)
        finally:
            done.set()
        for writer in writers:
            writer.result()
    assert {key: met[key] for key in standing.ids} == dict.fromkeys(standing.ids, 1)
