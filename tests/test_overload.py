"""Overload: whoever cannot be answered soon is told so, and nobody waits without end (R14)."""

import asyncio
import itertools
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import sqlalchemy as sa
from anyio import CapacityLimiter

from app.database import patience
from app.database.schema import migrate
from app.database.transaction import Transaction
from app.journal.register import Register
from app.problems import Busy
from app.rest.turnstile import AT_ONCE, Turnstile
from tests.conftest import on_each_kind
from tests.fixtures import Copies, migrated_and_seeded
from tests.flood import OVERLOADED, Told, at, flood
from tests.holding import held
from tests.process import Process, command, signed, started
from tests.scene import Scene, Service, problem
from tests.waiting import LIMIT, until

SHORT = 0.05
WITHIN, LIVES, WELL, MORE = 10.0, 0.5, 5.0, 50 * 1024
"""Seconds of any answer, of /live in 99 of 100 cases, until all is well; KiB of memory."""


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


def parts(service: Service) -> Any:
    app: Any = service.client.app
    return app.state.service


@contextmanager
def full(service: Service, places: CapacityLimiter) -> Iterator[None]:
    """All places taken."""
    portal = service.client.portal
    assert portal
    holders = [object() for _ in range(int(places.total_tokens))]
    for each in holders:
        portal.call(places.acquire_on_behalf_of_nowait, each)
    try:
        yield
    finally:
        for each in holders:
            portal.call(places.release_on_behalf_of, each)


def school(scene: Scene) -> dict[str, Any]:
    named = {"full_name": "Школа", "short_name": "Школа", "kind": "general_school"}
    return {"municipality_id": scene["$municipality"], **named}


def test_who_has_waited_for_a_turn_waits_less_for_a_lock(copies: Copies, tmp_path: Path) -> None:
    def limit(tx: Transaction) -> str:
        return str(tx.connection.exec_driver_sql("SHOW lock_timeout").scalar())

    def limit_with(seconds: float) -> str:
        patience.begin(seconds)
        try:
            return database.write(limit)
        finally:
            patience.end()

    with (
        copies("postgresql", tmp_path, migrated_and_seeded) as url,
        closing(Register(url, b"tests")) as database,
    ):
        assert database.write(limit) == "8s"
        assert [limit_with(each) for each in (5, 3, 1, 0)] == ["8s", "8s", "6s", "5s"]
        # Of one transaction only.
        assert database.write(limit) == "8s"


def test_who_has_waited_for_a_turn_waits_less_for_another_process(
    copies: Copies, tmp_path: Path
) -> None:
    said: list[str] = []

    def begun_with(seconds: float) -> list[str]:
        said.clear()
        patience.begin(seconds)
        try:
            database.write(lambda _: None)
        finally:
            patience.end()
        return [each for each in said if each.startswith(("PRAGMA busy", "BEGIN"))]

    with (
        copies("sqlite", tmp_path, migrated_and_seeded) as url,
        closing(Register(url, b"tests")) as database,
    ):
        event = "before_cursor_execute"
        sa.event.listen(database.engine, event, lambda *told: said.append(told[2]))
        assert begun_with(5) == ["BEGIN IMMEDIATE"]
        begin, usual = "BEGIN IMMEDIATE", "PRAGMA busy_timeout = 10000"
        assert begun_with(0) == ["PRAGMA busy_timeout = 5000", begin, usual]


