"""The shell around every request, pure ASGI: its id, HEAD, and headers that every answer has."""

import uuid

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data:; connect-src 'self'; form-action 'none'; "
    b"base-uri 'none'; frame-ancestors 'none'"
)


class Shell:
    """What holds for every answer, whoever makes it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = str(uuid.uuid4())
        is_head = scope["method"] == "HEAD"
        if is_head:
            scope["method"] = "GET"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                headers += [(b"x-request-id", scope["request_id"].encode()), *_HEADERS]
                headers.append((b"content-security-policy", _POLICY))
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app(scope, receive, answer)


def address_of(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""
