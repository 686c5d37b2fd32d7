"""The shell: whom the service answers, from where it is asked, and what its log tells."""

import asyncio
import json
import logging
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from app import VERSION
from app.main import create_app
from app.rest import shell
from app.rest.addresses import address_of, host_of
from app.rest.log import Lines, error_line
from app.rest.shell import Shell
from app.settings import Settings
from tests.scene import ROOT, Service, problem

pytestmark = pytest.mark.shared_out

CANARY = "Секретова"
OURS = ("localhost", "127.0.0.1", "[::1]")


@pytest.fixture
def toy() -> TestClient:
    """An application that falls over with a person's name on its lips."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/late":
            head = {"type": "http.response.start", "status": 200, "headers": []}
            await send({**head, "headers": [(b"content-length", b"5")]})
        try:
            int(CANARY)
        except ValueError as error:
            raise LookupError(f"no {CANARY}") from error

    return TestClient(Shell(app, OURS), base_url="http://localhost")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def asked(**headers: str) -> dict[str, Any]:
    return {
        "headers": [
            (name.replace("_", "-").encode(), value.encode("latin-1"))
            for name, value in headers.items()
        ]
    }


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("localhost:8000", "localhost"),
        ("LOCALHOST", "localhost"),
        ("[::1]:8000", "[::1]"),
        ("school.example:443", "school.example"),
        ("", None),
        ("localhost:8000:1", None),
        ("localhost@evil.example", None),
        ("localhost/", None),
        ("[::1", None),
        ("a" * 300, None),
    ],
)
def test_a_host_is_its_name_without_the_port(said: str, name: str | None) -> None:
    assert host_of(asked(host=said)) == name


def test_two_hosts_are_none() -> None:
    twice = [(b"host", b"localhost"), (b"host", b"evil.example")]
    assert host_of({"headers": twice}) is None
    assert host_of({"headers": []}) is None


@pytest.mark.parametrize("path", ["/", "/api/v1/programs", "/docs", "/nothing"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_foreign_host_is_answered_nothing_else(service: Service, path: str, method: str) -> None:
    foreign = {"Host": "evil.example"}
    answer = service.client.request(method, f"http://testserver{path}", headers=foreign)
    assert answer.headers["x-content-type-options"] == "nosniff"
    if method == "HEAD":
        assert (answer.status_code, answer.content) == (400, b"")
    else:
        assert problem(answer, 400)["type"] == "/problems/unknown-host"
        assert "evil" not in answer.text


@pytest.mark.parametrize("path", ["/live", "/ready"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("host", ["10.1.2.3:8000", "[fd00::7]:8000", "pod-7.internal", ""])
def test_a_probe_is_answered_by_whatever_name_it_asks(
    service: Service, path: str, method: str, host: str
) -> None:
    answer = service.client.request(method, f"{ROOT}{path}", headers={"Host": host})
    assert answer.status_code == 200
    told = {"status": "ok"} | ({"version": VERSION} if path == "/live" else {})
    assert answer.content == b"" if method == "HEAD" else answer.json() == told


def test_a_probe_may_name_no_host(service: Service) -> None:
    answer = service.client.get(f"{ROOT}/live", headers={"Host": "localhost"})
    app: Any = service.client.app
    sent: list[Message] = []

    async def ask() -> None:
        scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/live", "headers": []}
        scope |= {"query_string": b"", "client": None, "http_version": "1.0"}

        async def receive() -> Message:
            return {"type": "http.request", "body": b""}

        async def send(message: Message) -> None:
            sent.append(message)

        await app(scope, receive, send)

    assert service.client.portal
    service.client.portal.call(ask)
    assert [each.get("status") for each in sent] == [200, None]
    assert sent[1]["body"] == answer.content


def test_a_foreign_host_is_answered_in_the_callers_language(service: Service) -> None:
    foreign = {"Host": "evil.example", "Accept-Language": "en"}
    answer = service.client.get("/programs", headers=foreign)
    assert answer.headers["content-language"] == "en"
    assert problem(answer, 400)["title"] == "Unknown host"


def test_what_an_unknown_host_means_is_explained(service: Service) -> None:
    assert service.client.get("http://testserver/problems/unknown-host").json()["status"] == 400


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("192.0.2.9", "198.51.100.1", "192.0.2.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, rubbish, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "198.51.100.1:5123", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("testclient", "198.51.100.1", "testclient"),
    ],
)
def test_an_address_is_taken_from_our_proxies_only(
    client: str, forwarded: str, address: str
) -> None:
    proxies = (ip_network("10.0.0.0/8"), ip_network("::1"))
    scope = asked(x_forwarded_for=forwarded) | {"client": (client, 1), "proxies": proxies}
    assert address_of(scope) == address


def test_without_proxies_nobody_is_believed() -> None:
    scope = asked(x_forwarded_for="198.51.100.1") | {"client": ("10.0.0.1", 1)}
    assert address_of(scope) == "10.0.0.1"
    assert address_of({"headers": [], "client": None}) == ""


@given(st.binary(max_size=200))
def test_no_forwarded_rubbish_breaks_a_request(said: bytes) -> None:
    proxies = (ip_network("10.0.0.0/8"),)
    headers = [(b"x-forwarded-for", said), (b"host", said)]
    scope = {"headers": headers, "client": ("10.0.0.1", 1), "proxies": proxies}
    assert address_of(scope)
    host_of(scope)


def test_a_request_is_one_line_that_names_its_route_and_no_value(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    record = "01890000-0000-7000-8000-000000000000"
    answer = service.client.get(f"/programs/{record}", params={"q": CANARY})
    (line,) = lines(capsys)
    assert line["request_id"] == answer.headers["x-request-id"]
    assert (line["method"], line["route"]) == ("GET", "/api/v1/programs/{id}")
    assert line["status"] == answer.status_code
    assert 0 < line["duration_ms"] < 10_000
    assert line.keys() == {
        "time", "request_id", "key_id", "address_hash", "address",
        "method", "route", "status", "duration_ms",
    }  # fmt: skip
    assert record not in str(line)


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("HEAD", "/live", "/live"),
        ("GET", "/docs/swagger-ui.css", "/docs/{name}"),
        ("GET", "/Секретова%0A{}", None),
        ("SECRET", "/live", "/live"),
    ],
)
def test_nothing_that_was_sent_is_logged(
    service: Service, capsys: pytest.CaptureFixture[str], method: str, path: str, route: str | None
) -> None:
    headers = {b"user-agent": CANARY.encode(), b"authorization": b"Bearer sn_secret\tx"}
    service.client.request(method, f"http://testserver{path}", headers=headers)
    (line,) = lines(capsys)
    assert line["route"] == route
    assert line["method"] == ("other" if method == "SECRET" else method)
    assert not any(word in str(line) for word in (CANARY, "secret", "SECRET"))


def test_an_unexpected_error_is_answered_and_logged_without_its_text(
    toy: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = toy.get("/")
    assert problem(answer, 500)["type"] == "/problems/internal"
    error, request = lines(capsys)
    assert error["request_id"] == request["request_id"] == answer.headers["x-request-id"]
    kinds = [each["type"] for each in error["errors"]]
    assert kinds == ["builtins.LookupError", "builtins.ValueError"]
    assert error["errors"][0]["frames"][-1].startswith("tests/test_shell.py:")
    assert CANARY not in str(error) + answer.text


def test_an_answer_that_has_begun_is_cut_and_logged(
    toy: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert toy.get("/late").content == b""
    error, request = lines(capsys)
    assert error["level"] == "error"
    assert request["status"] == 200


def test_a_databases_error_does_not_quote_what_was_to_be_stored(service: Service) -> None:
    wrong = sa.text("SELECT * FROM nowhere WHERE name = :name")
    with (
        service.database.engine.connect() as connection,
        pytest.raises(DBAPIError, match="SQL parameters hidden") as refused,
    ):
        connection.execute(wrong, {"name": CANARY})
    assert CANARY not in str(refused.value)


def test_lines_of_libraries_tell_no_text_of_an_error() -> None:
    try:
        int(CANARY)
    except ValueError as error:
        raised = (type(error), error, error.__traceback__)
    record = logging.LogRecord("uvicorn.error", 40, "x", 1, "It\nfailed: %s", ("so",), raised)
    said = Lines().format(record)
    assert "\n" not in said
    assert CANARY not in said
    assert json.loads(said)["message"] == "It\nfailed: so"


def test_an_error_in_its_own_past_ends() -> None:
    first, second = ValueError(), KeyError()
    first.__context__, second.__context__ = second, first
    line = error_line({"request_id": "1"}, first)
    assert [each["type"] for each in json.loads(line)["errors"]] == [
        "builtins.ValueError",
        "builtins.KeyError",
    ]


def test_the_log_can_be_switched_off(capsys: pytest.CaptureFixture[str]) -> None:
    client = TestClient(create_app(Settings(log=False)), base_url="http://localhost")
    assert client.get("/live").status_code == 200
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("path", ["/docs", "/docs/start.js", "/openapi.json"])
def test_the_documentation_can_be_switched_off(path: str) -> None:
    client = TestClient(create_app(Settings(docs=False)), base_url="http://localhost")
    assert client.get(path).status_code == 404
    assert client.get("/live").status_code == 200


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("", {"localhost", "127.0.0.1", "[::1]", "192.0.2.7"}),
        ("School.example, [2001:db8::7]", {"school.example", "[2001:db8::7]", "localhost"}),
    ],
)
def test_the_service_knows_its_names(said: str, names: Sequence[str]) -> None:
    assert Settings(host="192.0.2.7", hosts=said).host_names >= set(names)


@pytest.mark.parametrize(
    "wrong",
    [{"hosts": "http://a"}, {"hosts": "a:80"}, {"hosts": "*"}, {"proxies": "proxy"}, {"rate": 0}],
)
def test_a_setting_that_says_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)


async def refused_early(*headers: tuple[bytes, bytes], pieces: int = 2) -> list[str]:
    """What happens, in order, when a write is refused whose body comes in pieces."""
    told: list[str] = []

    async def receive() -> Message:
        if told.count("read") == pieces:
            await asyncio.Event().wait()
        told.append("read")
        more = told.count("read") < 2
        return {"type": "http.request", "body": b"{}", "more_body": more}

    async def send(message: Message) -> None:
        told.append(message["type"])

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        await Response(status_code=403)(scope, receive, send)

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "client": None}
    host = (b"host", b"localhost")
    await Shell(app, OURS, logs=False)({**scope, "headers": [host, *headers]}, receive, send)
    return told


ANSWERED = ["http.response.start", "http.response.body"]


@pytest.mark.parametrize(
    ("headers", "read"),
    [
        ([(b"content-length", b"4")], 2),
        ([(b"transfer-encoding", b"chunked")], 2),
        ([(b"content-length", b"50000000")], 2),
        ([(b"content-length", b"70000000")], 0),
        ([(b"content-length", b"4"), (b"expect", b"100-continue")], 0),
    ],
)
def test_a_body_is_read_before_it_is_refused(headers: list[tuple[bytes, bytes]], read: int) -> None:
    """Behind a proxy an answer is lost that comes while the body is still on its way."""
    assert asyncio.run(refused_early(*headers)) == ["read"] * read + ANSWERED


def test_a_body_that_does_not_come_does_not_keep_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shell, "UNREAD", 0.01)
    told = asyncio.run(refused_early((b"content-length", b"4"), pieces=1))
    assert told == ["read", *ANSWERED]
