"""The shell around every request (pure ASGI): request id, HEAD, host check, log line, headers."""

import asyncio
import time
from collections.abc import Collection
from contextlib import suppress

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.database.outages import is_disk_full
from app.problems import Busy, CutOff, DiskFull, Problem, TooSlow
from app.rest import log
from app.rest.addresses import Networks, UnknownHost, host_of
from app.rest.errors import draw
from app.rest.origins import Origins
from app.rest.tally import Tally
from app.rest.traces import traceparent_of
from app.rest.turnstile import Turnstile

_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data:; connect-src 'self'; form-action 'none'; "
    b"base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", _POLICY),
]


LIVE = "/live"
"""The address that is answered always and at once: whether the process lives."""

REST = 64 * 1024 * 1024
"""Bytes of a body nobody has read that are still read before the answer begins: as many as the
proxies of compose and of packaging/ let through.

An answer that comes early gets lost. Caddy and other proxies in Go read up to 256 KiB of the body
themselves, lose hold of it and break the answer off; of a longer body they close the connection, on
which many clients of HTTP/1.1 tell the failed write and never look for an answer. Through nginx,
curl ends a stream of HTTP/2 before the answer's body has come.
"""

UNREAD = 1.0
"""Seconds that the next piece of these bytes is waited for."""

UNREAD_ALL = 10.0
"""Seconds in which all of them are read; who needs longer gets the answer early."""

PROBED = frozenset({LIVE, "/metrics", "/ready"})
"""Paths that answer to any name: probes ask by an address of the machine, or name no host.

Two tell a status and the version, so a page of another name (DNS rebinding) learns nothing else.
The door of the metrics looks at the name itself.
"""


class Shell:
    """Does what every request and every answer needs."""

    def __init__(  # noqa: PLR0913 - one for each thing that every request needs
        self,
        app: ASGIApp,
        hosts: Collection[str],
        proxies: Networks = (),
        *,
        origins: Origins | None = None,
        tally: Tally | None = None,
        body_seconds: float = 30,
        logs: bool = True,
    ) -> None:
        self._app = app
        self._origins = origins or Origins()
        self._tally = tally or Tally()
        self._body_seconds = body_seconds
        self._hosts = hosts
        self._proxies = proxies
        self._logs = logs
        self._turnstile = Turnstile()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        method = scope["method"]
        is_head = method == "HEAD"
        # A copy: the server's own scope must still say HEAD, so that it sends no body.
        scope = {
            **scope,
            "method": "GET" if is_head else method,
            "is_head": is_head,
            "request_id": log.new_id(),
            "proxies": self._proxies,
            "traceparent": traceparent_of(scope),
            "status": None,
        }
        scope["address_hash"], scope["address"] = self._origins.of(scope)
        body = _Body(receive, self._body_seconds, _unread(scope))
        answer = _Answer(scope, send, body)
        self._tally.running += 1
        try:
            await self._serve(scope, body, answer)
        finally:
            spent = time.perf_counter() - start
            self._tally.running -= 1
            self._tally.add(scope, method, scope["status"], spent)
            if self._logs:
                log.write(log.request_line(scope, method, scope["status"], spent))

    async def _serve(self, scope: Scope, receive: "_Body", answer: "_Answer") -> None:
        if scope["path"] not in PROBED and host_of(scope) not in self._hosts:
            await draw(Request(scope), UnknownHost())(scope, receive, answer)
            return
        try:
            if scope["path"] == LIVE or await self._is_admitted(scope, receive, answer):
                await self._app(scope, receive, answer)
        except asyncio.CancelledError:
            # The server cuts off what is still under way when it has to end.
            if scope["status"] is None and scope["app"].state.stopping:
                receive.leave()
                await draw(Request(scope), CutOff())(scope, receive, answer)
                return
            raise
        except Exception as error:  # noqa: BLE001 - no text of an error may reach the client
            log.write(log.error_line(scope, error))
            # An answer that has started cannot be replaced: the server closes the connection.
            if scope["status"] is None:
                problem = DiskFull() if is_disk_full(error) else Problem()
                await draw(Request(scope), problem)(scope, receive, answer)

    async def _is_admitted(self, scope: Scope, receive: Receive, answer: "_Answer") -> bool:
        """Wait for admittance; whoever would wait for too long is answered."""
        try:
            await self._turnstile.enter()
        except Busy as busy:
            await draw(Request(scope), busy)(scope, receive, answer)
            return False
        return True


def _unread(scope: Scope) -> int:
    """The most bytes of a body that are read for nobody but the proxy.

    None of a request without a body, of one that waits to be told to go on, and of one that no
    proxy would let through.
    """
    if scope["method"] in {"GET", "HEAD"}:
        return 0
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"0")
    is_short = length.isdigit() and int(length) <= REST
    return REST if is_short and b"expect" not in headers else 0


class _Body:
    """Receives a body piece by piece, with a time limit for each piece."""

    def __init__(self, receive: Receive, seconds: float, unread: int) -> None:
        self._receive = receive
        self._seconds = seconds
        self._unread = unread
        self._is_whole = False

    def leave(self) -> None:
        """Wait for no more of it."""
        self._unread = 0

    async def finish(self) -> None:
        """Read what nobody has read of the body, and drop it."""
        # Most answers need no timer, which would cost a tenth of the time to read a record.
        if not self._is_awaited():
            return
        seconds, self._seconds = self._seconds, UNREAD
        with suppress(TimeoutError, TooSlow):
            async with asyncio.timeout(UNREAD_ALL):
                while self._is_awaited():
                    self._unread -= len((await self()).get("body", b"")) or 1
        self.leave()
        self._seconds = seconds

    def _is_awaited(self) -> bool:
        return not self._is_whole and self._unread > 0

    async def __call__(self) -> Message:
        # After the whole body `receive` waits for the disconnect, without a limit.
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout(self._seconds):
                message = await self._receive()
        except TimeoutError as error:
            self.leave()
            raise TooSlow from error
        self._is_whole = not message.get("more_body", False)
        return message


class _Answer:
    """Sends an answer, with the headers that every answer has."""

    def __init__(self, scope: Scope, send: Send, body: _Body) -> None:
        self._scope = scope
        self._send = send
        self._body = body

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._body.finish()
            self._scope["status"] = message["status"]
            headers = message["headers"]
            # A page has a policy of its own.
            named = {name for name, _ in headers}
            headers.append((b"x-request-id", self._scope["request_id"].encode()))
            headers += [header for header in _HEADERS if header[0] not in named]
        elif self._scope["is_head"] and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)
