"""Fixtures: what tests stand on, the service over both databases and scenes that never collide."""

import gc
import os
import random
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, settings
from starlette.testclient import TestClient

from app import seeding
from app.access.roles import Role
from app.commands import COLLECTED
from app.database import engines, watch
from app.database.schema import migrate
from app.intake.sheets import workbook
from app.journal.register import Register
from tests.counted import count_children, is_counting
from tests.daily import KINDS
from tests.holders import Holder, issue
from tests.houses import House, built
from tests.postgres import SERVER, Server
from tests.readers import AS_SERVED, forking
from tests.running import SECRET, empty, serving
from tests.scene import Scene, Service
from tests.standing import standing

Copies = Callable[..., AbstractContextManager[str]]
"""Lends the URL of a database of a kind, in a folder, like one that functions have made."""


def pytest_configure(config: pytest.Config) -> None:
    # How long an example takes says how busy the machine is.
    patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("daily", patient, max_examples=15)
    settings.register_profile("full", patient, max_examples=500)
    settings.load_profile("full" if config.getoption("torture") else "daily")
    stack = ExitStack()
    config.add_cleanup(stack.close)
    patch = stack.enter_context(pytest.MonkeyPatch.context())
    if is_counting():
        count_children(patch)
    elif not config.getoption("torture"):
        stack.enter_context(forking(patch))
    # Waiting for the disk guards against a power cut alone, which no test has in this process.
    patch.setattr(engines, "PRAGMAS", (*engines.PRAGMAS, "PRAGMA synchronous = OFF"))
    # A server that is late says how busy the machine is; those that freeze have another process.
    patch.setattr(watch, "PATIENCE", 4 * 60)


def pytest_collection_finish() -> None:
    """Collect as the service does, and never walk again what was imported and collected here."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED)


@pytest.fixture(scope="session")
def full(pytestconfig: pytest.Config) -> bool:
    """Whether the promised numbers are asked for, not the few of every day."""
    return bool(pytestconfig.getoption("torture"))


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str], *, full: bool) -> Callable[[str], None]:
    """Says what was measured: at once where that takes long, otherwise beside a failure."""

    def say(text: str) -> None:
        with capsys.disabled() if full else nullcontext():
            sys.stdout.write(f"{text}\n")

    return say


@pytest.fixture
def dice(tell: Callable[[str], None]) -> random.Random:
    """Dice that can be thrown again in the same way: with SEED in the environment."""
    seed = os.environ.get("SEED") or str(secrets.randbelow(10**6))
    tell(f"SEED={seed}")
    return random.Random(seed)  # noqa: S311 - a test's own dice


@pytest.fixture
def as_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read workbooks in a new Python each, as the service does."""
    if not is_counting():
        monkeypatch.setattr(workbook, "launched", AS_SERVED)


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Server:
    return pytestconfig.stash[SERVER]


@pytest.fixture(scope="session")
def copies(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """Lends copies of databases: to copy one costs a tenth of making it."""
    with ExitStack() as stack:

        @cache
        def original(kind: str, *makes: Callable[[Register], object]) -> str:
            folder, (*before, make) = tmp_path_factory.mktemp(kind), makes
            if makes == (migrated_and_seeded,):
                before = [migrate]
            begun = lend(kind, folder, *before) if before else empty(kind, server, folder)
            url = stack.enter_context(begun)
            first = Register(url, SECRET.encode())
            make(first)
            first.close()
            return url

        @contextmanager
        def lend(kind: str, folder: Path, *makes: Callable[[Register], object]) -> Iterator[str]:
            place = urlsplit(original(kind, *makes)).path.removeprefix("/")
            with empty(kind, server, folder, place) as url:
                if kind == "sqlite":
                    shutil.copy(place, folder / "school.db")
                    (folder / "school.db").chmod(0o600)  # as the service makes it
                yield url

        yield lend


def migrated_and_seeded(database: Register) -> None:
    migrate(database)
    seeding.seed(database)


@pytest.fixture(scope="session")
def services(
    copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Service]]:
    """The running service by kind of database; each is started once."""
    with ExitStack() as stack:

        @cache
        def running(kind: str) -> Service:
            folder = tmp_path_factory.mktemp(kind)
            url = stack.enter_context(copies(kind, folder, migrated_and_seeded))
            return stack.enter_context(serving(kind, url, folder))

        yield running


