"""Traces: the header `traceparent`, which names a caller's own trace (W3C Trace Context)."""

import re

from starlette.types import Scope

_FORM = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?P<more>-.*)?",
)
_FIRST = b"00"
"""The version that has no further parts."""

LENGTH = 55
"""Characters that every version begins with; what a later one adds is not kept."""


def traceparent_of(scope: Scope) -> str | None:
    """The request's trace and its span in it; None if there is none or it is not valid."""
    found: list[bytes] = [value for name, value in scope["headers"] if name == b"traceparent"]
    # A repeated header may be of two callers: then neither is believed.
    if len(found) != 1 or not (form := _FORM.fullmatch(found[0])):
        return None
    if form["more"] and found[0].startswith(_FIRST):
        return None
    return found[0][:LENGTH].decode()
