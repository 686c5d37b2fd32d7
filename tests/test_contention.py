"""Contention: others work on while long lists and hostile files come in (R7, S18)."""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.database.schema import migrate
from app.intake.receiving import LIMIT
from app.rest.media import XLSX
from tests.daily import KINDS
from tests.fixtures import Copies
from tests.process import serving
from tests.remote import Remote, colleague, reached
from tests.scene import Scene, Service, in_letters
from tests.sheets.hostile import HOSTILE

pytestmark = pytest.mark.long

PAGE, PAUSE = "/teachers?limit=20", 0.02
HEAVY = ["bomb.xlsx", "over-100-MiB.xlsx", "200001-rows.xlsx", "dtd.xlsx"]
"""The hostile files that take longest to refuse, and the beginning of an XML bomb."""


@dataclass
class Times:
    """How long answers took, in seconds, and with what status they came."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def at(self, share: float) -> float:
        """The time that a share of the answers did not take longer than."""
        return sorted(self.seconds)[int(len(self.seconds) * share) - 1]


@dataclass
class Crowd:
    """Many who ask the same thing again and again, until it is over."""

    service: Service
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def base(self) -> str:
        """The address of the service."""
        return str(self.service.client.base_url).removesuffix("/").removesuffix("/api/v1")

    @contextmanager
    def member(self) -> Iterator[Any]:
        """A client with a connection and a key of its own."""
        with Remote(self.base) as client:
            yield colleague(self.service, client)

    def ask(self, times: Times, method: str, path: str, pause: float = 0, **more: Any) -> None:
        """Ask, with so many seconds between, and note how long each answer took."""
        with self.member() as holder:
            while not self.over.wait(pause):
                address = path.format(key=uuid.uuid4().hex)
                start = time.monotonic()
                answer = holder.request(method, address, **more)
                times.seconds.append(time.monotonic() - start)
                times.statuses[answer.status_code] += 1
                assert answer.status_code != 503 or answer.headers["retry-after"]

    def send(self, content: bytes, kind: str, mode: str) -> Any:
        """The answer to a list of teachers."""
        path = f"/imports/teachers?mode={mode}&processing_basis=statutory_function"
        with self.member() as holder:
            return holder.request("POST", path, content=content, headers={"Content-Type": kind})


@pytest.fixture(params=["sqlite"])
def crowd(request: pytest.FixtureRequest, copies: Copies, tmp_path: Path) -> Iterator[Crowd]:
    kind = request.param
    with (
        copies(kind, tmp_path, migrate) as url,
        serving(tmp_path, url) as base,
        reached(kind, url, tmp_path, base) as service,
    ):
        yield Crowd(service)


def test_a_long_list_lets_others_work(
    crowd: Crowd, tell: Callable[[str], None], *, full: bool
) -> None:
    writers, readers, seconds, rows = (32, 8, 60, 20_000) if full else (4, 2, 2, 300)
    home = Scene(crowd.service.client)["$municipality"]
    read, written, listed = Times(), Times(), Times()

    def upload() -> None:
        lines = [f"{home};Длинная{in_letters(number)};Анна" for number in range(rows)]
        text = "\n".join(["municipality_id;last_name;first_name", *lines])
        start = time.monotonic()
        answer = crowd.send(text.encode(), "text/csv", "commit")
        listed.seconds.append(time.monotonic() - start)
        assert answer.json()["stats"]["created"] == rows, answer.text

    body = {"municipality_id": home, "last_name": "Пишущая", "first_name": "Анна"}
    with ThreadPoolExecutor(writers + readers + 1) as pool:
        path = "/teachers/by-key/tests/{key}"
        working = [pool.submit(crowd.ask, written, "PUT", path, json=body) for _ in range(writers)]
        working += [pool.submit(crowd.ask, read, "GET", PAGE) for _ in range(readers)]
        time.sleep(seconds / 4)
        pool.submit(upload).result()
        time.sleep(seconds / 2)
        crowd.over.set()
        for each in working:
            each.result()
    tell(
        f"reads p99 {read.at(0.99):.3f} s, writes p99 {written.at(0.99):.3f} s, at most "
        f"{max(written.seconds):.1f} s, {rows} rows in {listed.seconds[0]:.1f} s; "
        f"{dict(read.statuses)} {dict(written.statuses)}"
    )
    assert set(read.statuses) == {200}
    assert set(written.statuses) <= {201, 503}
    assert not full or max(written.seconds) <= 11


def rubbish(dice: random.Random) -> list[bytes]:
    """Files as large as may be: of no kind, a workbook at first sight, a list of nothing."""
    noise, signature = dice.randbytes(LIMIT), b"PK\3\4"
    return [noise, signature + noise[len(signature) :], b"\n" * LIMIT]


@pytest.mark.parametrize("crowd", KINDS, indirect=True)
@pytest.mark.one_database
def test_hostile_files_cost_others_nothing(
    crowd: Crowd, tell: Callable[[str], None], dice: random.Random, *, full: bool
) -> None:
    """What is parsed elsewhere, for however long, keeps nobody waiting (S18)."""
    # All are made before: whatever is read from then on is read beside them.
    made = [HOSTILE[name].make() for name in (HOSTILE if full else HEAVY)] + rubbish(dice)
    readers, files = 8, 10 * made if full else made
    read, sent = Times(), Counter[int]()
    with ThreadPoolExecutor(readers) as pool:
        # Whoever asks without a pause hides a long wait behind a thousand quick answers.
        reading = [pool.submit(crowd.ask, read, "GET", PAGE, PAUSE) for _ in range(readers)]
        for file in files:
            sent[crowd.send(file, XLSX, "dry_run").status_code] += 1
        crowd.over.set()
        for each in reading:
            each.result()
    tell(
        f"{len(read.seconds)} reads, p99 {read.at(0.99):.3f} s, at most "
        f"{max(read.seconds):.3f} s; {dict(sent)}"
    )
    assert set(read.statuses) == {200}
    assert all(400 <= status < 500 for status in sent)
    assert not full or read.at(0.99) <= 0.2
