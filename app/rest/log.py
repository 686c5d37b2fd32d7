"""The log: one JSON line for each request and each message, without any data of a request.

Values in paths, queries, bodies, headers and texts of errors (databases quote the data in them)
are never logged. A `traceparent` is: its form leaves room for nothing but digits. The client's
address appears as the keyed hash that the audit trail uses, and as itself only if SN_ADDRESS_DAYS
allows to keep it.
"""

import json
import logging
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from starlette.types import Scope

ROOT = str(Path(__file__).parents[2]) + "/"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
FRAMES = 40


class Lines(logging.Formatter):
    """Formats messages of libraries as JSON lines too."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": now(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            line["errors"] = list(_chain(record.exc_info[1]))
        return _json(line)


CONFIGURATION: dict[str, object] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": Lines}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"level": "INFO", "handlers": ["lines"]},
    # These log every step at the level INFO.
    "loggers": {name: {"level": "WARNING"} for name in ("alembic", "httpx", "psycopg")},
}


def request_line(scope: Scope, method: str, status: int | None, seconds: float) -> str:
    """The line of a request; all its values are checked, so nobody can forge a line."""
    route = _quoted(route_of(scope))
    key = _quoted(scope.get("key_id"))
    cause = f',"cause":"{scope["cause"]}"' if "cause" in scope else ""
    address = f',"address":{_quoted(scope["address"])}' if scope.get("address") else ""
    trace = f',"traceparent":"{scope["traceparent"]}"' if scope.get("traceparent") else ""
    verb = method if method in METHODS else "other"
    return (
        f'{{"time":"{now()}","request_id":"{scope["request_id"]}"{trace},"key_id":{key},'
        f'"address_hash":{_quoted(scope.get("address_hash"))}{address},'
        f'"method":"{verb}","route":{route},"status":{status or "null"}{cause},'
        f'"duration_ms":{seconds * 1000:.1f}}}\n'
    )


def error_line(scope: Scope, error: BaseException) -> str:
    """The line of an unexpected error: its types and places, without its texts."""
    line = {
        "time": now(),
        "request_id": scope["request_id"],
        "level": "error",
        "route": route_of(scope),
        "errors": list(_chain(error)),
    }
    return _json(line) + "\n"


def write(line: str) -> None:
    """Write a whole line at once: several processes share the stream."""
    # Nobody may be reading the stream any more; answers must not fail for that.
    with suppress(OSError, ValueError):
        sys.stderr.write(line)  # Python writes each line of it at once


def route_of(scope: Scope) -> str | None:
    """The template of the matched path, such as /api/v1/programs/{id}."""
    # A route knows only its part of the path; FastAPI stores the whole template beside it.
    whole = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    return getattr(whole, "path", None)


def new_id() -> str:
    """A request's id, by which its line is found."""
    # A random UUID (RFC 9562, version 4) in a third of the time that Python's own takes.
    text = os.urandom(16).hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


def now() -> str:
    """The current time in the format of the log."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(line: Mapping[str, object]) -> str:
    return json.dumps(line, ensure_ascii=True, separators=(",", ":"))


@lru_cache(4096)
def _quoted(value: str | None) -> str:
    return json.dumps(value)


def _chain(error: BaseException | None) -> Iterator[dict[str, object]]:
    """An error and its causes, in the order of Python's traceback."""
    seen: set[int] = set()
    # Exception chains can be cyclic: stop at one already seen.
    while error and id(error) not in seen:
        seen.add(id(error))
        kind = type(error)
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        yield {
            "type": f"{kind.__module__}.{kind.__qualname__}",
            "frames": [
                f"{frame.filename.removeprefix(ROOT)}:{frame.lineno} {frame.name}"
                for frame in frames
            ],
        }
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
