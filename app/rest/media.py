"""Media: content negotiation for lists, and the headers of files."""

import re
from collections.abc import Container
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

# The child process that parses workbooks imports this module without the framework.
if TYPE_CHECKING:
    from starlette.requests import Request

JSON = "application/json"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FILES = {CSV: "csv", XLSX: "xlsx"}
"""The file formats of lists, with their file name extensions."""

_LONGEST = 1_000
"""Characters of a header that are read."""


def preferred(request: "Request", offered: Container[str] = FILES) -> str:
    """The format that the Accept header prefers (RFC 9110, section 12.5.1): JSON, or one offered.

    A file format must be named: `*/*` gets JSON, and so does a request that accepts none of them.
    """
    qualities = _qualities(request, "accept")
    for_json = (qualities[kind] for kind in (JSON, "application/*", "*/*") if kind in qualities)
    json_quality = next(for_json, 0.0)
    files = [kind for kind in qualities if kind in offered]
    file = max(files, key=qualities.__getitem__, default=JSON)
    quality = qualities.get(file, 0.0)
    if quality == json_quality > 0:
        return JSON if JSON in qualities else file
    return file if quality > json_quality else JSON


def takes_gzip(request: "Request") -> bool:
    """Whether Accept-Encoding allows gzip and prefers nothing else (RFC 9110, section 12.5.3)."""
    qualities = _qualities(request, "accept-encoding")
    quality = qualities.get("gzip", qualities.get("*", 0.0))
    return quality > 0 and quality >= qualities.get("identity", 0.0)


def _qualities(request: "Request", header: str) -> dict[str, float]:
    accepted = ",".join(request.headers.getlist(header))[:_LONGEST].lower()
    qualities: dict[str, float] = {}
    for part in accepted.split(","):
        kind, *parameters = (text.strip() for text in part.split(";"))
        weights = [text[2:] for text in parameters if re.fullmatch(r"q=[01](\.\d{0,3})?", text)]
        qualities.setdefault(kind, float(weights[0]) if weights else 1.0)
    return qualities


def attachment(title: str, fallback: str) -> dict[str, str]:
    """Headers of a download: its file name, and an ASCII one for old clients (RFC 8187)."""
    return {
        "Content-Disposition": disposition("attachment", title, fallback),
        "Cache-Control": "private, no-store",
    }


def disposition(kind: Literal["attachment", "inline"], title: str, fallback: str) -> str:
    """Whether a file is saved or shown, and by which name (RFC 6266)."""
    return f"{kind}; filename=\"{fallback}\"; filename*=UTF-8''{quote(title, safe='')}"
