"""The service as it is started by people: a process of its own, which may be killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx

from app.access.roles import Role
from app.commands.opening import opened
from app.database.schema import migrate
from app.journal.register import Register
from app.settings import Settings
from tests.forking import fork
from tests.holders import issue
from tests.postgres import free_port

ROOT = Path(__file__).parents[1]
STARTS = 60
"""Seconds that the service may take to migrate, load the source program and answer."""


FILE = "school-network.db"
"""The database of a service that none is named to, in its folder."""


@cache
def migrated() -> bytes:
    """A file of SQLite with the newest schema: to copy it costs a hundredth of making it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        database = Register(f"sqlite:///{path}")
        migrate(database)
        database.close()
        return path.read_bytes()


def command(folder: Path, url: str, *words: str, **more: str) -> str:
    """What a command of the administrator prints."""
    settings = {"SN_DATA": str(folder), "SN_DATABASE_URL": url, **_variables(more)}
    with tempfile.NamedTemporaryFile() as output:
        process = fork(("app", *words), os.environ | settings, Path(output.name))
        process.join()
        assert process.exitcode == 0, (words, Path(output.name).read_text())
        return Path(output.name).read_text(encoding="utf-8").strip()


def signed(folder: Path, url: str = "", role: str = "coordinator", **more: Any) -> dict[str, str]:
    """The header of somebody who holds a new key."""
    with opened(Settings(data=folder, database_url=url, **more)) as database:
        return {"Authorization": f"Bearer {issue(database, Role[role.upper()])}"}


def _variables(more: dict[str, str]) -> dict[str, str]:
    return {f"SN_{name.upper()}": value for name, value in more.items()}


class Process:
    """The service in one folder and on one port, through every start and end of it."""

    def __init__(
        self, folder: Path, url: str = "", program: Sequence[str] = ("app",), **more: str
    ) -> None:
        """Name a module that becomes the service, or options of Python; nothing runs yet.

        A module is forked, ready to run, and finds the newest schema where it would make a file.
        With options a new Python imports and makes everything itself.
        """
        port = more.setdefault("port", str(free_port()))
        # Nobody passes requests on who would have to see that it stops.
        settings = {"SN_DATA": str(folder), "SN_DATABASE_URL": url, "SN_DRAIN": "0"}
        settings |= _variables(more)
        self.base = f"http://127.0.0.1:{port}"
        self.words = [*program, "serve"]
        self.environment = os.environ | settings
        self._file = None if url or program[0].startswith("-") else folder / FILE
        self._process: BaseProcess | subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process that was started last."""
        assert self._process
        assert self._process.pid
        return self._process.pid

    def start(self) -> float:
        """Run it, and wait until it is ready; the seconds from the one to the other."""
        began = time.monotonic()
        self._process = self._launched()
        # One client for all: to make it costs more than to ask.
        with httpx.Client(timeout=2) as client:
            while not self._is_ready(client):
                assert time.monotonic() < began + STARTS, f"{self.base} does not answer"
                time.sleep(0.05)
        return time.monotonic() - began

    def kill(self) -> None:
        """End it and its workers without a word to them, as running out of memory would."""
        if self._process:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(self.pid, signal.SIGKILL)
            self._await_end()

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        if self._process:
            self._process.terminate()
            self._await_end()

    def await_end(self) -> int:
        """Wait until it has ended by itself; its exit status."""
        self._await_end()
        if isinstance(self._process, subprocess.Popen):
            return int(self._process.returncode)
        assert self._process
        assert self._process.exitcode is not None
        return self._process.exitcode

    def _launched(self) -> BaseProcess | subprocess.Popen[bytes]:
        if self._file and not self._file.exists():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch(mode=0o600)
            self._file.write_bytes(migrated())
        if not self.words[0].startswith("-"):
            return fork(self.words, self.environment)
        return subprocess.Popen(
            [sys.executable, *self.words],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _await_end(self) -> None:
        if isinstance(self._process, subprocess.Popen):
            self._process.wait()
        elif self._process:
            self._process.join()

    def _is_ready(self, client: httpx.Client) -> bool:
        try:
            return client.get(f"{self.base}/ready").is_success
        except httpx.HTTPError:
            return False


@contextmanager
def started(process: Process) -> Iterator[Process]:
    """Start a process; it is stopped in the end, unless it has ended."""
    try:
        process.start()
        yield process
    finally:
        process.stop()


@contextmanager
def serving(
    folder: Path, url: str = "", program: Sequence[str] = ("app",), **more: str
) -> Iterator[str]:
    """Run the service, or a Python program that becomes it, on a port of its own or the named."""
    with started(Process(folder, url, program, **more)) as process:
        yield process.base
