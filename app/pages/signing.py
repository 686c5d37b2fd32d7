"""Signing in and out: a key opens a session, whose secret lives in a cookie."""

import re
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.access import sessions, tokens
from app.access.callers import KeyHolder
from app.access.keyring import Session
from app.database.transaction import Transaction
from app.findings import Fault, Words, fault
from app.pages import typed
from app.pages.errors import error_page
from app.pages.page import page_at
from app.pages.rendering import render
from app.pages.typed import Typed
from app.problems import BadRequest, Problem, TooManyRequests, Unauthorized
from app.rest.deps import service_of
from app.rest.gate import caller_of, holder_of
from app.rest.writing import Reply, write

COOKIE = "sn_session"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SUBJECT = "sessions"
"""What the trail says that a wrong key was offered for."""

_SPACES = re.compile(r"\s+")

NO_KEY = fault("key_missing", "Вставьте ключ.", "Paste a key.")
KEY_CUT = fault(
    "key_cut",
    "Ключ скопирован не целиком: не хватает последних знаков.",
    "The key was not copied whole: its last characters are missing.",
)
KEY_LONG = fault(
    "key_long",
    "В ключе лишние знаки. Скопируйте его ещё раз.",
    "The key has characters too many. Copy it again.",
)
NOT_A_KEY = fault(
    "no_access_key",
    "Это не ключ или в нём ошибка. Ключ начинается с «sn_».",
    "This is no key, or it has a mistake. A key begins with “sn_”.",
)
KEY_UNKNOWN = fault(
    "key_unknown",
    "Такой ключ не действует: он отозван, кончился или записан с ошибкой. Возьмите новый.",
    "The key is not valid: it was revoked, has expired or has a mistake. Ask for a new one.",
)
TOO_OFTEN = fault(
    "too_many_wrong_keys",
    "Слишком много неверных ключей. Подождите {seconds} с и попробуйте ещё раз.",
    "Too many wrong keys. Wait {seconds} s and try again.",
)


class Unsafe(BadRequest):
    """The key would travel in plain text over a network."""

    slug = "unsafe-address"
    title = Words("Вход по этому адресу закрыт", "Signing in here is closed")
    detail = Words(
        "По адресу с http:// ключ может прочитать любой в сети. Откройте сервис по https://.",
        "Anybody in the network can read a key that is sent to http://. Use https://.",
    )


async def session_of(request: Request) -> Session | None:
    """The open session of a request's cookie; None if there is none."""
    secret = request.cookies.get(COOKIE, "")
    return await service_of(request).keyring.session(secret) if secret else None


async def login(request: Request) -> Response:
    """The page on which a key is pasted."""
    try:
        if await session_of(request) and not request.query_params.get("next"):
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
    except Problem as problem:
        return error_page(request, problem)
    return _form(request)


async def sign_in(request: Request) -> Response:
    """Open a session for the key that was pasted."""
    try:
        typed.demand_own_origin(request)
        form = await typed.read_form(request)
        is_plain = _is_plain(request)
        holder = await _holder(request, _SPACES.sub("", form.text("key")).removeprefix("Bearer"))
        request.scope["caller"], request.scope["key_id"] = holder, str(holder.actor.key_id)
        remembered = bool(form.text("remember"))
        secret = await _opened(request, remembered=remembered)
    except _WrongKey as wrong:
        return _form(request, form, str(wrong), wrong.status)
    except Problem as problem:
        return error_page(request, problem)
    answer = _sent_again(request, form, secret) or RedirectResponse(
        _safe_next(form.text("next")) or "/", HTTPStatus.SEE_OTHER
    )
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=int(sessions.REMEMBERED.total_seconds()) if remembered else None,
        httponly=True,
        samesite="strict",
        secure=not is_plain,
    )
    return answer


async def sign_out(request: Request) -> Response:
    """Close the session. Nobody gains by forging this, so the origin alone is checked."""
    try:
        typed.demand_own_origin(request)
        if session := await session_of(request):
            request.scope["caller"] = session.holder
            await write(request, partial(_ended, session.id_hash))
    except Problem as problem:
        return error_page(request, problem)
    answer = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(COOKIE)
    return answer


def asks_again(request: Request, form: Typed) -> Response:
    """The sign-in in the middle of a form: what was typed goes along and can be sent after it.

    A form about something that has ended with the session cannot be sent any more.
    """
    status, page = HTTPStatus.UNAUTHORIZED, page_at(request.url.path)
    if page and page.after_session is not None:
        left = page.after_session.format(**request.path_params)
        return _form(request, status=status, left=left)
    return _form(request, form, status=status, kept=urlencode([*form.kept()]))


