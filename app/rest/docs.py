"""Documentation: OpenAPI derived from the declarations."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NotRequired, TypedDict

from app.json_types import REF, Schema
from app.model.resource import Resource
from app.model.values import KEY_PATTERN
from app.rest import forms, media
from app.rest.schemas import singular_of
from app.store.filters import filters
from app.store.precondition import RECORD_TAG, VERSION
from app.store.query import LIMIT, MOST, sorts

TITLE = "Школьная сеть"
ABOUT = """Сервис хранит муниципальную программу сетевого взаимодействия: организации, партнёрства,
план мероприятий, участие педагогов, мониторинг — и считает показатели.

* **Войти**: нажмите Authorize и вставьте ключ. Без ключа сервис ничего не покажет.
* **Изменить запись**: откройте её (GET), скопируйте `ETag` (например `"1"`) в поле `If-Match`.
* **Пробовать безопасно**: нетронутая форма ничего не меняет. Образец примут, когда вы замените
  в нём «вставьте …» и «впишите …» своими значениями.
* **Фильтры** складываются; повтор фильтра означает «или». Опечатка в фильтре — ошибка 422.
* **Ошибки** — на русском, с указанием поля; с `Accept-Language: en` на английском.
"""


BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "sn_…",
    "description": "Ключ доступа, целиком: `sn_…`, без слова Bearer. Ключи выдаёт администратор. "
    "Он хранится, пока открыта вкладка.",
}
"""How a caller authenticates."""

SERVER = {"url": "/", "description": "Сервис, от которого получено это описание"}
"""Where the service is: the address is relative to that of the document."""

_VERBS = {
    ("GET", False): ("list", "Список {many}"),
    ("POST", False): ("create", "Добавить {one}"),
    ("GET", True): ("get", "Показать {one}"),
    ("PUT", True): ("replace", "Изменить {one} целиком"),
    ("PATCH", True): ("update", "Изменить {one}"),
    ("DELETE", True): ("delete", "Удалить {one}"),
}

_SEEDED = {
    "municipalities": "$municipality",
    "organizations": "$school",
    "legal_acts": "$act",
    "programs": "$program",
    "partnerships": "$partnership",
    "activities": "$activity",
}
"""Records of the source program that examples of reading refer to."""

_ABOUT = {
    "list": "Страница записей. `next` — курсор следующей страницы, `null` в конце. С `Accept: "
    "text/csv` или типом XLSX — весь список файлом, который можно поправить и загрузить обратно; "
    "без `limit`, `cursor` и `include_total`. В файле ссылка на запись занимает два столбца: в "
    "«Организация» — название, если ключ его видит, рядом, в «Организация (ид.)», — номер записи.",
    "create": "Новая запись. `warnings` называют то, что принято, но требует внимания.",
    "get": "Запись и её `ETag`.",
    "replace": "Заменяет запись целиком: не названное поле станет пустым.",
    "update": "Названные поля меняются, `null` очищает, список заменяется целиком (RFC 7396).",
    "delete": "Удаляет запись, на которую никто не ссылается.",
}


class Operation(TypedDict):
    """What FastAPI is told of an operation."""

    operation_id: str
    summary: str
    description: str
    openapi_extra: Schema


def operation(resource: Resource, method: str, path: str) -> Operation:
    """Summary, description, id and OpenAPI details of a collection's operation."""
    by_key = "by-key" in path
    verb, title = _VERBS[method, path != ""]
    singular = singular_of(resource)
    noun = resource.name if verb == "list" else _snake(singular)
    about = _ABOUT[verb]
    if by_key and method == "PUT":
        title = "Добавить или изменить {one}"
        about = (
            "Создаёт запись (201) или заменяет её (200); если менять нечего, она остаётся прежней."
        )
    summary = title.format(one=resource.titles.one, many=resource.titles.many)
    summary += " по ключу внешней системы" if by_key else ""
    return {
        "operation_id": f"{verb}_{noun}" + ("_by_key" if by_key else ""),
        "summary": summary,
        "description": f"{resource.write.__doc__}\n\n{about}",
        "openapi_extra": {
            "parameters": list(_parameters(resource, method, path)),
            "responses": _responses(resource, method, path),
            **forms.request_body(resource, method),
        },
    }


def done(schema: Mapping[str, object], about: str = "Готово") -> Schema:
    """The response of a success."""
    return {"description": about, "content": {"application/json": {"schema": schema}}}


NO_FORMS: Mapping[str, object] = MappingProxyType({})


def done_with_etag(schema: str, about: str, other_forms: Mapping[str, object] = NO_FORMS) -> Schema:
    """The answer of a door that went well and may be asked again; its schema by name."""
    return {
        "description": about,
        "headers": {"ETag": {"schema": {"type": "string"}}},
        "content": {"application/json": {"schema": {"$ref": f"{REF}{schema}"}}, **other_forms},
    }


FILE = {"schema": {"type": "string", "format": "binary"}}


def files() -> Schema:
    """The file formats of a list's answer."""
    return dict.fromkeys(media.FILES, FILE)


def body(name: str, example: Mapping[str, object]) -> Schema:
    """The request body of an endpoint, by the name of its schema."""
    content = {"application/json": {"schema": {"$ref": f"{REF}{name}"}, "example": example}}
    return {"required": True, "content": content}


