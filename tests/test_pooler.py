"""PgBouncer in transaction mode stands between the service and PostgreSQL.

Each transaction may have another connection of the database's, which others had before: nothing
may depend on what a connection was told, prepared or locked.
"""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from app.commands.opening import ready
from app.commands.pooling import SETTINGS
from app.problems import Invalid
from app.registry import RESOURCES
from app.settings import Settings
from tests.holders import Holder
from tests.holding import GO, HELD
from tests.pooler import pooled, prepares
from tests.postgres import Postgres
from tests.process import Process, command, started
from tests.remote import Remote, colleague, reached
from tests.scene import Scene, Service, in_letters
from tests.waiting import until

pytestmark = pytest.mark.torture

SIZE = 6
"""Connections to the database for two services, of which each opens up to twenty."""


@dataclass
class Behind:
    """Two services behind one pooler."""

    service: Service
    held: Path
    """The folder in which the first one holds its long lists until a file is put there."""
    bases: tuple[str, str]
    url: str
    """The address of the database behind the pooler."""
    pooler: str


@pytest.fixture(scope="module", params=["plain", "prepared"])
def behind(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Behind]:
    if request.param == "prepared" and not prepares():
        pytest.skip("PgBouncer carries prepared statements since 1.21 (TEST_PGBOUNCER names one)")
    folder = tmp_path_factory.mktemp("pooled")
    with Postgres() as server:
        direct = server.create("school")
        command(folder, direct, "migrate")
        told(direct)
        with pooled(direct, size=SIZE, prepared=request.param == "prepared") as url:
            first = Process(folder, url, ("tests.held_list",), pooler=request.param)
            other = Process(folder, url, pooler=request.param)
            (folder / GO).touch()
            with (
                started(first),
                started(other),
                reached("postgresql", direct, folder, first.base, other.base) as service,
            ):
                yield Behind(service, folder, (first.base, other.base), url, request.param)


def told(url: str) -> None:
    """Give the role what a connection cannot be given through a pooler."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in SETTINGS.items():
            setting = sql.SQL("ALTER ROLE school IN DATABASE school SET {} = {}")
            connection.execute(setting.format(sql.Identifier(name), sql.Literal(value)))


@pytest.fixture
def scene(behind: Behind) -> Scene:
    return Scene(behind.service.client)


def test_a_role_without_its_settings_is_told_what_to_run(tmp_path: Path) -> None:
    with Postgres() as server:
        direct = server.create("school")
        command(tmp_path, direct, "migrate")
        with pooled(direct, size=SIZE) as url:
            settings = Settings(data=tmp_path, database_url=url, pooler="plain")
            with pytest.raises(Invalid) as refused, ready(settings):
                pass
            (finding,) = refused.value.findings
            statements = str(finding.values["statements"]).split("; ")
            assert all(each.startswith("ALTER ROLE") for each in statements), statements
            with psycopg.connect(direct, autocommit=True) as connection:
                for statement in statements:
                    connection.execute(statement)
        with pooled(direct, size=SIZE) as url:
            settings = Settings(data=tmp_path, database_url=url, pooler="plain")
            with ready(settings) as database:
                assert database.read(
                    lambda tx: tx.texts("SELECT version_num FROM alembic_version", {})
                )


def test_an_older_schema_is_not_migrated_through_a_pooler(tmp_path: Path) -> None:
    with Postgres() as server:
        direct = server.create("school")
        told(direct)
        with pooled(direct, size=SIZE) as url:
            settings = Settings(data=tmp_path, database_url=url, pooler="plain")
            with pytest.raises(Invalid, match="migrate"), ready(settings):
                pass


def test_every_kind_is_written_listed_exported_and_followed(behind: Behind, scene: Scene) -> None:
    scene.lay_by_requests(["$program", "$partnership", "$event", "$teacher"])
    client = behind.service.client
    for resource in RESOURCES:
        for kind in ("application/json", "text/csv"):
            listed = client.get(f"/{resource.path}", headers={"Accept": kind})
            assert listed.is_success, (resource.name, kind, listed.text)
    program = scene["$program"]
    for path in (
        f"/programs/{program}/indicators",
        "/indicators",
        f"/programs/{program}/state",
        f"/programs/{program}/report",
        "/changes?limit=1000",
        "/vocabulary",
    ):
        answer = client.get(path)
        assert answer.is_success, (path, answer.text)


def test_many_at_once_get_their_own_answers(behind: Behind, scene: Scene) -> None:
    """Statements that are prepared under the same name in another connection would be mixed up."""
    body = scene.fill({"municipality_id": "$municipality", "first_name": "Яна"})

    def work(number: int) -> None:
        with Remote(*behind.bases) as client:
            mine = colleague(behind.service, client)
            for at in range(40):
                name = in_letters(uuid.uuid4().hex)
                path = f"/teachers/by-key/pooler/{number}"
                headers = {"Idempotency-Key": f"pooler-key-{number:04}-{at:04}"}
                kept = mine.request("PUT", path, json=body | {"last_name": name}, headers=headers)
                assert kept.is_success, kept.text
                assert mine.get(path).json()["last_name"] == name
                listed = mine.get("/teachers", params={"source_key": str(number), "names": "true"})
                assert [each["last_name"] for each in listed.json()["items"]] == [name]

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(12)))


def test_a_long_list_is_felt_by_the_other_service(behind: Behind, scene: Scene) -> None:
    """Its sign is not a lock of a connection that others get meanwhile."""
    home, folder = scene["$municipality"], behind.held
    rows = [f"{home};Длинная{in_letters(number)};Анна" for number in range(2_000)]
    content = "\n".join(["municipality_id;Фамилия;Имя", *rows]).encode()
    (folder / GO).unlink()
    query = {"mode": "commit", "processing_basis": "consent"}
    headers = {"Content-Type": "text/csv", "Prefer": "respond-async"}
    with Remote(behind.bases[0]) as first, Remote(behind.bases[1]) as second:
        one, other = colleague(behind.service, first), colleague(behind.service, second)
        accepted = one.request(
            "POST", "/imports/teachers", params=query, content=content, headers=headers
        )
        assert accepted.status_code == 202, accepted.text
        path = accepted.headers["location"].removeprefix("/api/v1")
        until((folder / HELD).exists)

        def status(number: int) -> str:
            return str((one, other)[number % 2].get(path).json()["status"])

        # At once, so that each connection is asked on, also the one that took the lock.
        with ThreadPoolExecutor(2 * SIZE) as pool:
            assert {*pool.map(status, range(20 * SIZE))} == {"running"}
        assert other.post("/imports/teachers", content=b"x").status_code < 500
        (folder / GO).touch()
        said = until(lambda: _ended(other, path))
        assert (said["status"], said["stats"]["created"]) == ("committed", 2_000)


def _ended(holder: Holder, path: str) -> dict[str, Any]:
    """The report of a list; nothing while it runs."""
    said: dict[str, Any] = holder.get(path).json()
    return {} if said["status"] == "running" else said


def test_commands_work_through_it(behind: Behind, tmp_path: Path) -> None:
    url, folder = behind.url, behind.held
    command(folder, url, "backup", str(tmp_path / "copy"), pooler=behind.pooler)
    assert "coordinator" in command(folder, url, "key", "list", pooler=behind.pooler)
    command(folder, url, "audit", "verify", pooler=behind.pooler)
