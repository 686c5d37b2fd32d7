"""Compose: two roles with passwords of their own, made by the very script that it ships (S25)."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from app.__main__ import main
from app.commands.opening import opened
from app.oversight.archiving import archive
from app.settings import Settings
from tests.postgres import Postgres
from tests.process import ROOT, command, serving, signed

pytestmark = pytest.mark.long

ROLES = ROOT / "compose/docker-entrypoint-initdb.d/roles.sql"

MIGRATE = next(
    line.partition("command: ")[2]
    for line in (ROOT / "docker-compose.yml").read_text().splitlines()
    if "app migrate" in line
)

# Characters that mean something in an address, in SQL, in a shell or in a list of settings.
OWNER = """p@ss:/ w%rd#'"\\"""
SCHOOL = """ %20+$1${x}`id`&?=;[]' "ё\\n\\"""


@dataclass(frozen=True)
class Installation:
    """The volumes of compose: the database, with both passwords beside it, and the service's."""

    server: Postgres
    data: Path

    def keep(self, role: str, password: str) -> Path:
        """Write a password as an editor does, with a line feed at the end."""
        return self.server.keep(f"{role}_password", f"{password}\n")

    @property
    def secrets(self) -> Path:
        return self.server.folder

    def run(self, script: Path, superuser: str) -> str:
        """Run a script where the database is; what it complains of."""
        return self._psql(superuser, f"--file={script}")

    def say(self, statement: str) -> str:
        """Run a statement as the superuser; what it complains of."""
        return self._psql("postgres", f"--command={statement}")

    def _psql(self, superuser: str, what: str) -> str:
        done = self.server.run(
            "psql",
            "--no-psqlrc",
            *("--quiet", "--variable=ON_ERROR_STOP=1", what),
            PGDATABASE="school",
            PGUSER=superuser,
            PGOPTIONS=f"-c school.secrets={self.secrets}",
        )
        return done.stderr if done.returncode else ""

    def address(self, role: str) -> str:
        """An address as compose gives it, without a password."""
        place = urlsplit(self.server.url("school"))
        return place._replace(netloc=f"{role}@{place.netloc.rpartition('@')[2]}").geturl()

    def settings(self, role: str) -> dict[str, Any]:
        """What compose tells the container of a role beside the address."""
        return {"database_password_file": str(self.secrets / f"{role}_password")}

    def connection(self, role: str, password: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.address(role), password=password, autocommit=True)