EVERYWHERE = (401, 403, 408, 422, 429, 431, 503)
"""Failures that any operation may answer with."""


def problem_responses(*statuses: int) -> Schema:
    """The failures of an operation, with those of every operation."""
    return {
        str(status): {"$ref": f"#/components/responses/Problem{status}"}
        for status in sorted({*EVERYWHERE, *statuses})
    }


class Described(TypedDict):
    """An operation of an OpenAPI document, as far as `repeatable` looks into it."""

    parameters: NotRequired[list[Schema]]
    responses: Schema


def repeatable(paths: Mapping[str, Mapping[str, Described]]) -> None:
    """Add the Idempotency-Key to every operation that writes."""
    for path in paths.values():
        for method, operation in path.items():
            if method != "get":
                operation["parameters"] = [*operation.get("parameters", ()), {"$ref": _REPEATING}]
                operation["responses"] |= problem_responses(409, 410)


def shared_parameters() -> Schema:
    """The parameters that operations refer to."""
    return {IDEMPOTENCY: _IDEMPOTENCY_KEY}


IDEMPOTENCY = "Idempotency-Key"
KEY_FORM = "[A-Za-z0-9_-]{16,128}"

_REPEATING = f"#/components/parameters/{IDEMPOTENCY}"
# No example: Swagger UI would send it with every request, and the second would be refused.
_IDEMPOTENCY_KEY = {
    "name": IDEMPOTENCY,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": f"^{KEY_FORM}$"},
    "description": "Чтобы повтор после обрыва связи ничего не сделал дважды: своё значение на "
    "каждый запрос (например UUID), то же самое при его повторе. Ответ хранится 72 часа и "
    "повторяется слово в слово, с заголовком `Idempotency-Replayed: true`.",
}


def _parameters(resource: Resource, method: str, path: str) -> Iterable[Schema]:
    if path == "/{id}":
        about = f"Идентификатор записи: её `id` в ответе `GET /api/v1/{resource.path}`"
        is_ready = method == "GET" and resource.name in _SEEDED
        example = {"example": _SEEDED[resource.name]} if is_ready else {}
        yield path_parameter("id", {"type": "string", "format": "uuid"}, about) | example
    if "by-key" in path:
        key = {"type": "string", "pattern": KEY_PATTERN, "minLength": 1, "maxLength": 128}
        yield path_parameter("source", key, "Внешняя система")
        yield path_parameter("source_key", key, "Ключ во внешней системе")
        yield query_parameter(
            "municipality_id", {"type": "string", "format": "uuid"}, "Муниципалитет"
        )
    if method in {"PUT", "PATCH", "DELETE"}:
        required = path == "/{id}"
        yield {
            "name": "If-Match",
            "in": "header",
            "required": required,
            "schema": {"type": "string", "pattern": f'^(\\*|"{RECORD_TAG}"|{VERSION})$'},
            "description": "ETag записи, которую вы видели: поле `etag` в ответе GET, например "
            '`"1"`, можно без кавычек; `*` — любая версия',
        }
    if method == "GET" and path == "":
        yield from _list_parameters(resource)


def _list_parameters(resource: Resource) -> Iterable[Schema]:
    if "search_key" in resource.table.c:
        schema = {"type": "string", "maxLength": 500}
        yield query_parameter("q", schema, "Слова, каждое из которых есть в тексте записи")
    for entry in filters(resource).values():
        schema = {"type": "array", "items": entry.schema} if entry.many else dict(entry.schema)
        yield query_parameter(entry.name, schema, entry.about)
    allowed = "|".join(sorts(resource))
    sort = {"type": "string", "pattern": f"^-?({allowed})(,-?({allowed}))*$"}
    names = ", ".join(sorts(resource))
    yield query_parameter("sort", sort, f"Порядок, `-` — по убыванию; поля: {names}")
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}
    yield query_parameter("limit", limit, "Записей на странице")
    yield query_parameter("cursor", {"type": "string"}, "Значение `next` предыдущей страницы")
    yield query_parameter("include_total", {"type": "boolean"}, "Посчитать все записи")


def path_parameter(name: str, schema: Mapping[str, object], about: str) -> Schema:
    """A parameter in the path."""
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": about}


def query_parameter(name: str, schema: Mapping[str, object], about: str) -> Schema:
    """A parameter in the query."""
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": about}


def _responses(resource: Resource, method: str, path: str) -> Schema:
    singular = singular_of(resource)
    by_key = "by-key" in path
    fails = {400}
    responses: Schema = {}
    if method == "GET":
        kind = f"{singular}Read" if path else f"{singular}Page"
        responses["200"] = done_with_etag(kind, "Готово", {} if path else files())
        responses["304"] = {"description": "Не изменилось"}
        fails |= ({404} if path else set()) | ({409} if by_key else set())
    elif method == "DELETE":
        responses["204"] = {"description": "Удалено"}
        fails |= {404, 409, 412} | (set() if by_key else {428})
    else:
        fails |= {409, 413, 415}
        if method == "POST" or by_key:
            responses["201"] = done_with_etag(f"{singular}Written", "Создано")
        if method != "POST":
            responses["200"] = done_with_etag(f"{singular}Written", "Изменено или уже было таким")
            fails |= {404, 412} | (set() if by_key else {428})
    return responses | problem_responses(*fails)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
