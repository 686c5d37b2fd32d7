"""Collecting: how often a process looks for cycles is set by its command, not by its objects."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.commands import COLLECTED
from app.commands.serving import run
from app.journal.register import Register
from app.rest.server import Server
from app.settings import Settings
from tests.process import ROOT

OWN = (701, 11, 11)


@pytest.fixture(autouse=True)
def own() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*OWN)
    yield
    gc.set_threshold(*before)


def test_making_a_database_leaves_the_collector_alone(tmp_path: Path) -> None:
    Register(f"sqlite:///{tmp_path / 'school.db'}", b"x").close()
    assert gc.get_threshold() == OWN


def test_a_process_that_serves_collects_rarely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Server, "run", lambda _: None)
    run(Settings(data=tmp_path))
    assert gc.get_threshold() == COLLECTED


def test_what_is_measured_collects_as_who_serves() -> None:
    program = "import bench, gc; print(gc.get_threshold())"
    told = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True)
    assert told == f"{COLLECTED}\n"