class _WrongKey(Exception):  # noqa: N818 - told beside the field, never raised further
    """The key that was pasted opens nothing; the text says why."""

    def __init__(self, why: Fault, status: int, **values: object) -> None:
        super().__init__(why.words.fill("ru", values))
        self.status = status


async def _holder(request: Request, key: str) -> KeyHolder:
    """The holder of a pasted key; wrong ones count as those of the API do."""
    request.scope["subject"] = SUBJECT
    if not key:
        raise _WrongKey(NO_KEY, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        return await holder_of(request, key)
    except Unauthorized as problem:
        raise _WrongKey(_reason(key), problem.status) from problem
    except TooManyRequests as problem:
        seconds = problem.headers["Retry-After"]
        raise _WrongKey(TOO_OFTEN, problem.status, seconds=seconds) from problem


def _reason(key: str) -> Fault:
    """What is wrong with a key, as far as its form shows."""
    if not key.startswith("sn_"):
        return NOT_A_KEY
    if len(key) != tokens.LENGTH:
        return KEY_CUT if len(key) < tokens.LENGTH else KEY_LONG
    return KEY_UNKNOWN if tokens.read(key) else NOT_A_KEY


async def _opened(request: Request, *, remembered: bool) -> str:
    """Open a session for the caller; its secret."""
    key_id = caller_of(request).actor.key_id
    assert key_id  # noqa: S101 - whoever holds a key has one

    def work(tx: Transaction) -> Reply:
        return Reply(Response(sessions.start(tx, key_id, remembered=remembered)))

    return bytes((await write(request, work)).body).decode()


def _sent_again(request: Request, form: Typed, secret: str) -> Response | None:
    """The form that was being sent when the session had ended, with a token of the new session."""
    target = _safe_next(form.text("to"))
    if not target:
        return None
    fields = parse_qsl(form.text("kept"), keep_blank_values=True)
    page = page_at(urlsplit(target).path)
    token = typed.token_of(service_of(request).database.secret, tokens.hash_of(secret))
    context = {"frame": None, "target": target, "fields": fields, "csrf": token}
    return render(request, "resend.html", {**context, "takes_file": bool(page and page.takes_file)})


def _form(
    request: Request,
    form: Typed | None = None,
    wrong: str = "",
    status: int = HTTPStatus.OK,
    kept: str = "",
    left: str | None = None,
) -> Response:
    """The page with the field for the key; a wrong key is never shown again.

    `left` is the page of what is left of what ended with the session; empty if nothing is.
    """
    asked = form.text("next") if form else request.query_params.get("next", "")
    address = _safe_next(left or asked)
    page = page_at(urlsplit(address).path)
    ended = left == "" or (page and page.after_session == "") or (form and form.text("gone"))
    context = {
        "frame": None,
        "wrong": wrong,
        "next": "" if ended else address,
        "is_gone": bool(ended),
        "kept": kept or (form.text("kept") if form else ""),
        "to": _without_draft(request) if kept else (form.text("to") if form else ""),
        "is_visible": bool(request.query_params.get("visible")),
        "is_remembered": bool(form and form.text("remember")),
    }
    return render(request, "login.html", context, status)


def address_of(request: Request) -> str:
    """The path and the query of a request."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _without_draft(request: Request) -> str:
    """The address of a request without the draft that it changes, which ends with its session."""
    given = [pair for pair in request.query_params.multi_items() if pair[0] != "draft"]
    return request.url.path + (f"?{urlencode(given)}" if given else "")


def _safe_next(address: str) -> str:
    """The address of a page of ours; empty for anything else, such as another host's."""
    parts = urlsplit(address)
    is_ours = address.startswith("/") and not parts.netloc and not parts.scheme
    return address if is_ours and "\\" not in address and address.isprintable() else ""


def _is_plain(request: Request) -> bool:
    """Whether the browser speaks plain HTTP with its own machine.

    The browser's origin tells it, also behind a proxy that ends TLS. `Secure` is left out there
    because not every browser keeps such a cookie of http://localhost.

    Raises:
        Unsafe: it speaks plain HTTP over a network.

    """
    origin = urlsplit(request.headers["origin"])
    if origin.scheme == "https":
        return False
    if origin.hostname not in LOOPBACK:
        raise Unsafe
    return True


def _ended(id_hash: str, tx: Transaction) -> Reply:
    sessions.end(tx, id_hash)
    return Reply(Response())
