"""Serving: lets a signed-in person into a page, reads or writes, and answers with HTML."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import cache, partial
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.access import sessions
from app.access.keyring import Session
from app.database.outages import is_disk_full
from app.database.transaction import Transaction
from app.findings import Words
from app.model.grants import Verb
from app.pages import conflict, signing, typed
from app.pages.entered import Entry, entered
from app.pages.errors import error_page
from app.pages.files import read_with_file
from app.pages.navigation import Frame, framed
from app.pages.page import PAGES, Context, Page, addresses_for
from app.pages.rendering import file, render
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.problems import Busy, DiskFull, Forbidden, KeyReused, Problem, Stale
from app.rest import log
from app.rest.deps import service_of
from app.rest.gate import admit, from_here, record_refusal
from app.rest.turns import threaded
from app.rest.writing import Reply, write

Answer = Callable[[Request], Awaitable[Response]]

REFUSED = {HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.UNPROCESSABLE_ENTITY}
"""Problems that a person mends in the form."""


class SentBefore(KeyReused):
    """The form was sent before with other values: its reader went back and changed them."""

    slug = "form-sent-before"
    title = Words("эту форму уже отправляли, с другими данными", "The form was sent before")
    detail = Words(
        "То, что отправили тогда, принято. Введённое сейчас ещё нет: если это новая запись, правка "
        "или другой файл, отправьте форму ещё раз.",
        "What was sent then was taken; what is entered now is not yet. Send it again.",
    )


@cache
def router() -> APIRouter:
    """The routes of all pages, the same for every application."""
    made = APIRouter()
    for method, path, open_to_all in (
        ("GET", "/login", signing.login),
        ("POST", "/login", signing.sign_in),
        ("POST", "/logout", signing.sign_out),
        ("GET", "/static/{name}", file),
    ):
        made.add_api_route(path, open_to_all, methods=[method], include_in_schema=False)
    for page in PAGES:
        for method, answer in (("GET", shown), ("POST", saved)):
            if method in page.methods:
                made.add_api_route(
                    page.address, _safe(page, answer), methods=[method], include_in_schema=False
                )
    return made


def permissions() -> dict[tuple[str, str], tuple[str, Verb]]:
    """The right that each page demands, by method and address."""
    return {
        (method, page.address): (page.subject, page.verb)
        for page in PAGES
        for method in page.methods
    }


async def shown(page: Page, request: Request) -> Response:
    """Answer a GET."""
    session = await signing.session_of(request)
    if session is None:
        asked = signing.address_of(request)
        return RedirectResponse(f"/login?next={quote(asked, safe='')}", HTTPStatus.SEE_OTHER)
    visit = _entered(page, request, session)
    context = await page.show(visit)
    if isinstance(context, Response):
        return context
    answer = await _drawn(request, page.template, await _whole(page, visit, context))
    answer.headers.update(visit.headers)
    if message := session.message:
        await write(request, lambda tx: _heard(tx, session, message))
    return answer


async def _drawn(
    request: Request, template: str, context: Mapping[str, object], status: int = 200
) -> Response:
    """A page as an answer, drawn in a thread: a large one would hold up every other answer."""
    drawn = partial(render, request, template, context, status)
    return await threaded(service_of(request).visits, drawn)


async def saved(page: Page, request: Request) -> Response:
    """Answer a POST: write, or show the form again with what is wrong."""
    typed.demand_own_origin(request)
    async with AsyncExitStack() as held:
        if page.takes_file:
            form, file = await read_with_file(request, held)
        else:
            form, file = await typed.read_form(request), None
        session = await signing.session_of(request)
        if session is None:
            return signing.asks_again(request, form)
        request.scope["typed"] = form
        visit = _entered(page, request, session)
        visit.typed, visit.file, visit.held = form, file, held
        return await _saved(page, visit, form)


async def _saved(page: Page, visit: Visit, form: Typed) -> Response:
    request = visit.request
    assert page.save  # noqa: S101 - only such pages have this route
    try:
        typed.demand_token(service_of(request).database.secret, visit.session, form)
        if answer := await page.save(visit, form):
            return answer
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        visit.problem = SentBefore() if isinstance(problem, KeyReused) else problem
    context = await page.show(visit)
    if isinstance(context, Response):
        return context
    whole = await _whole(page, visit, context)
    status = visit.problem.status if visit.problem else HTTPStatus.OK
    if isinstance(visit.problem, Stale) and page.edits:
        edited = page.edits
        record = await visit.read(lambda tx: conflict.record_of(tx, edited, visit.id))
        zone = service_of(request).settings.zone
        whole |= await conflict.compared(visit, form, edited, record)
        whole["changes"] = await visit.read(lambda tx: conflict.changes(tx, visit.id, form, zone))
        return await _drawn(request, "conflict.html", whole, status)
    answer = await _drawn(request, page.template, whole, status)
    answer.headers.update(visit.headers)
    return answer


def _entered(page: Page, request: Request, session: Session) -> Visit:
    """Let the holder of a session in, if their role has the right."""
    request.scope["verb"] = page.verb
    holder = from_here(request, session.holder)
    admit(request, holder, page.subject, page.verb)
    session = replace(session, holder=holder)
    return Visit(request, session, addresses_for(session.holder.role))


async def _whole(page: Page, visit: Visit, context: Context) -> dict[str, object]:
    """What the template is given: the page's data and what stands around them."""
    frame = await visit.read(lambda tx: framed(tx, visit, page))
    return {"visit": visit, "frame": frame, "form": _hidden(visit), **context}


