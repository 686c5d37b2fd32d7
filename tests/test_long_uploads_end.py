"""Long uploads whose service ends: nothing is written, the report says so, a repeat works."""

import os
import shutil
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from app.backup import making
from app.commands.opening import opened
from app.database import engines
from app.database.schema import migrate
from app.problems import Busy
from app.settings import Settings
from tests.conftest import on_each_kind
from tests.fixtures import Copies
from tests.holding import END, GO
from tests.postgres import Server
from tests.process import Process, command, serving, started
from tests.remote import reached
from tests.running import empty
from tests.scene import Scene
from tests.test_long_uploads import ended, listed, made, report, send
from tests.waiting import until

ROWS, TEMPORARY = 12, "temporary"


@pytest.fixture
def process(
    kind: str, copies: Copies, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Process]:
    """A service which holds each accepted list before its end, or as the test says."""
    with copies(kind, tmp_path, migrate) as url:
        workers, held = getattr(request, "param", ("2", END))
        process = Process(tmp_path, url, ("tests.held_list",), workers=workers)
        process.environment["HELD"] = held
        process.environment["TMPDIR"] = str(tmp_path / TEMPORARY)
        (tmp_path / TEMPORARY).mkdir()
        with started(process):
            yield process
            (tmp_path / GO).touch()


@pytest.fixture
def scene(process: Process, kind: str, tmp_path: Path) -> Iterator[Scene]:
    url = process.environment["SN_DATABASE_URL"]
    with reached(kind, url, tmp_path, process.base) as service:
        yield Scene(service.client)


def sent(scene: Scene) -> tuple[Any, bytes, dict[str, str]]:
    """An accepted list that has written everything but its end."""
    content, named = listed(scene, ROWS), {"Idempotency-Key": uuid.uuid4().hex}
    answer = send(scene, content, **named)
    assert answer.status_code == 202, answer.text
    # Whichever of the workers is asked: it is another one, now and then.
    until(lambda: report(scene, answer)["progress"]["written"] == ROWS)
    return answer, content, named


def nothing_is_there(scene: Scene, answer: Any, tmp_path: Path) -> None:
    """The report of a list that was interrupted."""
    said = ended(scene, answer)
    assert said["status"] == "rejected"
    assert said["problem"]["type"] == "/problems/import-interrupted"
    assert made(scene) == 0
    items = scene.client.get("/audit", params={"id": said["id"]}).json()["items"]
    assert {each["outcome"] for each in items} == {"running", "rejected"}
    assert not [*tmp_path.glob("*-uploads/*")]


def a_repeat_is_carried_out(
    scene: Scene, first: Any, content: bytes, named: dict[str, str], tmp_path: Path
) -> None:
    """The same request, by the same key, has its effect once."""
    (tmp_path / GO).touch()
    again = send(scene, content, **named)
    assert again.headers["location"] != first.headers["location"]
    assert "idempotency-replayed" not in again.headers
    assert ended(scene, again)["status"] == "committed"
    assert made(scene) == ROWS
    assert scene.client.get("/audit/verify").json()["whole"]


@pytest.mark.long
@on_each_kind
@pytest.mark.shared_out
def test_a_killed_service_has_written_nothing_of_an_accepted_list(
    process: Process, scene: Scene, tmp_path: Path
) -> None:
    answer, content, named = sent(scene)
    process.kill()
    assert content in left(tmp_path)
    process.start()
    assert not left(tmp_path)
    nothing_is_there(scene, answer, tmp_path)
    a_repeat_is_carried_out(scene, answer, content, named, tmp_path)


@pytest.mark.long
@on_each_kind
def test_killed_workers_have_written_nothing_of_an_accepted_list(
    process: Process, scene: Scene, tmp_path: Path
) -> None:
    answer, content, named = sent(scene)
    for child in children(process.pid):
        os.kill(child, signal.SIGKILL)
    until(lambda: is_ready(process))
    # Each worker that takes the place of a killed one clears away what that left.
    until(lambda: not left(tmp_path))
    nothing_is_there(scene, answer, tmp_path)
    a_repeat_is_carried_out(scene, answer, content, named, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_backup_that_is_made_while_a_list_runs_restores_whole(
    process: Process, scene: Scene, kind: str, server: Server, tmp_path: Path
) -> None:
    answer, _, _ = sent(scene)
    copy = tmp_path / "copy"
    command(tmp_path, process.environment["SN_DATABASE_URL"], "backup", str(copy))
    (tmp_path / GO).touch()
    assert ended(scene, answer)["status"] == "committed"
    with restored(copy, kind, server, tmp_path) as client:
        there = Scene(client, scene.ids)
        said = ended(there, answer)
        assert said["status"] == "rejected"
        assert said["problem"]["type"] == "/problems/import-interrupted"
        assert made(there) == 0
        assert client.get("/audit/verify").json()["whole"]


@pytest.mark.long
@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_backup_waits_for_a_list_that_holds_the_database(
    process: Process, scene: Scene, kind: str, server: Server, tmp_path: Path
) -> None:
    answer, _, _ = sent(scene)
    url = process.environment["SN_DATABASE_URL"]
    copy, pragmas = tmp_path / "copy", (*engines.PRAGMAS, "PRAGMA busy_timeout = 50")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "PRAGMAS", pragmas)
        with opened(Settings(data=tmp_path, database_url=url)) as database:
            write, refused = database.write, []

            def tried(*work: Any) -> Any:
                try:
                    return write(*work)
                except Busy:
                    refused.append(work)
                    (tmp_path / GO).touch()
                    raise

            patch.setattr(database, "write", tried)
            making.make(database, copy, lambda _: None)
    assert refused
    with restored(copy, kind, server, tmp_path) as client:
        there = Scene(client, scene.ids)
        assert ended(there, answer)["status"] == "committed"
        assert made(there) == ROWS


@contextmanager
def restored(copy: Path, kind: str, server: Server, tmp_path: Path) -> Iterator[TestClient]:
    """A service over a database that a copy was restored into."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(tmp_path / "secret", elsewhere)
    with empty(kind, server, elsewhere) as url:
        command(elsewhere, url, "restore", str(copy))
        with serving(elsewhere, url) as base, reached(kind, url, elsewhere, base) as service:
            yield service.client


def left(tmp_path: Path) -> list[bytes]:
    """The files in the temporary folder of the service."""
    return [path.read_bytes() for path in (tmp_path / TEMPORARY).rglob("*") if path.is_file()]


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    return [int(each) for each in text.split()]


@pytest.mark.long
@on_each_kind
@pytest.mark.parametrize("process", [("1", "INSERT INTO teachers")], indirect=True)
def test_a_service_that_stops_ends_its_list_after_the_slice(
    process: Process, scene: Scene, tmp_path: Path
) -> None:
    content, named = listed(scene, ROWS), {"Idempotency-Key": uuid.uuid4().hex}
    answer = send(scene, content, **named)
    until(lambda: report(scene, answer)["progress"]["read"] == ROWS)
    os.kill(process.pid, signal.SIGTERM)
    until(lambda: not is_ready(process))
    (tmp_path / GO).touch()
    assert process.await_end() == 0
    process.start()
    nothing_is_there(scene, answer, tmp_path)
    a_repeat_is_carried_out(scene, answer, content, named, tmp_path)


def is_ready(process: Process) -> bool:
    try:
        return httpx.get(f"{process.base}/ready", timeout=2).is_success
    except httpx.HTTPError:
        return False
