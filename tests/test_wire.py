"""The wire: what is no HTTP, too much of it or too slow is told so, and the service goes on."""

import json
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest

from app.main import create_app
from app.rest import wire
from app.settings import Settings
from tests.process import ROOT, Process, serving, signed, started

PATIENCE = 30
"""Seconds after which a test gives an answer up; none depends on how soon it comes."""

MANY_BYTES = 70_000
UNENDING = 24 * 1024 * 1024


class Answer(NamedTuple):
    """One answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        """The problem that it tells, held against its headers."""
        assert self.headers["content-type"] == "application/problem+json"
        said: dict[str, Any] = json.loads(self.body)
        assert said["status"] == self.status
        assert said["instance"] == f"urn:uuid:{self.headers['x-request-id']}"
        return said


class Service(NamedTuple):
    """A running service, its process and the header of a coordinator."""

    base: str
    pid: int
    signature: bytes


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Service]:
    with started(Process(folder, **settings)) as process:
        signature = signed(folder)["Authorization"].encode()
        yield Service(process.base, process.pid, signature)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("wire"), wrong_keys="2", proxies="127.0.0.1") as found:
        yield found


@pytest.fixture(scope="module")
def base(service: Service) -> str:
    return service.base


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that waits for a head or a piece of a body a moment only."""
    folder = tmp_path_factory.mktemp("hasty")
    with running(folder, header_seconds="0.3", body_seconds="0.3") as found:
        yield found


@contextmanager
def connected(base: str) -> Iterator[socket.socket]:
    place = urlsplit(base)
    with socket.create_connection((place.hostname or "", place.port or 0), PATIENCE) as lent:
        yield lent


def answers(connection: socket.socket) -> list[Answer]:
    """Every answer until the service ends the connection."""
    heard = b""
    with suppress(ConnectionError):
        while piece := connection.recv(65_536):
            heard += piece
    return list(_parted(heard))


def answer(connection: socket.socket) -> Answer:
    """The next answer of a connection that stays."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += _more(connection)
    (head, _, body) = heard.partition(b"\r\n\r\n")
    length = int(_head(head)[1].get("content-length", "0"))
    while len(body) < length:
        body += _more(connection)
    assert len(body) == length
    return Answer(*_head(head), body)


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(65_536)
    assert piece, "the connection has ended"
    return piece


def _parted(heard: bytes) -> Iterator[Answer]:
    while heard:
        head, _, heard = heard.partition(b"\r\n\r\n")
        status, headers = _head(head)
        length = int(headers.get("content-length", "0"))
        yield Answer(status, headers, heard[:length])
        heard = heard[length:]


def _head(said: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = said.decode().split("\r\n")
    named = (line.split(": ", 1) for line in lines)
    return int(first.split(" ")[1]), {name.lower(): value for name, value in named}


def sent(base: str, *pieces: bytes) -> Answer:
    """The only answer to what is sent; the service ends the connection."""
    with connected(base) as connection:
        for piece in pieces:
            connection.sendall(piece)
        (found,) = answers(connection)
    return found


def lives(base: str) -> bool:
    return httpx.get(f"{base}/live", timeout=PATIENCE).status_code == 200


def head(*fields: str, target: str = "/live", method: str = "GET") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *fields, "", ""]
    return "\r\n".join(lines).encode()


def fields(count: int) -> list[str]:
    return [f"X-{number}: a" for number in range(count)]


def chunked(service: Service, *trailers: str, key: bool = True, body: str = "{}") -> bytes:
    """A POST in chunks, with fields behind the last one."""
    signature = [f"Authorization: {service.signature.decode()}"] if key else []
    kinds = ["Content-Type: application/json", "Transfer-Encoding: chunked"]
    first = head(*signature, *kinds, target="/api/v1/organizations", method="POST")
    lines = [f"{len(body):x}", body, "0", *trailers, "", ""]
    return first + "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    "said",
    [
        "GET /api/v1/teachers?q=Иванова HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
        b"HELLO\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["bare Cyrillic", "no HTTP", "TLS", "a negative length", "a tunnel"],
)
def test_what_is_no_http_is_a_problem(base: str, said: bytes) -> None:
    found = sent(base, said)
    assert found.status == 400
    assert found.problem["type"] == "/problems/bad-request"
    assert found.problem["errors"] == []
    assert "%D0" in found.problem["detail"]
    assert lives(base)


def test_as_many_fields_as_are_allowed_are_read(base: str) -> None:
    with connected(base) as connection:
        for _ in range(3):  # each request has the whole room
            connection.sendall(head(*fields(99)))
            assert answer(connection).status == 200


@pytest.mark.parametrize(
    "pieces",
    [
        [head(*fields(100))],
        [head(f"X-Long: {'a' * MANY_BYTES}")],
        [head(*(f"X-{number}: {'a' * 1000}" for number in range(70)))],
        [head(target=f"/live?q={'a' * MANY_BYTES}")],
        [b"GET /live HTTP/1.1\r\nX-Long: ", *[b"a" * (MANY_BYTES // 10)] * 10, b"\r\n\r\n"],
        [b"GET /live HTTP/1.1\r\nX-Long: " + b"a" * 90_000],
        [b"GET /live HTTP/1.1\r\n" + b"a" * 90_000],
        [b"GET /" + b"a" * 90_000],
        [b"GET /live HTTP/1.1\r\n" + "\r\n".join(fields(150)).encode()],
        [b"\r\n" * 50_000],
    ],
    ids=[
        "a field too many",
        "a long field",
        "many fields",
        "a long address",
        "a long field in pieces",
        "a field without end",
        "a name without end",
        "an address without end",
        "fields without end",
        "nothing without end",
    ],
)
def test_too_much_of_a_head_is_refused_while_it_arrives(base: str, pieces: Sequence[bytes]) -> None:
    found = sent(base, *pieces)
    assert found.status == 431
    assert found.problem["type"] == "/problems/headers-too-large"
    assert found.headers["connection"] == "close"
    assert lives(base)


def test_a_refusal_is_told_in_the_callers_language(base: str) -> None:
    said = sent(base, head("Accept-Language: en", *fields(100))).problem
    assert said["title"] == "The headers are too large"


def memory_of(pid: int) -> int:
    """Bytes that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to ask for memory")
