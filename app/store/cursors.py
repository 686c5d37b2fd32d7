"""Cursors: the end of a page, sealed so that nobody can forge or change it."""

import base64
import hashlib
import hmac
import json
from typing import Any

from app.problems import InvalidCursor


def seal(values: list[Any], shape: bytes, secret: bytes) -> str:
    """The cursor of a place in a list of this shape (its filters, order and scope)."""
    payload = json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode()
    return f"{_text(payload)}.{_text(_seal_of(payload, shape, secret))}"


def unseal(cursor: str, shape: bytes, secret: bytes) -> list[Any]:
    """The place in a cursor.

    Raises:
        InvalidCursor: the cursor is damaged or belongs to another list.

    """
    try:
        payload, mark = (
            base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in cursor.split(".")
        )
    except ValueError as error:
        raise InvalidCursor from error
    # Compared as text: base64 decoding would ignore a change in the last character.
    if cursor != f"{_text(payload)}.{_text(_seal_of(payload, shape, secret))}" or not mark:
        raise InvalidCursor
    values: list[Any] = json.loads(payload)
    return values


def _seal_of(payload: bytes, shape: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, payload + b"\0" + shape, hashlib.sha256).digest()[:16]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
