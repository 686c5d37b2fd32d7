"""Cursors: where a page ended, sealed so that nobody can make or change one."""

import base64
import hashlib
import hmac
import json
from typing import Any

from app.problems import InvalidCursor


def seal(values: list[Any], shape: bytes, secret: bytes) -> str:
    """The cursor of a place in a list of this shape (its filters, its order, its reader)."""
    payload = json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode()
    return f"{_text(payload)}.{_text(_seal_of(payload, shape, secret))}"


def unseal(cursor: str, shape: bytes, secret: bytes) -> list[Any]:
    """The place that a cursor names.

    Raises:
        InvalidCursor: it is damaged, or of another list.

    """
    try:
        payload, mark = (
            base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in cursor.split(".")
        )
    except ValueError as error:
        raise InvalidCursor from error
    # Compared as it was written: base64 would forgive a changed last character.
    if cursor != f"{_text(payload)}.{_text(_seal_of(payload, shape, secret))}" or not mark:
        raise InvalidCursor
    values: list[Any] = json.loads(payload)
    return values


def _seal_of(payload: bytes, shape: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, payload + b"\0" + shape, hashlib.sha256).digest()[:16]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
