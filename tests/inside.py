"""Inside: a client of the application in this process, at the lowest cost of a request."""

from typing import Any
from urllib.parse import unquote

import anyio
import httpx2
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from app.journal.register import Register

PEER = ("testclient", 50_000)


class Inside(TestClient):
    """Starlette's client, but a request goes to the application's thread and back once.

    Starlette's own goes nine times: for each of its events, each piece of the answer and the end.
    Half of what a request of a test cost was that. Here an answer comes when it is complete.
    The application's database is beside it, for whatever a test stands on.
    """

    def __init__(self, app: FastAPI, base_url: str, database: Register) -> None:
        super().__init__(app, base_url=base_url, client=PEER)
        self.database = database
        self._transport = _Once(self)


class _Once(httpx2.BaseTransport):
    """Runs the application for one request."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        portal = self._client.portal
        assert portal, "the client is entered first"
        return portal.call(self._answer, request, request.read())

    async def _answer(self, request: httpx2.Request, body: bytes) -> httpx2.Response:
        questions: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        messages: list[Message] = []

        async def receive() -> Message:
            if not questions:
                # The other side stays: who listens for its leaving is cancelled in the end.
                await anyio.sleep_forever()
            return questions.pop()

        async def send(message: Message) -> None:
            messages.append(message)

        await self._client.app(self._scope(request), receive, send)
        return _response(request, messages)

    def _scope(self, request: httpx2.Request) -> Scope:
        url = request.url
        default = {"http": 80, "https": 443}[url.scheme]
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "path": unquote(url.path),
            "raw_path": url.raw_path.partition(b"?")[0],
            "root_path": "",
            "scheme": url.scheme,
            "query_string": url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": PEER,
            "server": (url.host, url.port or default),
            "extensions": {},
            "state": self._client.app_state.copy(),
        }


def _response(request: httpx2.Request, messages: list[Message]) -> httpx2.Response:
    start, *pieces = messages
    assert start["type"] == "http.response.start", start
    assert {each["type"] for each in pieces} == {"http.response.body"}
    assert not pieces[-1].get("more_body")
    content: Any = b"" if request.method == "HEAD" else b"".join(each["body"] for each in pieces)
    return httpx2.Response(
        start["status"],
        headers=start["headers"],
        stream=httpx2.ByteStream(content),
        request=request,
    )