def _hidden(visit: Visit) -> dict[str, str]:
    """The fields that every form carries.

    A form that was refused keeps its idempotency key: nothing was written under it. One that was
    sent before gets a new one.
    """
    secret = service_of(visit.request).database.secret
    is_spent = isinstance(visit.problem, SentBefore)
    kept = visit.typed.once if visit.typed and not is_spent else ""
    return {
        "csrf": typed.token_of(secret, visit.session.id_hash),
        "once": kept or typed.fresh_once(),
    }


def _heard(tx: Transaction, session: Session, message: str) -> Reply:
    sessions.heard(tx, session.id_hash, message)
    return Reply(Response())


def _safe(page: Page, answer: Callable[[Page, Request], Awaitable[Response]]) -> Answer:
    """The endpoint of a page; whatever goes wrong is answered by a page too."""

    async def endpoint(request: Request) -> Response:
        # A form sends the fields too that were left empty: they choose nothing.
        request.scope["query_string"] = _chosen(request.scope["query_string"])
        # This one was asked for its parameters before, and would remember them.
        request = Request(request.scope, request.receive)
        try:
            return await answer(page, request)
        except Problem as problem:
            return await _refused(page, request, problem)
        except Exception as error:  # noqa: BLE001 - no text of an error may reach a reader
            log.write(log.error_line(request.scope, error))
            told = DiskFull() if is_disk_full(error) else Problem()
            return error_page(request, told, typed=_entered_in(page, request))

    return endpoint


def _chosen(query: bytes) -> bytes:
    """The parameters of an address that have a value."""
    return b"&".join(each for each in query.split(b"&") if not each.endswith(b"="))


async def _refused(page: Page, request: Request, problem: Problem) -> Response:
    """A problem as a page, with the navigation of whoever is signed in."""
    try:
        if isinstance(problem, Forbidden) and "caller" in request.scope:
            record_refusal(request)
    except Busy as busy:
        return error_page(request, busy, typed=_entered_in(page, request))
    frame = await _frame_of(page, request)
    return error_page(request, problem, frame, _entered_in(page, request))


def _entered_in(page: Page, request: Request) -> list[Entry]:
    """What was typed into the form that was refused."""
    form = request.scope.get("typed")
    return entered(form, page.subject) if form else []


async def _frame_of(page: Page, request: Request) -> Frame | None:
    """The frame for an error; None if nobody is signed in or it cannot be read either."""
    try:
        session = await signing.session_of(request)
        if session is None or "caller" not in request.scope:
            return None
        visit = Visit(request, session)
        return await visit.read(lambda tx: framed(tx, visit, page))
    except Problem:
        return None
