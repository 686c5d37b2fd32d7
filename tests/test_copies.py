"""Copies by themselves: a folder of them, a schedule, and the drill that restores the newest."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.backup import restoration
from app.backup.shelf import Shelf, made_at
from app.commands import scheduling
from app.journal.register import Register
from tests.daily import KINDS
from tests.fixtures import Copies, migrated_and_seeded
from tests.postgres import Server
from tests.process import ROOT
from tests.running import SECRET, empty
from tests.test_backup import Place, manifest, retold
from tests.test_full_disk import disk

__all__ = ["disk"]

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, copies: Copies, tmp_path: Path) -> Iterator[Place]:
    """A register with the source program."""
    folder = tmp_path / "register"
    folder.mkdir()
    with copies(request.param, folder, migrated_and_seeded) as url:
        yield Place(request.param, url, folder)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "copies"
    folder.mkdir()
    return Shelf(folder)


def old(shelf: Shelf, days: int) -> Path:
    """A file that is named as a copy of some days ago."""
    path = shelf.place(datetime.now(UTC) - timedelta(days=days))
    path.write_bytes(b"old")
    return path


@pytest.mark.long
@pytest.mark.shared_out
def test_the_newest_copies_are_kept(place: Place, shelf: Shelf) -> None:
    others = [shelf.folder / name for name in ("school.zip", "school-2026.zip", "notes.txt")]
    for other in others:
        other.touch()
    oldest, older = old(shelf, 2), old(shelf, 1)
    (shelf.folder / f"{oldest.name}.part").touch()  # a command that was killed
    (place.folder / "destroyed.jsonl").write_text('{"id": "1"}\n')
    assert place.run("backup", "--into", shelf.folder, "--keep", "2") == 0
    kept = shelf.copies()
    assert kept[0] == older
    assert len(kept) == 2
    assert manifest(shelf.newest()).rows > 100
    assert kept[1].stat().st_mode & 0o777 == 0o600
    ledger = shelf.folder / "destroyed.jsonl"
    assert ledger.read_text() == '{"id": "1"}\n'
    assert ledger.stat().st_mode & 0o777 == 0o600
    assert {*shelf.folder.iterdir()} == {*kept, *others, ledger}


@pytest.mark.long
@pytest.mark.shared_out
def test_what_the_folder_tells_of_an_earlier_register_stays(place: Place, shelf: Shelf) -> None:
    """A new machine makes its first copy before the old register is restored there."""
    ours, beside = (folder / "ended-keys.jsonl" for folder in (place.folder, shelf.folder))
    beside.write_text('{"id": "1"}\n{"id": "2"}\n')
    ours.write_text('{"id": "2"}\n{"id": "3"}\n')
    assert place.run("backup", "--into", shelf.folder) == 0
    assert beside.read_text() == '{"id": "1"}\n{"id": "2"}\n{"id": "3"}\n'


@pytest.mark.long
@pytest.mark.shared_out
def test_a_ledger_that_is_damaged_hinders_no_copy(
    place: Place, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = place.folder / "ended-keys.jsonl"
    damaged.write_text('{"id": "1"}\n{"id" "2"}\n{"id": "3"')
    assert place.run("backup", "--into", shelf.folder) == 0
    (told,) = (record.message for record in caplog.records if record.name == "app.journal.ledger")
    assert told == f"{damaged}, line 2 cannot be read: a restore would refuse it"
    assert (shelf.folder / damaged.name).read_text() == '{"id": "1"}\n'


@pytest.mark.long
@pytest.mark.shared_out
def test_without_a_number_no_copy_is_removed(place: Place, shelf: Shelf) -> None:
    copies = [old(shelf, days) for days in (900, 2, 1)]
    assert place.run("backup", "--into", shelf.folder) == 0
    assert shelf.copies()[:-1] == copies


@pytest.mark.long
@pytest.mark.shared_out
def test_a_second_that_has_a_copy_hinders_none(place: Place, shelf: Shelf) -> None:
    copies = [old(shelf, 0) for _ in range(120)]  # of this second and the two minutes after it
    assert place.run("backup", "--into", shelf.folder) == 0
    assert shelf.copies()[:-1] == copies


@pytest.mark.long
@pytest.mark.shared_out
def test_the_settings_say_how_many_and_when(
    place: Place, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SN_BACKUP_KEEP", "2")
    older = [old(shelf, days) for days in (3, 2, 1)]
    assert place.run("backup", "--into", shelf.folder) == 0
    assert shelf.copies()[:-1] == older[2:]
    assert place.run("backup", "--into", shelf.folder, "--keep", "1") == 0
    assert len(shelf.copies()) == 1
    taken: list[tuple[int, list[time]]] = []

    def go_on(_: object, __: Shelf, keep: int, times: list[time]) -> int:
        taken.append((keep, times))
        return 0

    monkeypatch.setattr(scheduling, "go_on", go_on)
    monkeypatch.setenv("SN_BACKUP_AT", "03:40, 15:00")
    for words in (("--at",), ("--at", "04:00", "--keep", "1")):
        assert place.run("backup", "--into", shelf.folder, *words) == 0
    assert taken == [(2, [time(3, 40), time(15)]), (1, [time(4)])]


@pytest.mark.long
@pytest.mark.shared_out
def test_a_copy_that_is_not_made_costs_no_older_one(
    place: Place, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = Shelf(disk)
    copies = [old(shelf, days) for days in (2, 1)]
    (disk / "filler").write_bytes(bytes(os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize))
    assert place.run("backup", "--into", disk, "--keep", "1") == 1
    assert "not enough room on the disk for" in capsys.readouterr().err
    assert shelf.copies() == copies
    assert not [*disk.glob("*.part")]
    (disk / "filler").unlink()
    assert place.run("backup", "--into", disk, "--keep", "1") == 0
    assert len(shelf.copies()) == 1


@pytest.mark.long
@pytest.mark.shared_out
def test_two_commands_do_not_write_into_one_folder(
    place: Place, shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    with shelf.locked():
        assert place.run("backup", "--into", shelf.folder) == 1
    assert "Another command" in capsys.readouterr().err
    assert place.run("backup", "--into", shelf.folder) == 0


@pytest.mark.parametrize(
    "words",
    [
        ("backup",),
        ("backup", "copy.zip", "--into", "."),
        ("backup", "copy.zip", "--keep", "3"),
        ("backup", "copy.zip", "--at", "02:30"),
        ("backup", "--into", ".", "--keep", "0"),
        ("backup", "--into", ".", "--keep", "many"),
        ("backup", "--into", ".", "--at", "25:00"),
        ("backup", "--into", ".", "--at", "02:30+03:00"),
        ("backup", "--into", ".", "--at", ""),
    ],
)
@pytest.mark.one_database
def test_words_that_do_not_fit_are_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    place = Place("sqlite", "", tmp_path)
    try:
        status = place.run(*words)
    except SystemExit as refused:
        status = int(str(refused.code))
    assert status == 2
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("made", "now", "due"),
    [
        (None, "2026-03-10T00:00", True),
        ("2026-03-09T14:30", "2026-03-10T02:29", False),
        ("2026-03-09T02:30", "2026-03-10T02:30", True),
        ("2026-03-10T02:30", "2026-03-10T02:31", False),
        ("2026-03-10T02:29", "2026-03-10T14:00", True),
        ("2026-03-10T02:31", "2026-03-10T14:30", True),
        ("2026-03-10T14:30", "2026-03-11T02:00", False),
        ("2026-03-01T02:31", "2026-03-10T09:00", True),
    ],
)
def test_a_copy_is_due_once_after_each_time(
    shelf: Shelf, made: str | None, now: str, *, due: bool
) -> None:
    times = [time(2, 30), time(14, 30)]
    if made:
        shelf.place(datetime.fromisoformat(made).replace(tzinfo=MOSCOW)).touch()
    moment = datetime.fromisoformat(now).replace(tzinfo=MOSCOW)
    assert shelf.is_due(moment, times, MOSCOW) is due


def test_a_clock_that_was_ahead_costs_no_copy(shelf: Shelf) -> None:
    now = datetime.now(UTC)
    times = [(now - timedelta(minutes=1)).time()]
    ahead = old(shelf, -400)
    assert shelf.is_due(now, times, UTC)
    yesterday, today = old(shelf, 1), old(shelf, 0)
    assert not shelf.is_due(now, times, UTC)
    assert shelf.newest() == today
    assert shelf.thin(2) == [ahead]
    assert shelf.copies() == [yesterday, today]


def test_a_clock_that_is_set_back_makes_no_second_copy(shelf: Shelf) -> None:
    now = datetime.now(UTC)
    old(shelf, 0)
    assert not shelf.is_due(now - timedelta(hours=1), [(now - timedelta(minutes=5)).time()], UTC)


def test_the_name_of_a_copy_tells_its_moment(shelf: Shelf) -> None:
    now = datetime(2026, 11, 29, 2, 30, 5, tzinfo=MOSCOW)
    assert shelf.place(now).name == "school-2026-11-28T23-30-05Z.zip"
    assert made_at(shelf.place(now)) == now


@contextmanager
def scheduled(place: Place, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """The command that goes on, as the service of compose runs it."""
    settings = {"SN_DATA": str(place.folder), "SN_DATABASE_URL": place.url, "SN_SECRET": SECRET}
    words = ["backup", "--into", str(folder), "--keep", "3", "--at", "02:30"]
    with subprocess.Popen(
        [sys.executable, "-m", "app", *words],
        cwd=ROOT,
        env=os.environ | settings | {"SN_LANGUAGE": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.long
@pytest.mark.shared_out
def test_a_schedule_begins_with_a_copy_and_ends_when_told(place: Place, shelf: Shelf) -> None:
    with scheduled(place, shelf.folder) as process:
        assert process.stdout
        assert process.stdout.readline().startswith(f"Copied to {shelf.folder}/school-")
        assert len(shelf.copies()) == 1
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate()
    assert (process.returncode, complaints) == (0, "")
    assert len(shelf.copies()) == 1


@pytest.mark.long
@pytest.mark.shared_out
def test_a_schedule_survives_what_fails(place: Place, tmp_path: Path) -> None:
    with scheduled(place, tmp_path / "nowhere") as process:
        assert process.stderr
        assert process.stderr.readline().startswith("No copy was made; the former copies are")
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == 0


@pytest.mark.long
@pytest.mark.shared_out
def test_a_drill_restores_the_newest_copy_elsewhere(
    place: Place, shelf: Shelf, server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old(shelf, 1)
    assert place.run("backup", "--into", shelf.folder) == 0
    before = {path: path.read_bytes() for path in place.folder.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert place.run("drill", shelf.folder) == 0
    told = capsys.readouterr().out
    assert f"{shelf.newest()}" in told
    assert "Each table has the rows of the copy" in told
    assert "The audit trail is whole" in told
    after = {path: path.read_bytes() for path in place.folder.rglob("*") if path.is_file()}
    assert before == after
    other = tmp_path / "other"
    other.mkdir()
    with empty("postgresql", server, other) as url:
        assert place.run("drill", shelf.newest(), "--database", url) == 0
        # A database with anything in it is no throw-away database.
        assert place.run("drill", shelf.newest(), "--database", url) == 1


@pytest.mark.long
@pytest.mark.shared_out
def test_a_drill_tells_what_is_wrong_with_a_copy(
    place: Place, shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.run("drill", shelf.folder) == 1
    assert "no copies" in capsys.readouterr().err
    assert place.run("drill", shelf.folder / "none.zip") == 1
    assert place.run("backup", "--into", shelf.folder) == 0
    copy = shelf.newest()
    assert place.run("drill", retold(copy, drop="audit_entries")) == 1
    assert "The audit trail is broken at entry 1" in capsys.readouterr().err
    assert place.run("drill", copy, secret="another secret of thirty-two bytes") == 1
    assert "another secret" in capsys.readouterr().err
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    assert place.run("drill", shelf.folder) == 1
    assert "is damaged" in capsys.readouterr().err


@pytest.mark.long
@pytest.mark.shared_out
def test_a_drill_counts_what_was_restored(
    place: Place,
    shelf: Shelf,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert place.run("backup", "--into", shelf.folder) == 0
    whole = restoration.restore

    def lossy(database: Register, *more: Any, in_place: bool) -> Path | None:
        done = whole(database, *more, in_place=in_place)
        with database.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM program_provisions")
        return done

    monkeypatch.setattr(restoration, "restore", lossy)
    assert place.run("drill", shelf.folder) == 1
    assert "program_provisions: 0 rows" in capsys.readouterr().err
