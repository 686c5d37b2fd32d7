"""Bodies: strict reading of JSON from the bytes of a request."""

import json
import math
from typing import Any, Never

from starlette.requests import Request

from app.findings import Finding, fault
from app.problems import BadRequest, TooLarge, UnsupportedMediaType

LIMIT = 1024 * 1024
"""Bytes of a JSON body at most."""

DIGITS = 400
"""Characters of a number at most; no number of ours has more than twenty."""

NOT_JSON = fault(
    "not_json",
    "Тело запроса не является правильным JSON в UTF-8.",
    "The body is not valid JSON in UTF-8.",
)
DUPLICATE_NAME = fault(
    "duplicate_name",
    "Одно и то же поле встречается в объекте дважды.",
    "An object has the same member twice.",
)

JSON = ("application/json",)
MERGE_PATCH = ("application/merge-patch+json", "application/json")


async def read_json(request: Request, kinds: tuple[str, ...] = JSON) -> Any:
    """The JSON value of a request's body.

    Raises:
        TooLarge, UnsupportedMediaType, BadRequest.

    """
    body = await _bytes(request)
    # `app.rest.writing` compares it with the body of a repeated request.
    request.scope["payload"] = body
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in kinds:
        raise UnsupportedMediaType(allowed=", ".join(kinds))
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except (ValueError, RecursionError) as error:
        raise BadRequest(Finding(NOT_JSON, pointer="")) from error


async def _bytes(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdecimal() and int(declared[:20]) > LIMIT:
        raise TooLarge(limit=LIMIT)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LIMIT:
            raise TooLarge(limit=LIMIT)
    return bytes(body)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadRequest(Finding(DUPLICATE_NAME, pointer=""))
    return members


def _no_constant(_: str) -> Never:
    raise ValueError("NaN and Infinity are not JSON")


def _integer(digits: str) -> int:
    if len(digits) > DIGITS:
        raise ValueError("too many digits")
    return int(digits)


def _float(digits: str) -> float:
    if len(digits) > DIGITS:
        raise ValueError("too many digits")
    number = float(digits)
    # 1e999 overflows to infinity: the greatest float takes its place and fails the range check.
    return number if math.isfinite(number) else math.copysign(1.7e308, number)
