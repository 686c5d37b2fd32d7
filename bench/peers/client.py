"""The client: one request sent again and again over connections that stay open.

It is the same for all sides, a process of its own, and writes and reads bytes on uvloop: an HTTP
client of Python costs more than the leanest server that is measured, and `wrk`, which costs least,
is missing on most machines. An answer is read only as far as needed to know where it ends.
"""

import asyncio
import http.client
import multiprocessing
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.pool import Pool
from typing import NamedTuple, cast

import uvloop

HEAD_ENDS = b"\r\n\r\n"
CHUNKS_END = b"\r\n0\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
PATIENCE = 60
"""Seconds after the end of a round in which the last answers must be there."""


class Load(NamedTuple):
    """What is sent: to which port of this machine, over how many connections, how long."""

    port: int
    request: bytes
    connections: int
    seconds: float


class Answered(NamedTuple):
    """How many answers came, and in how many seconds."""

    answers: int
    seconds: float


@contextmanager
def client() -> Iterator["Client"]:
    """Start the process of a client."""
    # Not forked: it must not hold what the measuring process has open.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        yield Client(pool)


class Client:
    """Sends loads from another process."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def send(self, load: Load) -> Answered:
        """Send one request until its seconds are over, and wait for the last answers.

        Every connection sends it once at least.

        Raises:
            ValueError: an answer is no success.
            ConnectionError: the server has closed a connection.

        """
        return self._pool.apply(_run, (load,))


def request(port: int, path: str, *, body: bytes = b"", key: str = "") -> bytes:
    """The bytes of a GET, or of a POST where there is a body."""
    method = "POST" if body else "GET"
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept: application/json"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    if key:
        lines.append(f"Authorization: Bearer {key}")
    return "\r\n".join(lines).encode() + HEAD_ENDS + body


def answer_of(port: int, request: bytes) -> bytes:
    """The body of one answer.

    Raises:
        ValueError: it is no success.

    """
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall(request)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        body = answer.read()
    if answer.status != http.client.OK:
        raise ValueError(body.decode(errors="replace"))
    return body


def is_whole(answer: bytes | bytearray) -> bool:
    """Whether the answer to a request is there to its end.

    Raises:
        ValueError: it is no success.

    """
    head, end, body = answer.partition(HEAD_ENDS)
    if not end:
        return False
    if head.split(b" ", 2)[1] != b"%d" % http.client.OK:
        raise ValueError(answer.decode(errors="replace"))
    length = LENGTH.search(head)
    return len(body) >= int(length[1]) if length else body.endswith(CHUNKS_END)


def _run(load: Load) -> Answered:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_send(load))


async def _send(load: Load) -> Answered:
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    callers = [_Caller(load.request, start + load.seconds) for _ in range(load.connections)]
    for caller in callers:
        await loop.create_connection(lambda made=caller: made, "127.0.0.1", load.port)  # type: ignore[misc]
    async with asyncio.timeout(load.seconds + PATIENCE):
        counts = await asyncio.gather(*(caller.done for caller in callers))
    return Answered(sum(counts), time.perf_counter() - start)


class _Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self, request: bytes, end: float) -> None:
        self.done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._request, self._end = request, end
        self._count, self._answer = 0, bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        try:
            if is_whole(self._answer):
                self._next()
        except ValueError as error:
            self._finish(error)

    def connection_lost(self, error: Exception | None) -> None:
        self._finish(error or ConnectionError("the server has closed the connection"))

    def _next(self) -> None:
        self._count += 1
        self._answer.clear()
        if time.perf_counter() < self._end:
            self._transport.write(self._request)
        else:
            self._finish()

    def _finish(self, error: Exception | None = None) -> None:
        if self.done.done():
            return
        if error:
            self.done.set_exception(error)
        else:
            self.done.set_result(self._count)
        self._transport.close()
