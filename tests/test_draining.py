"""Draining: a service that is told to stop leaves nobody without an answer (R16)."""

import os
import signal
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Event

import httpx
import pytest

from app.database.schema import migrate
from tests.conftest import on_each_kind
from tests.fixtures import Copies
from tests.holding import GO, HELD
from tests.process import Process, signed, started
from tests.scene import in_letters, problem
from tests.waiting import LIMIT, until

START = 3.0
"""Seconds until a service answers."""

LONG = "15"
"""Seconds of draining that no test waits for."""

Answers = list[tuple[str, httpx.Response]]
"""What was answered to whom."""


@pytest.fixture
def url(kind: str, copies: Copies, tmp_path: Path) -> Iterator[str]:
    with copies(kind, tmp_path, migrate) as address:
        yield address


class Writer:
    """Writes teachers one after the other, until one is refused."""

    def __init__(self, process: Process, key: dict[str, str]) -> None:
        # Nothing is sent twice: a connection that is cut is an error here.
        self._client = httpx.Client(base_url=f"{process.base}/api/v1", headers=key, timeout=LIMIT)
        found = self._client.get("/municipalities", params={"limit": "1"}).json()["items"]
        self._home = found[0]["id"]

    def write(self, name: str) -> httpx.Response:
        body = {
            "municipality_id": self._home,
            "last_name": f"Ожидалова{in_letters(name)}",
            "first_name": "Анна",
        }
        return self._client.post("/teachers", json=body)

    def write_on(self, done: Event) -> Answers:
        """What was answered; the last answer is a refusal."""
        answers: Answers = []
        while not done.is_set():
            name = uuid.uuid4().hex
            answers.append((name, self.write(name)))
            if answers[-1][1].status_code == 503:
                break
        return answers


def tell(process: Process) -> None:
    """Send the signal that systemd and docker send."""
    os.kill(process.pid, signal.SIGTERM)


def asked(process: Process, address: str = "/ready") -> httpx.Response:
    """An answer on a connection of its own."""
    return httpx.get(f"{process.base}{address}", timeout=LIMIT)


def refuses(process: Process) -> bool:
    """Whether it answers new requests no more, or listens no more."""
    try:
        return asked(process).status_code == 503
    except httpx.TransportError:
        return True


@contextmanager
def running(process: Process) -> Iterator[Process]:
    """Start a process, which is killed in the end."""
    try:
        process.start()
        yield process
    finally:
        process.kill()


@pytest.mark.long
@pytest.mark.one_database
@pytest.mark.parametrize("workers", ["1", "2"])
def test_whoever_comes_while_it_drains_is_told_and_the_process_is_known_to_live(
    tmp_path: Path, workers: str
) -> None:
    with running(Process(tmp_path, drain=LONG, workers=workers)) as process:
        tell(process)
        until(lambda: asked(process).status_code == 503)
        for address in ("/ready", "/api/v1/programs", "/api/v1/changes?wait=30", "/"):
            refused = asked(process, address)
            assert problem(refused, 503)["type"] == "/problems/draining"
            assert refused.headers["connection"] == "close"
            assert int(refused.headers["retry-after"])
        assert asked(process, "/live").status_code == 200


@pytest.mark.long
@pytest.mark.one_database
@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_ends_well_and_told_twice_at_once(tmp_path: Path, workers: str) -> None:
    process = Process(tmp_path, workers=workers)
    process.start()
    tell(process)
    assert process.await_end() == 0
    process = Process(tmp_path, workers=workers, drain=LONG)
    process.start()
    tell(process)
    until(lambda: asked(process).status_code == 503)
    tell(process)
    assert process.await_end() == -signal.SIGTERM


@pytest.mark.torture
@pytest.mark.one_database
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_start_takes_three_seconds(
    tmp_path: Path, workers: str, tell: Callable[[str], None]
) -> None:
    """Of a new Python, as people start it, on a machine with nothing else to do."""
    spent = []
    for _ in range(4):
        process = Process(tmp_path, "", ("-m", "app"), workers=workers)
        spent.append(process.start())
        process.stop()
    tell(f"{workers} workers: first start {spent[0]:.2f} s, then {min(spent[1:]):.2f} s")
    assert min(spent[1:]) <= START


