"""Archives of the audit trail: what is old moves into a file that proves itself, and nothing else.

Ten entries (`test_tampering`), those after the fifth a day later; each test gets a copy.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any
from unittest import mock

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.__main__ import main
from app.acts import Act
from app.backup import archive as copies
from app.backup import making, restoration
from app.database.privileges import grant
from app.database.schema import migrate
from app.database.transaction import Transaction
from app.journal import cuts, piece
from app.journal.proof import is_ours, prove
from app.journal.register import Register
from app.oversight import archiving
from app.oversight.archiving import archive
from app.oversight.report import report
from app.problems import Invalid
from tests.daily import KINDS
from tests.fixtures import Copies
from tests.postgres import Server
from tests.running import SECRET, empty
from tests.scene import NOBODY

OTHER = NOBODY.replace("0189", "0190")
DAY = datetime(2026, 3, 2, tzinfo=UTC)
OLD, NEW = 7, 3
LATER = datetime(2999, 1, 1, tzinfo=UTC)


def act(database: Register, at: datetime, *ids: str) -> None:
    def work(tx: Transaction) -> None:
        tx.now = at
        tx.acts.append(Act("read", "teachers", ids or (NOBODY,)))

    database.write(work)


@pytest.fixture(scope="module", params=KINDS)
def whole(
    request: pytest.FixtureRequest, copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str, Path]]:
    """Seven old entries, of which one is of two records, and three of the day."""
    folder = tmp_path_factory.mktemp("whole")
    with copies(request.param, folder, migrate) as url:
        made = Register(url, SECRET.encode(), folder / "audit-heads")
        for at in range(OLD):
            act(made, DAY - timedelta(hours=OLD - at), *([NOBODY, OTHER] if at == 2 else []))
        for at in range(NEW):
            act(made, DAY + timedelta(hours=at), NOBODY, OTHER)
        made.close()
        yield request.param, made.url.database or "", folder


@pytest.fixture
def kept(whole: tuple[str, str, Path], server: Server, tmp_path: Path) -> Iterator[Register]:
    """A copy for one test."""
    kind, name, folder = whole
    copytree(folder, tmp_path, dirs_exist_ok=True)
    with empty(kind, server, tmp_path, name) as url:
        lent = Register(url, SECRET.encode(), tmp_path / "audit-heads")
        yield lent
        lent.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "trail.jsonl"


def rows(database: Register, table: str) -> int:
    with database.engine.connect() as connection:
        found: int = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
    return found


def refusal(work: Callable[[], Any]) -> str:
    with pytest.raises(Invalid) as refused:
        work()
    (finding,) = refused.value.findings
    return finding.fault.code


def test_what_is_old_moves_into_the_file_and_the_trail_stays_whole(
    kept: Register, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = archive(kept, DAY, file)
    assert (found.first, found.last) == (1, OLD)
    assert file.stat().st_mode & 0o777 == 0o600
    assert rows(kept, "audit_entries") == NEW + 1  # and the entry that tells of it
    assert rows(kept, "audit_subjects") == 2 * NEW
    proof = prove(kept)
    assert (proof.whole, proof.archived, proof.entries) == (True, OLD, NEW + 1)
    assert proof.anchored == OLD + NEW + 1
    assert report(kept, [file]) == 0
    assert f"whole, entries 1 to {OLD}" in capsys.readouterr().out
    assert kept.read(is_ours)


def test_the_next_archive_goes_on_where_the_last_one_ends(
    kept: Register, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive(kept, DAY, file)
    second = file.with_name("second.jsonl")
    found = archive(kept, LATER, second)
    assert (found.first, found.last) == (OLD + 1, OLD + NEW + 1)
    assert rows(kept, "audit_entries") == 1
    assert kept.read(is_ours)
    assert report(kept, [second, file]) == 0
    assert report(kept, [second]) == 0
    assert f"In no archive that was named: entries 1 to {OLD}" in capsys.readouterr().out


@pytest.mark.shared_out
def test_where_nothing_is_old_no_file_is_made(kept: Register, file: Path) -> None:
    assert refusal(lambda: archive(kept, DAY - timedelta(days=9), file)) == "nothing_to_archive"
    assert list(file.parent.glob("trail*")) == []


def test_a_cut_trail_goes_on(kept: Register, file: Path) -> None:
    archive(kept, DAY, file)
    act(kept, LATER)
    proof = prove(kept)
    assert proof.whole
    assert proof.anchored == OLD + NEW + 2


def test_a_broken_trail_is_not_archived(kept: Register, file: Path) -> None:
    bend(kept, "UPDATE audit_entries SET owner = 'X' WHERE seq = 3")
    assert refusal(lambda: archive(kept, DAY, file)) == "archive_broken"
    assert list(file.parent.glob("trail*")) == []
    assert rows(kept, "audit_entries") == OLD + NEW


def bend(database: Register, *statements: str) -> None:
    with database.engine.begin() as connection:
        for table in ("audit_entries", "audit_archives"):
            if database.dialect.name == "sqlite":
                for change in ("update", "delete"):
                    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{change}")
            else:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            connection.exec_driver_sql(statement)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("at", range(6))
@pytest.mark.shared_out
def test_killed_anywhere_it_goes_on_with_the_same_file(
    kept: Register, file: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "SLICE", 3)
    with (
        pytest.raises(Killed),
        mock.patch.object(*KILLS[at], side_effect=Killed, autospec=True),
    ):
        archive(kept, DAY, file)
    is_cut = rows(kept, "audit_entries") < OLD + NEW
    assert not is_cut or piece.read(file, SECRET.encode(), database_id(kept))
    assert prove(kept).whole
    found = archive(kept, DAY, file)
    assert found.last == OLD
    assert rows(kept, "audit_archives") == 3
    assert prove(kept).whole
    assert prove(kept).archived == OLD
    assert report(kept, [file]) == 0
    assert archive(kept, DAY, file) == found  # once more changes nothing
    assert rows(kept, "audit_archives") == 3


KILLS: list[tuple[Any, str]] = [
    (os, "fsync"),
    (os, "link"),
    (piece, "_settle"),
    (piece, "read"),
    (cuts, "make"),
    (cuts, "_sealed"),
]


@pytest.mark.shared_out
def test_what_a_killed_command_left_is_taken_away_and_not_written_over(
    kept: Register, file: Path
) -> None:
    """Killed right after the file got its name, the draft is a second name of it."""
    other = file.with_name("moved away since.jsonl")
    other.write_bytes(b"an archive")
    os.link(other, file.with_name(f"{file.name}.part"))
    archive(kept, DAY, file)
    assert other.read_bytes() == b"an archive"
    assert report(kept, [file]) == 0
    assert [*file.parent.glob("*.part")] == []


@pytest.mark.shared_out
def test_two_commands_do_not_write_one_file(kept: Register, file: Path) -> None:
    with file.with_name(f"{file.name}.part").open("wb") as draft:
        fcntl.flock(draft, fcntl.LOCK_EX)
        assert refusal(lambda: archive(kept, DAY, file)) == "archive_under_way"
    assert rows(kept, "audit_entries") == OLD + NEW


def test_killed_between_two_slices_it_goes_on(
    kept: Register, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "SLICE", 3)
    real, calls = cuts.make, []

    def make(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise Killed
        real(*args)

    with pytest.raises(Killed), mock.patch.object(cuts, "make", make):
        archive(kept, DAY, file)
    assert rows(kept, "audit_entries") == OLD + NEW - 3 + 1
    assert prove(kept).archived == 3
    assert prove(kept).whole
    archive(kept, DAY, file)
    assert (prove(kept).whole, prove(kept).archived) == (True, OLD)


def database_id(database: Register) -> str:
    with database.engine.connect() as connection:
        found = connection.execute(sa.text("SELECT database_id FROM audit_heads")).scalar_one()
    return str(found)


def changed(at: int, what: Callable[[list[Any]], None]) -> Callable[[list[str]], list[str]]:
    def bent(lines: list[str]) -> list[str]:
        entry = json.loads(lines[at])
        what(entry)
        return [*lines[:at], json.dumps(entry) + "\n", *lines[at + 1 :]]

    return bent


def said(lines: list[str], **values: Any) -> list[str]:
    head = json.loads(lines[0])
    head["archive"] |= values
    return [json.dumps(head) + "\n", *lines[1:]]


TAMPERED: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "an entry changed": (changed(3, lambda entry: entry.__setitem__(4, "admin")), "broken"),
    "a hash changed": (changed(3, lambda entry: entry.__setitem__(-1, "0" * 64)), "broken"),
    "a list in an entry": (changed(3, lambda entry: entry.__setitem__(4, [])), "broken"),
    "cut short": (lambda lines: lines[:-1], "broken"),
    "cut inside of a line": (lambda lines: [*lines[:-1], lines[-1][:40]], "broken"),
    "two swapped": (lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]], "broken"),
    "one missing": (lambda lines: [*lines[:3], *lines[4:]], "broken"),
    "one twice": (lambda lines: [*lines[:3], lines[2], *lines[3:]], "broken"),
    "more at the end": (lambda lines: [*lines, lines[-1]], "longer"),
    "fewer entries said": (lambda lines: said(lines[:-1], last=OLD - 1), "foreign"),
    "another day said": (lambda lines: said(lines, before="2020-01-01"), "foreign"),
    "of another database": (lambda lines: said(lines, database_id=OTHER), "foreign"),
    "no head": (lambda lines: lines[1:], "unreadable"),
    "nothing": (lambda _: [], "unreadable"),
}


@pytest.mark.parametrize("how", TAMPERED)
@pytest.mark.shared_out
def test_whoever_changes_an_archive_is_found_out(
    kept: Register, file: Path, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    archive(kept, DAY, file)
    bent, code = TAMPERED[how]
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(bent(lines)), encoding="utf-8")
    read = refusal(lambda: piece.read(file, SECRET.encode(), database_id(kept)))
    assert read == f"archive_{code}"
    assert report(kept, [file]) == 1
    assert "NOT WHOLE" in capsys.readouterr().out


@pytest.mark.shared_out
def test_an_archive_of_another_secret_or_register_is_foreign(kept: Register, file: Path) -> None:
    archive(kept, DAY, file)
    assert refusal(lambda: piece.read(file, b"guess", database_id(kept))) == "archive_foreign"
    assert refusal(lambda: piece.read(file, SECRET.encode(), OTHER)) == "archive_foreign"


@pytest.mark.shared_out
def test_a_file_that_is_there_stays(kept: Register, file: Path) -> None:
    file.write_text("Список\n", encoding="utf-8")
    assert refusal(lambda: archive(kept, DAY, file)) == "archive_unreadable"
    assert file.read_text(encoding="utf-8") == "Список\n"
    assert rows(kept, "audit_entries") == OLD + NEW


@pytest.mark.shared_out
def test_an_archive_of_before_is_not_cut_again(kept: Register, file: Path) -> None:
    archive(kept, DAY, file)
    archive(kept, LATER, file.with_name("second.jsonl"))
    assert refusal(lambda: archive(kept, LATER, file)) == "archive_does_not_fit"


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE audit_archives SET mac = seal",
        "UPDATE audit_archives SET last_seq = last_seq + 1",
        "UPDATE audit_archives SET before_at = '2020-01-01T00:00:00.000000Z'",
        "DELETE FROM audit_archives",
    ],
)
def test_whoever_bends_a_cut_is_found_out(kept: Register, file: Path, forged: str) -> None:
    archive(kept, DAY, file)
    bend(kept, forged)
    assert not prove(kept).whole


def test_what_was_cut_cannot_be_put_back(kept: Register, file: Path) -> None:
    bend(kept, "CREATE TABLE aside AS SELECT * FROM audit_entries WHERE seq = 3")
    archive(kept, DAY, file)
    bend_open(kept, "INSERT INTO audit_entries SELECT * FROM aside")
    assert prove(kept).first_broken == 3


def bend_open(database: Register, statement: str) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_the_trail_is_closed_again(kept: Register, file: Path) -> None:
    archive(kept, DAY, file)
    changes = ["DELETE FROM {}", "UPDATE {} SET {} = {}"]
    if kept.dialect.name == "sqlite":
        changes.append("INSERT OR REPLACE INTO {0} SELECT * FROM {0}")
    for change in changes:
        for table in ("audit_entries", "audit_subjects", "audit_archives"):
            key = "last_seq" if table == "audit_archives" else "seq"
            with pytest.raises(DBAPIError, match="can only be added to"):
                bend_open(kept, change.format(table, key, key))


@pytest.mark.long
def test_the_role_that_serves_cannot_cut(server: Server, tmp_path: Path, file: Path) -> None:
    with server.database() as url:
        owner = Register(url, SECRET.encode())
        migrate(owner)
        act(owner, DAY - timedelta(days=1))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE ROLE archives_not LOGIN PASSWORD 'x'")
        try:
            grant(owner, "archives_not")
            small = owner.url.set(username="archives_not", password="x")
            serving = Register(small.render_as_string(hide_password=False), SECRET.encode())
            assert refusal(lambda: archive(serving, DAY, file)) == "not_the_owner"
            assert prove(serving).whole
            for forbidden in (
                "INSERT INTO audit_archives SELECT 1, database_id, now(), '', '' FROM audit_heads",
                "DELETE FROM audit_entries",
                "ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_no_change",
            ):
                with pytest.raises(DBAPIError):
                    bend_open(serving, forbidden)
            serving.close()
            archive(owner, DAY, file)  # by the file that is there already
            assert prove(owner).archived == 1
        finally:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("DROP OWNED BY archives_not")
                connection.execute("DROP ROLE archives_not")
            owner.close()


@pytest.mark.long
def test_a_cut_trail_is_copied_and_restored(
    kept: Register, file: Path, server: Server, tmp_path: Path
) -> None:
    archive(kept, DAY, file)
    copy = tmp_path / "copy.zip"
    making.make(kept, copy, lambda _: None)
    (tmp_path / "elsewhere").mkdir()
    other = "postgresql" if kept.dialect.name == "sqlite" else "sqlite"
    with empty(other, server, tmp_path / "elsewhere") as url, copies.opened(copy) as opened:
        restored = Register(url, SECRET.encode(), tmp_path / "elsewhere" / "audit-heads")
        restoration.restore(restored, opened, lambda _: None, in_place=False)
        assert (prove(restored).whole, prove(restored).archived) == (True, OLD)
        assert report(restored, [file]) == 0
        restored.close()


def test_the_commands_archive_and_prove(
    kept: Register,
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SN_DATA", str(tmp_path))
    monkeypatch.setenv("SN_SECRET", SECRET)
    monkeypatch.setenv("SN_DATABASE_URL", kept.url.render_as_string(hide_password=False))
    assert main(["audit", "archive", "--before", "2999-01-01", str(file)]) == 2
    assert main(["audit", "archive", "--before", "2026-03-02", str(file)]) == 0
    assert "goes on with entry" in capsys.readouterr().out
    assert main(["audit", "verify"]) == 0
    assert "name their files with --archive" in capsys.readouterr().out
    assert main(["audit", "verify", "--archive", str(file)]) == 0
    assert main(["audit", "verify", "--archive", str(file), str(file) + ".not"]) == 1
    assert main(["audit", "archive", "--before", "2020-01-01", str(file) + "2"]) == 1
    assert "nothing to archive" in capsys.readouterr().err
