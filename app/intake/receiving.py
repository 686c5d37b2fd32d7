"""Receiving: the bytes of an upload into a file, bounded while they come, however they are sent."""

import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from app.findings import Finding, fault
from app.model.text import Unreadable, clean_line
from app.model.values import LINE
from app.problems import BadRequest, Invalid, TooLarge, UnsupportedMediaType
from app.rest.media import CSV, XLSX

LIMIT = 50 * 1024 * 1024
"""Bytes of a list."""

_FRAME = 64 * 1024
"""Bytes that a multipart form may put around it."""

RAW = (CSV, XLSX)
UNNAMED = "application/octet-stream"
"""What a sender says who leaves it to the service to tell what it is."""
MULTIPART = "multipart/form-data"

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
    """A list on disk."""

    path: Path
    kind: str
    """As the sender calls it."""
    name: str | None = None


@asynccontextmanager
async def received(request: Request) -> AsyncIterator[Received]:
    """Lend the list that a request brings, for as long as it is read.

    Raises:
        TooLarge, UnsupportedMediaType, BadRequest, Invalid.

    """
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdecimal() and int(declared[:20]) > LIMIT + _FRAME:
        raise TooLarge(limit=LIMIT)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in {*RAW, UNNAMED, MULTIPART}:
        raise UnsupportedMediaType(allowed=", ".join((MULTIPART, *RAW, UNNAMED)))
    with tempfile.NamedTemporaryFile(prefix="upload-") as file:
        name = None
        if kind == MULTIPART:
            name = await _from_form(request, file)
        else:
            async for piece in request.stream():
                _write(file, piece)
        file.flush()
        # Whether a repeated request is the same one is asked later (`app.rest.writing`).
        found = Received(Path(file.name), kind, name)
        request.scope["payload"] = await to_thread.run_sync(_digest, found.path)
        yield found


async def _from_form(request: Request, file: IO[bytes]) -> str | None:
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > LIMIT + _FRAME:
            raise TooLarge(limit=LIMIT)
        return message

    try:
        form = await Request(request.scope, bounded).form(max_files=1, max_fields=10)
    except HTTPException as error:
        raise BadRequest(Finding(NOT_A_FORM, pointer="")) from error
    try:
        part = form.get("file")
        if part is None or isinstance(part, str):
            raise Invalid(Finding(FILE_MISSING, pointer="/file"))
        while piece := await part.read(_FRAME):
            _write(file, piece)
        return _told(part.filename)
    finally:
        await form.close()


def _told(name: str | None) -> str | None:
    """A file's name as a report tells it: one line of text, cut to its length."""
    try:
        return clean_line(name or "")[:LINE] or None
    except Unreadable:
        return None


def _write(file: IO[bytes], piece: bytes) -> None:
    if file.tell() + len(piece) > LIMIT:
        raise TooLarge(limit=LIMIT)
    file.write(piece)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
