"""Slow and rude clients: others notice nothing of them, with and without a proxy (R15)."""

import socket
import ssl
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from app.rest.media import CSV
from tests.conftest import on_each_kind
from tests.postgres import Server
from tests.process import Process, signed, started
from tests.proxies import KINDS, SITE, Proxy
from tests.running import empty
from tests.waiting import LIMIT, until

pytestmark = pytest.mark.long

OPENED = 12
"""Descriptors of connections that a pool may still open in the second round."""

Ask = Callable[[], httpx.Response]


@dataclass
class Door:
    """Where clients come: to the service itself, or to the proxy in front of it."""

    process: Process
    key: dict[str, str]
    proxy: Proxy | None = None

    @property
    def host(self) -> str:
        """What a client names in its header."""
        return f"{SITE}:{self.proxy.https}" if self.proxy else "localhost"

    def client(self) -> httpx.Client:
        if self.proxy:
            return self.proxy.client(**self.key)
        return httpx.Client(base_url=self.process.base, headers=self.key, timeout=LIMIT)

    @contextmanager
    def connected(self, sent: bytes) -> Iterator[socket.socket]:
        """A connection on which something was sent."""
        with self._connected() as lent:
            lent.sendall(sent)
            yield lent

    def _connected(self) -> socket.socket:
        address = urlsplit(self.process.base)
        assert address.hostname
        port = self.proxy.https if self.proxy else address.port
        plain = socket.create_connection((address.hostname, port or 80), timeout=LIMIT)
        if not self.proxy:
            return plain
        trust = ssl.create_default_context(cafile=self.proxy.certificate)
        return trust.wrap_socket(plain, server_hostname=SITE)

    def descriptors(self) -> int:
        """The open files and connections of the service and of the proxy."""
        pids = [self.process.pid, *(self.proxy.pids if self.proxy else ())]
        return sum(len([*Path(f"/proc/{pid}/fd").iterdir()]) for pid in pids)


@on_each_kind
@pytest.mark.shared_out
def test_slow_and_rude_clients_leave_nothing_behind(
    kind: str,
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tell: Callable[[str], None],
    *,
    full: bool,
) -> None:
    monkeypatch.setenv("TMPDIR", str(temporary := tmp_path / "tmp"))
    temporary.mkdir()
    with empty(kind, server, tmp_path) as url, started(Process(tmp_path, url)) as process:
        demand_peace(Door(process, signed(tmp_path, url)), [temporary], tell, full=full)


@pytest.mark.one_database
@pytest.mark.parametrize("proxy", KINDS)
def test_they_leave_nothing_behind_a_proxy(
    proxy: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tell: Callable[[str], None],
    *,
    full: bool,
) -> None:
    data, temporary, place = (tmp_path / name for name in ("data", "tmp", "proxy"))
    for folder in (data, temporary, place):
        folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with started(Process(data, hosts=SITE, proxies="127.0.0.1")) as process:
        front = Proxy(place, proxy, process.base)
        with front.running():
            door = Door(process, signed(data), front)
            demand_peace(door, [temporary, *front.temporary], tell, full=full)


def demand_peace(
    door: Door, temporary: list[Path], tell: Callable[[str], None], *, full: bool
) -> None:
    """Demand that slow and rude clients cost others nothing, and that nothing of them stays."""
    slow, rude = (200, 1_000) if full else (20, 60)
    with door.client() as client:
        ask = partial(client.get, "/api/v1/programs")
        # The first round opens the connections that the pools keep.
        for _ in range(2):
            idle, before = p95(ask, 200), door.descriptors()
            busy = bother(door, ask, slow, rude)
            assert ask().status_code == 200
            until(
                lambda: not any(each.is_file() for place in temporary for each in place.rglob("*"))
            )
        until(lambda: door.descriptors() <= before + OPENED)
        listed = client.get("/api/v1/teachers?q=Груб").json()["items"]
    tell(f"p95 {idle * 1000:.1f} ms idle, {busy * 1000:.1f} ms beside {2 * slow} slow clients")
    assert not listed
    assert not full or busy <= 2 * idle + 0.005


def bother(door: Door, ask: Ask, slow: int, rude: int) -> float:
    """Keep slow clients connected while somebody else asks, then let rude ones come and go."""
    with ExitStack() as stack:
        for _ in range(slow):
            for begun in (slow_head(door), slow_body(door)):
                stack.enter_context(door.connected(begun))
        p95(ask, 100)  # until all of them are there
        busy = p95(ask, 200)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(partial(go_away, door), range(rude)))
    return busy


def p95(ask: Ask, times: int) -> float:
    spent = []
    for _ in range(times):
        start = time.monotonic()
        assert ask().status_code == 200
        spent.append(time.monotonic() - start)
    return statistics.quantiles(spent, n=20)[-1]


def slow_head(door: Door) -> bytes:
    return f"GET /api/v1/programs HTTP/1.1\r\nHost: {door.host[:-2]}".encode()


def slow_body(door: Door) -> bytes:
    return upload(door, 1_000_000) + b"municipality_id;"


def upload(door: Door, size: int) -> bytes:
    lines = (
        "POST /api/v1/imports/teachers?mode=commit&processing_basis=statutory_function HTTP/1.1",
        f"Host: {door.host}",
        f"Authorization: {door.key['Authorization']}",
        "Content-Type: text/csv",
        f"Content-Length: {size}",
    )
    return "\r\n".join([*lines, "", ""]).encode()


def go_away(door: Door, number: int) -> None:
    """Begin an upload or a download, and hang up."""
    asked = f"GET /api/v1/organizations HTTP/1.1\r\nHost: {door.host}\r\nAccept: {CSV}\r\n"
    download = f"{asked}Authorization: {door.key['Authorization']}\r\n\r\n".encode()
    rest = "municipality_id;Фамилия;Имя\n".encode() + "1;Грубиян;Яна\n".encode() * 1000
    sent = download if number % 2 else upload(door, 900_000)
    with suppress(OSError), door.connected(sent) as lent:
        if number % 2:
            lent.recv(10)
        else:
            lent.sendall(rest)
