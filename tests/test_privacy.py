"""Files: what the service and its commands keep is closed to other users of the machine."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.__main__ import main
from app.commands.opening import opened
from app.database.schema import migrate
from app.settings import Settings
from tests.process import command, serving, signed

pytestmark = pytest.mark.long


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """What a shell gives its programs: new files are readable to everybody."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(*folders: Path) -> dict[str, str]:
    """What others may read or enter, with its mode."""
    found = [each for folder in folders for each in (folder, *folder.rglob("*"))]
    modes = {str(each): each.stat().st_mode & 0o777 for each in found}
    return {name: oct(mode) for name, mode in modes.items() if mode & 0o077}


def test_what_the_service_and_the_commands_make_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, restored, kept = (tmp_path / name for name in ("home", "restored", "kept"))
    kept.mkdir(mode=0o700)
    monkeypatch.setenv("SN_DATA", str(home))
    with serving(home) as base:
        monkeypatch.setenv("SN_KEY", signed(home)["Authorization"].removeprefix("Bearer "))
        mirror = ("mirror", "--url", f"{base}", "--into", f"{kept / 'mirror.db'}", "--once")
        command(home, "", *mirror, "--types", "organizations")
        assert main(["backup", f"{kept / 'copy.zip'}"]) == 0
        # While it serves, SQLite's log and the memory that its processes share are there too.
        names = {each.name for each in home.iterdir()}
        assert {"school-network.db-wal", "school-network.db-shm", "secret"} <= names
        assert open_to_others(home, kept) == {}
    monkeypatch.setenv("SN_DATA", str(restored))
    monkeypatch.setenv("SN_SECRET", (home / "secret").read_text().strip())
    assert main(["restore", f"{kept / 'copy.zip'}"]) == 0
    assert {"school-network.db", "audit-heads"} <= {each.name for each in restored.iterdir()}
    assert open_to_others(restored) == {}


@pytest.fixture
def earlier(tmp_path: Path) -> Settings:
    """The folder of a service whose version did not close what it made."""
    settings = Settings(data=tmp_path / "data")
    with opened(settings) as database:
        migrate(database)
        database.append([])
    settings.heads.mkdir(exist_ok=True)
    (settings.heads / "one").touch()
    for ledger in settings.ledgers:
        ledger.touch()
    for each in (settings.data, *settings.data.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    return settings


def test_what_an_earlier_version_left_open_is_closed_and_told(
    earlier: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), opened(earlier):
        pass
    assert open_to_others(earlier.data) == {}
    told = [record.getMessage() for record in caplog.records]
    assert any(str(earlier.data / "school-network.db") in line for line in told)
    caplog.clear()
    with opened(earlier):
        pass
    assert not caplog.records


def test_a_folder_that_holds_other_things_too_stays_as_it_is(earlier: Settings) -> None:
    other = earlier.data / "photos"
    other.mkdir(mode=0o755)
    with opened(earlier):
        pass
    assert {*open_to_others(earlier.data)} == {str(earlier.data), str(other)}


@pytest.mark.one_database
def test_a_file_that_a_wrong_address_names_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `sqlite:////etc/passwd`, run by root: afterwards nobody knew their own name."""
    foreign = tmp_path / "passwd"
    foreign.write_text("root:x:0:0:root:/root:/bin/bash\n" * 40)
    foreign.chmod(0o644)
    monkeypatch.setenv("SN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SN_DATABASE_URL", f"sqlite:///{foreign}")
    assert main(["key", "list"]) == 1
    assert "SQLite" in capsys.readouterr().err
    assert {*open_to_others(tmp_path)} >= {str(foreign)}


def test_what_was_opened_to_a_group_only_stays_open_to_it(earlier: Settings) -> None:
    file = earlier.data / "school-network.db"
    file.chmod(0o640)
    with opened(earlier):
        pass
    assert open_to_others(earlier.data) == {str(file): "0o640"}


def test_a_file_of_somebody_else_is_left_and_told(
    earlier: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with opened(earlier):
        pass
    assert str(earlier.data / "school-network.db") in open_to_others(earlier.data)
    assert any("not ours" in record.getMessage() for record in caplog.records)
