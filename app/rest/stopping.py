"""Stopping: tells requests that wait inside the service that it is to stop."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from starlette.applications import Starlette
from starlette.requests import Request

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def watched(app: Starlette) -> Iterator[None]:
    """Note a stop signal, and pass it on to the server's own handler."""
    app.state.stopping = False
    # Python delivers signals to the main thread only; a test runs its service in another.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def note(number: int, frame: FrameType | None) -> None:
        app.state.stopping = True
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in SIGNALS:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def is_stopping(request: Request) -> bool:
    """Whether the service was told to stop."""
    stopping: bool = request.app.state.stopping
    return stopping
