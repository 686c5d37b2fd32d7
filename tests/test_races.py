"""Races: nothing that was confirmed is lost, and what was not kept is not confirmed (R2)."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from tests.scene import Scene, Service

THREADS, STEPS = 16, 10
ROUNDS = 20


def at_once(work: Callable[[int], Any], threads: int) -> list[Any]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(threads)))


def test_no_confirmed_change_is_lost(scene: Scene) -> None:
    body = {"organization_id": "$school", "observed_on": "2020-10-01", "teachers": 0}
    address = f"/headcounts/{scene.make('headcounts', body)['id']}"

    def count(_: int) -> list[int]:
        statuses = []
        for _step in range(STEPS):
            seen = scene.client.get(address).json()
            said = {"teachers": seen["teachers"] + 1}
            headers = {"If-Match": seen["etag"]}
            statuses.append(scene.client.patch(address, json=said, headers=headers).status_code)
        return statuses

    statuses = Counter(chain.from_iterable(at_once(count, THREADS)))
    final = scene.client.get(address).json()
    assert set(statuses) <= {200, 412}
    assert statuses.total() == THREADS * STEPS
    assert final["teachers"] == statuses[200] == final["version"] - 1


def test_one_new_key_is_made_once(scene: Scene) -> None:
    body = scene.fill({"municipality_id": "$municipality", "last_name": "Я", "first_name": "Я"})
    for _ in range(ROUNDS):
        address = f"/teachers/by-key/tests/{uuid.uuid4().hex}"

        def put(_: int, address: str = address) -> tuple[int, str]:
            answer = scene.client.put(address, json=body)
            return answer.status_code, answer.json().get("id", answer.text)

        answers = at_once(put, 8)
        statuses = Counter(status for status, _ in answers)
        assert statuses == {201: 1, 200: 7}
        assert len({key for status, key in answers if status < 400}) == 1


@contextmanager
def commits_fail(engine: sa.Engine, how: Callable[[sa.Connection], None]) -> Iterator[None]:
    sa.event.listen(engine, "commit", how)
    try:
        yield
    finally:
        sa.event.remove(engine, "commit", how)


def _disk_is_full(_: sa.Connection) -> None:
    raise sa.exc.OperationalError("COMMIT", {}, Exception("disk full"))


@pytest.mark.parametrize("way", ["full", "gone"])
def test_what_was_not_kept_is_not_confirmed(service: Service, way: str) -> None:
    scene = Scene(service.client)
    body = scene.fill({"municipality_id": "$municipality", "last_name": "Я", "first_name": "Я"})
    url = service.database.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def gone(connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if service.kind == "sqlite":
            driver.rollback()
            return _disk_is_full(connection)
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 2000)", [driver.info.backend_pid])
        return None

    engine = service.client.app.state.service.database.engine  # type: ignore[attr-defined]
    for _ in range(ROUNDS):
        address = f"/teachers/by-key/tests/{uuid.uuid4().hex}"
        with commits_fail(engine, gone if way == "gone" else _disk_is_full):
            answer = service.client.put(address, json=body)
        assert answer.status_code == 503, answer.text
        assert service.client.get(address).status_code == 404
        assert service.client.put(address, json=body).status_code == 201
