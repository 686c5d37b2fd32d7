"""Outages of PostgreSQL: it restarts under load, or somebody else's transaction stays open."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import httpx2
import psycopg
import pytest

from tests.follower import Follower, lists, local
from tests.holders import Holder
from tests.postgres import Postgres
from tests.process import Process
from tests.remote import Remote, colleague, reached
from tests.scene import Scene, Service, in_letters
from tests.waiting import LIMIT, until

pytestmark = pytest.mark.long

# They share a server and a service of their own.
WRITERS = 8
PROMPTLY = 5
"""Seconds after which the service is well again, once its database is."""


@dataclass(frozen=True)
class Outage:
    """A service over a PostgreSQL that the test may stop."""

    service: Service
    postgres: Postgres
    base: str


@pytest.fixture(scope="module")
def outage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outage]:
    folder = tmp_path_factory.mktemp("outage")
    with Postgres(durable=True) as postgres:
        process = Process(folder, url := postgres.create("outage"))
        try:
            process.start()
            with reached("postgresql", url, folder, process.base) as service:
                yield Outage(service, postgres, process.base)
        finally:
            process.stop()


@dataclass
class Load:
    """What retrying writers were answered, and what was confirmed to them."""

    holder: Holder
    body: dict[str, Any]
    answers: Counter[int] = field(default_factory=Counter)
    without_time: int = 0
    """Answers 503 that did not say when to come again."""
    confirmed: dict[str, str] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)

    def work(self, writer: int) -> None:
        """Write one record after the other, by key or under an Idempotency-Key."""
        while not self.done.is_set():
            name = uuid.uuid4().hex
            said = self.body | {"last_name": in_letters(name)}
            if writer % 2:
                path = f"/teachers/by-key/load/{name}"
                self._until_confirmed("PUT", path, name, json=said)
            else:
                headers = {"Idempotency-Key": name}
                self._until_confirmed("POST", "/teachers", name, json=said, headers=headers)

    @property
    def counts(self) -> dict[str, int]:
        """How many records are confirmed, and how many attempts were refused for a while."""
        return {"confirmed": len(self.confirmed), "refused": self.answers[503]}

    def await_more(self, name: str) -> None:
        """Wait until one of the counts has grown."""
        before = self.counts[name]
        until(lambda: self.counts[name] > before)

    def _until_confirmed(self, method: str, path: str, name: str, **more: Any) -> None:
        while True:
            answer = self.holder.request(method, path, **more)
            self.answers[answer.status_code] += 1
            if answer.is_success:
                self.confirmed[in_letters(name)] = answer.json()["id"]
                return
            if answer.status_code == 503:
                self.without_time += "retry-after" not in answer.headers
            assert answer.status_code in {409, 412, 503}, answer.text
            time.sleep(0.05)


@contextmanager
def loaded(outage: Outage, scene: Scene) -> Iterator[Load]:
    body = scene.fill({"municipality_id": "$municipality", "first_name": "Яна"})
    with Remote(outage.base) as client, ThreadPoolExecutor(WRITERS) as pool:
        load = Load(colleague(outage.service, client), body)
        working = [pool.submit(load.work, writer) for writer in range(WRITERS)]
        try:
            yield load
        finally:
            load.done.set()
        for each in working:
            each.result()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_the_service_outlives_restarts_of_its_database(
    outage: Outage,
    mode: Literal["fast", "immediate"],
    tell: Callable[[str], None],
    *,
    full: bool,
) -> None:
    scene = Scene(outage.service.client)
    recoveries = []
    with loaded(outage, scene) as load:
        for _ in range(20 if full else 1):
            load.await_more("confirmed")
            outage.postgres.stop(mode)
            load.await_more("refused")
            outage.postgres.restart()
            # The test's own connections ended with it: unlike the service's, nobody tries again.
            outage.service.database.engine.dispose()
            recoveries.append(seconds_until_well(outage, scene))
    tell(f"slowest recovery {max(recoveries):.2f} s, answers {dict(load.answers)}")
    assert not full or max(recoveries) <= PROMPTLY
    assert load.answers[503]
    assert load.without_time == 0
    shown = lists(local(outage.service, scene), ("teachers",)).values()
    assert {each["last_name"]: each["id"] for each in shown} == load.confirmed
    assert len(shown) == len(load.confirmed)


def seconds_until_well(outage: Outage, scene: Scene) -> float:
    """How long it takes until the service says that it is ready, and takes a record."""
    start = time.monotonic()
    with httpx2.Client(base_url=outage.base, timeout=LIMIT) as client:
        until(lambda: client.get("/ready").is_success)
    scene.make("organizations", SCHOOL)
    return time.monotonic() - start


SCHOOL = {
    "municipality_id": "$municipality",
    "kind": "general_school",
    "full_name": "Новая школа",
    "short_name": "Новая",
}


@contextmanager
def left_open(outage: Outage) -> Iterator[None]:
    """Somebody writes in another database, and somebody in ours has read, written and gone away."""
    elsewhere = outage.postgres.create(f"other_{uuid.uuid4().hex}")
    with psycopg.connect(elsewhere) as foreign, psycopg.connect(outage.service.url) as idle:
        for each in (foreign, idle):
            each.execute("CREATE TABLE elsewhere (id int)")  # a number of a transaction is taken
        idle.execute("SELECT count(*) FROM journal_entries, journal_heads, organizations")
        try:
            yield
        finally:
            idle.rollback()
            foreign.rollback()


def comes(follower: Follower, school: str) -> bool:
    """Whether a follower has been told of a school, after one more page."""
    follower.page(wait="1")
    return ("organizations", school) in follower.records


def test_transactions_left_open_do_not_hold_the_feed_up(
    outage: Outage, tell: Callable[[str], None], *, full: bool
) -> None:
    changes = 2_000 if full else 20
    scene = Scene(outage.service.client)
    follower = Follower(local(outage.service, scene))
    follower.catch_up()
    lags: list[float] = []
    with left_open(outage):
        for _ in range(changes):
            made = scene.make("organizations", SCHOOL)
            start = time.monotonic()
            until(partial(comes, follower, made["id"]))
            lags.append(time.monotonic() - start)
    lags.sort()
    tell(f"{len(lags)} changes, lag p50 {lags[len(lags) // 2]:.3f} s, most {lags[-1]:.3f} s")
    assert not full or lags[-1] <= 2