def test_an_unending_head_costs_no_memory_and_stops_nobody(service: Service) -> None:
    before = memory_of(service.pid)
    with connected(service.base) as connection:
        connection.sendall(b"GET /live HTTP/1.1\r\nX-Long: ")
        with suppress(ConnectionError):
            for _ in range(UNENDING // MANY_BYTES):
                connection.sendall(b"a" * MANY_BYTES)
        assert lives(service.base)
    assert memory_of(service.pid) - before < UNENDING // 4


def test_a_trailer_is_no_header(service: Service) -> None:
    trailer = f"Authorization: {service.signature.decode()}"
    with connected(service.base) as connection:
        connection.sendall(chunked(service, trailer, key=False))
        assert answer(connection).status == 401
        connection.sendall(chunked(service, "Content-Type: text/plain"))
        assert answer(connection).status == 422
        connection.sendall(head())
        assert answer(connection).status == 200


def test_a_trailer_does_not_tell_from_where_one_comes(service: Service) -> None:
    statuses = []
    for number in range(4):
        with connected(service.base) as connection:
            first = head(
                "Authorization: Bearer sn_wrong",
                "X-Forwarded-For: 192.0.2.1",
                "Transfer-Encoding: chunked",
                target="/api/v1/organizations",
                method="POST",
            )
            last = f"2\r\n{{}}\r\n0\r\nX-Forwarded-For: 192.0.2.{number + 2}\r\n\r\n"
            connection.sendall(first + last.encode())
            statuses.append(answer(connection).status)
    assert statuses == [401, 401, 429, 429]


@pytest.mark.parametrize(
    "trailers",
    [fields(101), [f"X-Long: {'a' * MANY_BYTES}"]],
    ids=["too many", "too long"],
)
def test_trailers_have_no_room_of_their_own(service: Service, trailers: Sequence[str]) -> None:
    assert sent(service.base, chunked(service, *trailers)).status == 431


def test_a_chunk_is_not_described_without_end(service: Service) -> None:
    first, _, _ = chunked(service).partition(b"\r\n\r\n")
    found = sent(service.base, first + b"\r\n\r\n2;name=" + b"a" * 90_000)
    assert found.status == 431


def test_requests_that_come_together_are_answered_in_order(base: str) -> None:
    targets = ["/live", "/problems/stale", "/ready", "/problems/busy"]
    with connected(base) as connection:
        together = b"".join(head(target=target) for target in targets)
        connection.sendall(together + head("Connection: close"))
        found = answers(connection)
    assert [each.status for each in found] == [200] * 5
    assert [json.loads(found[at].body)["type"] for at in (1, 3)] == [
        "/problems/stale",
        "/problems/busy",
    ]


def test_what_was_asked_before_a_bomb_is_answered(base: str) -> None:
    with connected(base) as connection:
        connection.sendall(head() + head(target="/problems/stale") + head(*fields(100)))
        found = answers(connection)
    assert [each.status for each in found] == [200, 200, 431]
    assert found[2].problem["type"] == "/problems/headers-too-large"


def test_requests_are_not_queued_without_end(base: str) -> None:
    with connected(base) as connection:
        connection.sendall(head() * 5_000)
        found = answers(connection)
    assert {each.status for each in found[:-1]} == {200}
    assert found[-1].status == 503
    assert len(found) < 1_000


@pytest.mark.parametrize("protocol", ["websocket", "h2c", "TLS/1.3"])
def test_whoever_asks_for_another_protocol_is_answered_in_this_one(
    service: Service, protocol: str
) -> None:
    asked = ["Connection: Upgrade", f"Upgrade: {protocol}", "Sec-WebSocket-Key: AAAA"]
    with connected(service.base) as connection:
        connection.sendall(head(*asked) + head("Connection: close"))
        assert [each.status for each in answers(connection)] == [200, 200]


def test_a_body_beside_an_upgrade_is_a_body(service: Service) -> None:
    """What HTTP clients of Java send over plain HTTP."""
    body = json.dumps({"kind": "GET /live HTTP/1.1\nHost: localhost\n\n"}).encode()
    asked = head(
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAAA",
        f"Authorization: {service.signature.decode()}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        target="/api/v1/organizations",
        method="POST",
    )
    for pieces in ([asked + body], [asked, body]):
        with connected(service.base) as connection:
            for piece in pieces:
                connection.sendall(piece)
            found = answer(connection)
            assert found.status == 422
            assert "/kind" in [each["pointer"] for each in found.problem["errors"]]
            connection.sendall(head("Connection: close"))
            assert [each.status for each in answers(connection)] == [200]


def test_whoever_waits_to_continue_is_told_to(service: Service) -> None:
    asked = head(
        f"Authorization: {service.signature.decode()}",
        "Content-Type: application/json",
        "Content-Length: 2",
        "Expect: 100-continue",
        target="/api/v1/organizations",
        method="POST",
    )
    with connected(service.base) as connection:
        connection.sendall(asked)
        assert connection.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert answer(connection).status == 422


def test_a_head_that_does_not_end_is_waited_for_so_long(hasty: Service) -> None:
    found = sent(hasty.base, b"GET /live HTTP/1.1\r\nHost: local")
    assert found.status == 408
    assert found.problem["type"] == "/problems/too-slow"


def test_blank_lines_are_no_head(hasty: Service) -> None:
    assert sent(hasty.base, b"\r\n").status == 408


def test_whoever_says_nothing_is_not_waited_for(hasty: Service) -> None:
    with connected(hasty.base) as connection:
        assert answers(connection) == []


def test_the_next_head_is_waited_for_as_long(hasty: Service) -> None:
    with connected(hasty.base) as connection:
        connection.sendall(head() + b"GET /live HTT")
        assert [each.status for each in answers(connection)] == [200, 408]


def body_of_two_pieces(service: Service) -> bytes:
    return head(
        f"Authorization: {service.signature.decode()}",
        "Content-Type: application/json",
        "Content-Length: 100",
        target="/api/v1/organizations",
        method="POST",
    )


@pytest.mark.parametrize("begun", [b"", b"{"])
def test_a_body_that_stops_is_waited_for_so_long(hasty: Service, begun: bytes) -> None:
    found = sent(hasty.base, body_of_two_pieces(hasty) + begun)
    assert found.status == 408
    assert found.problem["type"] == "/problems/too-slow"
    assert found.headers["connection"] == "close"
    assert lives(hasty.base)


def test_an_upload_that_stops_is_waited_for_so_long(hasty: Service) -> None:
    asked = head(
        f"Authorization: {hasty.signature.decode()}",
        "Content-Type: text/csv",
        "Content-Length: 100",
        target="/api/v1/imports/organizations?mode=dry_run",
        method="POST",
    )
    assert sent(hasty.base, asked + b"a;b\r\n").status == 408


def test_connections_beyond_the_limit_are_told_at_once(tmp_path: Path) -> None:
    with serving(tmp_path, connections="2") as base, admitted(base) as first, admitted(base):
        refused = sent(base)
        assert refused.status == 503
        assert refused.problem["type"] == "/problems/busy"
        assert refused.headers["retry-after"]
        assert refused.headers["connection"] == "close"
        first.sendall(head())
        assert answer(first).status == 200
        first.close()
        with admitted(base):
            pass


@contextmanager
def admitted(base: str) -> Iterator[socket.socket]:
    """A connection that is served: another one, which has ended, may count for a moment longer."""
    while True:
        with connected(base) as lent:
            with suppress(ConnectionError):
                lent.sendall(head())
            if answer(lent).status == 200:
                yield lent
                return


def test_the_parser_is_the_one_that_was_read() -> None:
    """The wire stands on the inner parts of one version: whoever changes it reads them again."""
    pinned = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for name, known in wire.READ.items():
        assert version(name) == known
        assert f'"{name}=={known}"' in pinned
    assert wire.fingerprint() == wire.FINGERPRINT


def test_the_limits_are_settings() -> None:
    said = create_app(Settings(header_bytes=5000, connections=7)).state.settings
    assert (said.header_bytes, said.connections) == (5000, 7)
