"""Metrics: what whoever watches sees of the service, who may, and what it costs."""

import asyncio
import multiprocessing
import os
import re
import signal
import sys
import time
import uuid
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as families
from starlette.types import Message

from app.access.followers import keep
from app.access.keys import KEYS
from app.access.roles import Role
from app.backup import mark
from app.commands.keeping import make as back_up
from app.metrics import standing
from app.metrics.families import FAMILIES
from app.metrics.slots import SIZE, Slots
from app.problems import NoConnection, Outage, Unavailable
from app.rest.media import CSV
from app.rest.throttle import Failures
from app.settings import Settings
from tests.holders import Holder, issue
from tests.postgres import Postgres
from tests.process import Process, started
from tests.running import METRICS_KEY
from tests.scene import ROOT, Scene, Service, problem
from tests.waiting import until

KEY = {"Authorization": f"Bearer {METRICS_KEY}"}
ADDRESS = f"{ROOT}/metrics"

# Numbers of seconds, none of which a test compares with a limit.
LATENCY = "sn_request_seconds"
WAITED = "sn_writer_wait_seconds"
WROTE = "sn_write_seconds"
CHANGED = "sn_feed_changed_timestamp_seconds"
ASKED = "sn_follower_asked_timestamp_seconds"
COPIED = "sn_backup_timestamp_seconds"

Numbers = dict[tuple[str, frozenset[tuple[str, str]]], float]
"""Values by the name of a series and its labels, but for the process."""


def scraped(service: Service, **headers: str) -> dict[str, Metric]:
    answer = service.client.get(ADDRESS, headers=KEY | headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {each.name: each for each in families(answer.text)}


SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="([^"\\]*)"')
"""No label of a test has a quotation mark or a backslash."""


def numbers(service: Service) -> Numbers:
    """What is told, read by two expressions: the library takes ten times as long as the service."""
    text = service.client.get(ADDRESS, headers=KEY).text
    return {(name, labels_of(said)): float(value) for name, said, value in SAMPLE.findall(text)}


@cache
def labels_of(said: str) -> frozenset[tuple[str, str]]:
    return frozenset(each for each in LABEL.findall(said) if each[0] != "process")


@pytest.mark.long
def test_numbers_are_those_that_the_library_reads(service: Service) -> None:
    known = {
        (sample.name, frozenset(each for each in sample.labels.items() if each[0] != "process"))
        for each in scraped(service).values()
        for sample in each.samples
    }
    assert known <= numbers(service).keys()


def grown(service: Service, work: Callable[[], object]) -> Numbers:
    """By how much each number is larger after some work."""
    before = numbers(service)
    work()
    after = numbers(service)
    return {name: value - before.get(name, 0.0) for name, value in after.items()}


