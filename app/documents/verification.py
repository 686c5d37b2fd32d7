"""Verification: tells whoever holds a printed report whether the service made it."""

import time
from pathlib import Path
from string import hexdigits

from anyio import to_thread
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.documents.formats import HTML
from app.documents.frozen import Verified, verified
from app.documents.wording import day
from app.problems import TooManyRequests
from app.rest import media
from app.rest.addresses import address_of
from app.rest.deps import service_of

_DIGITS = 64
_PAGE = Environment(autoescape=True).from_string(
    Path(__file__).with_name("verification.html").read_text(encoding="utf-8")
)


async def verify(request: Request) -> Response:
    """Whether a frozen report has this SHA-256; needs no key and names nobody.

    Who asks for reports that do not exist is limited like who tries wrong keys.
    """
    service, sha256 = service_of(request), request.path_params["sha256"].lower()
    found = None
    if len(sha256) == _DIGITS and not sha256.strip(hexdigits):
        found = await to_thread.run_sync(
            service.database.read, lambda tx: verified(tx, sha256), limiter=service.writers
        )
    if found is None and (
        wait := service.failures.add(address_of(request.scope), time.monotonic())
    ):
        raise TooManyRequests(wait)
    status = 200 if found else 404
    headers = {"Cache-Control": "no-store"}
    if media.preferred(request, {HTML}) == HTML:
        text = _PAGE.render(sentence=_sentence(found), is_made=found is not None, sha256=sha256)
        return Response(text, status, headers, HTML)
    return JSONResponse(_told(found), status, headers)


def _sentence(found: Verified | None) -> str:
    if found is None:
        return "Такого отчёта сервис не составлял."
    return (
        f"Отчёт «{found.title}» по программе «{found.program}», состояние на "
        f"{day(found.as_of.isoformat())}, составлен {found.made_at:%d.%m.%Y}."
    )


def _told(found: Verified | None) -> dict[str, object]:
    if found is None:
        return {"made": False, "text": _sentence(found)}
    return {
        "made": True,
        "text": _sentence(found),
        "program": found.program,
        "title": found.title,
        "as_of": found.as_of.isoformat(),
        "made_on": f"{found.made_at:%Y-%m-%d}",
    }
