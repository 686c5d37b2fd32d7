"""Positions: who asks says which state they have seen, and is told which one they see (0039).

The text is opaque to clients: `Sn-Position` in a header, for scripts, or in a cookie, for browsers.
"""

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.journal.sight import NOTHING, SIGHT, UNKNOWN, Sight, later
from app.journal.since import State
from app.json_types import Schema
from app.problems import Problem

HEADER = "Sn-Position"
COOKIE = "sn_position"

FIRST = "0"
"""What somebody says who has seen nothing yet."""

MOST = 10_000
"""Keys of which a process knows what they were shown."""

DESCRIBED = {
    "description": "Состояние, которое показывает ответ, если записи читаются с копии базы. "
    "Пришлите его заголовком с тем же именем в следующем запросе: ответ будет не старше. "
    "Браузер делает это сам, через cookie.",
    "schema": {"type": "string"},
}
"""The header of an answer in OpenAPI."""

_POSITION = re.compile(r"[0-9a-f-]{36}:[0-9]{1,19}")


class Positions:
    """Gives each request its sight, and each answer to a key its position."""

    def __init__(self, app: ASGIApp, *, owner: Starlette) -> None:
        """`owner` is the application, whose records are read from a replica."""
        self._app = app
        self._owner = owner
        self._shown: OrderedDict[str, State] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sight = Sight(_said(Request(scope)), lambda: self._shown.get(_key(scope), NOTHING))

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and _key(scope):
                message["headers"] += _headers(await self._told(scope, sight))
            await send(message)

        before = SIGHT.set(sight)
        try:
            await self._app(scope, receive, answer)
        finally:
            SIGHT.reset(before)

    async def _told(self, scope: Scope, sight: Sight) -> State:
        """What the answer shows; what was read without a state is at most the primary's now."""
        if sight.shown is None:
            try:
                sight.show(await self._owner.state.service.records.state())
            except Problem:
                return UNKNOWN
        assert sight.shown  # noqa: S101 - just shown
        key = _key(scope)
        shown = later(self._shown.pop(key, NOTHING), sight.shown)
        self._shown[key] = shown
        if len(self._shown) > MOST:
            self._shown.popitem(last=False)
        return sight.shown


def _key(scope: Scope) -> str:
    """The key of the caller; empty while nobody has shown one."""
    return str(scope.get("key_id") or "")


def _said(request: Request) -> State | None:
    """What the caller has seen, in a header, a cookie or both; None if they do not say."""
    texts = [*request.headers.getlist(HEADER), *filter(None, [request.cookies.get(COOKIE)])]
    if not texts:
        return None
    seen = NOTHING
    for text in texts:
        seen = later(seen, _state_of(text))
    return seen


def _state_of(text: str) -> State:
    """The state that a text names; a text that is none names one that no replica has."""
    if text == FIRST:
        return NOTHING
    return State.of(text) if _POSITION.fullmatch(text) else UNKNOWN


def _headers(state: State) -> Iterator[tuple[bytes, bytes]]:
    text = f"{state.epoch}:{state.position}"
    yield HEADER.lower().encode(), text.encode()
    # No secret, so it need not be `Secure`: whoever changes it changes what they are shown alone.
    yield b"set-cookie", f"{COOKIE}={text}; Path=/; HttpOnly; SameSite=Strict".encode()


Responses = Mapping[str, dict[str, Any]]
"""The responses of an operation in OpenAPI, by their status."""


def add_positions(
    paths: Mapping[str, Mapping[str, Mapping[str, Responses]]], headers: Schema
) -> None:
    """Add the position to every success in an OpenAPI document, described once."""
    headers[HEADER] = DESCRIBED
    told = {HEADER: {"$ref": f"#/components/headers/{HEADER}"}}
    for path in paths.values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status < "400":
                    response["headers"] = response.get("headers", {}) | told
