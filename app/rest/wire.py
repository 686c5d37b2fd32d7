"""The wire: HTTP as uvicorn speaks it; what is no HTTP at all is answered with a problem too."""

import uuid

from starlette.requests import Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.problems import BadRequest
from app.rest.errors import draw


class Wire(HttpToolsProtocol):
    """One connection."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's text for people
        """Answer what could not be parsed, such as a path with bare Cyrillic, and hang up."""
        request_id = str(uuid.uuid4())
        answer = draw(
            Request({"type": "http", "headers": [], "request_id": request_id}), BadRequest()
        )
        headers = [
            *answer.raw_headers,
            (b"x-request-id", request_id.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"connection", b"close"),
        ]
        lines = [b"HTTP/1.1 400 Bad Request", *(b": ".join(each) for each in headers)]
        self.transport.write(b"\r\n".join([*lines, b"", bytes(answer.body)]))
        self.transport.close()
