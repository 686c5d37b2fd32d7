"""Rolling restarts: a program goes on over a newer schema that only adds, and over no other."""

import argparse
import itertools
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from app.access.roles import Role
from app.commands import migrating
from app.commands.opening import ready
from app.database import revisions
from app.database.schema import configuration, downgrade, migrate
from app.journal.register import Register
from app.problems import Invalid
from app.registry import RESOURCES
from app.settings import Settings
from tests import releases
from tests.conftest import on_each_kind
from tests.endurance import client
from tests.fixtures import Copies, migrated_and_seeded
from tests.follower import Follower
from tests.holders import Holder, Staff, issue
from tests.postgres import Server, free_port
from tests.process import ROOT as HERE
from tests.releases import Release
from tests.running import SECRET, empty, serving
from tests.scene import ROOT, Scene, body_of, problem
from tests.test_migrations import shape

LATER = "9999"
"""A revision of a program that does not exist yet."""

NOTED_SINCE = "0024"


def script_of(database: Register, revision: str) -> Any:
    """The file of a revision, as Alembic has read it."""
    return ScriptDirectory.from_config(configuration(database)).get_revision(revision).module


@pytest.mark.long
def test_a_schema_tells_the_oldest_program_that_may_use_it(database: Register) -> None:
    for below, revision in itertools.pairwise(revisions.known()):
        if revision < NOTED_SINCE:
            continue
        migrate(database, below)
        before = shape(database)
        migrate(database, revision)
        after = shape(database)
        held = {table for table, *_ in before}
        only_adds = before <= after and all(is_free(part, held) for part in after - before)
        assert getattr(script_of(database, revision), "widens", False) == only_adds, revision
        with database.engine.connect() as connection:
            (oldest,) = connection.exec_driver_sql(revisions.OLDEST).scalars()
        assert (oldest < revision) == only_adds


def is_free(part: tuple[str, str, str], held: set[str]) -> bool:
    """Whether a part that is new lets those write who do not know it."""
    table, kind, what = part
    if table not in held:
        return True
    if kind == "column":
        return "('nullable', 'True')" in what or "('default', 'None')" not in what
    return kind == "index" and "('unique', '1')" not in what and "('unique', 'True')" not in what


def widen(database: Register) -> None:
    """Do what a later program may do while this one serves: add to every table, and tables."""
    with database.engine.begin() as connection:
        for table in sa.inspect(connection).get_table_names():
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN later TEXT")
        connection.exec_driver_sql("CREATE TABLE later (id TEXT PRIMARY KEY)")
        connection.exec_driver_sql("CREATE INDEX ix_later ON organizations (later)")
        note(connection, revisions.head())


def note(connection: sa.Connection, oldest: str) -> None:
    """Note a later schema, and the oldest program that it is for."""
    told = "UPDATE alembic_version SET version_num = :revision, oldest = :oldest"
    connection.execute(sa.text(told), {"revision": LATER, "oldest": oldest})


def work(http: Any) -> None:
    """Make, read, change and list a record of every kind, load a list, follow and count."""
    scene = Scene(http)
    for resource in RESOURCES:
        body = body_of(resource, scene)
        made = scene.make(resource.name, body)
        path = f"/{resource.path}/{made['id']}"
        assert http.get(path).json()["id"] == made["id"]
        assert http.get(f"/{resource.path}").status_code == 200
        changed = http.put(path, json=body, headers={"If-Match": f'"{made["version"]}"'})
        assert changed.status_code in {200, 409}, changed.text
    listed = f"oktmo;name\n{scene.oktmo};Район\n".encode()
    sent: Any = {"content": listed, "headers": {"Content-Type": "text/csv"}}
    loaded = http.post("/imports/municipalities", params={"mode": "commit"}, **sent)
    assert loaded.status_code == 200, loaded.text
    assert http.get(f"/programs/{scene['$program']}/indicators").status_code == 200


