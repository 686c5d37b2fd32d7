"""Workers: several processes that serve on one socket, each a copy of the one that started them.

They are forked after the application was made, so they start at once and share its memory. One that
ends, or shows no sign of life, is replaced.
"""

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.process import BaseProcess
from socket import socket
from types import FrameType

from uvicorn.config import STARTUP_FAILURE
from uvicorn.server import HANDLED_SIGNALS

from app.rest.server import GONE

HUNG = 30.0
"""Seconds without a sign of life after which a worker is killed and replaced."""

LOOK = 0.2
"""Seconds between two looks at the workers."""

PAUSE = 1.0
"""Seconds between two attempts to replace a worker that does not live for long."""

_context = multiprocessing.get_context("fork")

log = logging.getLogger(__name__)


class Workers:
    """The workers of one service."""

    def __init__(
        self, count: int, shared: socket, serve: Callable[[socket, Callable[[], None]], None]
    ) -> None:
        """`serve` runs in each worker; it calls what it is given as a sign of life."""
        self._shared = shared
        self._serve = serve
        # In shared memory: the time of the last sign of each, by the clock of the machine.
        self._signs = _context.RawArray("d", count)
        self._processes: list[BaseProcess] = []
        self._is_told = False

    def run(self) -> int:
        """Keep the workers running until a signal comes; returns the exit status."""
        for each in HANDLED_SIGNALS:
            signal.signal(each, self._stop)
        self._processes = [self._started(place) for place in range(len(self._signs))]
        while not self._is_told and not self._look_after():
            time.sleep(LOOK)
        # Open here, it would go on listening when the workers do so no more.
        self._shared.close()
        self._tell(signal.SIGTERM)
        self._await_end()
        return 0 if self._is_told else STARTUP_FAILURE

    def _look_after(self) -> bool:
        """Replace workers that have ended or hang; whether one cannot start at all."""
        for place, process in enumerate(self._processes):
            if process.is_alive() and time.monotonic() < self._signs[place] + HUNG:
                continue
            process.kill()
            process.join()
            if process.exitcode == STARTUP_FAILURE:
                return True
            log.error("Worker %s has ended or hung and is replaced", process.pid)
            time.sleep(PAUSE)
            if not self._is_told:
                self._processes[place] = self._started(place)
        return False

    def _await_end(self) -> None:
        ends = time.monotonic() + GONE
        for process in self._processes:
            process.join(max(0, ends - time.monotonic()))
            process.kill()

    def _started(self, place: int) -> BaseProcess:
        self._sign(place)
        process = _context.Process(target=self._run, args=(place,))
        # A signal that came before the worker handles signals would be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED_SIGNALS)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED_SIGNALS)
        return process

    def _run(self, place: int) -> None:
        for each in HANDLED_SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED_SIGNALS)
        self._serve(self._shared, partial(self._sign, place))

    def _sign(self, place: int) -> None:
        self._signs[place] = time.monotonic()

    def _stop(self, sig: int, _frame: FrameType | None) -> None:
        """Begin to stop; told again, end at once, with the workers."""
        if self._is_told:
            self._tell(signal.SIGKILL)
            signal.signal(sig, signal.SIG_DFL)
            signal.raise_signal(sig)
        self._is_told = True
        self._tell(signal.SIGTERM)

    def _tell(self, sig: signal.Signals) -> None:
        for process in self._processes:
            if process.is_alive() and process.pid:
                os.kill(process.pid, sig)
