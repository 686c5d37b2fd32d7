"""Walks: a record that does not change is met exactly once, whatever others write meanwhile."""

import threading
import uuid
from collections import Counter

import pytest
from starlette.testclient import TestClient

from tests.scene import Scene

STABLE, WRITERS, ROUNDS = 60, 4, 20


@pytest.mark.parametrize("limit", [1, 7])
@pytest.mark.parametrize("sort", ["id", "-short_name", "updated_at"])
def test_a_walk_meets_each_stable_record_once(scene: Scene, limit: int, sort: str) -> None:
    stable = {organization(scene, f"Школа {at % 9}") for at in range(STABLE)}
    done = threading.Event()
    writers = [threading.Thread(target=disturb, args=(scene, done)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        met = walk(scene.client, scene["$municipality"], limit, sort)
    finally:
        done.set()
        for writer in writers:
            writer.join()
    assert {key: met[key] for key in stable} == dict.fromkeys(stable, 1)


def organization(scene: Scene, name: str) -> str:
    made = scene.client.post("/organizations", json=scene.fill(body(name)))
    return str(made.json()["id"])


def body(name: str) -> dict[str, str]:
    return {
        "municipality_id": "$municipality",
        "kind": "general_school",
        "full_name": name,
        "short_name": name,
    }


def disturb(scene: Scene, done: threading.Event) -> None:
    """Make a record, rename it across the list, take it away; a bounded number of times."""
    for _ in range(ROUNDS):  # bounded: a slow walk by id would follow new records for ever
        if done.is_set():
            return
        address = f"/organizations/by-key/tests/{uuid.uuid4().hex}"
        for name in ("Школа 0", "Школа 9", "Школа 4"):
            scene.client.put(address, json=scene.fill(body(name)))
        scene.client.delete(address)


def walk(client: TestClient, municipality: str, limit: int, sort: str) -> Counter[str]:
    met: Counter[str] = Counter()
    query = {"municipality_id": municipality, "limit": str(limit), "sort": sort}
    while True:
        page = client.get("/organizations", params=query).json()
        met.update(item["id"] for item in page["items"])
        if page["next"] is None:
            return met
        query["cursor"] = page["next"]
