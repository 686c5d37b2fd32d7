"""A replica that lags: whoever is read from it sees no less than they wrote or were shown."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import psycopg
import pytest

from app import seeding
from app.access.roles import Role
from app.database.schema import migrate
from app.journal import replicas
from app.journal.register import Register
from app.journal.replicas import Records
from app.main import API, create_app
from app.settings import Settings
from tests.holders import Holder, Staff, issue
from tests.inside import Inside
from tests.postgres import Postgres
from tests.running import SECRET
from tests.scene import ROOT
from tests.waiting import until

pytestmark = pytest.mark.long

POSITION, COOKIE = "Sn-Position", "sn_position"


@dataclass
class Pair:
    """A service that reads records from a replica, and the two servers beneath it."""

    client: Inside
    primary: Postgres
    replica: Postgres
    records: Records

    def pause(self) -> None:
        """Let the replica go on with nothing that is written from now on."""
        self._tell("SELECT pg_wal_replay_pause()")
        until(lambda: self._tell("SELECT pg_get_wal_replay_pause_state()") == "paused")

    def resume(self) -> None:
        """Let the replica catch up, and wait until it has."""
        self._tell("SELECT pg_wal_replay_resume()")
        with psycopg.connect(self.primary.url("school")) as connection:
            (now,) = connection.execute("SELECT pg_current_wal_insert_lsn()").fetchone() or ("",)
        until(lambda: self._tell(f"SELECT pg_last_wal_replay_lsn() >= '{now}'"))

    def await_replica(self) -> None:
        """Ask until the replica answers."""
        before = self.records.counts.replica

        def answers() -> bool:
            self.client.get("/programs", headers={POSITION: "0"})
            return self.records.counts.replica > before

        until(answers)

    def _tell(self, statement: str) -> Any:
        with psycopg.connect(self.replica.url("school"), autocommit=True) as connection:
            (told,) = connection.execute(statement).fetchone() or (None,)
            return told


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Postgres, Postgres]]:
    with Postgres(leads=True) as primary:
        database = Register(primary.create("school"), SECRET.encode())
        migrate(database)
        seeding.seed(database)
        database.close()
        with Postgres(follows=primary) as replica:
            yield primary, replica


@pytest.fixture(scope="module")
def inside(
    servers: tuple[Postgres, Postgres], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inside]:
    """The service; to make an application costs more than most of these tests."""
    primary, replica = servers
    database = Register(primary.url("school"), SECRET.encode())
    settings = Settings(
        data=tmp_path_factory.mktemp("data"),
        database_url=primary.url("school"),
        read_url=replica.url("school"),
        secret=SECRET,
        hosts="testserver",
    )
    app = create_app(settings)
    with Inside(app, ROOT + API, database) as client:
        client.auth = Staff(database)
        yield client
    database.close()


@pytest.fixture
def pair(servers: tuple[Postgres, Postgres], inside: Inside) -> Iterator[Pair]:
    made = Pair(inside, *servers, inside.app.state.service.records)  # type: ignore[attr-defined]
    inside.cookies.clear()
    made.resume()
    made.await_replica()
    inside.cookies.clear()
    yield made
    made.resume()


@contextmanager
def read_from(pair: Pair, where: str) -> Iterator[None]:
    """Expect that what is asked inside is answered once, by the replica or for a reason not."""
    before = vars(pair.records.counts).copy()
    yield
    told = {name: value - before[name] for name, value in vars(pair.records.counts).items()}
    assert {name for name, value in told.items() if value} == {where}, told


def written(pair: Pair) -> Any:
    """A record, kept under the same key each time and under another name."""
    name = f"Школа искусств {secrets.token_hex(4)}"
    home = pair.client.get("/municipalities?limit=1").json()["items"][0]["id"]
    body = {"municipality_id": home, "kind": "culture", "full_name": name, "short_name": name}
    answer = pair.client.put("/organizations/by-key/replica/1", json=body)
    assert answer.is_success, answer.text
    return answer


def named(answer: httpx2.Response) -> str:
    return str(answer.json()["short_name"])


def test_who_says_nothing_is_read_from_the_primary(pair: Pair) -> None:
    pair.pause()
    record = written(pair)
    pair.client.cookies.clear()
    with read_from(pair, "primary"):
        read = pair.client.get(f"/organizations/{record.json()['id']}")
    assert named(read) == named(record)


def test_who_has_seen_nothing_is_read_from_the_replica(pair: Pair) -> None:
    record = written(pair)
    pair.resume()
    pair.pause()
    written(pair)
    reader = Holder(pair.client, issue(pair.client.database, Role.READER))
    pair.client.cookies.clear()
    path = f"/organizations/{record.json()['id']}"
    # The key is younger than all that the replica has: whose key it is, the primary says.
    with read_from(pair, "replica"):
        read = reader.get(path, headers={POSITION: "0"})
    assert named(read) == named(record)
    with read_from(pair, "replica"):
        again = reader.get(path, headers={POSITION: read.headers[POSITION]})
    assert again.content == read.content


@pytest.mark.parametrize("way", ["header", "cookie"])
@pytest.mark.parametrize("kind", ["written", "shown"])
def test_who_says_what_they_have_seen_sees_no_less(pair: Pair, way: str, kind: str) -> None:
    record = written(pair)
    path = f"/organizations/{record.json()['id']}"
    pair.resume()
    pair.pause()
    seen = written(pair)
    name = named(seen)
    reader = Holder(pair.client, issue(pair.client.database, Role.READER))
    pair.client.cookies.clear()
    if kind == "shown":
        seen = reader.get(path)
    pair.client.cookies.clear()
    sent = {POSITION: seen.headers[POSITION]}
    if way == "cookie":
        sent = {"Cookie": f"{COOKIE}={seen.cookies[COOKIE]}"}
    with read_from(pair, "behind"):
        assert named(reader.get(path, headers=sent)) == name
    listed = reader.get("/organizations", params={"source_key": "1"}, headers=sent)
    assert [entry["short_name"] for entry in listed.json()["items"]] == [name]
    pair.resume()
    pair.client.cookies.clear()
    with read_from(pair, "replica"):
        assert named(reader.get(path, headers=sent)) == name


@pytest.mark.parametrize(
    "position", ["", "x", "1", "-1", ":", "nobody:1", f"{'0' * 36}:99", f"{'0' * 36}:{'9' * 5000}"]
)
def test_a_position_that_nobody_told_is_read_from_the_primary(pair: Pair, position: str) -> None:
    with read_from(pair, "behind"):
        assert pair.client.get("/programs", headers={POSITION: position}).is_success


def test_an_older_position_takes_nothing_from_a_newer_one(pair: Pair) -> None:
    """A cookie that was overtaken by another answer, or a script that says both."""
    old = written(pair).headers[POSITION]
    pair.resume()
    pair.pause()
    new = written(pair).headers[POSITION]
    with read_from(pair, "behind"):
        headers = {POSITION: old, "Cookie": f"{COOKIE}={new}"}
        pair.client.get("/programs", headers=headers)
    # And this process knows what it has shown to the key.
    pair.client.cookies.clear()
    with read_from(pair, "behind"):
        pair.client.get("/programs", headers={POSITION: old})


def test_the_second_page_is_no_older_than_the_first(pair: Pair) -> None:
    pair.pause()
    written(pair)
    pair.client.cookies.clear()
    reader = Holder(pair.client, issue(pair.client.database, Role.READER))
    first = reader.get("/organizations?limit=1&sort=-created_at")
    pair.client.cookies.clear()
    with read_from(pair, "behind"):
        reader.get(
            "/organizations",
            params={"limit": 1, "sort": "-created_at", "cursor": first.json()["next"]},
            headers={POSITION: first.headers[POSITION]},
        )


@pytest.mark.parametrize("path", ["/programs/{id}/indicators", "/indicators", "/changes?limit=1"])
def test_what_is_counted_tells_its_position_too(pair: Pair, path: str) -> None:
    program = pair.client.get("/programs?limit=1").json()["items"][0]["id"]
    pair.pause()
    written(pair)
    reader = Holder(pair.client, issue(pair.client.database, Role.COORDINATOR))
    pair.client.cookies.clear()
    told = reader.get(path.format(id=program), headers={POSITION: "0"})
    pair.client.cookies.clear()
    with read_from(pair, "behind"):
        reader.get("/programs", headers={POSITION: told.headers[POSITION]})


def test_names_are_no_older_than_what_they_stand_beside(pair: Pair) -> None:
    record = written(pair)
    one = record.json()
    pair.resume()
    pair.pause()
    reader = Holder(pair.client, issue(pair.client.database, Role.READER))
    params = {"names": "true", "source_key": "1"}
    new = named(written(pair))
    for headers in ({}, {POSITION: "0"}):
        pair.client.cookies.clear()
        told = reader.get("/organizations", params=params, headers=headers).json()
        assert (told["items"][0]["short_name"], told["names"][one["id"]]) == (new, new)


def test_names_that_are_known_already_count_as_shown(pair: Pair) -> None:
    """Two with the same rights share what this process knows, and each says their own position."""
    written(pair)
    pair.resume()
    pair.pause()
    new = written(pair)
    first, second = (
        Holder(pair.client, issue(pair.client.database, Role.READER)) for _ in range(2)
    )
    params = {"names": "true", "source_key": "1"}
    pair.client.cookies.clear()
    first.get("/organizations", params=params)
    pair.client.cookies.clear()
    told = second.get("/organizations", params=params, headers={POSITION: "0"})
    assert told.json()["names"][new.json()["id"]] == named(new)
    pair.client.cookies.clear()
    with read_from(pair, "behind"):
        second.get("/programs", headers={POSITION: told.headers[POSITION]})


def test_a_condition_is_compared_with_what_is_shown(pair: Pair) -> None:
    record = written(pair)
    path = f"/organizations/{record.json()['id']}"
    pair.resume()
    reader = Holder(pair.client, issue(pair.client.database, Role.READER))
    with read_from(pair, "replica"):
        same = {POSITION: record.headers[POSITION], "If-None-Match": record.headers["ETag"]}
        assert reader.get(path, headers=same).status_code == 304
    pair.pause()
    new = written(pair)
    pair.client.cookies.clear()
    with read_from(pair, "behind"):
        fresh = {POSITION: new.headers[POSITION], "If-None-Match": record.headers["ETag"]}
        assert reader.get(path, headers=fresh).status_code == 200


def test_a_revoked_key_is_refused_though_the_replica_knows_it(pair: Pair) -> None:
    made = pair.client.post("/keys", json={"role": "reader", "owner": "Отдел"}).json()
    pair.resume()
    pair.pause()
    reader = Holder(pair.client, made["key"])
    assert reader.get("/programs", headers={POSITION: "0"}).is_success
    assert pair.client.delete(f"/keys/{made['id']}").is_success
    until(lambda: reader.get("/programs", headers={POSITION: "0"}).status_code == 401)


def test_the_feed_is_that_of_the_primary(pair: Pair) -> None:
    pair.pause()
    record = written(pair).json()
    told, cursor = [], ""
    while True:
        query = {"limit": 1000} | ({"cursor": cursor} if cursor else {})
        page = pair.client.get("/changes", params=query, headers={POSITION: "0"}).json()
        told += [item["id"] for item in page["items"] if item["op"] == "upsert"]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert record["id"] in told


def test_a_replica_that_is_too_far_behind_is_not_asked(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.pause()
    written(pair)
    monkeypatch.setattr(replicas, "STALEST", 0)
    monkeypatch.setattr(replicas, "PAUSE", 0.01)

    def is_not_asked() -> bool:
        pair.client.cookies.clear()
        before = pair.records.counts.behind
        reader = Holder(pair.client, issue(pair.client.database, Role.READER))
        reader.get("/programs", headers={POSITION: "0"})
        return pair.records.counts.behind > before

    until(is_not_asked)


def test_without_the_replica_the_primary_answers(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicas, "REST", 0.0)
    record = written(pair).json()
    pair.replica.stop("immediate")
    try:
        for _ in range(3):
            with read_from(pair, "failed"):
                read = pair.client.get(f"/organizations/{record['id']}", headers={POSITION: "0"})
            assert named(read) == record["short_name"]
        assert pair.client.get(f"{ROOT}/ready").status_code == 200
    finally:
        pair.replica.restart()
    pair.await_replica()
