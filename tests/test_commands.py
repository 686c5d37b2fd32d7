"""Commands: an administrator makes and takes back keys without the service running."""

import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
import time_machine

from app import seeding
from app.__main__ import main
from app.access import keys
from app.access.keys import ApiKey
from app.access.roles import Role
from app.access.scopes import KeyWrite
from app.access.tokens import hash_of, read
from app.commands import first_keys, report_file, reporting, running
from app.database.dialects import POSTGRESQL
from app.database.schema import downgrade
from app.journal.register import Register
from app.problems import Busy, Conflict, DiskFull, Problem, Unavailable
from app.registry.teachers import teachers
from app.settings import Settings
from app.store import register
from tests.process import ROOT

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Register], Run]:
    """Commands on a database."""

    def run_on(database: Register) -> Run:
        monkeypatch.setenv("SN_DATA", str(tmp_path))
        monkeypatch.setenv("SN_SECRET", database.secret.decode())
        monkeypatch.setenv("SN_DATABASE_URL", database.url.render_as_string(hide_password=False))

        def command(*words: str) -> tuple[int, str, str]:
            status = main([*words])
            said = capsys.readouterr()
            return status, said.out, said.err

        return command

    return run_on


@pytest.fixture
def run(run_on: Callable[[Register], Run], migrated: Register) -> Run:
    return run_on(migrated)


@pytest.mark.long
def test_a_key_is_printed_alone_and_works_on_an_empty_database(
    run_on: Callable[[Register], Run], database: Register
) -> None:
    run = run_on(database)
    status, out, err = run("key", "issue", "--role", "admin", "--owner", "Галимова Р. Р.")
    assert (status, err) == (0, "")
    assert read(out.removesuffix("\n"))
    (key,) = database.read(keys.listed)
    assert (key.token_hash, key.owner, key.role) == (
        hash_of(out.strip()),
        "Галимова Р. Р.",
        "admin",
    )


@pytest.mark.long
@pytest.mark.shared_out
def test_every_option_reaches_the_key(run: Run, migrated: Register) -> None:
    seeding.seed(migrated)
    said = ("--municipality", seeding.OKTMO, "--source", "gis", "--days", "30")
    status, _, _ = run("key", "issue", "--role", "sync", "--owner", "ГИС", *said)
    (key,) = migrated.read(keys.listed)
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
    run: Run, migrated: Register, words: tuple[str, ...]
) -> None:
    status, out, err = run("key", "issue", *words)
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert migrated.read(keys.listed) == []


def issued(run: Run, migrated: Register, owner: str, *words: str) -> ApiKey:
    assert run("key", "issue", "--role", "auditor", "--owner", owner, *words)[0] == 0
    return migrated.read(keys.listed)[-1]


@pytest.mark.long
def test_a_key_is_replaced_and_taken_back(run: Run, migrated: Register) -> None:
    old = issued(run, migrated, "А")
    status, out, err = run("key", "rotate", str(old.id), "--days-old", "3")
    _, new = migrated.read(keys.listed)
    assert (status, hash_of(out.strip())) == (0, new.token_hash)
    assert str(new.id) in err
    assert run("key", "revoke", str(old.id))[0] == 0
    assert run("key", "revoke", str(old.id))[0] == 0
    states = [line.split()[5] for line in run("key", "list")[1].splitlines()]
    assert states == ["state", "revoked", "works"]


@pytest.mark.shared_out
def test_a_command_says_whose_key_it_changed(run: Run, migrated: Register) -> None:
    old = issued(run, migrated, "Галимова Р. Р.", "--days", "30")
    said = f"the key {old.id} of Галимова Р. Р., role auditor, scope everything"
    _, _, err = run("key", "rotate", str(old.id), "--days-old", "3")
    old, new = migrated.read(keys.listed)
    ends = f"It works until {told(new.expires_at)}, the old key {old.id} until"
    assert err == (
        f"Issued: {said.replace(str(old.id), str(new.id))}. {ends} {told(old.expires_at)}.\n"
    )
    _, out, _ = run("key", "revoke", str(old.id))
    assert out == f"Revoked: {said}. It would have worked until {told(old.expires_at)}.\n"
    _, out, _ = run("key", "revoke", str(old.id))
    revoked_at = migrated.read(keys.listed)[0].revoked_at
    assert revoked_at
    assert out == f"Nothing to do: {said}, was revoked at {told(revoked_at)}.\n"


