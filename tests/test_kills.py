"""Kills: what was confirmed outlives them, what was not is there whole or not at all (R1, R8)."""

import itertools
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx2
import pytest

from app.database.schema import migrate
from tests.conftest import on_each_kind
from tests.fixtures import Copies
from tests.follower import Follower, lists, local
from tests.holders import Holder
from tests.process import Process
from tests.remote import PAUSE, Remote, colleague, reached
from tests.scene import Scene, Service, pair
from tests.test_feed_races import follow_writers, trio

pytestmark = pytest.mark.long

TYPES = ("teachers",)
PROMPTLY = 5
"""Seconds that a start may take after a kill."""


@dataclass
class Killed:
    """A service that dies now and then, and when it was away."""

    service: Service
    process: Process
    away: list[tuple[float, float]] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    def die(self) -> None:
        """End without a word, and start again on the same folder and port."""
        begun = time.monotonic()
        self.process.kill()
        self.starts.append(self.process.start())
        self.away.append((begun, time.monotonic()))

    @property
    def said(self) -> str:
        """How often it died, and how it came back."""
        return f"{len(self.starts)} kills, slowest start {max(self.starts):.2f} s"


@pytest.fixture(scope="module")
def running(
    copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], tuple[Service, Process]]]:
    """The running service by kind of database; each is started once."""
    with ExitStack() as stack:

        @cache
        def started(kind: str) -> tuple[Service, Process]:
            folder = tmp_path_factory.mktemp("killed")
            url = stack.enter_context(copies(kind, folder, migrate))
            process = Process(folder, url, ("tests.held",))
            stack.callback(process.kill)
            process.start()
            return stack.enter_context(reached(kind, url, folder, process.base)), process

        yield started


@pytest.fixture
def killed(running: Callable[[str], tuple[Service, Process]], kind: str) -> Killed:
    return Killed(*running(kind))


@dataclass
class Created:
    """What eight writers were told of the records that they made."""

    confirmed: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)

    def write(self, holder: Holder, body: dict[str, Any], keys: Iterator[int]) -> None:
        """Make one record, once."""
        key = str(next(keys))
        try:
            answer = holder.request("POST", "/teachers", json=pair(body, key))
        except httpx2.TransportError:
            self.statuses[0] += 1
            time.sleep(PAUSE)
            return
        self.statuses[answer.status_code] += 1
        if answer.status_code == 201:
            self.confirmed[key] = answer.json()["id"]


@contextmanager
def creating(killed: Killed, scene: Scene, writers: int = 8) -> Iterator[Created]:
    body = scene.fill(
        {"municipality_id": "$municipality", "last_name": "Ясная", "first_name": "Яна"}
    )
    created, keys, done = Created(), itertools.count(), threading.Event()

    def work(holder: Holder) -> None:
        while not done.is_set():
            created.write(holder, body, keys)

    with Remote(killed.process.base) as client, ThreadPoolExecutor(writers) as pool:
        holder = colleague(killed.service, client)
        working = [pool.submit(work, holder) for _ in range(writers)]
        try:
            yield created
        finally:
            done.set()
        for each in working:
            each.result()


@on_each_kind
@pytest.mark.one_database
def test_what_was_confirmed_outlives_kills(
    killed: Killed, dice: random.Random, tell: Callable[[str], None], *, full: bool
) -> None:
    kills, confirmed, longest = (30, 10_000, 2.0) if full else (2, 10, 0.6)
    scene = Scene(killed.service.client)
    assert scene["$municipality"]
    with creating(killed, scene) as created:
        while len(killed.starts) < kills or len(created.confirmed) < confirmed:
            time.sleep(dice.uniform(0.05, longest))
            killed.die()
    tell(f"{killed.said}, answers {dict(created.statuses)} (0: none)")
    assert set(created.statuses) <= {0, 201, 503}
    holder = local(killed.service, scene)
    shown = lists(holder, TYPES)
    by_key = {each["source_key"]: each["id"] for each in shown.values()}
    assert created.confirmed.items() <= by_key.items()
    assert len(by_key) == len(shown)
    nothing_is_half(killed.service, holder)
    assert not full or max(killed.starts) <= PROMPTLY


def nothing_is_half(service: Service, holder: Holder) -> None:
    """Whatever is in the register is in the feed and in the trail, once, and nothing else is."""
    shown = lists(holder, TYPES)
    follower = Follower(holder, types=TYPES)
    follower.catch_up()
    assert follower.records == shown
    entries = Counter(each for item in trail(service) for each in item["ids"])
    assert entries == Counter(key for _, key in lists(service.client, TYPES))
    proof = service.client.get("/audit/verify").json()
    assert proof["whole"], proof


def trail(service: Service) -> list[dict[str, Any]]:
    """Every creation of a teacher that the trail knows."""
    items: list[dict[str, Any]] = []
    query = {"type": "teachers", "action": "create", "limit": "500"}
    while True:
        page = service.client.get("/audit", params=query).json()
        items += page["items"]
        if page["next"] is None:
            return items
        query["cursor"] = page["next"]


@dataclass
class Timed(Follower):
    """A follower who knows when each version came."""

    came: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))

    def page(self, **more: Any) -> dict[str, Any]:
        page = super().page(**more)
        for item in page["items"]:
            self.came[item["id"]].append((item["version"], time.monotonic()))
        return page

    def lags(self, told: Sequence[tuple[dict[str, Any], float]], killed: Killed) -> list[float]:
        """Seconds from a confirmation until its version, or a later one, came; in order of size.

        What was on its way while the service was away does not count.
        """
        found = []
        for record, at in told:
            ours = [
                when for version, when in self.came[record["id"]] if version >= record["version"]
            ]
            if not any(gone < min(ours) and at < back for gone, back in killed.away):
                found.append(max(0.0, min(ours) - at))
        return sorted(found)


@on_each_kind
@pytest.mark.one_database
def test_mirrors_outlive_kills(
    killed: Killed, dice: random.Random, tell: Callable[[str], None], *, full: bool
) -> None:
    writers, changes, kills = (32, 625, 10) if full else (8, 25, 1)
    scene = Scene(killed.service.client)
    plain, some, most = trio(killed.service, scene)
    timed = Timed(most.holder)
    told: list[tuple[dict[str, Any], float]] = []
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(
            follow_writers,
            scene,
            [plain, some, timed],
            writers,
            changes,
            lambda record: told.append((record, time.monotonic())),
        )
        for count in sorted(dice.sample(range(writers * changes // 2), kills)):
            while len(told) < count and not work.done():
                time.sleep(0.01)
            killed.die()
        work.result()
    lags = timed.lags(told, killed)
    p50, p99 = lags[len(lags) // 2], lags[len(lags) * 99 // 100]
    tell(f"{killed.said}, {len(lags)} lags, p50 {p50:.3f} s, p99 {p99:.3f} s")
    assert not full or p99 <= 1
