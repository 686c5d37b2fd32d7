"""Verification: tells whoever holds a printed report whether the service made it."""

import time
from collections.abc import Mapping
from pathlib import Path
from string import hexdigits
from types import MappingProxyType

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.documents.formats import HTML
from app.documents.frozen import Verified, verified
from app.documents.wording import day
from app.problems import Problem, ReportNotMade, TooManyRequests
from app.rest import media
from app.rest.addresses import address_of
from app.rest.deps import service_of
from app.rest.turns import threaded
from app.words import in_guillemets

_DIGITS = 64
_UNKEPT = {"Cache-Control": "no-store"}
_COMPARE = "Сверьте эти сведения с бумагой, которая у вас в руках. Сам отчёт здесь не показывается."
_PAGE = Environment(autoescape=True).from_string(
    Path(__file__).with_name("verification.html").read_text(encoding="utf-8")
)


async def verify(request: Request) -> Response:
    """Whether a frozen report has this SHA-256; needs no key and names nobody.

    Who asks for reports that do not exist is limited like who tries wrong keys. A browser is
    answered with a page.
    """
    sha256 = request.path_params["sha256"].lower()
    is_read = media.preferred(request, {HTML}) == HTML
    try:
        found = await _found(request, sha256)
    except (ReportNotMade, TooManyRequests) as problem:
        if not is_read:
            raise
        return _page(problem.title.ru, _detail(problem), sha256, problem.status, problem.headers)
    if is_read:
        return _page("Такой отчёт составлен", f"{_sentence(found)} {_COMPARE}", sha256)
    return JSONResponse(_told(found), headers=_UNKEPT)


async def _found(request: Request, sha256: str) -> Verified:
    """The frozen report with this digest.

    Raises:
        ReportNotMade, TooManyRequests: there is none.

    """
    service, found = service_of(request), None
    if len(sha256) == _DIGITS and not sha256.strip(hexdigits):
        found = await threaded(
            service.writers, service.database.read, lambda tx: verified(tx, sha256)
        )
    if found is not None:
        return found
    wait = service.failures.add(address_of(request.scope), time.monotonic())
    if wait:
        raise TooManyRequests(wait)
    raise ReportNotMade


def _page(
    title: str,
    sentence: str,
    sha256: str,
    status: int = 200,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    text = _PAGE.render(title=title, sentence=sentence, sha256=sha256)
    return Response(text, status, {**_UNKEPT, **headers}, HTML)


def _detail(problem: Problem) -> str:
    return problem.detail.fill("ru", problem.values)


def _sentence(found: Verified) -> str:
    report, program = in_guillemets(found.title), in_guillemets(found.program)
    return (
        f"Отчёт {report} по программе {program}, состояние на "
        f"{day(found.as_of.isoformat())}, составлен {found.made_at:%d.%m.%Y}."
    )


def _told(found: Verified) -> dict[str, object]:
    return {
        "made": True,
        "text": _sentence(found),
        "program": found.program,
        "title": found.title,
        "as_of": found.as_of.isoformat(),
        "made_on": f"{found.made_at:%Y-%m-%d}",
    }