@contextmanager
def installed(data: Path, superuser: str) -> Iterator[Installation]:
    """A new server with an empty database, and passwords that nobody uses yet."""
    with Postgres(superuser=superuser) as server:
        server.create("school")
        installation = Installation(server, data)
        installation.keep("owner", OWNER)
        installation.keep("school", SCHOOL)
        yield installation


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that was migrated by its owner."""
    with installed(tmp_path_factory.mktemp("data"), "postgres") as made:
        assert made.run(ROLES, "postgres") == ""
        migrate(made)
        yield made


def migrate(made: Installation, **more: str) -> None:
    """Migrate as the owner, for the role that serves."""
    done = migrating(made, **more)
    assert (done.returncode, done.stderr) == (0, "")


def migrating(made: Installation, **more: str) -> "subprocess.CompletedProcess[str]":
    """What compose's own command does, with the files of this installation.

    In a new process, as compose does: it knows only the tables that the command imports.
    """
    settings = {"SN_DATA": str(made.data), "SN_DATABASE_URL": made.address("owner")}
    settings["SN_DATABASE_PASSWORD_FILE"] = str(made.secrets / "owner_password")
    said = MIGRATE.replace("/run/secrets", str(made.secrets)).split()
    return subprocess.run(
        [sys.executable, *said[1:]],
        cwd=ROOT,
        env=os.environ | settings | more,
        capture_output=True,
        text=True,
        check=False,
    )


def assert_serves(made: Installation) -> None:
    """Serve as compose does; a record is changed and a key made by the role that serves."""
    place, settings = made.address("school"), made.settings("school")
    with serving(made.data, place, **settings) as base:
        headers = signed(made.data, place, **settings)
        programs = httpx.get(f"{base}/api/v1/programs", headers=headers).json()["items"]
        changed = httpx.patch(
            f"{base}/api/v1/programs/{programs[0]['id']}",
            json={"goal": "другая"},
            headers={**headers, "If-Match": "*"},
        )
        assert changed.status_code == 200


def test_a_new_installation_serves(installation: Installation) -> None:
    assert_serves(installation)


@pytest.mark.parametrize(
    "forbidden",
    [
        "COPY programs FROM PROGRAM 'id'",
        "COPY (SELECT 1) TO PROGRAM 'cat'",
        "COPY programs TO '/tmp/programs'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT rolpassword FROM pg_authid",
        "SET ROLE owner",
        "SET SESSION AUTHORIZATION owner",
        "SET session_replication_role = replica",
        "ALTER ROLE owner PASSWORD 'x'",
        "ALTER ROLE school SUPERUSER",
        "CREATE ROLE more",
        "CREATE DATABASE more",
        "CREATE SCHEMA more",
        "CREATE TABLE more (id int)",
        "CREATE TEMPORARY TABLE more (id int)",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE INDEX more ON programs (title)",
        "CREATE TRIGGER more BEFORE DELETE ON programs EXECUTE FUNCTION can_only_be_added_to()",
        "DROP TABLE programs",
        "DROP TRIGGER audit_entries_no_change ON audit_entries",
        "ALTER TABLE programs ADD COLUMN more text",
        "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        "ALTER FUNCTION can_only_be_added_to() COST 1",
        "TRUNCATE programs CASCADE",
        "UPDATE audit_entries SET owner = 'nobody'",
        "DELETE FROM audit_entries",
        "DELETE FROM audit_subjects",
        "DELETE FROM audit_heads",
        "INSERT INTO audit_heads SELECT gen_random_uuid(), seq, mac FROM audit_heads",
        "DELETE FROM journal_heads",
        "DELETE FROM api_keys",
        "DELETE FROM destruction_records",
        "UPDATE snapshots SET title = 'x'",
        "UPDATE alembic_version SET version_num = '0001'",
    ],
)
def test_who_serves_may_not(installation: Installation, forbidden: str) -> None:
    with (
        installation.connection("school", SCHOOL) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(forbidden)


@pytest.mark.parametrize(
    "forbidden",
    [
        "COPY programs FROM PROGRAM 'id'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT rolpassword FROM pg_authid",
        "CREATE ROLE more SUPERUSER",
        "ALTER ROLE owner SUPERUSER",
    ],
)
def test_the_owner_may_not(installation: Installation, forbidden: str) -> None:
    with (
        installation.connection("owner", OWNER) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(forbidden)


def test_neither_role_can_more_than_its_own(installation: Installation) -> None:
    assert_roles(installation)


def assert_roles(made: Installation) -> None:
    """The owner has everything, who serves has nothing, and nobody else comes in."""
    with made.connection("owner", OWNER) as connection:
        roles = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper OR rolcreaterole OR rolcreatedb"
            " OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname !~ '^pg_'"
        )
        known = set(roles.fetchall())
        assert known == {("owner", True, False), ("school", True, False), ("postgres", True, True)}
        assert connection.execute(
            "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r"
            " ON r.oid = m.member WHERE rolname IN ('owner', 'school')"
        ).fetchone() == (0,)
        owned = connection.execute(
            "SELECT pg_get_userbyid(relowner) FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace"
            " UNION SELECT pg_get_userbyid(proowner) FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace"
            " UNION SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'school'"
        )
        assert owned.fetchall() == [("owner",)]


def test_the_owner_archives_the_trail(installation: Installation, tmp_path: Path) -> None:
    place, settings = installation.address("owner"), installation.settings("owner")
    signed(installation.data, place, **settings)  # the trail tells of the key
    known = Settings(data=installation.data, database_url=place, **settings)
    with opened(known) as database:
        archive(database, datetime.now(UTC) + timedelta(days=1), tmp_path / "trail.jsonl")
    assert len((tmp_path / "trail.jsonl").read_text().splitlines()) > 1


def test_nobody_comes_in_with_the_password_of_another(installation: Installation) -> None:
    for role, password in (
        ("owner", SCHOOL),
        ("school", OWNER),
        ("postgres", OWNER),
        ("postgres", SCHOOL),
        ("postgres", str(urlsplit(installation.server.url("school")).password)),
    ):
        with pytest.raises(psycopg.OperationalError):
            installation.connection(role, password).close()


def test_a_password_is_changed_by_its_file(installation: Installation) -> None:
    installation.keep("school", "another")
    assert installation.run(ROLES, "postgres") == ""
    installation.connection("school", "another").close()
    installation.keep("school", SCHOOL)
    assert installation.run(ROLES, "postgres") == ""
    installation.connection("school", SCHOOL).close()


SPOILT = {
    "another": ("password authentication failed", "ALTER ROLE school"),
    "": ("--role-password-file: файл пуст",),
}
"""Contents of the file with the password of `school`, and what `migrate` says of them."""


@pytest.mark.parametrize("content", SPOILT)
def test_a_password_with_which_nobody_could_serve_ends_the_migration(
    installation: Installation, content: str
) -> None:
    installation.keep("school", content)
    done = migrating(installation, SN_LANGUAGE="ru")
    installation.keep("school", SCHOOL)
    assert done.returncode != 0
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    for each in SPOILT[content]:
        assert each in done.stderr


CLOSED = [
    ("ALTER ROLE school NOLOGIN", "ALTER ROLE school LOGIN", "not permitted to log in"),
    (
        "REVOKE CONNECT ON DATABASE school FROM school",
        "GRANT CONNECT ON DATABASE school TO school",
        "permission denied for database",
    ),
    (
        "ALTER ROLE school CONNECTION LIMIT 0",
        "ALTER ROLE school CONNECTION LIMIT -1",
        "too many connections",
    ),
    (
        "ALTER ROLE school RENAME TO other",
        "ALTER ROLE other RENAME TO school",
        "no role school",
    ),
]
"""What keeps `school` out, what lets it in again, and what `migrate` says of it."""


@pytest.mark.parametrize(("spoil", "mend", "said"), CLOSED)
def test_a_role_that_does_not_come_in_ends_the_migration(
    installation: Installation, spoil: str, mend: str, said: str
) -> None:
    assert installation.say(spoil) == ""
    done = migrating(installation, SN_LANGUAGE="en")
    assert installation.say(mend) == ""
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_password_is_tried_of_a_role_that_is_named(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", "--role-password-file", str(installation.secrets / "none")]) == 2
    assert "--grant" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "\n"])
def test_an_empty_password_is_refused(installation: Installation, content: str) -> None:
    installation.server.keep("school_password", content)
    assert "there is no password" in installation.run(ROLES, "postgres")
    installation.keep("school", SCHOOL)


def test_an_installation_of_an_older_release_is_carried_over(tmp_path: Path) -> None:
    """As docs/ru/administration/upgrade.md says; on whichever PostgreSQL the older one is."""
    dump = str(tmp_path / "school.dump")
    with installed(tmp_path, "owner") as before:
        _install_as_before(before)
        words = ("--username=owner", "--format=custom", f"--file={dump}", "school")
        assert before.server.run("pg_dump", *words).stderr == ""
    with installed(tmp_path, "postgres") as made:
        assert made.run(ROLES, "postgres") == ""
        words = ("--username=postgres", "--dbname=school", "--exit-on-error", dump)
        done = made.server.run("pg_restore", "--single-transaction", *words)
        assert (done.returncode, done.stderr) == (0, "")
        migrate(made)
        assert_roles(made)
        assert_serves(made)
        for role in ("owner", "school", "postgres"):
            with pytest.raises(psycopg.OperationalError):
                made.connection(role, "LettersAndDigits1").close()


def _install_as_before(made: Installation) -> None:
    """What compose did until both roles had passwords of their own."""
    password = "LettersAndDigits1"
    with psycopg.connect(made.server.url("school"), autocommit=True) as superuser:
        # What this was changed for: with the password of `school`, anybody ran commands as `owner`.
        superuser.execute("COPY (SELECT 1) TO PROGRAM 'cat >/dev/null'")
        superuser.execute(f"ALTER ROLE owner PASSWORD '{password}'")
        superuser.execute(f"CREATE ROLE school LOGIN PASSWORD '{password}'")
        url = urlsplit(made.address("owner"))
        url = url._replace(netloc=url.netloc.replace("@", f":{password}@"))
        command(made.data, url.geturl(), "migrate")
        superuser.execute("GRANT USAGE ON SCHEMA public TO school")
        superuser.execute(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO school"
        )


def test_passwords_are_written_once_and_for_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "compose").mkdir()
    script = shutil.copy(ROOT / "compose/secrets.sh", tmp_path / "compose")
    (tmp_path / ".env").write_text("SN_HOSTS=register.example\n")
    write = ["/bin/sh", script]
    subprocess.run(write, check=True, cwd="/")
    assert (tmp_path / "secrets/tls").is_dir()
    made = _passwords(tmp_path)
    assert made.keys() == {"owner_password", "school_password"}
    assert len(set(made.values())) == 2
    assert all(len(each) >= 32 for each in made.values())
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    subprocess.run(write, check=True, cwd="/")
    assert _passwords(tmp_path) == made
    (tmp_path / "secrets/school_password").unlink()
    (tmp_path / "secrets/school_password").mkdir()
    subprocess.run(write, check=True, cwd="/")
    assert len(set(_passwords(tmp_path).values()) - set(made.values())) == 1
    assert (tmp_path / ".env").read_text() == "SN_HOSTS=register.example\nSN_SECRETS=./secrets\n"


def _passwords(checkout: Path) -> dict[str, bytes]:
    files = (checkout / "secrets").glob("*_password")
    return {path.name: path.read_bytes() for path in files}
