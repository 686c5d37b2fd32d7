"""The server: uvicorn's, which stops in steps and never leaves a request without an answer.

When it is told to stop, it refuses new requests and goes on listening for a while, so that a proxy
sees that and asks another instance. Then it stops listening; what is under way ends, or is cut off
and answered by the shell; the process ends with status 0.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import socket
from types import FrameType

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

ANSWERED = 20.0
"""Seconds after the signal in which requests under way may end; then they are cut off."""

CLOSED = 2.0
"""Seconds that requests which were cut off may take to be answered."""

GONE = 28.0
"""Seconds after the signal at which the process ends, whatever it still waits for."""


class Server(uvicorn.Server):
    """Serves until it is told to stop, or until the process above it is gone."""

    def __init__(
        self,
        config: uvicorn.Config,
        drain: float,
        *,
        beat: Callable[[], None] | None = None,
    ) -> None:
        """`drain` is how many seconds it listens after the signal.

        The server of a worker calls `beat` ten times a second.
        """
        super().__init__(config)
        self._drain = drain
        self._beat = beat
        self._parent = os.getppid()
        self._told_at: float | None = None

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """Begin to stop; told again, end at once."""
        if self._told_at is None:
            # Between two steps: never between the head of an answer and its end.
            asyncio.get_running_loop().call_soon_threadsafe(self._stop)
            self._begin_to_stop()
        elif self._beat is None:
            signal.signal(sig, signal.SIG_DFL)
            signal.raise_signal(sig)
        # A worker is told by the terminal and by the process above it, which also ends it.

    def _begin_to_stop(self) -> None:
        self._told_at = time.monotonic()
        end = threading.Timer(GONE, os._exit, (0,))
        end.daemon = True
        end.start()

    def _stop(self) -> None:
        """Refuse new requests, and tell whoever is answered that the connection will be closed."""
        self.config.loaded_app.state.stopping = True
        for connection in self.server_state.connections:
            # None before the first request. A head that was sent without `Connection: close`
            # promised that the connection is kept: what comes on it next is answered.
            cycle = getattr(connection, "cycle", None)
            if cycle and not cycle.response_started:
                cycle.keep_alive = False

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals; uvicorn would raise them again in the end, and the status be 143."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop listening; called ten times a second."""
        await super().on_tick(counter)
        if self._beat:
            self._beat()
            if self._told_at is None and os.getppid() != self._parent:
                self._begin_to_stop()
                self._stop()
        return self._told_at is not None and self._is_over(self._drain)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Stop listening, wait for what is under way, and close the application."""
        for server in self.servers:
            server.close()
        for each in sockets or []:
            each.close()
        for connection in [*self.server_state.connections]:
            connection.shutdown()
        while self._is_busy() and not self._is_over(ANSWERED):  # noqa: ASYNC110 - sets tell nobody
            await asyncio.sleep(0.05)
        await self._cut_off([*self.server_state.tasks])
        await self.lifespan.shutdown()

    def _is_busy(self) -> bool:
        return bool(self.server_state.connections or self.server_state.tasks)

    async def _cut_off(self, tasks: list["asyncio.Task[None]"]) -> None:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSED)

    def _is_over(self, seconds: float) -> bool:
        return self._told_at is not None and time.monotonic() >= self._told_at + seconds
