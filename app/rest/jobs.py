"""Jobs: work that goes on in this process after its request was answered, one piece at a time."""

import logging
import threading
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio
from anyio.abc import TaskGroup

from app.database import patience
from app.problems import Busy, Draining

MOST = 8
"""Jobs that are accepted at once: each keeps its file until it is done."""

log = logging.getLogger(__name__)


class Jobs:
    """The jobs of one process."""

    def __init__(self, is_stopping: Callable[[], bool]) -> None:
        """`is_stopping` tells whether the process was asked to end."""
        self._is_stopping = is_stopping
        self._ends = threading.Event()
        self._accepted: set[uuid.UUID] = set()
        self._lock = threading.Lock()
        self._turn = anyio.CapacityLimiter(1)
        self._tasks: TaskGroup

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let jobs run; in the end they are told to stop, and awaited."""
        async with anyio.create_task_group() as self._tasks:
            try:
                yield
            finally:
                self._ends.set()

    @property
    def is_stopping(self) -> bool:
        """Whether jobs have to end as soon as they can."""
        return self._ends.is_set() or self._is_stopping()

    @property
    def count(self) -> int:
        """Jobs that are accepted and have not ended."""
        return len(self._accepted)

    def accept(self, name: uuid.UUID) -> None:
        """Keep a place for a job.

        Raises:
            Draining: the service stops.
            Busy: too many wait already.

        """
        with self._lock:
            if self.is_stopping:
                raise Draining
            if len(self._accepted | {name}) > MOST:
                raise Busy
            self._accepted.add(name)

    def leave(self, name: uuid.UUID) -> None:
        """Give up a place, if there is one."""
        with self._lock:
            self._accepted.discard(name)

    def start(self, job: Callable[[], Awaitable[None]]) -> None:
        """Run a job when its turn comes."""
        self._tasks.start_soon(self._run, job)

    async def _run(self, job: Callable[[], Awaitable[None]]) -> None:
        patience.end()
        async with self._turn:
            try:
                await job()
            except Exception as error:
                # Raised here, it would end the service.
                log.exception("A job of the service failed", exc_info=error)
