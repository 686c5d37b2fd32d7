"""Races: nothing that was confirmed is lost, and what was not kept is not confirmed."""

import time
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
from starlette.testclient import TestClient

from tests.scene import Scene, Service

BROKEN = """
CREATE TEMPORARY TABLE promised (
    id INTEGER PRIMARY KEY,
    other INTEGER REFERENCES promised (id) DEFERRABLE INITIALLY DEFERRED
)
"""
"""A constraint that only COMMIT looks at, in whatever transaction makes it."""


def at_once(work: Callable[[int], Any], threads: int) -> list[Any]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(threads)))


def counted(scene: Scene) -> dict[str, Any]:
    """A record with a number that can be counted up."""
    return {"organization_id": scene["$school"], "observed_on": "2020-10-01", "teachers": 0}


@pytest.mark.long
@pytest.mark.parametrize("known_by", ["id", "key"])
def test_no_confirmed_change_is_lost(scene: Scene, known_by: str, *, full: bool) -> None:
    count_up(scene, known_by, *((32, 100) if full else (8, 6)))


def count_up(scene: Scene, known_by: str, clients: int, steps: int) -> None:
    """Let clients count one number up, each by so many steps: it is their sum in the end."""
    body, made = counted(scene), scene.client.put(f"/headcounts{_key()}", json=counted(scene))
    stored = made.json()
    path = {"id": stored["id"], "key": f"by-key/tests/{stored['source_key']}"}[known_by]
    verb = scene.client.patch if known_by == "id" else scene.client.put

    def count(client: int) -> list[int]:
        statuses: list[int] = []
        while statuses.count(200) < steps and set(statuses) <= {200, 412}:
            seen = scene.client.get(f"/headcounts/{path}").json()
            said = body | {"teachers": seen["teachers"] + 1}
            headers = {"If-Match": seen["etag"]}
            answer = verb(f"/headcounts/{path}", json=said, headers=headers)
            statuses.append(answer.status_code)
            if answer.status_code == 412:
                time.sleep(client / 100)  # each in a rhythm of its own, or one of them wins a round
        return statuses

    statuses = Counter(chain.from_iterable(at_once(count, clients)))
    final = scene.client.get(f"/headcounts/{path}").json()
    assert set(statuses) <= {200, 412}
    assert statuses[200] == clients * steps == final["teachers"] == final["version"] - 1


def _key() -> str:
    return f"/by-key/tests/{uuid.uuid4().hex}"


@pytest.mark.long
def test_one_new_key_is_made_once(scene: Scene, *, full: bool) -> None:
    put_at_once(scene, *((64, 200) if full else (16, 6)))


def put_at_once(scene: Scene, clients: int, rounds: int) -> None:
    """Let clients put one new key, again and again: each time one of them makes the record."""
    body = scene.fill(
        {"municipality_id": "$municipality", "last_name": "Ясная", "first_name": "Яна"}
    )
    for _ in range(rounds):
        address = f"/teachers{_key()}"

        def put(_: int, address: str = address) -> tuple[int, str]:
            answer = scene.client.put(address, json=body)
            return answer.status_code, answer.json().get("id", answer.text)

        answers = at_once(put, clients)
        assert Counter(status for status, _ in answers) == {201: 1, 200: clients - 1}
        assert len({key for _, key in answers}) == 1
    query = {"municipality_id": scene["$municipality"], "limit": "1", "include_total": "true"}
    assert scene.client.get("/teachers", params=query).json()["total"] == rounds


@contextmanager
def commits_fail(engine: sa.Engine, how: Callable[[sa.Connection], None]) -> Iterator[None]:
    sa.event.listen(engine, "commit", how)
    try:
        yield
    finally:
        sa.event.remove(engine, "commit", how)


def disk_is_full(_: sa.Connection) -> None:
    raise sa.exc.OperationalError("COMMIT", {}, Exception("disk full"))


def connection_is_gone(connection: sa.Connection) -> None:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.rollback()
        return disk_is_full(connection)
    url = connection.engine.url.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 2000)", [driver.info.backend_pid])
    return None


def constraint_is_broken(connection: sa.Connection) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute(BROKEN)
    driver.execute("INSERT INTO promised VALUES (1, 2)")


@pytest.mark.long
@pytest.mark.parametrize(
    ("how", "status"),
    [(disk_is_full, 503), (connection_is_gone, 503), (constraint_is_broken, 500)],
)
def test_what_was_not_kept_is_not_confirmed(
    service: Service, how: Callable[[sa.Connection], None], status: int, *, full: bool
) -> None:
    rounds = 500 if full else 10
    scene = Scene(service.client)
    body = scene.fill(
        {"municipality_id": "$municipality", "last_name": "Ясная", "first_name": "Яна"}
    )
    engine = service.client.app.state.service.database.engine  # type: ignore[attr-defined]
    for _ in range(rounds):
        address = f"/teachers{_key()}"
        with commits_fail(engine, how):
            assert status_of_put(service.client, address, body) == status
        assert service.client.get(address).status_code == 404
        assert service.client.put(address, json=body).status_code == 201


def status_of_put(client: TestClient, address: str, body: Any) -> int:
    """The status that a server answers; the test's client lets the error behind a 500 through."""
    try:
        return client.put(address, json=body).status_code
    except sa.exc.IntegrityError:
        return 500
