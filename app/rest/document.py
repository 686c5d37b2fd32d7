"""Document: the OpenAPI document as it is served, plain or compressed, each with an ETag."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response

from app.rest import media, preconditions


@dataclass(frozen=True)
class Form:
    """One form of the document."""

    body: bytes
    etag: str
    encoding: str | None = None

    def answer(self, request: Request) -> Response:
        """The form, or 304 if the caller has it."""
        headers = {"ETag": self.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if preconditions.is_current(request, self.etag):
            return Response(status_code=304, headers=headers)
        if self.encoding:
            headers["Content-Encoding"] = self.encoding
        return Response(self.body, headers=headers, media_type="application/json")


@dataclass(frozen=True)
class Document:
    """A document that is compressed once, when it is first asked for."""

    text: str

    @cached_property
    def forms(self) -> tuple[Form, Form]:
        """The plain form and the compressed one; a strong ETag tells them apart."""
        body = self.text.encode()
        digest = hashlib.blake2b(body, digest_size=16).hexdigest()
        # Without a time in it the same document has the same bytes in every process.
        packed = gzip.compress(body, mtime=0)
        return Form(body, f'"{digest}"'), Form(packed, f'"{digest}-gzip"', "gzip")

    def answer(self, request: Request) -> Response:
        """The form that the caller reads."""
        plain, packed = self.forms
        return (packed if media.takes_gzip(request) else plain).answer(request)