@pytest.mark.long
@on_each_kind
def test_a_program_goes_on_while_a_later_one_widens_the_schema(
    kind: str, copies: Copies, tmp_path: Path
) -> None:
    with copies(kind, tmp_path, migrated_and_seeded) as url, serving(kind, url, tmp_path) as old:
        follower = Follower(Holder(old.client, issue(old.database, Role.COORDINATOR)))
        # PostgreSQL's driver prepares a statement when it is met again.
        for _ in range(2 if kind == "postgresql" else 1):
            work(old.client)
        follower.catch_up()
        widen(old.database)
        assert old.client.get(f"{ROOT}/ready").status_code == 200
        work(old.client)
        assert len(follower.catch_up()) >= len(RESOURCES)
        settings = Settings(data=tmp_path, database_url=url, secret=SECRET)
        with ready(settings):
            pass
        asked = argparse.Namespace(check=False, grant=None, role_password_file=None)
        assert migrating.migrate(settings, asked) == 0
        with old.database.engine.begin() as connection:
            note(connection, LATER)
        problem(old.client.get(f"{ROOT}/ready"), 503)
        with pytest.raises(Invalid) as refused, ready(settings):
            pass
        assert refused.value.findings[0].fault.code == "schema_too_new"
        # Compose would start the service again and again.
        with pytest.raises(Invalid) as refused:
            migrating.migrate(settings, asked)
        assert refused.value.findings[0].fault.code == "schema_too_new"


@pytest.mark.shared_out
def test_an_older_schema_is_refused_with_a_sentence(migrated: Register, tmp_path: Path) -> None:
    downgrade(migrated, revisions.known()[-2])
    url = migrated.url.render_as_string(hide_password=False)
    with (
        pytest.raises(Invalid) as refused,
        ready(Settings(data=tmp_path, database_url=url, secret=SECRET)),
    ):
        pass
    assert refused.value.findings[0].fault.code == "schema_too_old"


@pytest.mark.parametrize(
    "made",
    [
        ("CREATE TABLE books (id INTEGER)",),
        (
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
            "INSERT INTO alembic_version VALUES ('ae1027a6acf')",
        ),
    ],
    ids=["tables", "alembic"],
)
def test_the_database_of_another_program_stays_as_it_is(
    database: Register, tmp_path: Path, made: tuple[str, ...]
) -> None:
    with database.engine.begin() as connection:
        for statement in made:
            connection.exec_driver_sql(statement)
        before = sa.inspect(connection).get_table_names()
    url = database.url.render_as_string(hide_password=False)
    settings = Settings(data=tmp_path, database_url=url, secret=SECRET)
    asked = argparse.Namespace(check=False, grant=None, role_password_file=None)
    for use in (lambda: ready(settings).__enter__(), lambda: migrating.migrate(settings, asked)):
        with pytest.raises(Invalid) as refused:
            use()
        assert refused.value.findings[0].fault.code == "database_of_another_program"
    with database.engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == before


@pytest.mark.long
@pytest.mark.parametrize("kind", ["postgresql"])
def test_the_tables_of_extensions_are_no_other_program(
    kind: str, server: Server, tmp_path: Path
) -> None:
    with empty(kind, server, tmp_path) as url, closing(Register(url)) as database:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE spatial_ref_sys (id INTEGER)")
            connection.exec_driver_sql("ALTER EXTENSION plpgsql ADD TABLE spatial_ref_sys")
        with ready(Settings(data=tmp_path, database_url=url, secret=SECRET)):
            pass


@pytest.mark.torture
@on_each_kind
def test_the_release_before_serves_on_the_schema_of_this_one(
    kind: str, server: Server, tmp_path: Path
) -> None:
    tree, port = tmp_path / "before", free_port()
    tree.mkdir()
    with empty(kind, server, tmp_path) as url:
        old = Release(releases.before(tree), tmp_path / "data", url)
        new = Release(HERE, tmp_path / "data", url)
        old.run("app", "migrate")
        staff = staff_of(old)
        mirror = ["app.mirror", "--into", str(tmp_path / "mirror.db"), "--url"]
        with old.serving(port) as address, client(address, staff) as http:
            work(http)
            new.run("app", "migrate")
            work(http)
            old.run(*mirror, address, "--once", key=staff.coordinator)
            work(http)
        with new.serving(port) as address, client(address, staff) as http:
            work(http)
            told = old.run(*mirror, address, "--verify", key=staff.coordinator)
            assert "The mirror equals the service" in told


def staff_of(release: Release) -> Staff:
    """Keys that a release issues by its own command."""
    staff = Staff.__new__(Staff)
    for role in ("admin", "coordinator"):
        key = release.run("app", "key", "issue", "--role", role, "--owner", "Проверка")
        setattr(staff, role, key)
    return staff
