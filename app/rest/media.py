"""Media: in which of its forms a list is wanted, and under what name a file is given."""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

# The process that reads workbooks knows these names too, and does without the framework.
if TYPE_CHECKING:
    from starlette.requests import Request

JSON = "application/json"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FILES = {CSV: "csv", XLSX: "xlsx"}
"""The forms that are files, with what their names end in."""

_LONGEST = 1_000
"""Characters of an Accept that are read."""


def wanted(request: "Request") -> str:
    """The form that the Accept of a request likes best (RFC 9110, section 12.5.1).

    A file has to be named: `*/*` is content with JSON, and so is who cannot be contented.
    """
    said = _qualities(request)
    plain = next((said[kind] for kind in (JSON, "application/*", "*/*") if kind in said), 0.0)
    file = max((kind for kind in said if kind in FILES), key=said.__getitem__, default=JSON)
    likes = said.get(file, 0.0)
    return file if likes > plain or (likes == plain > 0 and JSON not in said) else JSON


def _qualities(request: "Request") -> dict[str, float]:
    said = ",".join(request.headers.getlist("accept"))[:_LONGEST].lower()
    found: dict[str, float] = {}
    for part in said.split(","):
        kind, *parameters = (each.strip() for each in part.split(";"))
        weights = [each[2:] for each in parameters if re.fullmatch(r"q=[01](\.\d{0,3})?", each)]
        found.setdefault(kind, float(weights[0]) if weights else 1.0)
    return found


def attachment(title: str, fallback: str) -> dict[str, str]:
    """Headers of a file to be saved: its name, and one in ASCII for old programs (RFC 8187)."""
    return {
        "Content-Disposition": f"attachment; filename=\"{fallback}\"; filename*=UTF-8''"
        f"{quote(title, safe='')}",
        "Cache-Control": "private, no-store",
    }
