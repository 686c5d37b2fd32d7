"""The wire: uvicorn's HTTP protocol, with limits that apply before a request is complete.

uvicorn and its parser limit neither the size of a head nor the time it takes, and read the trailers
of a chunked body as headers. So heads are counted while they arrive, trailers are counted and
dropped, and a client that sends too much, too slowly or not HTTP gets a problem as its answer.
"""

import hashlib
import inspect
from asyncio import TimerHandle, Transport
from enum import Enum
from typing import Any

import httptools
from starlette.requests import Request
from uvicorn.protocols.http import httptools_impl

from app.problems import BadRequest, Busy, Draining, HeadersTooLarge, Problem, TooSlow
from app.rest import log
from app.rest.cycle import Cycle
from app.rest.errors import draw
from app.rest.shell import LIVE
from app.rest.tally import Tally
from app.settings import Settings

READ = {"uvicorn": "0.54.0", "httptools": "0.9.0"}
"""The versions whose internals this module was written against; pyproject.toml pins them."""

FINGERPRINT = "1d4e1c579df4168433a61a01f10c628b31c1790e72dd9769d2b8633b22214033"
"""SHA-256 of the uvicorn module overridden here; a test compares it."""

PIECE = 8 * 1024
"""Bytes parsed between two checks of how much an unfinished head has grown."""

PIPELINED = 100
"""Requests of one connection that may wait for the answer to an earlier one."""

LINGER = 2.0
"""Seconds for which a refused connection is still read and its data dropped.

Closing it with unread bytes would reset the connection, and the answer could be lost.
"""


class _Stage(Enum):
    """The part of a request to which a connection's next byte belongs."""

    BETWEEN = 0
    HEAD = 1
    BODY = 2


