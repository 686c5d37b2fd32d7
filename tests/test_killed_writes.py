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
from datetime import datetime
from functools import cached_property
from typing import Any, cast

import httpx
import pytest
import sqlalchemy as sa

from app.database.schema import migrate
from app.journal.register import Register
from app.store.answers import ANSWERS
from app.store.uploads import UPLOADS
from tests.daily import KINDS
from tests.endurance import Endurance, Municipality, named, persist, school
from tests.fixtures import Copies
from tests.holders import Staff
from tests.process import Process, started
from tests.running import SECRET
from tests.scene import in_letters, problem

pytestmark = pytest.mark.one_database
"""A start on PostgreSQL costs seconds."""

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
        assert not full or slowest <= 5


@pytest.fixture(scope="module", params=KINDS)
def running(
    request: pytest.FixtureRequest, copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mortal]:
    folder = tmp_path_factory.mktemp("mortal")
    with copies(request.param, folder, migrate) as url:
        process = Process(folder, url, secret=SECRET)
        database = Register(url, SECRET.encode())
        with started(process):
            yield Mortal(database, Staff(database), [process.base], process)
        database.close()


@pytest.fixture
def mortal(running: Mortal) -> Iterator[Mortal]:
    """The running service, its kills not counted yet."""
    made = replace(running, seed=secrets.randbelow(10**9), starts=[])
    yield made
    made.close()


@pytest.mark.long
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
class Large:
    """One request that makes many records together."""

    place: Municipality
    rows: int
    posting: dict[str, Any] = field(default_factory=lambda: {"headers": named()})

    path = ""
    makes = ""
    """The collection of the records."""

    def send(self) -> httpx.Response | None:
        """The answer to the request, if there is one."""
        try:
            answer: Any = self.place.scene.client.post(self.path, **self.posting)
        except httpx.TransportError:
            return None
        return cast("httpx.Response", answer)

    def made(self, answer: httpx.Response) -> int:
        """How many records an answer says were made."""
        raise NotImplementedError

    def noted(self) -> sa.ColumnElement[bool]:
        """Which kept answers are of this request."""
        raise NotImplementedError

    def kept(self) -> tuple[int, int]:
        """How many records there are, in the lists as in the feed and the trail, and answers."""
        counted = sa.select(sa.func.count()).where(self.noted())
        database = self.place.service.database
        answers = database.read(lambda tx: tx.execute(counted).scalar_one())
        return len(self.place.shown(self.makes)), int(answers)


@dataclass
class Plan(Large):
    """A plan whose every term yields twenty windows."""

    makes = "events"

    def __post_init__(self) -> None:
        """Make the program and its plan."""
        scene = self.place.scene
        span = {"start_date": "2000-01-01", "end_date": "2019-12-31", "title": "Долгая программа"}
        program = scene.make("programs", {"municipality_id": "$municipality", **span})
        for number in range(self.rows // 20):
            row = {"program_id": program["id"], "plan_no": str(number), "title": "Семинар"}
            row |= {"direction": "organizational", "term_text": "Ежегодно (сентябрь - октябрь)"}
            scene.make("activities", row)
        self.program_id = program["id"]
        self.path = f"/programs/{self.program_id}/events/generate"
        self.posting["json"] = {}

    def made(self, answer: httpx.Response) -> int:
        return int(answer.json()["created"])

    def noted(self) -> sa.ColumnElement[bool]:
        return (ANSWERS.c.collection == "programs") & (
            ANSWERS.c.record_id == uuid.UUID(self.program_id)
        )


@dataclass
class Upload(Large):
    """A list of teachers, whose report is kept with them."""

    makes = "teachers"
    path = "/imports/teachers?mode=commit&processing_basis=statutory_function"

    def __post_init__(self) -> None:
        """Write the list."""
        home = self.place.scene["$municipality"]
        lines = [f"{home};Учителева{in_letters(number)};Анна" for number in range(self.rows)]
        text = "\n".join(["municipality_id;last_name;first_name", *lines])
        self.posting["content"] = text.encode()
        self.posting["headers"]["Content-Type"] = "text/csv"

    def made(self, answer: httpx.Response) -> int:
        return int(answer.json()["stats"]["created"])

    def noted(self) -> sa.ColumnElement[bool]:
        began = datetime.fromisoformat(self.place.began)
        return (UPLOADS.c.collection == "teachers") & (UPLOADS.c.sent_at >= began)


@pytest.mark.long
@pytest.mark.parametrize("kind", [Plan, Upload])
def test_a_large_write_is_kept_whole_or_not_at_all(
    mortal: Mortal, kind: type[Large], *, full: bool
) -> None:
    rows, least = (5_000, 50) if full else (200, 2)
    large = kind(mortal.fresh(), rows)
    began = time.monotonic()
    assert large.send()
    span = time.monotonic() - began
    whole = (rows, 1)
    assert large.kept() == whole
    ends: Counter[bool] = Counter()
    while ends.total() < least:
        large = kind(mortal.fresh(), rows)
        is_kept = False
        while not is_kept and ends.total() < least:
            with ThreadPoolExecutor(1) as pool:
                sending = pool.submit(large.send)
                mortal.kill_in(mortal.chance.uniform(0, span * 1.25))
            kept = large.kept()
            is_kept = kept == whole
            assert is_kept or (kept == (0, 0) and sending.result() is None)
            ends[is_kept] += 1
        final = large.send()
        assert final is not None
        assert (final.status_code, large.made(final)) == (200, rows)
        assert final.headers.get("idempotency-replayed") == ("true" if is_kept else None)
        assert large.kept() == whole
        again = large.send()
        assert again is not None
        assert again.content == final.content
    mortal.recovered(full=full, rows=rows, whole=ends[True], nothing=ends[False])
