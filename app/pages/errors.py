"""Errors: every problem as a page, in the words of somebody who can do something about it."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from app.access.matrix import grant_of
from app.access.roles import Role
from app.pages.entered import Entry
from app.pages.rendering import render
from app.problems import (
    CutOff,
    DiskFull,
    Forbidden,
    Invalid,
    InvalidCursor,
    NotFound,
    Problem,
    Unavailable,
)
from app.rest.errors import MOST, note
from app.store.drafts import DRAFTS

TEXTS = {
    HTTPStatus.NOT_FOUND: (
        "Такой страницы нет",
        "Такой страницы нет или она вам не видна. Проверьте адрес или начните с первой страницы.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Сервис занят", "Сервис занят, ничего не записано."),
}
"""A heading and a sentence by status; other problems have their own."""

UNKNOWN = (
    "Повторите через минуту. Если вы отправляли форму, отправьте её ещё раз: "
    "дважды она не запишется."
)
"""What to do where nobody knows whether a change was written."""

ODD_ADDRESS = (
    "В адресе страницы ошибка",
    "Проверьте адрес или начните с первой страницы.",
)
"""A heading and a sentence where the parameters of an address are not understood."""
OLD_PART = (
    "Этой части списка нет",
    "Ссылка на неё испорчена или осталась от другого отбора. Начните список сначала.",
)
"""The same where it is not known where a list goes on."""

GONE = (
    "Того, к чему относится форма, больше нет или вам не видно: возможно, запись удалили, пока "
    "форма была открыта. Ничего не записано."
)
"""What became of a form about a record that is not found."""
NO_DRAFT = (
    "Такой страницы нет или она вам не видна. Незаписанный список хранится, пока длится вход, и не "
    "дольше суток: если вы вошли заново, загрузите файл ещё раз."
)
"""The same of a list that is checked (`app.store.drafts`)."""


def error_page(
    request: Request, problem: Problem, frame: object = None, typed: Sequence[Entry] = ()
) -> Response:
    """A problem as a page with its status and its headers; what was typed stands below it."""
    heading, about = TEXTS.get(
        HTTPStatus(problem.status),
        (problem.title.ru, problem.detail.fill("ru", problem.values)),
    )
    if isinstance(problem, NotFound):
        heading, about = _not_found(request, heading, about)
    if type(problem) is Invalid and request.method == "GET":
        heading, about = ODD_ADDRESS
    if isinstance(problem, InvalidCursor):
        heading, about = OLD_PART
    if isinstance(problem, DiskFull):
        heading, about = problem.title.ru, problem.detail.ru
    if isinstance(problem, CutOff):
        heading, about = problem.title.ru, UNKNOWN
    if type(problem) is Unavailable:
        heading, about = "База данных не отвечает", UNKNOWN
    if isinstance(problem, Forbidden) and type(problem) is Forbidden:
        heading, about = "Ваш ключ этого не позволяет", _who_may(request)
    is_ours = problem.status == _OURS
    context = {
        "frame": frame,
        "heading": "Ошибка на нашей стороне" if is_ours else heading,
        "about": "" if is_ours else about,
        "number": request.scope["request_id"] if problem.status >= _OURS else "",
        "is_forbidden": problem.status == HTTPStatus.FORBIDDEN,
        "findings": [
            finding.fault.words.fill("ru", finding.values) for finding in problem.findings[:MOST]
        ],
        "again": _again(request, problem),
        "typed": typed,
    }
    note(request, problem)
    response = render(request, "error.html", context, problem.status)
    response.headers.update(
        {name: text for name, text in problem.headers.items() if name != "WWW-Authenticate"}
    )
    return response


_OURS = HTTPStatus.INTERNAL_SERVER_ERROR
"""From this status on it is not the reader's fault, and the administrator is told the number."""


def _not_found(request: Request, heading: str, about: str) -> tuple[str, str]:
    """The heading and the sentence of a 404, by what was asked for."""
    if request.scope.get("subject") == DRAFTS.name:
        return "Списка нет", NO_DRAFT
    return ("Записи нет", GONE) if request.method == "POST" else (heading, about)


def _who_may(request: Request) -> str:
    """Which roles may do what was refused."""
    subject, verb = request.scope["subject"], request.scope.get("verb")
    may = [role for role in Role if verb and grant_of(role, subject).allows(verb)]
    # A system is nobody whom a person could ask.
    people = [role.label for role in may if role != Role.SYNC]
    if not may:
        return "Этого не может никто."
    caller = request.scope.get("caller")
    if caller is not None and caller.role in may:
        others = [role.label for role in may if role not in {Role.SYNC, caller.role}]
        return f"Эту запись ваш ключ не меняет. Это делает {' или '.join(others)}."
    return f"Это делает {' или '.join(people or [role.label for role in may])}."


def _again(request: Request, problem: Problem) -> bool:
    """Whether the same request may be repeated as it is."""
    return request.method == "GET" and problem.status == HTTPStatus.SERVICE_UNAVAILABLE
