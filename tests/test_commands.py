"""Commands: an administrator makes and takes back keys without the service running."""

import re
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app import seeding
from app.__main__ import CLIENTS, main
from app.access import keys
from app.access.roles import Role
from app.access.tokens import hash_of, read
from app.commands import first_keys
from app.database.schema import migrate
from app.journal.register import Register
from app.settings import Settings
from tests.process import ROOT

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    database: Register,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    monkeypatch.setenv("SN_DATA", str(tmp_path))
    monkeypatch.setenv("SN_SECRET", database.secret.decode())
    monkeypatch.setenv("SN_DATABASE_URL", database.url.render_as_string(hide_password=False))

    def command(*words: str) -> tuple[int, str, str]:
        status = main([*words])
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


def test_a_key_is_printed_alone_and_works_on_an_empty_database(
    run: Run, database: Register
) -> None:
    status, out, err = run("key", "issue", "--role", "admin", "--owner", "Галимова Р. Р.")
    assert (status, err) == (0, "")
    assert read(out.removesuffix("\n"))
    (key,) = database.read(keys.listed)
    assert (key.token_hash, key.owner, key.role) == (
        hash_of(out.strip()),
        "Галимова Р. Р.",
        "admin",
    )


def test_every_option_reaches_the_key(run: Run, database: Register) -> None:
    migrate(database)
    seeding.seed(database)
    said = ("--municipality", seeding.OKTMO, "--source", "gis", "--days", "30")
    status, _, _ = run("key", "issue", "--role", "sync", "--owner", "ГИС", *said)
    (key,) = database.read(keys.listed)
    assert (status, key.source) == (0, "gis")
    assert (key.expires_at - key.created_at).days == 30
    _, out, _ = run("key", "list")
    assert f"municipality={seeding.OKTMO} source=gis" in out


@pytest.mark.parametrize(
    "words",
    [
        ("--role", "coordinator", "--owner", "А", "--municipality", "00000000"),
        ("--role", "org", "--owner", "А"),
        ("--role", "org", "--owner", "А", "--organization", "17"),
        ("--role", "admin", "--owner", " "),
        ("--role", "reader", "--owner", "А", "--source", "gis"),
        ("--role", "sync", "--owner", "А"),
    ],
)
@pytest.mark.one_database
def test_what_does_not_fit_is_told_and_makes_no_key(
    run: Run, database: Register, words: tuple[str, ...]
) -> None:
    status, out, err = run("key", "issue", *words)
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert database.read(keys.listed) == []


def test_a_key_is_replaced_and_taken_back(run: Run, database: Register) -> None:
    run("key", "issue", "--role", "auditor", "--owner", "А")
    (old,) = database.read(keys.listed)
    status, out, err = run("key", "rotate", str(old.id), "--days-old", "3")
    _, new = database.read(keys.listed)
    assert (status, hash_of(out.strip())) == (0, new.token_hash)
    assert str(new.id) in err
    assert run("key", "revoke", str(old.id)) == (0, "", "")
    assert run("key", "revoke", str(old.id)) == (0, "", "")
    states = [line.split()[4] for line in run("key", "list")[1].splitlines()]
    assert states == ["state", "revoked", "works"]


def test_a_list_shows_no_key_and_no_hash(run: Run, database: Register) -> None:
    _, token, _ = run("key", "issue", "--role", "admin", "--owner", "А")
    _, out, _ = run("key", "list")
    assert token.strip().rsplit("_", 1)[1] not in out
    assert hash_of(token.strip()) not in out


def test_a_key_that_never_was_cannot_be_revoked(run: Run, database: Register) -> None:
    status, out, err = run("key", "revoke", "01890000-0000-7000-8000-000000000000")
    assert (status, out) == (1, "")
    assert err


def explained(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as left:
        main([*words, "--help"])
    assert left.value.code == 0
    return capsys.readouterr().out


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(r"{([a-z,]+)}", explained([], capsys))
    assert found
    commands = found[1].split(",")
    assert len(commands) > 10
    for command in commands:
        usage, about, *_ = explained([command], capsys).split("\n\n")
        assert usage.startswith(f"usage: python -m app {command} ")
        assert len(about.split()) > 5


@pytest.mark.parametrize("command", CLIENTS)
def test_a_client_does_not_wait_for_the_service_to_load(command: str) -> None:
    words = [sys.executable, "-X", "importtime", "-m", "app", command, "--help"]
    loaded = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stderr
    assert "httpx" in loaded
    assert "sqlalchemy" not in loaded


@pytest.mark.parametrize("verb", ["issue", "list", "rotate", "revoke"])
def test_every_verb_of_a_key_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["key", verb, "--help"])
    assert len(capsys.readouterr().out.split("\n\n")[1].split()) > 5