@pytest.mark.long
def test_writers_who_would_wait_for_too_long_are_refused(
    service: Service, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, program = school(scene), scene["$program"]
    monkeypatch.setattr(patience, "MOST", SHORT)
    with full(service, parts(service).writers):
        refused = service.client.post("/organizations", json=body)
        assert problem(refused, 503)["cause"] == "queue_full"
        refused = service.client.get(f"/programs/{program}/indicators")
        assert problem(refused, 503)["cause"] == "queue_full"
    assert service.client.post("/organizations", json=body).status_code == 201


def test_a_free_place_is_taken_without_patience_too(
    service: Service, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "MOST", 0.0)
    assert service.client.post("/organizations", json=school(scene)).status_code == 201
    assert service.client.get("/organizations?q=Школа").status_code == 200


@pytest.mark.one_database
def test_a_writer_behind_another_one_is_refused_while_that_one_writes(
    service: Service, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = school(scene)
    with (
        ThreadPoolExecutor(1) as pool,
        held("INSERT INTO organizations") as (wait, release),
    ):
        first = pool.submit(service.client.post, "/organizations", json=body)
        wait()
        monkeypatch.setattr(patience, "MOST", SHORT)
        refused = service.client.post("/organizations", json=body)
        assert problem(refused, 503)["cause"] == "queue_full"
        release()
        assert first.result().status_code == 201


@pytest.mark.one_database
def test_whoever_comes_behind_a_queue_that_is_too_old_is_refused_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def come() -> None:
        turnstile = Turnstile()
        waiting = [asyncio.create_task(turnstile.enter()) for _ in range(AT_ONCE + 1)]
        await asyncio.sleep(0)
        assert [each.done() for each in waiting].count(False) == 1
        monkeypatch.setattr(patience, "MOST", -1.0)
        with pytest.raises(Busy):
            await turnstile.enter()
        await asyncio.gather(*waiting)

    asyncio.run(come())


@pytest.mark.one_database
def test_a_turnstile_admits_in_order_a_few_in_each_round() -> None:
    async def admitted() -> list[list[int]]:
        rounds: list[list[int]] = []
        turnstile = Turnstile()

        async def enter(number: int) -> None:
            await turnstile.enter()
            rounds[-1].append(number)

        tasks = [asyncio.create_task(enter(number)) for number in range(5 * AT_ONCE)]
        while not all(task.done() for task in tasks):
            rounds.append([])
            await asyncio.sleep(0)
        return rounds

    rounds = asyncio.run(admitted())
    assert [*itertools.chain(*rounds)] == [*range(5 * AT_ONCE)]
    assert max(map(len, rounds)) == AT_ONCE


@pytest.mark.long
@pytest.mark.one_database
def test_a_shell_that_allows_few_files_hinders_no_connection(tmp_path: Path) -> None:
    process = Process(tmp_path, "", ("-c", WITH_FEW_FILES), connections="100")
    with started(process), ExitStack() as idle:
        address = urlsplit(process.base)
        for _ in range(90):
            connection = socket.create_connection((address.hostname, address.port), LIMIT)
            idle.enter_context(closing(connection))
        assert httpx.get(f"{process.base}/ready", timeout=LIMIT).status_code == 200


WITH_FEW_FILES = """
import resource, runpy
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
runpy.run_module("app", run_name="__main__")
"""


@pytest.mark.long
@on_each_kind
def test_a_flood_is_answered(
    kind: str,
    copies: Copies,
    tmp_path: Path,
    tell: Callable[[str], None],
    *,
    full: bool,
) -> None:
    connections, seconds = (500, 60.0) if full else (60, 2.0)
    with copies(kind, tmp_path, migrate) as url:
        command(tmp_path, url, "seed")
        if full:
            command(tmp_path, url, "demo")
        with started(Process(tmp_path, url)) as process:
            key = signed(tmp_path, url)["Authorization"].split()[1]
            # What is normal: caches and connections are there.
            usual = asyncio.run(flood(process.base, key, 16, 10 if full else 1))
            before = memory(process)
            told = asyncio.run(flood(process.base, key, connections, seconds))
            after = memory(process)
            well = seconds_until_well(process, key, usual)
    tell(f"{told}; {after - before} KiB more; as usual after {well:.1f} s")
    assert set(told.statuses) <= {200, 201, *OVERLOADED}
    assert (told.resets, told.silent) == (0, 0)
    assert not full or max(told.seconds) <= WITHIN
    assert not full or at(sorted(told.lives), 0.99) <= LIVES
    assert not full or after - before <= MORE
    assert not full or well <= WELL


def memory(process: Process) -> int:
    """KiB in memory."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (line,) = (each for each in status.splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1])


def seconds_until_well(process: Process, key: str, usual: Told) -> float:
    """The seconds until a record comes as soon as in 95 of 100 usual cases."""
    limit, start = at(sorted(usual.seconds), 0.95), time.monotonic()
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=process.base, headers=headers, timeout=LIMIT) as client:

        def is_usual() -> bool:
            begin = time.monotonic()
            return client.get("/api/v1/programs").is_success and time.monotonic() - begin <= limit

        until(is_usual)
    return time.monotonic() - start