def told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


@pytest.mark.parametrize(
    "beginning",
    [
        lambda key, _: str(key.id)[:-1],
        lambda key, _: str(key.id).upper()[:-1],
        lambda key, _: key.id.hex[:-1],
        lambda key, _: key.kid,
        lambda key, _: f"sn_{key.kid[:11]}",
        lambda key, _: f"sn_{key.kid}_…",
        lambda _, token: token,
    ],
)
@pytest.mark.parametrize("verb", ["revoke", "rotate", "list"])
@pytest.mark.shared_out
def test_the_beginning_of_a_key_names_it(
    run: Run, migrated: Register, verb: str, beginning: Callable[[ApiKey, str], str]
) -> None:
    run("key", "issue", "--role", "auditor", "--owner", "Другая")
    _, token, _ = run("key", "issue", "--role", "auditor", "--owner", "Галимова")
    key = migrated.read(keys.listed)[-1]
    status, out, err = run("key", verb, beginning(key, token.strip()))
    assert status == 0, err
    assert "Галимова" in out + err
    assert "Другая" not in out + err


@pytest.mark.long
@pytest.mark.parametrize("verb", ["revoke", "rotate"])
@pytest.mark.shared_out
def test_a_beginning_of_several_keys_changes_none_and_lists_them(
    run: Run, migrated: Register, verb: str
) -> None:
    first, second = (issued(run, migrated, owner) for owner in ("Первая", "Вторая"))
    before = migrated.read(keys.listed)
    common = os.path.commonprefix([str(first.id), str(second.id)])  # noqa: RUF071 - no paths
    status, out, err = run("key", verb, common)
    assert (status, out) == (1, "")
    assert all(f"{key.id}  sn_{key.kid}_…  auditor  {key.owner}" in err for key in before)
    assert migrated.read(keys.listed) == before
    assert run("key", "list", common)[1] in err


@pytest.mark.parametrize("text", ["", "-", "sn_", "018", "sn_abc", "----", "sn__abcdefgh"])
@pytest.mark.parametrize("verb", ["revoke", "rotate", "list"])
@pytest.mark.one_database
def test_a_slip_of_the_hand_names_no_key(run: Run, verb: str, text: str) -> None:
    with pytest.raises(SystemExit) as refused:
        run("key", verb, "--", text)
    assert refused.value.code == 2


@pytest.mark.shared_out
def test_a_list_shows_no_key_and_no_hash(run: Run, migrated: Register) -> None:
    _, token, _ = run("key", "issue", "--role", "admin", "--owner", "А")
    _, out, _ = run("key", "list")
    assert token.strip().rsplit("_", 1)[1] not in out
    assert hash_of(token.strip()) not in out


@pytest.mark.parametrize("verb", ["revoke", "rotate", "list"])
@pytest.mark.parametrize("text", ["01890000-0000-7000-8000-000000000000", "zzzz"])
@pytest.mark.shared_out
def test_a_key_that_never_was_is_not_found(run: Run, verb: str, text: str) -> None:
    run("key", "issue", "--role", "admin", "--owner", "А")
    status, out, err = run("key", verb, text)
    assert (status, out) == (1, "")
    assert err == f"No key begins with {text}. `key list` shows every key.\n"


def test_the_last_key_of_an_administrator_is_not_revoked(run: Run) -> None:
    _, first, _ = run("key", "issue", "--role", "admin", "--owner", "А")
    status, out, err = run("key", "revoke", first.strip())
    assert (status, out) == (1, "")
    assert "the last active key of an administrator" in err
    run("key", "issue", "--role", "admin", "--owner", "Б")
    assert run("key", "revoke", first.strip())[0] == 0