@pytest.fixture(scope="session", params=KINDS)
def service(request: pytest.FixtureRequest, services: Callable[[str], Service]) -> Service:
    return services(request.param)


@pytest.fixture(scope="module", params=KINDS)
def own_service(
    request: pytest.FixtureRequest, copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service for one file: whoever reads whole lists there meets no other test's records.

    Such a file has a fixture `service` that returns it. To start one costs 0.3 s of CPU.
    """
    kind, folder = request.param, tmp_path_factory.mktemp("own")
    with copies(kind, folder, migrated_and_seeded) as url, serving(kind, url, folder) as own:
        yield own


@pytest.fixture(scope="session")
def houses(
    copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], House]]:
    """The service as a process of its own by kind of database; each is started once."""
    with ExitStack() as stack:

        @cache
        def running(kind: str) -> House:
            folder = tmp_path_factory.mktemp(kind)
            url = stack.enter_context(copies(kind, folder, migrate))
            return stack.enter_context(built(url, folder))

        yield running


@pytest.fixture
def client(service: Service) -> TestClient:
    return service.client


@pytest.fixture
def scene(client: TestClient) -> Scene:
    return Scene(client)


@pytest.fixture
def full_scene(scene: Scene) -> Scene:
    """A program with a record of every kind, each under the name of its kind, and a report."""
    return filled(scene)


@pytest.fixture(scope="module")
def standing_scene(service: Service) -> Scene:
    """A full scene for all tests of a file that read it only: to make one costs 0.2 s of CPU."""
    return filled(Scene(service.client))


def filled(scene: Scene) -> Scene:
    """The scene with a record of every kind, and a report."""
    scene.lay_all()
    report = {"as_of": "2020-12-31", "title": "Отчёт", "act_id": scene["$act"]}
    answer = scene.client.post(f"/programs/{scene['$program']}/snapshots", json=report)
    scene.ids["snapshot_id"] = answer.json()["id"]
    return scene


@pytest.fixture
def desk(service: Service, scene: Scene) -> Scene:
    """The same scene at the desk of its own coordinator, who sees no other municipality."""
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    client: Any = Holder(service.client, key)
    return Scene(client, scene.ids)


@pytest.fixture
@standing
def seminar(scene: Scene) -> Scene:
    """A plan with one seminar held on one day, and two schools."""
    day = "2020-10-15"
    held = {"kind": "held", "window_start": day, "window_end": day, "status": "planned"}
    held |= {"activity_id": "$activity", "title": "Семинар"}
    scene.ids["$seminar"] = scene.make("events", held)["id"]
    assert scene["$school"]
    assert scene["$leader"]
    return scene


@pytest.fixture(params=KINDS)
def migrated(request: pytest.FixtureRequest, copies: Copies, tmp_path: Path) -> Iterator[Register]:
    """A database of one's own with the newest schema."""
    with copies(request.param, tmp_path, migrate) as url:
        lent = Register(url, SECRET.encode())
        yield lent
        lent.close()


@pytest.fixture(params=KINDS)
def seeded(request: pytest.FixtureRequest, copies: Copies, tmp_path: Path) -> Iterator[Register]:
    """A database of one's own with the source program."""
    with copies(request.param, tmp_path, migrated_and_seeded) as url:
        lent = Register(url, SECRET.encode())
        yield lent
        lent.close()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Iterator[Register]:
    """An empty database of one's own."""
    with empty(request.param, server, tmp_path) as url:
        lent = Register(url, SECRET.encode())
        yield lent
        lent.close()
