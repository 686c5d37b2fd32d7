"""The wire: bytes that are no HTTP are answered with a problem, and the service goes on."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.process import serving


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("wire")) as address:
        yield address


@pytest.mark.parametrize(
    "sent",
    [
        "GET /api/v1/teachers?q=Иванова HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
        b"HELLO\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    ],
    ids=["bare Cyrillic", "no HTTP", "TLS", "a negative length"],
)
def test_what_is_no_http_is_a_problem(base: str, sent: bytes) -> None:
    place = urlsplit(base)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=5) as wire:
        wire.sendall(sent)
        answer = b"".join(iter(lambda: wire.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    said = json.loads(body)
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head
    assert said["instance"].removeprefix("urn:uuid:").encode() in head
    assert (said["status"], said["type"]) == (400, "/problems/bad-request")
    assert httpx.get(f"{base}/live").status_code == 200
