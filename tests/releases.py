"""Releases: the program as it was and as it may become, each in a folder of its own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.database import revisions
from tests.process import ROOT, STARTS
from tests.running import SECRET


@dataclass(frozen=True)
class Release:
    """A program in a folder, over a database."""

    folder: Path
    data: Path
    url: str

    def run(self, *words: str, **more: str) -> str:
        """What a command of it prints; `more` are settings, without their SN_."""
        with self.start(*words, output=subprocess.PIPE, **more) as process:
            printed, _ = process.communicate()
        assert process.returncode == 0, (words, printed)
        return printed.strip()

    def start(
        self, *words: str, output: int = subprocess.DEVNULL, **more: str
    ) -> subprocess.Popen[str]:
        """Start a command of it."""
        settings = {"data": str(self.data), "database_url": self.url, "secret": SECRET, **more}
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=self.folder,
            env=os.environ | {f"SN_{name.upper()}": value for name, value in settings.items()},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @contextmanager
    def serving(self, port: int) -> Iterator[str]:
        """Run its service on a port; yields the address."""
        address = f"http://127.0.0.1:{port}"
        with self.start("app", "serve", port=str(port)) as process:
            try:
                _await_life(address)
                yield address
            finally:
                process.terminate()


def before(folder: Path) -> Path:
    """Today's program without its newest migration: the last commit that did not have it."""
    newest = f"migrations/versions/{revisions.head()}_*"
    commit = _git("log", "-1", "--format=%H", "--diff-filter=A", "--", newest).decode().strip()
    if not commit:
        pytest.skip("the newest migration is in no commit here")
    packed = _git("archive", f"{commit}^", "app", "migrations", "alembic.ini", "pyproject.toml")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed, check=True)  # noqa: S607 - the system's own
    return folder


def after(folder: Path, migration: str) -> Path:
    """Today's program with one more migration: the body of its `upgrade`."""
    for name in ("app", "migrations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("alembic.ini", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    text = LATER.format(head=revisions.head(), migration=migration)
    (folder / "migrations" / "versions" / "9999_later.py").write_text(text)
    return folder


LATER = '''"""A later schema."""
import sqlalchemy as sa
from alembic import op
from app.database import upgrades

revision, down_revision = "9999", "{head}"
branch_labels = depends_on = None
widens = True

def upgrade() -> None:
    {migration}

def downgrade() -> None:
    pass
'''


def _git(*words: str) -> bytes:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)  # noqa: S607 - the system's own
    if done.returncode:
        pytest.skip("the history of the project is not here")
    return done.stdout


def _await_life(address: str) -> None:
    ends = time.monotonic() + STARTS
    while True:
        try:
            httpx.get(f"{address}/live").raise_for_status()
        except httpx.HTTPError:
            assert time.monotonic() < ends, f"{address} does not answer"
            time.sleep(0.05)
        else:
            return
