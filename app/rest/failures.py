"""Failures: how OpenAPI and the pages of problems describe what can go wrong."""

from collections.abc import Iterable
from typing import Annotated, NotRequired

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from app import problems
from app.json_types import REF, Schema
from app.rest.answers import IdText, JsonRecord, answers
from app.rest.schemas import RECORD


class Finding(TypedDict):
    """Ошибка или предупреждение и место, к которому оно относится."""

    pointer: NotRequired[Annotated[str, Field(description="Место в теле (JSON Pointer)")]]
    parameter: NotRequired[Annotated[str, Field(description="Параметр запроса")]]
    header: NotRequired[Annotated[str, Field(description="Заголовок")]]
    code: Annotated[str, Field(description="Постоянный код")]
    detail: Annotated[str, Field(description="Что не так и что сделать")]


class Warned(TypedDict):
    """Что принято, но требует внимания."""

    warnings: Annotated[list[Finding], Field(description="Предупреждения; запись сохранена")]


class Referrer(TypedDict):
    """Записи одного вида, которые ссылаются на запись."""

    collection: Annotated[str, Field(description="Вид записей")]
    count: Annotated[int, Field(description="Сколько их")]
    ids: Annotated[list[IdText], Field(description="Некоторые из них")]


class Problem(TypedDict):
    """Почему запрос не выполнен (RFC 9457)."""

    type: Annotated[str, Field(description="Вид отказа: адрес страницы о нём")]
    title: Annotated[str, Field(description="Вид отказа одной фразой")]
    status: Annotated[int, Field(description="Код состояния HTTP")]
    detail: Annotated[str, Field(description="Что случилось и что делать")]
    instance: Annotated[str, Field(description="`urn:uuid:` и номер запроса")]
    errors: Annotated[list[Finding], Field(description="Ошибки по местам, не больше ста")]
    errors_count: NotRequired[Annotated[int, Field(description="Сколько их, если больше ста")]]
    cause: NotRequired[
        Annotated[problems.Outage, Field(description="Почему сервис не может ответить (503)")]
    ]
    existing: NotRequired[
        Annotated[str, Field(description="Адрес записи, которая уже есть (`already-exists`)")]
    ]
    referrers: NotRequired[
        Annotated[list[Referrer], Field(description="Кто ссылается на запись (`referenced`)")]
    ]
    report: NotRequired[
        Annotated[
            JsonRecord,
            WithJsonSchema({RECORD: "ImportReport"}),
            Field(description="Отчёт о списке, который не загружен (`import-rejected`)"),
        ]
    ]


SCHEMAS = answers(Problem, Warned)
"""Answers, for OpenAPI."""

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
        kind = next(problem for problem in all_problems() if problem.status == status)
        example = {
            "type": f"/problems/{kind.slug}",
            "title": kind.title.ru,
            "status": status,
            "detail": about,
            "instance": "urn:uuid:0190d7a0-0000-7000-8000-000000000000",
            "errors": [],
        }
        if issubclass(kind, problems.Unavailable):
            example["cause"] = kind.cause
        schema = {"$ref": f"{REF}Problem"}
        content = {"application/problem+json": {"schema": schema, "example": example}}
        responses[f"Problem{status}"] = {"description": about, "content": content}
    return responses


def problem_page(slug: str) -> Schema | None:
    """The explanation of a problem by its slug; None for an unknown slug."""
    for kind in all_problems():
        if kind.slug == slug:
            return {
                "type": f"/problems/{slug}",
                "status": kind.status,
                "title": kind.title._asdict(),
                "detail": kind.detail._asdict(),
            }
    return None


def all_problems(
    kind: type[problems.Problem] = problems.Problem,
) -> Iterable[type[problems.Problem]]:
    """Every kind of problem."""
    yield kind
    for below in kind.__subclasses__():
        yield from all_problems(below)
