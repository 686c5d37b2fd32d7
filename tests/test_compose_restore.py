"""compose/restore.sh: whatever ends it, the service is started again (S25)."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.process import ROOT
from tests.waiting import LIMIT, until

COPY = "/backups/school-2026-01-01T00-00-00Z.zip"
COMPOSE = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
    *"$FAILS"*) exit 1 ;;
    *"test -r"*) echo there ;;
    *"app restore"*) sleep "$SECONDS_TO_RESTORE"; echo done ;;
esac
"""
"""Stands for compose: it notes what it is told, and fails where it is to fail."""


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    (tmp_path / "compose").write_text(COMPOSE)
    (tmp_path / "compose").chmod(0o755)
    return tmp_path / "calls"


@pytest.mark.parametrize(
    ("fails", "code"), [("nothing", 0), ("app restore", 1), ("RENAME", 1), ("CREATE DATABASE", 1)]
)
def test_whatever_fails_the_service_comes_back(calls: Path, fails: str, code: int) -> None:
    with started(calls, fails=fails) as script:
        assert script.wait(LIMIT) == code
    assert stopped_and_started(calls)


def test_an_interrupted_restore_brings_the_service_back(calls: Path) -> None:
    with started(calls, seconds=LIMIT) as script:
        until(lambda: calls.exists() and "app restore" in calls.read_text())
        os.killpg(script.pid, signal.SIGTERM)
        assert script.wait(LIMIT) == 1
    assert "RENAME" not in calls.read_text()
    assert stopped_and_started(calls)


def started(calls: Path, *, fails: str = "nothing", seconds: float = 0) -> subprocess.Popen[bytes]:
    """The script, which talks to what stands for compose."""
    told = {
        "COMPOSE": str(calls.with_name("compose")),
        "CALLS": str(calls),
        "FAILS": fails,
        "SECONDS_TO_RESTORE": str(int(seconds)),
    }
    script = ("/bin/sh", str(ROOT / "compose/restore.sh"), COPY)
    return subprocess.Popen(script, env=os.environ | told, start_new_session=True)


def stopped_and_started(calls: Path) -> bool:
    """Whether the service was stopped, and all services were started after that."""
    told = calls.read_text().splitlines()
    after = told[told.index("stop service backup") :]
    return any(line.startswith("up --detach") for line in after)