@pytest.mark.long
@pytest.mark.one_database
def test_workers_without_the_process_above_them_stop(tmp_path: Path) -> None:
    with running(Process(tmp_path, workers="2", drain=LONG)) as process:
        os.kill(process.pid, signal.SIGKILL)
        until(lambda: asked(process).status_code == 503)


@pytest.mark.long
@on_each_kind
def test_writes_in_flight_are_answered(tmp_path: Path, url: str, *, full: bool) -> None:
    writers = 50 if full else 12
    # It listens until everybody was answered, however slow the machine: what comes later is reset.
    with running(Process(tmp_path, url, drain=LONG)) as process:
        key = signed(tmp_path, url)
        done = Event()
        with ThreadPoolExecutor(writers) as pool:
            working = [pool.submit(Writer(process, key).write_on, done) for _ in range(writers)]
            tell(process)
            answers = [answer for each in working for answer in each.result()]
    assert {answer.status_code for _, answer in answers} <= {201, 503}
    assert sum(answer.status_code == 503 for _, answer in answers) == writers
    with started(Process(tmp_path, url)) as again, httpx.Client(headers=key) as client:
        kept = {answer.json()["id"] for _, answer in answers if answer.status_code == 201}
        for each in kept:
            address = f"{again.base}/api/v1/teachers/{each}"
            assert client.get(address, timeout=LIMIT).status_code == 200


@on_each_kind
def test_what_cannot_end_is_told_that_its_outcome_is_unknown(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELD", "INSERT INTO teachers")
    monkeypatch.setenv("ANSWERED", "1")
    with running(Process(tmp_path, url, ("tests.held_list",))) as process:
        writer = Writer(process, signed(tmp_path, url))
        with ThreadPoolExecutor(1) as pool:
            written = pool.submit(writer.write, uuid.uuid4().hex)
            until(lambda: is_held(tmp_path))
            tell(process)
            refused = written.result()
        assert problem(refused, 503)["type"] == "/problems/cut-off"
        assert int(refused.headers["retry-after"])
        (tmp_path / GO).touch()
        assert process.await_end() == 0


@pytest.mark.one_database
def test_a_connection_that_was_to_be_kept_is_answered(tmp_path: Path) -> None:
    """Its head went out before the signal, without a word of an end."""
    with running(Process(tmp_path, "", ("tests.held_answer",), drain=LONG)) as process:
        key = signed(tmp_path)
        connection = HTTPConnection(process.base.removeprefix("http://"), timeout=LIMIT)
        with closing(connection), ThreadPoolExecutor(1) as pool:
            answered = pool.submit(ask, connection, key)
            until(lambda: is_held(tmp_path))
            tell(process)
            until(lambda: asked(process).status_code == 503)
            (tmp_path / GO).touch()
            assert answered.result() == (200, None)
            connection.auto_open = 0  # the same connection or none
            assert ask(connection, key) == (503, "close")


def ask(connection: HTTPConnection, key: dict[str, str]) -> tuple[int, str | None]:
    """The status of an answer, and what it says of the connection."""
    connection.request("GET", "/api/v1/municipalities", headers=key)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.headers["connection"]


def is_held(folder: Path) -> bool:
    return (folder / HELD).exists()


@pytest.mark.long
def test_a_write_that_was_under_way_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELD", "INSERT INTO teachers")
    with running(Process(tmp_path, "", ("tests.held_list",), drain="1")) as process:
        writer = Writer(process, signed(tmp_path))
        with ThreadPoolExecutor(1) as pool:
            written = pool.submit(writer.write, uuid.uuid4().hex)
            until(lambda: is_held(tmp_path))
            tell(process)
            until(lambda: refuses(process))
            (tmp_path / GO).touch()
            assert written.result().status_code == 201
        assert process.await_end() == 0
