"""A service that runs for long under a mixed load takes no more and no more (R28)."""

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

import httpx
import pytest

from app.rest.media import CSV, XLSX
from tests.conftest import on_each_kind
from tests.postgres import Server
from tests.process import Process, command, signed, started
from tests.running import empty

SECONDS = float(os.environ.get("SECONDS", "7200"))
"""How long; of which the first third warms up."""

PAUSE = 5.0
"""Seconds between two looks at the processes."""

MIB = 1024 * 1024
GROWTH, LOG = 1.0, 64.0
"""MiB a minute that the memory may grow by, and that SQLite's log may have."""


class Look(NamedTuple):
    """What a service takes at one moment."""

    minute: float
    memory: float
    """MiB of all its processes."""
    files: int
    log: float
    """MiB of SQLite's log."""


@dataclass
class Watch:
    """Looks at a service again and again."""

    pid: int
    folder: Path
    looks: list[Look] = field(default_factory=list)

    def look(self, minute: float) -> None:
        """Look once."""
        pids = [self.pid, *children(self.pid)]
        pages = sum(int(said(pid, "statm").split()[1]) for pid in pids)
        files = sum(len([*Path(f"/proc/{pid}/fd").iterdir()]) for pid in pids)
        log = self.folder / "school.db-wal"
        size = log.stat().st_size / MIB if log.exists() else 0
        self.looks.append(Look(minute, pages * os.sysconf("SC_PAGESIZE") / MIB, files, size))

    @property
    def settled(self) -> list[Look]:
        """What was seen after the warm-up."""
        return self.looks[len(self.looks) // 3 :]

    @property
    def growth(self) -> float:
        """MiB a minute, by the least squares."""
        minutes, memory = ([each[at] for each in self.settled] for at in (0, 1))
        mean, level = sum(minutes) / len(minutes), sum(memory) / len(memory)
        above = sum((a - mean) * (b - level) for a, b in zip(minutes, memory, strict=True))
        return above / sum((a - mean) ** 2 for a in minutes)


def children(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    own = [int(each) for each in said(pid, f"task/{pid}/children").split()]
    return own + [below for each in own for below in children(each)]


def said(pid: int, what: str) -> str:
    """What the kernel says of a process; nothing of one that has ended."""
    try:
        return Path(f"/proc/{pid}/{what}").read_text(encoding="utf-8")
    except OSError:
        return "0 0"


class Work:
    """What people do all day with a service; each task is one request or a few."""

    def __init__(self, address: str, key: dict[str, str]) -> None:
        self.failed: list[str] = []
        self.done = 0
        self._address, self._key = address, key
        self._http = httpx.Client(base_url=f"{address}/api/v1", headers=key, timeout=60)
        self._program = self._ask("GET", "/programs").json()["items"][0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def tasks(self) -> list[Callable[[int], Any]]:
        """All tasks, each for somebody of their own."""
        return [self.read, self.change, self.load, self.export, self.count, self.follow, self.look]

    def read(self, _: int) -> None:
        """Page through the teachers."""
        self._ask("GET", "/teachers", params={"limit": "100"})

    def change(self, number: int) -> None:
        """Change one of a hundred organizations."""
        name = f"Клуб {number % 100}"
        body = {"municipality_id": self._program["municipality_id"], "kind": "culture"}
        body |= {"full_name": f"{name} {number}", "short_name": name}
        self._ask("PUT", f"/organizations/by-key/soak/{number % 100}", json=body)

    def load(self, _: int) -> None:
        """Check a list of teachers."""
        body = "Фамилия;Имя\n" + "Петров;Иван\n" * 200
        params = {"mode": "dry_run", "processing_basis": "statutory_function"}
        headers = {"Content-Type": "text/csv"}
        self._ask("POST", "/imports/teachers", content=body, params=params, headers=headers)

    def export(self, number: int) -> None:
        """Take all participations, as CSV or as a workbook."""
        self._ask("GET", "/participations", headers={"Accept": (CSV, XLSX)[number % 2]})

    def count(self, number: int) -> None:
        """Ask for the indicators on a day."""
        day = {"as_of": f"2021-{number % 12 + 1:02}-01"}
        self._ask("GET", f"/programs/{self._program['id']}/indicators", params=day)

    def follow(self, _: int) -> None:
        """Read a page of the feed."""
        self._ask("GET", "/changes", params={"limit": "500"})

    def look(self, _: int) -> None:
        """Sign in and look at the first page."""
        origin = {"Origin": self._address}
        with httpx.Client(base_url=self._address, headers=origin, timeout=60) as browser:
            key = self._key["Authorization"].removeprefix("Bearer ")
            self._note(browser.post("/login", data={"key": key}, follow_redirects=True))

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self._http.request(method, path, **more)
        self._note(answer)
        return answer

    def _note(self, answer: httpx.Response) -> None:
        self.done += 1
        # 503 asks to come again.
        if not answer.is_success and answer.status_code != 503:
            self.failed.append(answer.text[:500])

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Let everybody work until the end."""
        ends = threading.Event()

        def go_on(task: Callable[[int], Any]) -> None:
            for number in itertools.count():
                if ends.wait(0.2):
                    return
                task(number)

        with ThreadPoolExecutor() as pool:
            going = [pool.submit(go_on, task) for task in self.tasks()]
            try:
                yield
            finally:
                ends.set()
            for each in going:
                each.result()


@pytest.mark.torture
@on_each_kind
def test_a_long_run_takes_no_more_and_no_more(
    kind: str, server: Server, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    with empty(kind, server, tmp_path) as url:
        command(tmp_path, url, "generate", "--size", "S")
        with started(process := Process(tmp_path, url)):
            work, watch = Work(process.base, signed(tmp_path, url)), Watch(process.pid, tmp_path)
            began = time.monotonic()
            with work, work.going_on():
                while (gone := time.monotonic() - began) < SECONDS:
                    time.sleep(PAUSE)
                    watch.look(gone / 60)
    first, last = watch.settled[0], watch.settled[-1]
    tell(f"{work.done} requests; {watch.growth:.3f} MiB a minute; {first} to {last}")
    assert work.failed == []
    assert watch.growth < GROWTH
    assert max(each.log for each in watch.looks) <= LOG
    # Connections of clients and temporary files come and go.
    assert last.files <= max(each.files for each in watch.settled[: len(watch.settled) // 2])
