"""Contention: many write and read SQLite's one file while a long list goes in (R7)."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.process import serving
from tests.remote import Remote, colleague, reached
from tests.scene import Scene, Service


@dataclass
class Times:
    """How long answers took, in seconds, and with what status they came."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def at(self, share: float) -> float:
        """The time that a share of the answers did not take longer than."""
        return sorted(self.seconds)[int(len(self.seconds) * share) - 1]


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Service]:
    with serving(tmp_path, "") as base, reached("sqlite", "", tmp_path, base) as service:
        yield service


def test_a_long_list_lets_others_work(
    crowd: Service, tell: Callable[[str], None], *, full: bool
) -> None:
    writers, readers, seconds, rows = (32, 8, 60, 20_000) if full else (4, 2, 2, 300)
    scene = Scene(crowd.client)
    home = scene["$municipality"]
    base = str(crowd.client.base_url).removesuffix("/").removesuffix("/api/v1")
    over = threading.Event()
    read, written, listed = Times(), Times(), Times()

    def ask(times: Times, method: str, path: str, **more: Any) -> None:
        with Remote(base) as client:
            holder = colleague(crowd, client)
            while not over.is_set():
                address = path.format(key=uuid.uuid4().hex)
                start = time.monotonic()
                answer = holder.request(method, address, **more)
                times.seconds.append(time.monotonic() - start)
                times.statuses[answer.status_code] += 1
                assert answer.status_code != 503 or answer.headers["retry-after"]

    def upload() -> None:
        lines = [f"{home};Длинная-{number};Анна" for number in range(rows)]
        text = "\n".join(["municipality_id;last_name;first_name", *lines])
        path = "/imports/teachers?mode=commit&processing_basis=statutory_function"
        sent: dict[str, Any] = {"content": text.encode(), "headers": {"Content-Type": "text/csv"}}
        with Remote(base) as client:
            start = time.monotonic()
            answer = colleague(crowd, client).request("POST", path, **sent)
            listed.seconds.append(time.monotonic() - start)
        assert answer.json()["stats"]["created"] == rows, answer.text

    body = {"municipality_id": home, "last_name": "Пишущая", "first_name": "Анна"}
    with ThreadPoolExecutor(writers + readers + 1) as pool:
        path = "/teachers/by-key/tests/{key}"
        working = [pool.submit(ask, written, "PUT", path, json=body) for _ in range(writers)]
        working += [pool.submit(ask, read, "GET", "/teachers?limit=20") for _ in range(readers)]
        time.sleep(seconds / 4)
        pool.submit(upload).result()
        time.sleep(seconds / 2)
        over.set()
        for each in working:
            each.result()
    tell(
        f"reads p99 {read.at(0.99):.3f} s, writes p99 {written.at(0.99):.3f} s, at most "
        f"{max(written.seconds):.1f} s, {rows} rows in {listed.seconds[0]:.1f} s; "
        f"{dict(read.statuses)} {dict(written.statuses)}"
    )
    assert set(read.statuses) == {200}
    assert set(written.statuses) <= {201, 503}
    assert max(written.seconds) <= 11
