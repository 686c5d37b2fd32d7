"""Slow and rude clients: whoever reads slowly, or leaves, keeps nothing that others need (R15)."""

import socket
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
import pytest

from app.access.roles import Role
from app.database.engines import EXPORTS
from app.rest import exports, spool
from app.rest.media import CSV, XLSX
from app.store.listing import AT_ONCE
from tests.conftest import on_each_kind
from tests.holders import issue
from tests.postgres import Server
from tests.process import Process, signed, started
from tests.running import empty
from tests.scene import Scene, Service, problem
from tests.test_exports import add_aliases, exported_csv
from tests.waiting import LIMIT, until

PATH = "/organization-aliases"
OPENED = 12
"""Descriptors of connections that a pool may still open in the second round."""

Ask = Callable[[], httpx.Response]


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


class Reader:
    """Asks for an export inside the process, and takes its body only when it is let."""

    def __init__(self, service: Service, kind: str = CSV) -> None:
        self.app: Any = service.client.app
        self.key = issue(service.database, Role.COORDINATOR)
        self.kind = kind
        self.started, self.may_go_on = anyio.Event(), anyio.Event()
        self.body = b""
        self.status = 0
        self.has_left = False

    async def read(self) -> None:
        headers = {"host": "testserver", "accept": self.kind, "authorization": f"Bearer {self.key}"}
        path = f"/api/v1{PATH}"
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), said.encode()) for name, said in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
            "scheme": "http",
            "http_version": "1.1",
            "state": {},
        }
        await self.app(scope, self._receive, self._take)

    async def _receive(self) -> Any:
        if self.has_left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _take(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        if message["type"] == "http.response.body":
            self.started.set()
            await self.may_go_on.wait()
            self.body += message.get("body", b"")


@contextmanager
def stalling(service: Service, count: int, kind: str = CSV) -> Iterator[list[Reader]]:
    """Readers who have begun to read, and read on when the block ends."""
    portal = service.client.portal
    assert portal
    readers: list[Reader] = []

    async def begin() -> None:
        readers.extend(Reader(service, kind) for _ in range(count))

    portal.call(begin)
    with ExitStack() as stack:
        running = [portal.start_task_soon(each.read) for each in readers]
        stack.callback(lambda: [each.result() for each in running])
        stack.callback(lambda: [portal.call(each.may_go_on.set) for each in readers])
        for each in readers:
            portal.call(each.started.wait)
        yield readers


def parts(service: Service) -> Any:
    app: Any = service.client.app
    return app.state.service


def test_whoever_reads_slowly_keeps_no_place(
    service: Service, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_aliases(service, scene, 2 * AT_ONCE)
    with stalling(service, EXPORTS + 1) as readers:
        monkeypatch.setattr(exports, "WAIT", 0.05)
        until(lambda: parts(service).exports.borrowed_tokens == 0)
        assert len(exported_csv(service.client, PATH)) >= 2 * AT_ONCE
        assert parts(service).spools.size
    assert len({each.body for each in readers}) == 1
    assert readers[0].body.count(b"\r\n") > 2 * AT_ONCE
    until(lambda: parts(service).spools.size == 0)


def test_beyond_its_room_a_file_goes_at_the_pace_of_its_reader(
    service: Service, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_aliases(service, scene, 3 * AT_ONCE)
    whole = service.client.get(PATH, headers={"Accept": CSV}).content
    monkeypatch.setattr(spool, "MOST", 100_000)
    with stalling(service, 1) as readers:
        assert parts(service).exports.borrowed_tokens == 1
    assert readers[0].body == whole
    until(lambda: parts(service).spools.size == 0)
    monkeypatch.setattr(spool, "LEFT", 2**63)
    assert service.client.get(PATH, headers={"Accept": CSV}).content == whole


def test_a_reader_beyond_that_room_who_stalls_is_cut_and_frees_the_place(
    service: Service, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_aliases(service, scene, 3 * AT_ONCE)
    monkeypatch.setattr(spool, "MOST", 1)
    monkeypatch.setattr(exports, "STALL", 0.05)
    with stalling(service, 1):
        until(lambda: parts(service).exports.borrowed_tokens == 0)
    assert parts(service).spools.size == 0


def test_whoever_leaves_takes_their_file_along(service: Service, scene: Scene) -> None:
    add_aliases(service, scene, 2 * AT_ONCE)
    with stalling(service, 2) as readers:
        for each in readers:
            each.has_left = True
    until(lambda: parts(service).spools.size == 0)
    assert parts(service).exports.borrowed_tokens == 0


def test_a_workbook_without_room_is_refused(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MOST", 1)
    refused = service.client.get("/measures", headers={"Accept": XLSX})
    assert problem(refused, 503)["cause"] == "queue_full"
    assert parts(service).spools.size == 0


@contextmanager
def connected(process: Process, sent: bytes) -> Iterator[socket.socket]:
    place = urlsplit(process.base)
    assert place.hostname
    with socket.create_connection((place.hostname, place.port or 80), timeout=LIMIT) as lent:
        lent.sendall(sent)
        yield lent


def descriptors(process: Process) -> int:
    return len([*Path(f"/proc/{process.pid}/fd").iterdir()])


def bother(process: Process, key: dict[str, str], ask: Ask, slow: int, rude: int) -> float:
    """Keep slow clients connected while somebody else asks, then let rude ones come and go."""
    with ExitStack() as stack:
        for _ in range(slow):
            for begun in (SLOW_HEAD, slow_body(key)):
                stack.enter_context(connected(process, begun))
        p95(ask, 100)  # until all of them are there
        busy = p95(ask, 200)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(partial(go_away, process, key), range(rude)))
    return busy


def p95(ask: Ask, times: int) -> float:
    spent = []
    for _ in range(times):
        start = time.monotonic()
        assert ask().status_code == 200
        spent.append(time.monotonic() - start)
    return statistics.quantiles(spent, n=20)[-1]


@on_each_kind
def test_slow_and_rude_clients_leave_nothing_behind(
    kind: str,
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tell: Callable[[str], None],
    *,
    full: bool,
) -> None:
    slow, rude = (200, 1_000) if full else (20, 60)
    (temporary := tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with empty(kind, server, tmp_path) as url, started(Process(tmp_path, url)) as process:
        key = signed(tmp_path, url)
        with httpx.Client(base_url=process.base, headers=key, timeout=LIMIT) as client:
            ask = partial(client.get, "/api/v1/programs")
            # The first round opens the connections that the pools keep.
            for _ in range(2):
                idle, before = p95(ask, 200), descriptors(process)
                busy = bother(process, key, ask, slow, rude)
                assert ask().status_code == 200
                until(lambda: not [path for path in temporary.rglob("*") if path.is_file()])
            until(lambda: descriptors(process) <= before + OPENED)
            listed = client.get("/api/v1/teachers?q=Груб").json()["items"]
    tell(f"p95 {idle * 1000:.1f} ms idle, {busy * 1000:.1f} ms beside {2 * slow} slow clients")
    assert not listed
    assert not full or busy <= 2 * idle + 0.005


SLOW_HEAD = b"GET /api/v1/programs HTTP/1.1\r\nHost: localh"


def slow_body(key: dict[str, str]) -> bytes:
    return upload(key, 1_000_000) + b"municipality_id;"


def upload(key: dict[str, str], size: int) -> bytes:
    lines = (
        "POST /api/v1/imports/teachers?mode=commit&processing_basis=statutory_function HTTP/1.1",
        "Host: localhost",
        f"Authorization: {key['Authorization']}",
        "Content-Type: text/csv",
        f"Content-Length: {size}",
    )
    return "\r\n".join([*lines, "", ""]).encode()


def go_away(process: Process, key: dict[str, str], number: int) -> None:
    """Begin an upload or a download, and hang up."""
    asked = f"GET /api/v1/organizations HTTP/1.1\r\nHost: localhost\r\nAccept: {CSV}\r\n"
    download = f"{asked}Authorization: {key['Authorization']}\r\n\r\n".encode()
    rest = "municipality_id;Фамилия;Имя\n".encode() + "1;Грубиян;Яна\n".encode() * 1000
    with (
        suppress(OSError),
        connected(process, download if number % 2 else upload(key, 900_000)) as lent,
    ):
        if number % 2:
            lent.recv(10)
        else:
            lent.sendall(rest)