class Wire(httptools_impl.HttpToolsProtocol):
    """One HTTP connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._settings: Settings = self.app.state.settings
        self._tally: Tally = self.app.state.tally
        self.headers = []
        self._stage = _Stage.BETWEEN
        self._bytes = self._fields = 0
        """Of the current head, including trailers."""
        self._pending = 0
        """Bytes since the parser's last callback."""
        self._clock: TimerHandle | None = None
        self._refusal: Problem | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._tally.connections += 1
        self._wait_for_head()
        if len(self.connections) > self._settings.connections:
            self._refuse(Busy())

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        self._tally.connections -= 1
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        view = memoryview(data)
        try:
            for at in range(0, len(view), PIECE):
                if self._refusal or self.parser is None:
                    return
                self._feed(view[at : at + PIECE])
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause if isinstance(cause, Problem) else BadRequest())
        except Problem as problem:
            self._refuse(problem)
        else:
            if self._stage is not _Stage.BODY and (self._stage is _Stage.HEAD or self._pending):
                self._wait_for_head()

    def _feed(self, piece: memoryview) -> None:
        self._pending += len(piece)
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade as upgrade:
            head, rest = self._head_without_upgrade(), piece[upgrade.args[0] :]
            self.parser = httptools.HttpRequestParser(self)
            self.parser.feed_data(head)
            if rest:
                self._feed(rest)
            return
        self._count(0)

    def _head_without_upgrade(self) -> bytes:
        """The head just read, without `Upgrade`, for a parser that also reads the body.

        The parser treats what follows a request with `Upgrade` as another protocol. The service
        speaks none, so it ignores the field (RFC 9110, section 7.8), which HTTP/2 clients send.

        Raises:
            BadRequest: the client wants a tunnel.

        """
        if self.parser.get_method() == b"CONNECT":
            raise BadRequest
        kept = [b": ".join(header) for header in self.headers if header[0] != b"upgrade"]
        version = self.parser.get_http_version().encode()
        first = self.parser.get_method() + b" " + self.url + b" HTTP/" + version
        return b"\r\n".join([first, *kept, b"", b""])

    def _count(self, size: int, fields: int = 0) -> None:
        """Count a part of a head that the parser reported; 0 checks what it has not reported yet.

        Raises:
            HeadersTooLarge.

        """
        if size:
            self._pending = 0
        self._bytes += size
        self._fields += fields
        limits = self._settings
        if self._bytes + self._pending > limits.header_bytes or self._fields > limits.header_fields:
            raise HeadersTooLarge(bytes=limits.header_bytes, fields=limits.header_fields)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._stage = _Stage.HEAD
        self._bytes = self._fields = self._pending = 0

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + len(": \r\n"), fields=1)
        if self._stage is not _Stage.HEAD:
            return
        name = name.lower()
        if name == b"expect":
            super().on_header(name, value)
        else:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        if len(self.pipeline) >= PIPELINED:
            raise Busy
        if self.app.state.stopping and self.url != LIVE.encode():
            raise Draining
        super().on_headers_complete()
        self.cycle.__class__ = Cycle  # uvicorn makes its own; nobody has called it yet
        self._stage = _Stage.BODY
        self._stop_clock()

    def on_body(self, body: bytes) -> None:
        self._pending = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        self._stage = _Stage.BETWEEN
        self._bytes = self._fields = self._pending = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        is_last = not self.pipeline
        super().on_response_complete()
        if is_last and self._refusal:
            self._send_problem(self._refusal)

    def _wait_for_head(self) -> None:
        if self._clock is None:
            self._clock = self.loop.call_later(self._settings.header_seconds, self._is_late)

    def _stop_clock(self) -> None:
        if self._clock:
            self._clock.cancel()
        self._clock = None

    def _is_late(self) -> None:
        self._clock = None
        if self.flow.read_paused:
            # Reading was paused by us: the missing bytes may have arrived.
            self._wait_for_head()
        elif self._stage is _Stage.BETWEEN and not self._pending:
            self.transport.close()
        else:
            self._refuse(TooSlow())

    def _refuse(self, problem: Problem) -> None:
        """Stop reading; send the problem once all earlier requests are answered."""
        self._refusal = problem
        self._stop_clock()
        cycle = self.cycle
        if self._stage is not _Stage.BODY:
            # `cycle` is None before the first request.
            if not self.pipeline and getattr(cycle, "response_complete", True):
                self._send_problem(problem)
        elif self.pipeline and self.pipeline[0][0] is cycle:
            self.pipeline.popleft()  # it was not started, and its body will not arrive
        elif cycle.response_started:
            self.transport.close()
        else:
            cycle.disconnected = True
            cycle.message_event.set()
            self._send_problem(problem)

    def _send_problem(self, problem: Problem) -> None:
        """Send a problem that no application made, and close the connection."""
        if self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        request_id = log.new_id()
        scope: dict[str, object] = {"type": "http", "headers": self.headers, "client": self.client}
        scope["request_id"] = request_id
        scope["address_hash"], scope["address"] = self.app.state.origins.of(scope)
        answer = draw(Request(scope), problem)
        headers = [
            *(header for header in answer.raw_headers if header[0] != b"connection"),
            (b"x-request-id", request_id.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"connection", b"close"),
        ]
        lines = [httptools_impl.STATUS_LINE[problem.status].strip(), *map(b": ".join, headers)]
        self.transport.write(b"\r\n".join([*lines, b"", bytes(answer.body)]))
        self._tally.add(scope, "", problem.status, 0)
        if self._settings.log:
            log.write(log.request_line(scope, "", problem.status, 0))
        self._hang_up()

    def _hang_up(self) -> None:
        if len(self.connections) > 2 * self._settings.connections:
            self.transport.close()
            return
        self.transport.write_eof()
        self.flow.resume_reading()
        self._clock = self.loop.call_later(LINGER, self.transport.close)


def fingerprint() -> str:
    """The hash of the uvicorn module overridden here."""
    return hashlib.sha256(inspect.getsource(httptools_impl).encode()).hexdigest()
