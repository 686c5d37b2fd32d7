"""Failures: how OpenAPI and the pages of problems describe what can go wrong."""

from collections.abc import Iterable

from app.json_types import Schema
from app.problems import Problem
from app.rest.schemas import REF

_PROBLEMS = {
    400: "Запрос не читается",
    401: "Нужен действующий ключ",
    403: "Роль ключа этого не позволяет",
    404: "Нет такой записи",
    408: "Запрос не пришёл вовремя",
    409: "Противоречит состоянию реестра",
    410: "Продолжить с этого места или показать прежний ответ нельзя",
    412: "Запись уже изменена",
    413: "Слишком большое тело",
    415: "Не тот тип содержимого",
    422: "Ошибки в данных; ничего не записано",
    428: "Нужен If-Match",
    429: "Слишком много запросов",
    431: "Слишком большие заголовки",
    503: "Сервис занят или база недоступна",
}


def shared_responses() -> Schema:
    """Every failure once, with an example."""
    responses: Schema = {}
    for status, about in _PROBLEMS.items():
        kind = next(problem for problem in _all_problems(Problem) if problem.status == status)
        example = {
            "type": f"/problems/{kind.slug}",
            "title": kind.title.ru,
            "status": status,
            "detail": about,
            "instance": "urn:uuid:0190d7a0-0000-7000-8000-000000000000",
            "errors": [],
        }
        schema = {"$ref": f"{REF}Problem"}
        content = {"application/problem+json": {"schema": schema, "example": example}}
        responses[f"Problem{status}"] = {"description": about, "content": content}
    return responses


def problem_page(slug: str) -> Schema | None:
    """The explanation of a problem by its slug; None for an unknown slug."""
    for kind in _all_problems(Problem):
        if kind.slug == slug:
            return {
                "type": f"/problems/{slug}",
                "status": kind.status,
                "title": kind.title._asdict(),
                "detail": kind.detail._asdict(),
            }
    return None


def _all_problems(kind: type[Problem]) -> Iterable[type[Problem]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _all_problems(below)
