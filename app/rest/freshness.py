"""Freshness: answers with an ETag, and what caches are told of them."""

from starlette.responses import Response

from app.rest.media import JSON

Header = tuple[bytes, bytes]

_UNKEPT = (b"cache-control", b"private, no-store")
_REVALIDATED = (b"cache-control", b"private, no-cache")


class Fresh(Response):
    """The answer 200 with a JSON body; it is sent most often, so its headers are bytes at once."""

    media_type = JSON

    def __init__(self, body: bytes, etag: str, *, personal: bool) -> None:
        self.status_code, self.body, self.background = 200, body, None
        self.raw_headers = [
            *cache_headers(etag, personal=personal),
            (b"content-length", b"%d" % len(body)),
            (b"content-type", JSON.encode()),
        ]


def cache_headers(etag: str, *, personal: bool) -> tuple[Header, Header]:
    """The ETag, and what may be kept: nothing that names persons, else what is asked for again."""
    return (b"etag", etag.encode()), _UNKEPT if personal else _REVALIDATED
