"""Receiving: streams an upload into a temporary file, within limits."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, NamedTuple

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from app import scratch
from app.findings import Finding, fault
from app.model.text import Unreadable, clean_line
from app.model.values import LINE
from app.problems import BadRequest, Invalid, TooLarge, UnsupportedMediaType
from app.rest.media import CSV, XLSX

LIMIT = 50 * 1024 * 1024
"""Bytes of a list at most."""

_FRAME = 64 * 1024
"""Bytes that a multipart form may add."""

RAW = (CSV, XLSX)
UNNAMED = "application/octet-stream"
"""The media type of an unknown kind: the service detects it."""
OF_EXCEL = "application/vnd.ms-excel"
"""Windows gives it to CSV wherever Excel opens such files, so it says nothing either."""
MULTIPART = "multipart/form-data"

FEW = 10
"""Fields of the form in which a list is sent to the API."""

FILE_MISSING = fault(
    "file_missing",
    "В форме нет файла. Пришлите его в поле file.",
    "The form has no file. Send it in the field file.",
)
NOT_A_FORM = fault(
    "not_a_form", "Форма с файлом не читается.", "The form with the file cannot be read."
)


@dataclass(frozen=True)
class Received:
    """A list in a temporary file."""

    path: Path
    kind: str
    """The media type, as the sender gave it."""
    name: str | None = None


@asynccontextmanager
async def received(request: Request) -> AsyncIterator[Received]:
    """The list of a request, in a temporary file that exists inside the context.

    Raises:
        TooLarge, UnsupportedMediaType, BadRequest, Invalid.

    """
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdecimal() and int(declared[:20]) > LIMIT + _FRAME:
        raise TooLarge(limit=LIMIT)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    kind = UNNAMED if kind == OF_EXCEL else kind
    if kind not in {*RAW, UNNAMED, MULTIPART}:
        raise UnsupportedMediaType(allowed=", ".join((MULTIPART, *RAW, UNNAMED)))
    with NamedTemporaryFile(prefix="upload-", dir=scratch.folder()) as file:
        name = None
        if kind == MULTIPART:
            name = await _from_form(request, file)
        else:
            async for piece in request.stream():
                _write(file, piece)
        file.flush()
        # `app.rest.writing` compares it with the body of a repeated request.
        list_file = Received(Path(file.name), kind, name)
        request.scope["payload"] = await to_thread.run_sync(digest, list_file.path)
        yield list_file


class Form(NamedTuple):
    """A form with a file."""

    fields: list[tuple[str, str]]
    file_name: str | None
    has_file: bool


async def _from_form(request: Request, file: IO[bytes]) -> str | None:
    form = await read_form(request, file, fields=FEW)
    if not form.has_file:
        raise Invalid(Finding(FILE_MISSING, pointer="/file"))
    return form.file_name


async def read_form(request: Request, file: IO[bytes], *, fields: int) -> Form:
    """Read a form of at most so many fields, and what is in its field `file` into a file.

    Raises:
        TooLarge, BadRequest.

    """
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > LIMIT + _FRAME:
            raise TooLarge(limit=LIMIT)
        return message

    try:
        form = await Request(request.scope, bounded).form(max_files=1, max_fields=fields)
    except HTTPException as error:
        raise BadRequest(Finding(NOT_A_FORM, pointer="")) from error
    try:
        texts = [(name, text) for name, text in form.multi_items() if isinstance(text, str)]
        part = form.get("file")
        if part is None or isinstance(part, str):
            return Form(texts, None, has_file=False)
        while piece := await part.read(_FRAME):
            _write(file, piece)
        # A browser sends a field without a file as an empty one without a name.
        return Form(texts, _clean_name(part.filename), bool(part.filename or file.tell()))
    finally:
        await form.close()


def _clean_name(name: str | None) -> str | None:
    """A file's name for the report: one line of text of limited length."""
    try:
        return clean_line(name or "")[:LINE] or None
    except Unreadable:
        return None


def _write(file: IO[bytes], piece: bytes) -> None:
    if file.tell() + len(piece) > LIMIT:
        raise TooLarge(limit=LIMIT)
    file.write(piece)


def digest(path: Path) -> bytes:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