@pytest.mark.long
def test_of_two_administrators_who_revoke_each_other_one_stays(migrated: Register) -> None:
    body = KeyWrite(role=Role.ADMIN, owner="А")

    def revoked(key: ApiKey) -> bool:
        try:
            migrated.write(lambda tx: keys.revoke(tx, key.id))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            made = [migrated.write(lambda tx: keys.issue(tx, body))[0] for _ in range(8)]
            left = [key for key in migrated.read(keys.listed) if key.revoked_at is None]
            assert len(left) >= len(made)
            assert [*pool.map(revoked, left)].count(False) == 1


def explained(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as left:
        main([*words, "--help"])
    assert left.value.code == 0
    return capsys.readouterr().out


INTERRUPTED = """
import runpy, sys
from app.commands import running
def stopped(args): raise KeyboardInterrupt
running.run = stopped
sys.argv = ["app", "audit", "verify"]
runpy.run_module("app", run_name="__main__")
"""


def test_an_interrupted_command_says_so_in_a_sentence() -> None:
    words = [sys.executable, "-c", INTERRUPTED]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGINT, "a shell script goes on otherwise"
    assert done.stderr.count("\n") == 1
    assert "Interrupted" in done.stderr


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(r"{([a-z,]+)}", explained([], capsys))
    assert found
    commands = found[1].split(",")
    assert len(commands) > 10
    for command in commands:
        usage, about, *_ = explained([command], capsys).split("\n\n")
        assert usage.startswith(f"usage: python -m app {command} ")
        assert len(about.split()) > 5


HEAVY = {
    *("alembic", "fastapi", "httpx", "psycopg", "python_calamine", "sqlalchemy", "starlette"),
    *("uvicorn", "xlsxwriter", "app.demo", "app.feed", "app.indicators", "app.intake"),
    *("app.main", "app.program", "app.registry", "app.rest.crud"),
}
"""Modules that take long to import, themselves or with what they import."""


ONE_AFTER_THE_OTHER = """
import contextlib, os, sys
from app.__main__ import main
for words in sys.argv[1:]:
    with contextlib.suppress(SystemExit), open(os.devnull, "w") as nowhere:
        with contextlib.redirect_stdout(nowhere):
            main(words.split())
    print(*sys.modules)
"""


@pytest.mark.long
@pytest.mark.parametrize(
    "used",
    [
        # Each with what it and those before it in the same process use.
        {
            "--help": set(),
            "key list": {"sqlalchemy"},
            "audit verify": {"sqlalchemy"},
            "migrate": {"sqlalchemy"},
            "backup --help": {"sqlalchemy"},
            "restore --help": {"sqlalchemy"},
            "drill --help": {"sqlalchemy"},
            "retention --help": {"sqlalchemy", "app.registry"},
        },
        {"import --help": {"httpx"}, "mirror --help": {"httpx"}},
    ],
    ids=["own-database", "over-http"],
)
@pytest.mark.one_database
def test_a_command_imports_only_what_it_uses(
    run: Run, migrated: Register, used: dict[str, set[str]]
) -> None:
    """Not all others are imported for it: that took two seconds of CPU."""
    # A driver is what a database on PostgreSQL is used with.
    heavy = HEAVY - {"psycopg"} if migrated.dialect is POSTGRESQL else HEAVY
    told = python("-c", ONE_AFTER_THE_OTHER, *used).stdout.splitlines()
    imported = [heavy & {*line.split()} for line in told]
    assert dict(zip(used, imported, strict=True)) == used


@pytest.mark.long
def test_no_help_imports_what_its_command_runs_with() -> None:
    """One process explains every command: none of them may have imported the framework."""
    program = """
import contextlib, io, sys
from app.__main__ import main
from app.commands import COMMANDS
for name in COMMANDS:
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        main([name, "--help"])
print(*sys.modules)
"""
    explained = {*python("-c", program).stdout.split()}
    assert "app.commands.serving" in explained
    assert not {"alembic", "app.main", "fastapi"} & explained


def test_a_report_is_written_in_every_format_that_its_command_names() -> None:
    assert {*reporting.ENDINGS} == {*report_file.ENDINGS}


@pytest.mark.long
@pytest.mark.one_database
def test_whoever_knows_every_table_knows_those_of_the_database(migrated: Register) -> None:
    """Else a backup would leave out those that its command does not import.

    That both databases have the tables of the models is tested by `test_migrations`.
    """
    tables = {*sa.inspect(migrated.engine).get_table_names()} - {"alembic_version"}
    known = "import app.commands.tables, sqlmodel; print(*sqlmodel.SQLModel.metadata.tables)"
    assert {*python("-c", known).stdout.split()} == tables


@pytest.mark.parametrize("module", ["comparing", "copying", "granting", "rehearsing", "reviving"])
def test_whoever_needs_every_table_imports_them(module: str) -> None:
    assert hasattr(import_module(f"app.commands.{module}").app.commands, "tables")


def python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=True
    )


