"""Killed writes: repeated they have one effect, and a large one is whole or not at all (R3, R6)."""

import random
import secrets
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

import httpx
import pytest
import sqlalchemy as sa

from app.store.answers import ANSWERS
from app.store.database import Database
from tests.conftest import KINDS, SECRET, empty
from tests.endurance import Endurance, Municipality, named, persist, school
from tests.holders import Staff
from tests.postgres import Server
from tests.process import Process, started
from tests.scene import problem

LATEST = 2.0
"""Seconds after which, at the latest, a service is killed."""


@dataclass
class Mortal(Endurance):
    """A service that is killed now and then."""

    process: Process
    seed: int = 0
    starts: list[float] = field(default_factory=list)
    """Seconds that each start after a kill took."""

    @cached_property
    def chance(self) -> random.Random:
        """When it is killed."""
        return random.Random(self.seed)  # noqa: S311 - a test's own dice

    def kill_in(self, seconds: float) -> None:
        """Kill it after a while, and start it again on what it left behind."""
        time.sleep(seconds)
        self.process.kill()
        self.starts.append(self.process.start())

    @contextmanager
    def killed(self, is_enough: Callable[[int], bool]) -> Iterator[threading.Event]:
        """Kill it at random, until that is enough; the event tells that it is over."""
        over = threading.Event()

        def kill() -> None:
            kills = 0
            try:
                while not is_enough(kills):
                    self.kill_in(self.chance.uniform(0.05, LATEST))
                    kills += 1
            finally:
                over.set()

        with ThreadPoolExecutor(1) as pool:
            killing = pool.submit(kill)
            yield over
            killing.result()

    def recovered(self, *, full: bool, **counted: int) -> None:
        """Tell of the kills, and see that none was followed by a long start."""
        slowest = max(self.starts)
        told = f"seed {self.seed}: {len(self.starts)} kills, {counted}, ready in {slowest:.1f} s"
        print(told)  # noqa: T201 - a run with the full numbers is made for them
        assert slowest <= (5 if full else 15)


@pytest.fixture(scope="module", params=KINDS)
def running(
    request: pytest.FixtureRequest,
    server: Server,
    tmp_path_factory: pytest.TempPathFactory,
    *,
    full: bool,
) -> Iterator[Mortal]:
    if request.param == "postgresql" and not full:
        pytest.skip("with the full numbers only (make torture): a start costs seconds")
    folder = tmp_path_factory.mktemp("mortal")
    with empty(request.param, server, folder) as url:
        process = Process(folder, url, secret=SECRET)
        database = Database(url, SECRET.encode())
        with started(process):
            yield Mortal(database, Staff(database), [process.base], process)
        database.close()


@pytest.fixture
def mortal(running: Mortal) -> Iterator[Mortal]:
    """The running service, its kills not counted yet."""
    made = replace(running, seed=secrets.randbelow(10**9), starts=[])
    yield made
    made.close()


def test_repeats_among_kills_have_one_effect(mortal: Mortal, *, full: bool) -> None:
    clients, least, keys = (50, 20, 100) if full else (8, 1, 4)
    place, client = mortal.fresh(), mortal.clients[0]
    done: list[tuple[dict[str, Any], dict[str, str], bytes]] = []

    def is_enough(kills: int) -> bool:
        return kills >= least and (not full or len(done) >= keys)

    with ThreadPoolExecutor(clients) as pool, mortal.killed(is_enough) as over:
        while len(done) < keys or not over.is_set():
            body, headers = school(place, uuid.uuid4().hex), named()

            def post(
                _: int, body: dict[str, Any] = body, headers: dict[str, str] = headers
            ) -> tuple[int, bytes]:
                answer = persist(client, "POST", "/organizations", json=body, headers=headers)
                return answer.status_code, answer.content

            ((status, content), times), *others = Counter(pool.map(post, range(clients))).items()
            assert (status, times, others) == (201, clients, [])
            done.append((body, headers, content))
    for body, headers, content in done:
        again = client.post("/organizations", json=body, headers=headers)
        assert (again.status_code, again.content) == (201, content)
        assert again.headers["idempotency-replayed"] == "true"
        other = client.post("/organizations", json=body | {"phone": "1"}, headers=headers)
        problem(other, 422)
    assert len(place.shown("organizations")) == len(done)
    mortal.recovered(full=full, keys=len(done))


@dataclass
class Plan:
    """A plan whose every term yields twenty windows, which one request makes together."""

    place: Municipality
    rows: int
    posting: dict[str, Any] = field(default_factory=lambda: {"json": {}, "headers": named()})

    def __post_init__(self) -> None:
        """Make the program and its plan."""
        scene = self.place.scene
        span = {"start_date": "2000-01-01", "end_date": "2019-12-31", "title": "Долгая программа"}
        program = scene.make("programs", {"municipality_id": "$municipality", **span})
        for number in range(self.rows):
            row = {"program_id": program["id"], "plan_no": str(number), "title": "Семинар"}
            row |= {"direction": "organizational", "term_text": "Ежегодно (сентябрь - октябрь)"}
            scene.make("activities", row)
        self.program_id = program["id"]
        self.path = f"/programs/{self.program_id}/events/generate"

    @property
    def windows(self) -> int:
        """How many there are to be made."""
        return self.rows * 20

    def send(self) -> httpx.Response | None:
        """The answer to the request, if there is one."""
        try:
            answer: Any = self.place.scene.client.post(self.path, **self.posting)
        except httpx.TransportError:
            return None
        return cast("httpx.Response", answer)

    def kept(self) -> tuple[int, int]:
        """How many windows there are, in the lists as in the feed and the trail, and answers."""
        mine = (ANSWERS.c.collection == "programs") & (
            ANSWERS.c.record_id == uuid.UUID(self.program_id)
        )
        counted = sa.select(sa.func.count()).select_from(ANSWERS).where(mine)
        database = self.place.service.database
        answers = database.read(lambda tx: tx.execute(counted).scalar_one())
        return len(self.place.shown("events")), int(answers)


def test_a_large_write_is_kept_whole_or_not_at_all(mortal: Mortal, *, full: bool) -> None:
    rows, least = (250, 50) if full else (10, 2)
    plan = Plan(mortal.fresh(), rows)
    began = time.monotonic()
    assert plan.send()
    span = time.monotonic() - began
    whole = (plan.windows, 1)
    assert plan.kept() == whole
    ends: Counter[bool] = Counter()
    while ends.total() < least:
        plan = Plan(mortal.fresh(), rows)
        is_kept = False
        while not is_kept and ends.total() < least:
            with ThreadPoolExecutor(1) as pool:
                sending = pool.submit(plan.send)
                mortal.kill_in(mortal.chance.uniform(0, span * 1.25))
            kept = plan.kept()
            is_kept = kept == whole
            assert is_kept or (kept == (0, 0) and sending.result() is None)
            ends[is_kept] += 1
        final = plan.send()
        assert final is not None
        assert (final.status_code, final.json()["created"]) == (200, plan.windows)
        assert final.headers.get("idempotency-replayed") == ("true" if is_kept else None)
        assert plan.kept() == whole
        again = plan.send()
        assert again is not None
        assert again.content == final.content
    mortal.recovered(full=full, windows=plan.windows, whole=ends[True], nothing=ends[False])
