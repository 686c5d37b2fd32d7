"""The log: one JSON line for each request, and for whatever else happens; nothing that was sent.

No path with its values, no query, no body, no header and no text of an error (the texts of
databases quote what was to be stored) ever comes here. Where a request came from is a keyed hash,
the one of the audit trail; beside it stands the address, if SN_ADDRESS_DAYS lets it be kept.
"""

import json
import logging
import sys
import traceback
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.types import Scope

ROOT = str(Path(__file__).parents[2]) + "/"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
FRAMES = 40


class Lines(logging.Formatter):
    """What libraries have to say, as lines of the same kind."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": now(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            said["errors"] = list(_chain(record.exc_info[1]))
        return _json(said)


CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": Lines}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"level": "INFO", "handlers": ["lines"]},
    # These tell each step of theirs.
    "loggers": {name: {"level": "WARNING"} for name in ("alembic", "httpx", "psycopg")},
}


def request_line(scope: Scope, method: str, status: int | None, seconds: float) -> str:
    """What is told of a request; every part is ours, so that nobody can forge a line."""
    route = _quoted(route_of(scope))
    key = _quoted(scope.get("key_id"))
    cause = f',"cause":"{scope["cause"]}"' if "cause" in scope else ""
    told = f',"address":{_quoted(scope["address"])}' if scope.get("address") else ""
    spoken = method if method in METHODS else "other"
    return (
        f'{{"time":"{now()}","request_id":"{scope["request_id"]}","key_id":{key},'
        f'"address_hash":{_quoted(scope.get("address_hash"))}{told},'
        f'"method":"{spoken}","route":{route},"status":{status or "null"}{cause},'
        f'"duration_ms":{seconds * 1000:.1f}}}\n'
    )


def error_line(scope: Scope, error: BaseException) -> str:
    """An error that nobody expected: its kinds and places, without its texts."""
    said = {
        "time": now(),
        "request_id": scope["request_id"],
        "level": "error",
        "route": route_of(scope),
        "errors": list(_chain(error)),
    }
    return _json(said) + "\n"


def write(line: str) -> None:
    """Put a line out, whole: several processes share the stream."""
    # Whoever was to read it may be gone; the answer does not depend on that.
    with suppress(OSError, ValueError):
        sys.stderr.write(line)
        sys.stderr.flush()


def route_of(scope: Scope) -> str | None:
    """The template of the path that answered, such as /api/v1/programs/{id}."""
    # A route knows only its own part of the path; FastAPI keeps the whole beside it.
    whole = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    return getattr(whole, "path", None)


def new_id() -> str:
    """The number of a request, by which its line is found."""
    return str(uuid.uuid4())


def now() -> str:
    """The moment, as lines tell it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=True, separators=(",", ":"))


@lru_cache(4096)
def _quoted(value: str | None) -> str:
    return json.dumps(value)


def _chain(error: BaseException | None) -> Iterator[dict[str, Any]]:
    """An error and what led to it, as Python would print them."""
    told: set[int] = set()
    # An error that is raised again while it is handled can stand in its own past: a circle.
    while error and id(error) not in told:
        told.add(id(error))
        kind = type(error)
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        yield {
            "type": f"{kind.__module__}.{kind.__qualname__}",
            "frames": [
                f"{each.filename.removeprefix(ROOT)}:{each.lineno} {each.name}" for each in frames
            ],
        }
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