@pytest.mark.parametrize("verb", ["issue", "list", "rotate", "revoke"])
def test_every_verb_of_a_key_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["key", verb, "--help"])
    assert len(capsys.readouterr().out.split("\n\n")[1].split()) > 5


@pytest.mark.long
@pytest.mark.parametrize(
    ("with_demo", "roles"),
    [(False, ["admin", "coordinator"]), (True, sorted(role.value for role in Role))],
)
@pytest.mark.shared_out
def test_the_first_start_makes_its_keys_once(
    migrated: Register, roles: list[str], *, with_demo: bool
) -> None:
    seeding.seed(migrated)
    made = first_keys.make(migrated, with_demo=with_demo)
    assert sorted(each.role.value for each in made) == roles
    assert first_keys.make(migrated, with_demo=with_demo) == []
    owners = [key.owner for key in migrated.read(keys.listed)]
    assert len({*owners}) == len(owners), "nobody accepts what they sent themselves"
    known = {key.token_hash: key for key in migrated.read(keys.listed)}
    assert {hash_of(each.token) for each in made} == known.keys()
    scoped = {role.value for role in Role} - {"admin", "auditor"}
    assert all((key.municipality_id is not None) == (key.role in scoped) for key in known.values())


def test_instances_that_start_together_make_the_first_keys_once(migrated: Register) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: first_keys.make(migrated, with_demo=False), range(6)))
    assert sorted(len(each) for each in made) == [0, 0, 0, 0, 0, 1]


def test_whoever_starts_the_service_is_told_how_to_come_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown = first_keys.Shown(Role.COORDINATOR, "ОКТМО 92648000", "sn_x")
    first_keys.show([shown], Settings(port=8020))
    said = capsys.readouterr().out
    assert all(each in said for each in ("sn_x", "http://127.0.0.1:8020/\n"))
    first_keys.show([], Settings())
    assert capsys.readouterr().out == ""