@pytest.mark.parametrize(
    ("with_demo", "roles"),
    [(False, ["admin", "coordinator"]), (True, sorted(role.value for role in Role))],
)
def test_the_first_start_makes_its_keys_once(
    database: Register, roles: list[str], *, with_demo: bool
) -> None:
    migrate(database)
    seeding.seed(database)
    made = first_keys.make(database, with_demo=with_demo)
    assert sorted(each.role.value for each in made) == roles
    assert first_keys.make(database, with_demo=with_demo) == []
    known = {key.token_hash: key for key in database.read(keys.listed)}
    assert {hash_of(each.token) for each in made} == known.keys()
    scoped = {role.value for role in Role} - {"admin", "auditor"}
    assert all((key.municipality_id is not None) == (key.role in scoped) for key in known.values())


def test_instances_that_start_together_make_the_first_keys_once(database: Register) -> None:
    migrate(database)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: first_keys.make(database, with_demo=False), range(6)))
    assert sorted(len(each) for each in made) == [0, 0, 0, 0, 0, 1]


def test_whoever_starts_the_service_is_told_how_to_come_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown = first_keys.Shown(Role.COORDINATOR, "ОКТМО 92648000", "sn_x")
    first_keys.show([shown], Settings(port=8020))
    said = capsys.readouterr().out
    assert all(each in said for each in ("sn_x", "Authorize", "http://127.0.0.1:8020/docs"))
    first_keys.show([], Settings())
    assert capsys.readouterr().out == ""


def test_the_first_keys_stand_in_a_file_and_not_in_the_log(
    database: Register, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(database)
    file = tmp_path / "first-keys.txt"
    # Of a database that is gone, and readable to everybody.
    file.write_text("sn_old")
    file.chmod(0o644)
    made = first_keys.make(database, with_demo=False, into=file)
    first_keys.show(made, Settings(), file)
    said, kept = capsys.readouterr().out, file.read_text("utf-8")
    assert str(file) in said
    assert all(each.token in kept and each.token not in said for each in made)
    assert "sn_old" not in kept
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    assert first_keys.make(database, with_demo=False, into=file) == []
    assert file.read_bytes() == before


def test_no_key_is_made_where_it_cannot_be_told(database: Register, tmp_path: Path) -> None:
    migrate(database)
    with pytest.raises(FileNotFoundError):
        first_keys.make(database, with_demo=False, into=tmp_path / "gone" / "first-keys.txt")
    assert database.read(keys.listed) == []


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://localhost:8000"),  # noqa: S104 - compared, not listened on
        ("::1", "http://[::1]:8000"),
    ],
)
def test_the_address_is_one_that_a_browser_opens(host: str, address: str) -> None:
    assert first_keys.address(Settings.model_construct(host=host, port=8000)) == address


def test_another_secret_is_refused_until_it_is_known(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = ("key", "issue", "--role", "admin", "--owner", "Галимова Р. Р.")
    assert run(*issue)[0] == 0
    monkeypatch.setenv("SN_SECRET", "another")
    status, out, err = run(*issue)
    assert (status, out) == (1, "")
    assert "serve --other-secret once" in err
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: None)
    assert run("serve")[0] == 1
    assert run("serve", "--other-secret")[0] == 0
    assert run(*issue)[0] == run("serve")[0] == 0
    assert run("audit", "verify")[0] == 1


def test_the_demo_stands_on_the_whole_seed(
    run: Run, database: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older database has a part of it, and no shared types of resources."""
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: None)
    shared: list[int] = []

    def count(_: Register) -> int:
        with database.engine.connect() as connection:
            counted = connection.exec_driver_sql("SELECT count(*) FROM resource_types").scalar()
        shared.append(int(counted or 0))
        return 0

    monkeypatch.setattr("app.commands.serving.demo", count)
    migrate(database)
    seeding.seed(database)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM resource_types")
    assert run("serve", "--demo")[0] == 0
    assert shared == [4]