def named(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


@pytest.mark.long
def test_every_family_is_told_with_what_it_means(service: Service, scene: Scene) -> None:
    scene.make("organizations", SCHOOL)
    follow(service, scene)
    told = scraped(service)
    assert told.keys() == {each.name for each in FAMILIES}
    for each in FAMILIES:
        assert told[each.name].documentation == each.about
        assert re.search("[а-я]", each.about)
        for sample in told[each.name].samples:
            assert set(sample.labels) - {"le"} == set(each.labels)


@pytest.mark.long
@pytest.mark.shared_out
def test_whoever_prefers_openmetrics_gets_it(service: Service) -> None:
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = service.client.get(ADDRESS, headers=KEY | accept)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert {each.name for each in open_families(answer.text)} >= {"sn_requests", "sn_places"}  # type: ignore[no-untyped-call]


def follow(service: Service, scene: Scene) -> str:
    """Lets a key follow the feed to half of its way; returns the key's id."""
    app: Any = service.client.app
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    holder = Holder(service.client, key)
    cursor = holder.get("/changes?limit=1").json()["next_cursor"]
    assert holder.get(f"/changes?limit=1&cursor={cursor}").status_code == 200
    seen = app.state.service.followers.take()
    # A chore may have stored it already.
    service.database.write(lambda tx: keep(tx, seen))
    newest = sa.select(KEYS.c.id).order_by(KEYS.c.created_at.desc()).limit(1)
    return str(service.database.read(lambda tx: tx.execute(newest).scalar_one()))


@pytest.mark.long
@pytest.mark.shared_out
def test_requests_are_counted_by_route_method_and_status(service: Service, scene: Scene) -> None:
    school = scene["$school"]

    def work() -> None:
        for _ in range(3):
            service.client.get(f"/organizations/{school}")
        service.client.get(f"/organizations/{uuid.uuid4()}")
        service.client.head("/organizations")
        service.client.get(f"{ROOT}/live")

    found, route = grown(service, work), "/api/v1/organizations/{id}"
    count = "sn_requests_total"
    assert found[named(count, route=route, method="GET", status="200", cause="")] == 3
    assert found[named(count, route=route, method="GET", status="404", cause="")] == 1
    whole = "/api/v1/organizations"
    assert found[named(count, route=whole, method="HEAD", status="200", cause="")] == 1
    assert found[named(count, route="/live", method="GET", status="200", cause="")] == 1
    assert found[named(f"{LATENCY}_count", route=route, method="GET")] == 4
    assert found[named(f"{LATENCY}_bucket", route=route, method="GET", le="+Inf")] == 4
    assert found[named(f"{LATENCY}_sum", route=route, method="GET")] > 0


@pytest.mark.shared_out
def test_a_refusal_is_counted_by_its_cause(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: Any = service.client.app

    async def holder(_: str) -> None:
        raise NoConnection

    def work() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(app.state.service.keyring, "holder", holder)
            problem(service.client.get("/organizations"), 503)

    found = grown(service, work)
    labels = {"route": "/api/v1/organizations", "method": "GET", "status": "503"}
    assert found[named("sn_requests_total", **labels, cause="no_connection")] == 1
    assert found[named("sn_refusals_total", cause="no_connection")] == 1
    told = {dict(labels)["cause"] for name, labels in found if name == "sn_refusals_total"}
    assert told == {*Outage}


@pytest.mark.long
@pytest.mark.shared_out
def test_no_request_can_add_a_series(service: Service) -> None:
    def strange(number: int) -> None:
        path = f"/{number}{uuid.uuid4().hex}"
        service.client.request(f"X{number}", f"{ROOT}{path}", headers={"Host": f"h{number}"})
        service.client.request("GET", f"{ROOT}{path}?q={number}", headers={"traceparent": path})
        service.client.request(f"X{number}", "/organizations")

    def series() -> set[Any]:
        # Of others a chore may add some meanwhile.
        return {each for each in numbers(service) if each[0].startswith("sn_request")}

    strange(0)
    series()  # the first time it adds its own
    before = series()
    for number in range(1, 60):
        strange(number)
    assert series() == before


@pytest.mark.shared_out
def test_what_a_key_or_a_person_is_called_is_not_told(service: Service, scene: Scene) -> None:
    key_id = follow(service, scene)
    text = service.client.get(ADDRESS, headers=KEY).text
    assert f'key="{key_id}"' in text
    assert "Проверка" not in text


@pytest.mark.long
def test_the_feed_its_followers_and_the_trail_are_told(service: Service, scene: Scene) -> None:
    # By a request: what a scene lays leaves no head outside.
    scene.make("organizations", SCHOOL)
    key_id = follow(service, scene)
    before = numbers(service)
    behind = named("sn_follower_behind_changes", key=key_id)
    assert before[behind] > 0
    scene.make("organizations", SCHOOL)
    after = numbers(service)
    for name in ("sn_feed_position", "sn_trail_last_entry", "sn_trail_outside_entry"):
        assert after[named(name)] > before[named(name)]
    assert after[behind] > before[behind]
    assert after[named("sn_trail_outside_entry")] <= after[named("sn_trail_last_entry")]
    changed = after[named(CHANGED)]
    assert changed >= before[named(CHANGED)] > 1_500_000_000
    assert after[named(ASKED, key=key_id)] > 1_500_000_000


SCHOOL = {
    "municipality_id": "$municipality",
    "kind": "culture",
    "full_name": "Дом культуры",
    "short_name": "ДК",
}


@pytest.mark.long
def test_lists_and_their_rows_are_counted_when_they_are_written(
    service: Service, scene: Scene
) -> None:
    home = scene["$municipality"]
    rows = f"municipality_id;Фамилия;Имя\n{home};Иванова;Анна\n{home};Петрова;\n"

    def send(mode: str, on_error: str) -> None:
        path = f"/imports/teachers?mode={mode}&on_error={on_error}"
        path += "&processing_basis=statutory_function"
        answer = service.client.post(path, content=rows.encode(), headers={"Content-Type": CSV})
        assert "stats" in answer.text, answer.text

    tried = grown(service, lambda: send("dry_run", "skip"))
    assert tried[named("sn_uploads_total", status="dry_run")] == 1
    assert not tried.get(named("sn_upload_rows_total", outcome="created"))
    refused = grown(service, lambda: send("commit", "abort"))
    assert refused[named("sn_uploads_total", status="rejected")] == 1
    assert refused[named("sn_upload_rows_total", outcome="rejected")] == 1
    assert not refused.get(named("sn_upload_rows_total", outcome="created"))
    written = grown(service, lambda: send("commit", "skip"))
    assert written[named("sn_uploads_total", status="partial")] == 1
    assert written[named("sn_upload_rows_total", outcome="created")] == 1
    assert written[named("sn_upload_rows_total", outcome="rejected")] == 1


@pytest.mark.long
def test_writers_are_timed(service: Service, scene: Scene) -> None:
    assert scene["$municipality"]
    found = grown(service, lambda: scene.make("organizations", SCHOOL))
    assert found[named(f"{WAITED}_count")] >= 1
    assert found[named(f"{WROTE}_count")] >= 1
    assert found[named(f"{WROTE}_sum")] > 0


@pytest.mark.long
def test_a_lane_tells_who_is_in_it_and_who_waits(service: Service) -> None:
    app: Any = service.client.app
    papers, portal = app.state.service.papers, service.client.portal
    assert portal
    holder = object()
    portal.call(papers.acquire_on_behalf_of_nowait, holder)
    try:
        found = numbers(service)
    finally:
        portal.call(papers.release_on_behalf_of, holder)
    assert found[named("sn_places_taken", lane="papers")] == 1
    assert found[named("sn_places", lane="papers")] == 1
    assert numbers(service)[named("sn_places_taken", lane="papers")] == 0
    assert found[named("sn_places", lane="reads")] > 1


@pytest.mark.parametrize("failure", ["refuses", "hangs"])
def test_a_database_that_is_away_hinders_nothing(
    failure: str, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: Any = service.client.app
    monkeypatch.setattr(standing, "PATIENCE", 0.05)

    async def rows(*_: Any, **__: Any) -> None:
        if failure == "refuses":
            raise Unavailable
        await asyncio.sleep(3600)

    assert numbers(service)[named("sn_database_up")] == 1
    monkeypatch.setattr(app.state.service.reader, "rows", rows)
    found = numbers(service)
    assert found[named("sn_database_up")] == 0
    assert named("sn_feed_position") not in found
    assert named("sn_disk_free_bytes", place="data") in found


@pytest.mark.long
@pytest.mark.shared_out
def test_the_last_backup_is_told(service: Service, tmp_path: Path) -> None:
    app: Any = service.client.app
    settings: Settings = app.state.service.settings
    (settings.data / mark.NAME).unlink(missing_ok=True)
    assert numbers(service)[named(COPIED)] == 0
    copy = tmp_path / "copy.zip"
    assert (
        back_up(
            Settings(**settings.model_dump()), Namespace(file=copy, into=None, keep=None, at=None)
        )
        == 0
    )
    found = numbers(service)
    assert found[named(COPIED)] > 1_500_000_000
    assert found[named("sn_backup_bytes")] == copy.stat().st_size
    (settings.data / mark.NAME).write_text("{")
    assert numbers(service)[named(COPIED)] == 0


# Who may read it.


Ask = Callable[..., int]


@contextmanager
def configured(service: Service, **changes: Any) -> Iterator[Ask]:
    """A function that asks for the metrics of a service that has other settings."""
    app: Any = service.client.app
    before = app.state.service
    settings = Settings(**before.settings.model_dump() | changes)
    app.state.service = replace(before, settings=settings, failures=Failures(5))

    async def status(peer: str, headers: Mapping[str, str], version: str) -> int:
        sent: list[Message] = []
        scope = {
            "type": "http",
            "http_version": version,
            "method": "GET",
            "scheme": "http",
            "path": "/metrics",
            "query_string": b"",
            "client": (peer, 1),
            "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
        }

        async def receive() -> Message:
            return {"type": "http.request", "body": b""}

        async def send(message: Message) -> None:
            sent.append(message)

        await app(scope, receive, send)
        return int(sent[0]["status"])

    def ask(peer: str = "127.0.0.1", version: str = "1.1", **headers: str) -> int:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        assert service.client.portal
        found: int = service.client.portal.call(status, peer, named, version)
        return found

    try:
        yield ask
    finally:
        app.state.service = before


LOCAL: dict[str, Any] = {"hosts": "", "proxies": "", "metrics_key": ""}


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
@pytest.mark.shared_out
def test_whoever_is_on_the_machine_needs_no_key(peer: str, host: str, service: Service) -> None:
    with configured(service, **LOCAL) as ask:
        assert ask(peer, host=host) == 200


@pytest.mark.parametrize(
    "said",
    [
        {"peer": "192.0.2.9"},
        {"peer": ""},
        {"peer": "testclient"},
        {"host": "school.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "192.0.2.9"},
        {"host": ""},
        {"x_forwarded_for": "192.0.2.9"},
        {"x_forwarded_for": "127.0.0.1"},
        {"x_forwarded_for": ""},
        {"forwarded": "for=192.0.2.9"},
        {"x_real_ip": "192.0.2.9"},
        {"x_forwarded_host": "school.example"},
        {"via": "1.1 proxy"},
        {"version": "1.0"},
    ],
    ids=str,
)
@pytest.mark.shared_out
def test_nobody_else_learns_that_there_is_anything(said: dict[str, str], service: Service) -> None:
    with configured(service, **LOCAL) as ask:
        assert ask(**{"host": "127.0.0.1", **said}) == 404


@pytest.mark.parametrize("open_by", [{"hosts": "school.example"}, {"proxies": "127.0.0.1"}])
@pytest.mark.shared_out
def test_behind_a_proxy_the_machine_itself_needs_the_key(
    open_by: dict[str, str], service: Service
) -> None:
    with configured(service, **LOCAL | open_by) as ask:
        assert ask(host="127.0.0.1") == 404
    with configured(service, **LOCAL | open_by | {"metrics_key": METRICS_KEY}) as ask:
        assert ask(host="127.0.0.1") == 401
        assert ask("192.0.2.9", host="any.example", **KEY) == 200


@pytest.mark.parametrize(
    "said",
    ["", "Bearer", "Bearer ", f"Basic {METRICS_KEY}", f"Bearer {METRICS_KEY}x", "Bearer ключ"],
)
@pytest.mark.shared_out
def test_a_wrong_key_opens_nothing(said: str, service: Service) -> None:
    with configured(service, metrics_key=METRICS_KEY) as ask:
        headers = {"authorization": said} if said else {}
        assert ask("192.0.2.9", host="a.example", **headers) == 401


@pytest.mark.shared_out
def test_keys_cannot_be_tried_without_end(service: Service) -> None:
    with configured(service, metrics_key=METRICS_KEY) as ask:
        tried = [
            ask("192.0.2.9", host="a.example", authorization=f"Bearer {number}")
            for number in range(8)
        ]
        assert tried == [401] * 5 + [429] * 3
        assert ask("192.0.2.9", host="a.example", **KEY) == 200


@pytest.mark.parametrize("role", Role)
@pytest.mark.shared_out
def test_a_key_of_the_register_does_not_open_it(role: Role, service: Service, scene: Scene) -> None:
    scope: dict[str, Any] = {"organization_id": scene["$school"]} if role == Role.ORG else {}
    holder = Holder(service.client, issue(service.database, role, **scope))
    problem(holder.get(ADDRESS), 401)


@pytest.mark.shared_out
def test_it_takes_no_parameters(service: Service) -> None:
    problem(service.client.get(f"{ADDRESS}?a=1", headers=KEY), 422, "unknown_parameter")
    assert service.client.head(ADDRESS, headers=KEY).status_code == 200


# Several workers.


def test_a_slot_keeps_what_was_laid_until_its_owner_ends() -> None:
    slots = Slots(3)
    slots.claim()
    assert [*slots.laid()] == []
    slots.lay(b"one")
    slots.lay(b"another")
    assert [*slots.laid()] == [(0, b"another")]
    with child_of(slots):
        assert dict(slots.laid()) == {0: b"another", 1: b"of a child"}
    assert [*slots.laid()] == [(0, b"another")]
    slots.release()
    assert [*slots.laid()] == []
    with pytest.raises(ValueError, match="do not fit"):
        slots.lay(bytes(SIZE))


def test_a_slot_that_another_took_in_the_same_moment_is_left_to_it() -> None:
    slots = Slots(3)
    slots.claim()
    with child_of(slots) as child:
        slots._memory[:4] = child.to_bytes(4, sys.byteorder)  # noqa: SLF001 - as if it were first
        slots.lay(b"own")
        assert dict(slots.laid()) == {1: b"of a child", 2: b"own"}


@contextmanager
def child_of(slots: Slots) -> Iterator[int]:
    """A process that lays something down, and ends."""
    context = multiprocessing.get_context("fork")
    laid = context.Event()

    def run() -> None:
        slots.claim()
        slots.lay(b"of a child")
        laid.set()
        time.sleep(600)

    child = context.Process(target=run)
    child.start()
    assert laid.wait(60)
    assert child.pid
    yield child.pid
    child.kill()
    child.join()


def test_a_sheet_that_is_being_written_is_not_told() -> None:
    slots = Slots(1)
    slots.claim()
    slots.lay(b"whole")
    slots._memory[14] = 0  # noqa: SLF001 - as a write under way leaves it
    assert [*slots.laid()] == []


@pytest.mark.long
@pytest.mark.one_database
def test_any_worker_tells_of_all(tmp_path: Path) -> None:
    with started(Process(tmp_path, workers="2", log="off")) as process:

        def by_process(name: str) -> dict[str, float]:
            """A number of each process, as whichever is asked tells it."""
            told = families(httpx.get(f"{process.base}/metrics").text)
            samples = [sample for each in told for sample in each.samples if sample.name == name]
            wanted = [each for each in samples if each.labels.get("route", "/live") == "/live"]
            return {each.labels["process"]: each.value for each in wanted}

        # Each on a connection of its own: both workers get some.
        for _ in range(40):
            assert httpx.get(f"{process.base}/live").is_success
        until(lambda: sum(by_process("sn_requests_total").values()) == 40)
        until(lambda: by_process("sn_requests_total").keys() == {"0", "1"})
        began = by_process("sn_process_start_timestamp_seconds")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)

        def is_replaced() -> bool:
            now = by_process("sn_process_start_timestamp_seconds")
            return now.keys() == began.keys() and now != began

        until(is_replaced)


@pytest.mark.torture
def test_a_frozen_database_is_told_at_once(tmp_path: Path) -> None:
    with Postgres() as server:
        process = Process(tmp_path, server.create("frozen"))
        with started(process), httpx.Client(base_url=process.base, timeout=5) as client:

            def is_up() -> bool:
                return "sn_database_up 1.0" in client.get("/metrics").text

            assert is_up()
            with server.frozen():
                told = [is_up() for _ in range(10)]
                assert not any(told)
                assert client.get("/ready").json()["cause"] == "database_gone"
            until(is_up)