@pytest.mark.shared_out
def test_the_first_keys_stand_in_a_file_and_not_in_the_log(
    migrated: Register, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "first-keys.txt"
    # Of a database that is gone, and readable to everybody.
    file.write_text("sn_old")
    file.chmod(0o644)
    made = first_keys.make(migrated, with_demo=False, into=file)
    first_keys.show(made, Settings(), file)
    said, kept = capsys.readouterr().out, file.read_text("utf-8")
    assert str(file) in said
    assert all(each.token in kept and each.token not in said for each in made)
    assert "sn_old" not in kept
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    assert first_keys.make(migrated, with_demo=False, into=file) == []
    assert file.read_bytes() == before


@pytest.mark.shared_out
def test_no_key_is_made_where_it_cannot_be_told(migrated: Register, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        first_keys.make(migrated, with_demo=False, into=tmp_path / "gone" / "first-keys.txt")
    assert migrated.read(keys.listed) == []


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


@pytest.mark.long
@pytest.mark.shared_out
def test_another_secret_is_refused_until_it_is_known(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = ("key", "issue", "--role", "admin", "--owner", "Галимова Р. Р.")
    assert run(*issue)[0] == 0
    monkeypatch.setenv("SN_SECRET", "another secret of thirty-two bytes")
    status, out, err = run(*issue)
    assert (status, out) == (1, "")
    assert "serve --other-secret once" in err
    monkeypatch.setattr("app.commands.serving.run", lambda _: 0)
    assert run("serve")[0] == 1
    monkeypatch.setenv("SN_SECRET", "short")
    assert run("serve", "--other-secret")[0] == 1
    monkeypatch.setenv("SN_SECRET", "another secret of thirty-two bytes")
    assert run("serve", "--other-secret")[0] == 0
    assert run(*issue)[0] == run("serve")[0] == 0
    assert run("audit", "verify")[0] == 1


WRITING = (
    ("backup", "{}"),
    ("backup", "--into", "{}"),
    ("report", "", "--to", "{}.pdf"),
    ("retention",),
    ("audit", "archive", "--before", "2020-01-01", "{}"),
)
"""Commands that write into the trail of a database as it is."""


@pytest.mark.shared_out
@pytest.mark.parametrize("words", WRITING, ids=lambda words: "-".join(words[:2]))
def test_no_command_writes_under_another_secret(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    assert run("key", "issue", "--role", "admin", "--owner", "Галимова Р. Р.")[0] == 0
    before = os.environ["SN_SECRET"]
    monkeypatch.setenv("SN_SECRET", "another secret of thirty-two bytes")
    (place := tmp_path / "place").mkdir()
    named = place if "--into" in words else place / "file"
    status, out, err = run(*(each.format(named) for each in words))
    assert (status, out) == (1, "")
    assert "written under another secret" in err
    assert "another secret" in run("audit", "verify")[2]
    monkeypatch.setenv("SN_SECRET", before)
    assert run("audit", "verify")[0] == 0


AS_IT_IS = (*WRITING, ("retention", "--dry-run"), ("audit", "verify"))
OF_KEYS = (
    ("key", "list"),
    ("key", "rotate", "sn_Ab3x"),
    ("key", "revoke", "sn_Ab3x"),
    ("key", "issue", "--for-all-schools", "--municipality", "92648000", "--sheets", "{}"),
)
"""Commands that make no schema and upgrade none."""


@pytest.mark.shared_out
@pytest.mark.parametrize("words", AS_IT_IS, ids=lambda words: "-".join(words[:2]))
def test_a_database_that_is_not_upgraded_yet_is_refused_with_a_sentence(
    run: Run, migrated: Register, tmp_path: Path, words: tuple[str, ...]
) -> None:
    downgrade(migrated, "0022")
    (place := tmp_path / "place").mkdir()
    named = place if "--into" in words else place / "file"
    status, out, err = run(*(each.format(named) for each in words))
    assert (status, out) == (1, "")
    assert "has the schema 0022, but this program needs" in err
    assert "rights" not in err
    assert not [*place.iterdir()]


@pytest.mark.shared_out
@pytest.mark.parametrize("words", [*AS_IT_IS, *OF_KEYS], ids=lambda words: "-".join(words[:2]))
def test_a_database_without_a_register_is_refused_with_a_sentence(
    run_on: Callable[[Register], Run], database: Register, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """An administrator's shell without the variables of the service meets one."""
    (place := tmp_path / "place").mkdir()
    named = place if "--into" in words else place / "file"
    status, out, err = run_on(database)(*(each.format(named) for each in words))
    assert (status, out) == (1, "")
    assert "There is no register in this database yet" in err
    assert not [*place.iterdir()]


@pytest.mark.long
@pytest.mark.shared_out
def test_the_secret_of_a_new_database_is_long(
    run_on: Callable[[Register], Run], database: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_on(database)
    for command in ("migrate", "seed", "serve"):
        monkeypatch.setenv("SN_SECRET", "ё" * 15 + "!")
        status, _, err = run(command)
        assert status == 1
        assert "SN_SECRET: at least 32 bytes" in err
    monkeypatch.setenv("SN_SECRET", "ё" * 16)
    assert run("migrate")[0] == 0


@pytest.mark.long
@pytest.mark.shared_out
def test_a_short_secret_of_before_goes_on(
    run: Run, migrated: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SN_SECRET", "short")
    issue = ("key", "issue", "--role", "admin", "--owner", "Галимова Р. Р.")
    assert run(*issue)[0] == run(*issue)[0] == 0
    monkeypatch.setattr("app.commands.serving.run", lambda _: 0)
    assert run("serve")[0] == 0


@pytest.mark.long
@pytest.mark.shared_out
def test_the_demo_stands_on_the_whole_seed(
    run: Run, migrated: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older database has a part of it, and no shared types of resources."""
    monkeypatch.setattr("app.commands.serving.run", lambda _: 0)
    shared: list[int] = []

    def count(_: Register) -> int:
        with migrated.engine.connect() as connection:
            counted = connection.exec_driver_sql("SELECT count(*) FROM resource_types").scalar()
        shared.append(int(counted or 0))
        return 0

    monkeypatch.setattr("app.commands.serving.demo", count)
    seeding.seed(migrated)
    with migrated.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM resource_types")
    assert run("serve", "--demo")[0] == 0
    assert shared == [4]


LATE = datetime(2031, 1, 1, tzinfo=UTC)


def test_a_clock_that_leapt_ahead_destroys_nobody(
    run: Run, migrated: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is destroyed is destroyed in every copy, too, when it is restored."""
    person = seeded_teacher(migrated)
    monkeypatch.setenv("SN_RETENTION_DAYS", "1095")
    assert run("retention") == (0, "", "")
    for later in (timedelta(0), timedelta(days=1)):
        with time_machine.travel(LATE + later, tick=True):
            assert person in run("retention", "--dry-run")[1]
            status, out, err = run("retention")
            assert (status, out) == (1, "")
            assert "has no entry from" in err
            # A key that is issued meanwhile leaves an entry, and hides nothing.
            assert run("key", "issue", "--role", "admin", "--owner", "А")[0] == 0
    with time_machine.travel(LATE + timedelta(days=1), tick=True):
        assert person in run("retention", "--clock-is-right")[1]


def seeded_teacher(database: Register) -> str:
    """The id of a teacher who has no work and was entered today."""
    seeding.seed(database)
    with database.engine.connect() as connection:
        home = connection.exec_driver_sql("SELECT id FROM municipalities LIMIT 1").scalar()
    body = {"municipality_id": str(home), "last_name": "Образцова", "first_name": "Анна"}
    return str(database.write(lambda tx: register.create(tx, teachers, body)).id)


def test_a_retention_that_destroys_nobody_says_why(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "SN_RETENTION_DAYS is not set" in run("retention", "--dry-run")[2]
    assert "SN_RETENTION_DAYS is not set" in run("retention")[2]
    monkeypatch.setenv("SN_RETENTION_DAYS", "1095")
    assert "No data has outlived" in run("retention", "--dry-run")[2]
    assert run("retention") == (0, "", "")


@pytest.mark.long
def test_a_clock_that_is_behind_the_trail_is_told(run: Run) -> None:
    issue = ("key", "issue", "--role", "admin", "--owner", "А")
    assert run(*issue)[2] == ""
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=23), tick=True):
        assert run(*issue)[2] == ""
    with time_machine.travel(datetime(2001, 1, 1, tzinfo=UTC), tick=True):
        status, out, err = run(*issue)
    assert (status, bool(out)) == (0, True)
    assert "The machine's clock is behind: it says 01.01.2001 03:00, and" in err


@pytest.mark.parametrize("migrated", ["postgresql"], indirect=True)
def test_behind_a_pooler_that_drops_settings_nothing_starts(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a pooler connects as if the service had named no settings."""
    connect = psycopg.connect

    def dropping(*words: Any, **said: Any) -> Any:
        said.pop("options", None)
        return connect(*words, **said)

    assert run("migrate")[0] == 0
    monkeypatch.setattr(psycopg, "connect", dropping)
    for command in (("migrate",), ("serve",), ("key", "list")):
        status, out, err = run(*command)
        assert (status, out) == (1, "")
        assert "pooler" in err


@pytest.mark.parametrize(
    ("problem", "said"), [(Unavailable(), "could not connect"), (Busy(), ""), (DiskFull(), "")]
)
def test_only_a_database_that_does_not_answer_is_sought_elsewhere(
    problem: Problem, said: str
) -> None:
    why = psycopg.OperationalError("could not connect")
    problem.__cause__ = sa.exc.OperationalError("SELECT", None, why)
    told = " ".join(running.lines(problem))
    assert ("SN_DATABASE_URL" in told, said in told) == (bool(said), True)
