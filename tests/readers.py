"""Readers: children that read workbooks, forked from one Python that has imported their program.

The imports cost 50 ms of CPU for each workbook, ten times the reading, and most tests are about
what is read. `test_sheets` reads some as the service does; `make torture` reads all so.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import TimeoutExpired
from typing import IO

import pytest

from app.intake.sheets import workbook

ROOT = Path(__file__).parents[1]
PROGRAM = (
    f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); "
    "runpy.run_module('tests.zygote', run_name='__main__', alter_sys=True)"
)

AS_SERVED = workbook.launched
"""A new Python for each workbook, as the service has it."""


class Forked:
    """A child of the zygote, seen as `Popen` shows one."""

    def __init__(self, ends: socket.socket, stdin: IO[str], stdout: IO[str]) -> None:
        self.stdin, self.stdout = stdin, stdout
        self.returncode: int | None = None
        self._ends = ends
        self._told = ends.makefile(encoding="ascii")
        self.pid = int(self._told.readline())

    def kill(self) -> None:
        """End it at once, unless it has been waited for."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    def poll(self) -> int | None:
        """How it ended, if somebody has waited for it."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, when it has; the signal that ended it is negative.

        Raises:
            TimeoutExpired: it goes on for longer than this.

        """
        if self.returncode is None:
            self._ends.settimeout(timeout)
            try:
                self.returncode = int(self._told.readline())
            except TimeoutError as error:
                raise TimeoutExpired(PROGRAM, timeout or 0) from error
            self._told.close()
            self._ends.close()
        return self.returncode


class Zygote:
    """The Python that forks."""

    def __init__(self) -> None:
        self._asked, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        names = {name: os.environ[name] for name in workbook.SURROUNDINGS if name in os.environ}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", PROGRAM, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=names,
            )

    def forked(self, path: Path, spool: IO[bytes]) -> Forked:
        """A child that reads a workbook into a spool."""
        entered, stdin = os.pipe()
        stdout, printed = os.pipe()
        ends, theirs = socket.socketpair()
        given = [entered, printed, spool.fileno(), theirs.fileno()]
        socket.send_fds(self._asked, [str(path.resolve()).encode()], given)
        theirs.close()
        for each in (entered, printed):
            os.close(each)
        return Forked(ends, os.fdopen(stdin, "w"), os.fdopen(stdout))

    def close(self) -> None:
        """End it; its children have ended."""
        self._asked.close()
        with suppress(TimeoutExpired):
            self._process.wait(10)
        self._process.kill()
        self._process.wait()


@contextmanager
def forking(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fork for each workbook."""
    zygote = Zygote()
    patch.setattr(workbook, "launched", zygote.forked)
    yield
    zygote.close()
