"""Stopping: whoever waits inside the service is told when it is asked to end."""

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
    """Note the signal to end, and pass it on to the server that listens for it."""
    app.state.stopping = False
    # Python takes signals in its main thread only; a test's service runs in another.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def note(number: int, frame: FrameType | None) -> None:
        app.state.stopping = True
        passed_on = before[signal.Signals(number)]
        if callable(passed_on):
            passed_on(number, frame)

    for number in SIGNALS:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def is_stopping(request: Request) -> bool:
    """Whether the service has been asked to end."""
    stopping: bool = request.app.state.stopping
    return stopping
