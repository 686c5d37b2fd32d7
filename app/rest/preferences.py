"""Preferences: what a client would like, by the header Prefer (RFC 7240)."""

from starlette.requests import Request

PREFER = "Prefer"
ASYNC = "respond-async"

LONGEST = 1_000
"""Characters of the header that are read."""


def is_async(request: Request) -> bool:
    """Whether the client would rather be answered before the work is done.

    Other preferences are ignored, as the standard wants it.
    """
    text = ",".join(request.headers.getlist(PREFER))[:LONGEST].lower()
    # An empty value is as good as none (section 2).
    return ASYNC in {each.split(";")[0].strip().removesuffix('=""') for each in text.split(",")}
