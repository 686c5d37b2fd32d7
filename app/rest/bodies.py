"""Bodies: strict reading of JSON from the bytes of a request."""

import codecs
import json
import math
from typing import Any, Never

from starlette.requests import Request

from app.findings import Fault, Finding, fault
from app.problems import BadRequest, CompressedBody, TooLarge, UnsupportedMediaType
from app.rest import unreadable
from app.rest.unreadable import Place

LIMIT = 1024 * 1024
"""Bytes of a JSON body at most."""

DIGITS = 400
"""Characters of a number at most; no number of ours has more than twenty."""

NOT_JSON = fault(
    "not_json",
    "Тело запроса не читается как JSON в UTF-8: строка {line}, столбец {column}.",
    "The body cannot be read as JSON in UTF-8: line {line}, column {column}.",
)
NOT_UTF_8 = fault(
    "not_utf_8",
    "Тело запроса записано в кодировке UTF-16 или UTF-32. Сохраните его в UTF-8 и пришлите снова.",
    "The body is written in UTF-16 or UTF-32. Save it as UTF-8 and send it again.",
)
DUPLICATE_NAME = fault(
    "duplicate_name",
    "Одно и то же поле встречается в объекте дважды: строка {line}, столбец {column}.",
    "An object has the same member twice: line {line}, column {column}.",
)

JSON = ("application/json",)
MERGE_PATCH = ("application/merge-patch+json", "application/json")


async def read_json(request: Request, kinds: tuple[str, ...] = JSON) -> Any:
    """The JSON value of a request's body.

    Raises:
        TooLarge, UnsupportedMediaType, CompressedBody, BadRequest.

    """
    body = await read_bytes(request)
    # `app.rest.writing` compares it with the body of a repeated request.
    request.scope["payload"] = body
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in kinds:
        raise UnsupportedMediaType(allowed=", ".join(kinds))
    if request.headers.get("content-encoding", "").strip().lower() not in {"", "identity"}:
        raise CompressedBody
    return _read(_decoded(body))


def _decoded(body: bytes) -> str:
    # No JSON text has a zero byte, and in a wide encoding one of the first two characters has one.
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or 0 in body[:4]:
        raise BadRequest(Finding(NOT_UTF_8, pointer=""))
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise _refusal(NOT_JSON, unreadable.undecoded(body, error)) from error


def _read(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except json.JSONDecodeError as error:
        raise _refusal(NOT_JSON, unreadable.place(text, error.pos)) from error
    except _RepeatedError as error:
        raise _refusal(DUPLICATE_NAME, unreadable.repeated(text)) from error
    except _UnwantedError as error:
        raise _refusal(NOT_JSON, unreadable.unwanted(text, DIGITS)) from error
    except RecursionError as error:
        raise _refusal(NOT_JSON, unreadable.deepest(text)) from error


def _refusal(kind: Fault, place: Place) -> BadRequest:
    return BadRequest(Finding(kind, pointer="", values=place._asdict()))


class _RepeatedError(Exception):
    """An object has a member twice."""


class _UnwantedError(Exception):
    """A constant that is not JSON, or a number with too many digits."""


async def read_bytes(request: Request, limit: int = LIMIT) -> bytes:
    """The bytes of a body.

    Raises:
        TooLarge: they are more than the limit.

    """
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdecimal() and int(declared[:20]) > limit:
        raise TooLarge(limit=limit)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise TooLarge(limit=limit)
    return bytes(body)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _RepeatedError
    return members


def _no_constant(_: str) -> Never:
    raise _UnwantedError


def _integer(digits: str) -> int:
    if len(digits) > DIGITS:
        raise _UnwantedError
    return int(digits)


def _float(digits: str) -> float:
    if len(digits) > DIGITS:
        raise _UnwantedError
    number = float(digits)
    # 1e999 overflows to infinity: the greatest float takes its place and fails the range check.
    return number if math.isfinite(number) else math.copysign(1.7e308, number)
