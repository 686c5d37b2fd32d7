"""A closed network: the service asks nothing of anyone, and neither does its page."""

import ast
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.main import API, create_app
from app.registry import RESOURCES
from app.settings import Settings
from tests.process import serving, signed

pytestmark = pytest.mark.long

WITNESS = """
import os, sys

record = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
# uvloop connects beneath Python, where nobody is told: without it the service takes asyncio.
sys.modules["uvloop"] = None


def write_down(event, args):
    if event.split(".")[0] in ("socket", "subprocess") or event in CHILDREN:
        os.write(record, f"{(event, *map(repr, args))!r}\\n".encode())


CHILDREN = {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"}
sys.addaudithook(write_down)

from app.__main__ import main

sys.exit(main())
"""
"""A program that becomes the service and writes down whom it calls, or has called by a child."""

OURS = {"socket.__new__", "socket.bind"}
"""What a service does that only listens."""

FOREIGN = re.compile(
    r"""(?:\b(?:src|href|action|poster|data)\s*=\s*|url\(\s*|@import\s+|\bimport\s*\(?\s*)
        ["'`]?(?:[a-z]+:)?//""",
    re.IGNORECASE | re.VERBOSE,
)
"""An address of another origin where a browser would fetch it."""


class Watched:
    """A running service, what its page consists of, and the calls that it has tried to make."""

    def __init__(self, client: httpx.Client, record: Path) -> None:
        self.client = client
        self._record = record
        self.page = self.get("/docs").text
        self.assets = re.findall(r'(?:src|href)="([^":]+)"', self.page)

    def get(self, path: str) -> httpx.Response:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer

    def calls(self) -> list[tuple[str, ...]]:
        seen = map(ast.literal_eval, self._record.read_text().splitlines())
        return [call for call in seen if call[0] not in OURS]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("closed")
    record = folder / "calls"
    with (
        serving(folder, program=("-c", WITNESS, str(record))) as base,
        httpx.Client(base_url=base, timeout=30, headers=signed(folder)) as client,
    ):
        yield Watched(client, record)


def use(watched: Watched) -> None:
    """Touch everything once: the page, the document, reading, writing, operations, indicators."""
    for path in (*watched.assets, "/openapi.json", "/live", "/ready", "/problems/not-found"):
        watched.get(path)
    pages = {each.path: watched.get(f"{API}/{each.path}?limit=1").json() for each in RESOURCES}
    municipality, program = (
        pages[path]["items"][0]["id"] for path in ("municipalities", "programs")
    )
    teacher = {"municipality_id": municipality, "last_name": "Пробная", "first_name": "Вера"}
    address = f"{API}/teachers/by-key/tests/{uuid.uuid4().hex}"
    assert watched.client.put(address, json=teacher).status_code == 201
    generate = f"{API}/programs/{program}/events/generate"
    assert watched.client.post(generate, json={}).status_code == 200
    for each in watched.get(f"{API}/programs/{program}/indicators").json()["items"]:
        watched.get(f"{API}/programs/{program}/indicators/{each['code']}/explain")


def test_the_service_calls_nobody(watched: Watched) -> None:
    use(watched)
    assert watched.calls() == []


def test_the_page_names_no_other_origin(watched: Watched) -> None:
    assert len(watched.assets) == 4
    for text in (watched.page, *(watched.get(path).text for path in watched.assets)):
        found = FOREIGN.search(text)
        assert not found, text[found.start() : found.end() + 80]


def test_the_page_may_ask_no_other_origin(watched: Watched) -> None:
    for path in ("/docs", *watched.assets):
        policy = watched.get(path).headers["content-security-policy"]
        sources = {each for rule in policy.split(";") for each in rule.split()[1:]}
        assert sources <= {"'none'", "'self'", "'unsafe-inline'", "data:"}
        assert policy.startswith("default-src 'none'")


def test_nobody_outside_is_sent_traces_or_texts_of_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FastAPI sends them where the environment says so, unless an application forbids it."""
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setattr("fastapi.telemetry._asgi._unconfigured", lambda _: False)
    app = create_app(Settings(data=tmp_path))
    assert not app._native_telemetry.enabled()  # noqa: SLF001 - nothing public tells
    assert not app._telemetry["auto_configure"]  # noqa: SLF001
