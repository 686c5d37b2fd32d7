"""Scratch: the files of a process go with it, and those of a running one stay."""

import ast
import fcntl
import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import scratch
from tests.process import ROOT


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(scratch, "_held", None)
    yield tmp_path
    if held := scratch._held:  # noqa: SLF001 - its lock would stay until the end of all tests
        os.close(held.descriptor)


def left_by(work: Any) -> None:
    """Let another process do some work and die without an end."""

    def die() -> None:
        work()
        os._exit(1)

    child = multiprocessing.get_context("fork").Process(target=die)
    child.start()
    child.join()


def test_what_a_dead_process_left_is_cleared_and_nothing_else(temporary: Path) -> None:
    own, foreign = scratch.folder(), temporary / "school-report"
    foreign.mkdir()
    (own / "list").write_text("Пробная Вера")
    left_by(lambda: (scratch.folder() / "list").write_text("Образцова Анна"))
    (temporary / f"{scratch.PREFIX}link").symlink_to(foreign)
    (temporary / f"{scratch.PREFIX}file").touch()
    assert len([*temporary.glob("*/list")]) == 2
    scratch.clear()
    assert [*temporary.glob("*/list")] == [own / "list"]
    assert foreign.is_dir()


def test_each_process_has_one_folder_of_its_own(temporary: Path) -> None:
    first = scratch.folder()
    assert scratch.folder() == first
    assert first.stat().st_mode & 0o777 == 0o700
    left_by(scratch.folder)
    assert len([*temporary.iterdir()]) == 2


def test_a_folder_that_somebody_deleted_is_made_anew(temporary: Path) -> None:
    first = scratch.folder()
    first.rmdir()
    second = scratch.folder()
    assert second.is_dir()
    assert second != first


def test_a_folder_that_is_just_cleared_is_not_taken(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its making and its lock another process may have deleted it."""
    lock = fcntl.flock
    cleared: list[Path] = []

    def slow(descriptor: int, how: int) -> None:
        if not cleared:
            cleared.extend(temporary.iterdir())
            cleared[0].rmdir()
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", slow)
    assert scratch.folder().is_dir()
    assert [*temporary.iterdir()] == [scratch.folder()] != cleared


NAMED = {"NamedTemporaryFile", "TemporaryDirectory", "mkstemp", "mkdtemp"}


@pytest.mark.long
def test_every_named_temporary_file_of_the_service_lies_there() -> None:
    """Files without a name go with their process anyway; commands make none with persons."""
    rooms = [path for path in ROOT.glob("app/**/*.py") if "commands" not in path.parts]
    found = 0
    for path in rooms:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or path.name == "scratch.py":
                continue
            if ast.unparse(node.func).rpartition(".")[2] in NAMED:
                found += 1
                said = {each.arg: ast.unparse(each.value) for each in node.keywords}
                assert said.get("dir") == "scratch.folder()", path
    assert found >= 3
