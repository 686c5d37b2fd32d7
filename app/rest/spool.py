"""The spool: a temporary file that is written by a thread while it is sent.

Its writer is done as soon as everything is in the file, however slowly it is read: it holds a
place, a connection and a snapshot of the database meanwhile, for which others wait. What all
spools of a process hold is limited; beyond that a writer waits until its reader has caught up.
"""

import asyncio
import os
import tempfile
import threading
from collections.abc import AsyncIterator
from typing import IO

from anyio import to_thread

from app.problems import Busy

MOST = 256 * 1024 * 1024
"""Bytes that all spools of a process hold; a million rows of a list."""

LEFT = 64 * 1024 * 1024
"""Bytes that spools leave free on the disk of temporary files."""

PIECE = 256 * 1024
"""Bytes that are read at a time."""


class Spools:
    """What all spools of a process hold."""

    def __init__(self) -> None:
        self.size = 0
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Count more bytes, if there is room for them."""
        with self._lock:
            has_room = self.size + size <= MOST and _free() >= size + LEFT
            self.size += size if has_room else 0
            return has_room

    def give_back(self, size: int) -> None:
        """Count fewer bytes."""
        with self._lock:
            self.size -= size


def _free() -> int:
    disk = os.statvfs(tempfile.gettempdir())
    return disk.f_bavail * disk.f_frsize


class Spool:
    """One file, with one writer in a thread and one reader in the event loop."""

    def __init__(self, spools: Spools) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        self._spools = spools
        self._counted = self._ready = self._read = 0
        """Bytes of the file that are counted, that may be read, and that are read."""
        self._is_whole = self._is_left = False
        self._error: BaseException | None = None
        self._caught_up = threading.Condition()
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    def add(self, piece: bytes) -> bool:
        """Write what may be read at once; whether somebody still reads."""
        if not self._spools.take(len(piece)):
            self._await_reader()
            self._spools.give_back(self._counted - len(piece))
            self._counted = 0
        self._counted += len(piece)
        self.file.write(piece)
        self.file.flush()
        with self._caught_up:
            self._ready += len(piece)
        self._tell()
        return not self._is_left

    def count(self) -> bool:
        """Count what was written to `file` directly; whether somebody still reads.

        Raises:
            Busy: there is no room for it.

        """
        more = self.file.tell() - self._counted
        if not self._spools.take(more):
            raise Busy
        self._counted += more
        return not self._is_left

    def finish(self) -> None:
        """Say that the file is whole, and everything in it may be read."""
        self.file.flush()
        self._ready = max(self._ready, self._counted)
        self._is_whole = True
        self._tell()

    def fail(self, error: BaseException) -> None:
        """Let the reader fail when it has read what there is."""
        self._error = error
        self._tell()

    def leave(self) -> None:
        """Say that nobody reads any more."""
        with self._caught_up:
            self._is_left = True
            self._caught_up.notify()

    def close(self) -> None:
        """Delete the file; nobody writes any more."""
        self.file.close()
        self._spools.give_back(self._counted)

    async def pieces(self) -> AsyncIterator[bytes]:
        """What was written, piece by piece, as soon as it is there.

        Raises:
            Exception: what the writer failed with.

        """
        while True:
            await self._news.wait()
            self._news.clear()
            is_last = self._is_whole or self._error is not None
            while piece := await to_thread.run_sync(self._next):
                yield piece
            if is_last:
                break
        if self._error:
            raise self._error

    def _next(self) -> bytes:
        with self._caught_up:
            size = min(PIECE, self._ready - self._read)
            piece = os.pread(self.file.fileno(), size, self._read) if size else b""
            self._read += len(piece)
            self._caught_up.notify()
        return piece

    def _await_reader(self) -> None:
        """Wait until everything is read, and begin the file anew."""
        with self._caught_up:
            self._caught_up.wait_for(lambda: self._is_left or self._read == self._ready)
            self._ready = self._read = 0
            self.file.seek(0)
            self.file.truncate()

    def _tell(self) -> None:
        self._loop.call_soon_threadsafe(self._news.set)
