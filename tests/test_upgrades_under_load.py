"""An upgrade of a large database while people read and write: killed, resumed, and hardly felt."""

import itertools
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app import seeding
from app.database.schema import migrate
from app.journal.register import Register
from tests import releases
from tests.endurance import client
from tests.holders import Staff
from tests.postgres import Postgres, free_port
from tests.process import ROOT as HERE
from tests.releases import Release
from tests.running import SECRET
from tests.scene import RESOURCE, Scene, body_of
from tests.waiting import until

INDEX = "ix_participations_mode_id"
MIGRATION = f"""
    found = sa.Table("participations", sa.MetaData(), sa.Column("mode"), sa.Column("id"))
    upgrades.create_index(sa.Index("{INDEX}", found.c.mode, found.c.id))
    op.add_column("participations", sa.Column("later", sa.String(10)))
"""

READERS, WRITERS, ROWS = 8, 2, int(os.environ.get("ROWS", "10_000_000"))

MANY = """
    INSERT INTO participations (id, version, created_at, updated_at, municipality_id, teacher_id,
        event_id, organization_id, role, status, participated_on)
    SELECT CAST(overlay(CAST(gen_random_uuid() AS text) PLACING lpad(to_hex(number), 8, '0')
            FROM 1 FOR 8) AS uuid),
        1, created_at, updated_at, municipality_id, gen_random_uuid(),
        CAST(lpad(to_hex(number / 50), 32, '0') AS uuid), organization_id, role, status,
        participated_on
    FROM participations, generate_series(CAST(:first AS int), :last) AS number WHERE id = :model
"""
"""Rows that nobody looks at, of teachers and events that are not there.

Their ids ascend, as those of the service do, and fifty of them attended the same event.
"""
AT_ONCE = 500_000
LARGE: dict[str, Any] = {
    "shared_buffers": "2GB",
    "max_wal_size": "8GB",
    "maintenance_work_mem": "256MB",
}
"""What a server of such a table is given."""


@dataclass
class People:
    """Readers and writers, and how long each of the readers waited, in seconds."""

    http: Any
    scene: Scene
    seen: list[str]
    waited: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def p99(self) -> float:
        """The wait of one in a hundred since the last look."""
        waited, self.waited = sorted(self.waited), []
        return waited[len(waited) * 99 // 100]

    def read(self, number: int) -> None:
        """Read a record or a list."""
        began = time.perf_counter()
        self._note(self.http.get(self.seen[number % len(self.seen)]))
        self.waited.append(time.perf_counter() - began)

    def write(self, number: int) -> None:
        """Make an organization."""
        named = f"Школа {threading.get_ident()} {number}"
        body = {"municipality_id": "$municipality", "kind": "culture"}
        body |= {"full_name": named, "short_name": named}
        answer = self.http.post("/organizations", json=self.scene.fill(body))
        self._note(answer)
        self.written.append(answer.json().get("id", ""))

    def _note(self, answer: Any) -> None:
        if not answer.is_success:
            self.wrong.append(answer.text)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let all of them go on until the end."""
        ends = threading.Event()

        def work(what: Callable[[int], None]) -> None:
            for number in itertools.count():
                if ends.is_set():
                    return
                what(number)

        tasks = [self.read] * READERS + [self.write] * WRITERS
        threads = [threading.Thread(target=work, args=(each,)) for each in tasks]
        for each in threads:
            each.start()
        try:
            yield
        finally:
            ends.set()
            for each in threads:
                each.join()


@pytest.fixture
def register() -> Iterator[Register]:
    with Postgres(large=True, **LARGE) as server:
        database = Register(server.create("school"), SECRET.encode())
        migrate(database)
        seeding.seed(database)
        yield database
        database.close()


@pytest.mark.torture
def test_a_large_table_is_upgraded_while_people_go_on(
    register: Register, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    url = register.url.render_as_string(hide_password=False)
    now = Release(HERE, tmp_path / "data", url)
    (tmp_path / "later").mkdir()
    later = Release(releases.after(tmp_path / "later", MIGRATION), tmp_path / "data", url)
    with now.serving(free_port()) as address, client(address, Staff(register)) as http:
        people = prepared(register, http, ROWS)
        with people.at_work():
            until(lambda: len(people.waited) > 2_000)
            idle = people.p99()
            killed = later.start("app", "migrate")
            until(lambda: is_building(register) or killed.poll() is not None)
            killed.kill()
            killed.wait()
            told = later.run("app", "migrate")
            busy = people.p99()
    assert people.wrong == []
    with register.engine.connect() as connection:
        kept = {*connection.execute(ORGANIZATIONS).scalars()}
    assert {*map(uuid.UUID, people.written)} <= kept
    assert "9999" in told
    assert is_upgraded(register)
    tell(f"p99 of a read: {idle:.4f} s, while the schema is upgraded {busy:.4f} s")
    assert busy <= 3 * idle


ORGANIZATIONS = sa.select(sa.column("id", sa.Uuid())).select_from(sa.table("organizations"))


def prepared(register: Register, http: Any, count: int) -> People:
    """A large table of participations, and who looks at other rows of it."""
    scene = Scene(http)
    model = scene.make("participations", body_of(RESOURCE["participations"], scene))
    for first in range(1, count + 1, AT_ONCE):
        last = min(first + AT_ONCE - 1, count)
        with register.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            query = {"first": first, "last": last, "model": model["id"]}
            connection.execute(sa.text(MANY), query)
    seen = [f"/participations/{model['id']}", f"/participations?event_id={model['event_id']}"]
    return People(http, scene, seen)


def is_building(register: Register) -> bool:
    """Whether an index grows."""
    with register.engine.connect() as connection:
        growing = (
            "SELECT count(*) FROM pg_stat_progress_create_index WHERE datname = current_database()"
        )
        return bool(connection.exec_driver_sql(growing).scalar())


def is_upgraded(register: Register) -> bool:
    """Whether the index is there and whole, and the column beside it."""
    with register.engine.connect() as connection:
        whole = sa.text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
        columns = {each["name"] for each in sa.inspect(connection).get_columns("participations")}
        return bool(connection.execute(whole, {"name": INDEX}).scalar()) and "later" in columns
