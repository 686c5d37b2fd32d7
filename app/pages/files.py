"""Files: a form that brings a list along, and a file as an answer."""

from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import NamedTemporaryFile

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from app import scratch
from app.intake import receiving
from app.intake.receiving import MULTIPART, Received
from app.pages import typed
from app.pages.typed import Typed

FIELDS = 100
"""Fields of a form with a file at most."""


async def read_with_file(request: Request, held: AsyncExitStack) -> tuple[Typed, Received | None]:
    """The fields of a form and its file, which exists until `held` is closed.

    A form that is sent again after a new sign-in comes without its file.

    Raises:
        TooLarge, BadRequest, UnsupportedMediaType.

    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != MULTIPART:
        return await typed.read_form(request), None
    temporary = NamedTemporaryFile(prefix="upload-", dir=scratch.folder())  # noqa: SIM115 - `held` closes it
    file = held.enter_context(temporary)
    form = await receiving.read_form(request, file, fields=FIELDS)
    file.flush()
    if not form.has_file:
        return typed.typed_of(request, form.fields), None
    path = Path(file.name)
    digest = await to_thread.run_sync(receiving.digest, path)
    return typed.typed_of(request, form.fields, digest), Received(path, MULTIPART, form.file_name)


def attached(body: bytes, kind: str, name: str) -> Response:
    """A file that a browser saves."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Response(body, headers=headers, media_type=kind)
