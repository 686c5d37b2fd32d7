"""Scratch: named files of this process that must not outlive it, in a folder of its own.

A process that is killed deletes nothing, and its files may be lists of persons. So each process
keeps its folder locked, and whoever starts later deletes the folders that nobody holds.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
import threading
from pathlib import Path
from typing import NamedTuple

PREFIX = "school-network-"


class _Held(NamedTuple):
    """A folder that is locked as long as its process runs."""

    path: Path
    descriptor: int
    process: int
    """A forked child makes a folder of its own."""


_lock = threading.Lock()
_held: _Held | None = None


def folder() -> Path:
    """The folder of this process, which is made when it is first asked for."""
    global _held  # noqa: PLW0603 - a process has one
    with _lock:
        # Some systems clear their temporary folder while services run.
        if _held is None or _held.process != os.getpid() or not _held.path.is_dir():
            _held = _made()
            atexit.register(_remove, _held)
        return _held.path


def clear() -> None:
    """Delete what processes left that have ended."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            descriptor = _opened(path)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_uid == os.geteuid():
                shutil.rmtree(path, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)


def _made() -> _Held:
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            descriptor = _opened(path)
        except FileNotFoundError:
            continue
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Before it was locked, somebody who cleared may have deleted it.
        if path.is_dir():
            return _Held(path, descriptor, os.getpid())
        os.close(descriptor)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


def _remove(held: _Held) -> None:
    if held.process == os.getpid():
        shutil.rmtree(held.path, ignore_errors=True)
