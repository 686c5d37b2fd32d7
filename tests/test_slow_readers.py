"""Slow readers: whoever reads an export slowly, or leaves, keeps nothing that others need (R15)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import anyio
import pytest

from app.access.roles import Role
from app.database.engines import EXPORTS
from app.rest import exports, spool
from app.rest.media import CSV, XLSX
from app.store.listing import AT_ONCE
from tests.holders import issue
from tests.scene import Scene, Service, problem
from tests.test_exports import add_aliases, exported_csv
from tests.waiting import until

pytestmark = pytest.mark.long

PATH = "/organization-aliases"


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


@pytest.mark.shared_out
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


@pytest.mark.shared_out
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


@pytest.mark.shared_out
def test_a_reader_beyond_that_room_who_stalls_is_cut_and_frees_the_place(
    service: Service, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_aliases(service, scene, 3 * AT_ONCE)
    monkeypatch.setattr(spool, "MOST", 1)
    monkeypatch.setattr(exports, "STALL", 0.05)
    with stalling(service, 1):
        until(lambda: parts(service).exports.borrowed_tokens == 0)
    assert parts(service).spools.size == 0


@pytest.mark.shared_out
def test_whoever_leaves_takes_their_file_along(service: Service, scene: Scene) -> None:
    add_aliases(service, scene, 2 * AT_ONCE)
    with stalling(service, 2) as readers:
        for each in readers:
            each.has_left = True
    until(lambda: parts(service).spools.size == 0)
    assert parts(service).exports.borrowed_tokens == 0


@pytest.mark.shared_out
def test_a_workbook_without_room_is_refused(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MOST", 1)
    refused = service.client.get("/measures", headers={"Accept": XLSX})
    assert problem(refused, 503)["cause"] == "queue_full"
    assert parts(service).spools.size == 0
