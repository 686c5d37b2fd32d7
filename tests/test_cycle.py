"""The cycle: what it sends is what uvicorn's own sends, byte for byte."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from app.rest.cycle import Cycle

Headers = Sequence[tuple[bytes, bytes]]
Head = tuple[int, Headers]
Cycles = type[RequestResponseCycle]

NOT_MODIFIED = 304

LENGTH = (b"content-length", b"4")
PLAIN: Headers = [(b"etag", b'"1"'), LENGTH, (b"content-type", b"application/json")]
HEADS: Mapping[str, Head] = {
    "an answer": (200, PLAIN),
    "a repeated header": (200, [*PLAIN, (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]),
    "a long header": (200, [*PLAIN, (b"content-security-policy", b"default-src 'none'; " * 50)]),
    "a tab": (200, [*PLAIN, (b"x-said", b"one\ttwo")]),
    "a problem": (404, PLAIN),
    "in pieces": (200, PLAIN[:1]),
    "in pieces by its own word": (200, [(b"transfer-encoding", b"chunked")]),
    "nothing changed": (NOT_MODIFIED, PLAIN[:1]),
    "the last one": (200, [*PLAIN, (b"connection", b"close")]),
}
METHODS = ["GET", "HEAD"]
EVIL = [b"one\r\nset-cookie: a=1", b"one\nset-cookie: a=1", b"one\x00", b"one\x7f"]


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.is_closed = b"", False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed


async def _sent(kind: Cycles, head: Head, method: str, *, keep_alive: bool) -> tuple[bytes, bool]:
    transport = Transport()
    cycle = kind(
        scope={"type": "http", "method": method},  # type: ignore[typeddict-item]
        transport=transport,
        flow=FlowControl(transport),
        logger=None,  # type: ignore[arg-type]
        access_logger=None,  # type: ignore[arg-type]
        access_log=False,
        default_headers=[(b"date", b"today")],
        message_event=asyncio.Event(),
        expect_100_continue=False,
        keep_alive=keep_alive,
        on_response=lambda: None,
    )
    status, headers = head
    await cycle.send({"type": "http.response.start", "status": status, "headers": [*headers]})
    body = b"" if status == NOT_MODIFIED else b"body"
    await cycle.send({"type": "http.response.body", "body": body})
    assert cycle.response_complete
    return transport.written, transport.is_closed


def sent(
    kind: Cycles, head: Head, method: str = "GET", *, keep_alive: bool = True
) -> tuple[bytes, bool]:
    """What a cycle writes of an answer with four bytes, and whether it closes the connection."""
    return asyncio.run(_sent(kind, head, method, keep_alive=keep_alive))


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("keep_alive", [True, False])
def test_an_answer_is_sent_as_uvicorn_sends_it(
    head: Head, method: str, *, keep_alive: bool
) -> None:
    ours = sent(Cycle, head, method, keep_alive=keep_alive)
    assert ours == sent(RequestResponseCycle, head, method, keep_alive=keep_alive)


@pytest.mark.parametrize("value", EVIL)
def test_a_value_that_ends_its_header_is_not_sent(value: bytes) -> None:
    with pytest.raises(RuntimeError):
        sent(Cycle, (200, [*PLAIN, (b"x-said", value)]))


@pytest.mark.parametrize("name", [b"x said", b"x-said:", b"x\nsaid"])
def test_a_name_that_is_none_is_not_sent(name: bytes) -> None:
    with pytest.raises(RuntimeError):
        sent(Cycle, (200, [*PLAIN, (name, b"1")]))


@pytest.mark.parametrize("length", [b"3", b"5"])
def test_a_body_of_another_length_is_not_sent(length: bytes) -> None:
    with pytest.raises(RuntimeError):
        sent(Cycle, (200, [(b"content-length", length)]))
