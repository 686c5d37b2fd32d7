"""Document: a text of the service itself, served plain or compressed, each with an ETag."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response

from app.rest import media, preconditions

REVALIDATED = "no-cache"
FOR_EVER = "public, max-age=31536000, immutable"
"""Cache-Control of what never changes under its address: a year (RFC 8246)."""


@dataclass(frozen=True)
class Form:
    """One form of a document."""

    body: bytes
    etag: str
    media_type: str
    encoding: str | None = None

    def answer(self, request: Request, caching: str) -> Response:
        """The form, or 304 if the caller has it."""
        headers = {"ETag": self.etag, "Cache-Control": caching, "Vary": "Accept-Encoding"}
        if preconditions.is_current(request, self.etag):
            return Response(status_code=304, headers=headers)
        if self.encoding:
            headers["Content-Encoding"] = self.encoding
        return Response(self.body, headers=headers, media_type=self.media_type)


@dataclass(frozen=True)
class Document:
    """A document that is compressed once, when it is first asked for."""

    body: bytes
    media_type: str = "application/json"

    @cached_property
    def digest(self) -> str:
        """The hash of its content: the same in every process and release that has the same."""
        return hashlib.blake2b(self.body, digest_size=16).hexdigest()

    @cached_property
    def forms(self) -> tuple[Form, Form]:
        """The plain form and the compressed one; a strong ETag tells them apart."""
        # Without a time in it the same document has the same bytes in every process.
        packed = gzip.compress(self.body, mtime=0)
        plain = Form(self.body, f'"{self.digest}"', self.media_type)
        return plain, Form(packed, f'"{self.digest}-gzip"', self.media_type, "gzip")

    def answer(self, request: Request, caching: str = REVALIDATED) -> Response:
        """The form that the caller reads."""
        plain, packed = self.forms
        return (packed if media.takes_gzip(request) else plain).answer(request, caching)
