"""The change feed over HTTP: pages of changes, and long polling for new ones."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import anyio
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.feed import pages
from app.feed.cursors import Place, scope_of, unsealed
from app.feed.pages import Page
from app.findings import Words
from app.model.faults import NOT_A_CHOICE, refuse
from app.model.grants import Verb
from app.model.resource import Resource
from app.problems import Forbidden
from app.registry import RESOURCES
from app.rest import docs, queries
from app.rest.answers import (
    IdText,
    JsonRecord,
    MomentText,
    answers,
    one_of,
    shown_as,
    shown_once,
    typed,
)
from app.rest.crud import private, scoped
from app.rest.deps import service_of
from app.rest.gate import admitted, caller_of, readmit
from app.rest.mentions import Labelled
from app.rest.routing import NarrowRouter
from app.rest.schemas import singular_of
from app.rest.showing import record_shown
from app.rest.stopping import is_stopping
from app.store.filters import whole

TAG = "Лента изменений"

router = NarrowRouter(sign="/changes", tags=[TAG])

LIMIT, MOST = 500, 1000
"""Changes on a page: by default, and at most."""

PATIENCE = 30
"""Seconds that a request may wait for news at most."""

PAUSE = 0.25
"""Seconds between two checks for news."""

NEWS = "SELECT position FROM journal_heads"

_BY_NAME = {entry.name: entry for entry in RESOURCES}
_ABOUT = """Одна лента и для первой полной загрузки, и для всех последующих изменений: по одной
текущей записи ленты на каждую запись реестра, в порядке фиксации.

* **Начать**: без `cursor`. Затем передавайте `next_cursor`, пока `has_more` не станет `false`:
  теперь у вас точная копия. Сохраняйте курсор в той же транзакции, что и данные.
* **Следить**: тот же запрос с последним курсором и `wait=30`: ответ придёт, как только что-то
  изменится, или через 30 секунд.
* `upsert` — запись новая или изменилась, `data` — как в списке; `delete` — удалена, `data` пусто.
  Запись может прийти повторно: применяйте её по `id`.
* Удаления хранятся 180 дней. **410** — начните без курсора: причина в `errors`.
"""


_OPERATIONS = {
    "upsert": Words("создана или изменена", "created or changed"),
    "delete": Words("удалена", "deleted"),
}


class ExternalKey(TypedDict):
    """Ключ записи во внешней системе."""

    source: Annotated[str, Field(description="Внешняя система")]
    source_key: Annotated[str, Field(description="Ключ в ней")]


def _change_of(resource: Resource) -> type[object]:
    """The type of a change of one kind of record; `type` tells which."""
    about = f"Изменение записи: {resource.titles.one}."
    fields = {
        "seq": Annotated[int, Field(description="Место в ленте; только растёт")],
        "type": Annotated[Literal[resource.name], Field(description="Вид записи")],
        "op": Annotated[
            Literal["upsert", "delete"], Field(description="Что произошло"), Labelled(_OPERATIONS)
        ],
        "id": Annotated[IdText, Field(description="Запись")],
        "key": Annotated[ExternalKey | None, Field(description="Ключ записи во внешней системе")],
        "version": Annotated[int, Field(description="Версия записи")],
        "changed_at": Annotated[MomentText, Field(description="Когда")],
        "data": Annotated[
            Annotated[JsonRecord, shown_as(resource)] | None,
            Field(description="Запись точно как в списке своего вида; null, если удалена"),
        ],
    }
    return typed(f"{singular_of(resource)}Change", about, fields)


FeedChange = one_of(
    "FeedChange", "Изменение одной записи реестра", "type", map(_change_of, RESOURCES)
)
FeedPage = typed(
    "FeedPage",
    "Изменения по порядку и место, с которого читать дальше.",
    {
        # mypy cannot know a type that is made of the kinds there are.
        "items": Annotated[list[FeedChange], Field(description="Изменения по порядку")],  # type: ignore[valid-type]
        "next_cursor": Annotated[str, Field(description="Есть всегда; сохраните его")],
        "has_more": Annotated[bool, Field(description="Есть ли продолжение уже сейчас")],
    },
)


SCHEMAS = answers(FeedPage)
"""Answers, for OpenAPI."""


def _number(low: int, high: int, default: int) -> dict[str, object]:
    return {"type": "integer", "minimum": low, "maximum": high, "default": default}


_NAMES = "|".join(_BY_NAME)
_PARAMETERS = [
    docs.query_parameter(
        "cursor", {"type": "string"}, "Значение `next_cursor`; без него — сначала"
    ),
    docs.query_parameter("limit", _number(1, MOST, LIMIT), "Изменений на странице"),
    docs.query_parameter(
        "types",
        {"type": "string", "pattern": f"^({_NAMES})(,({_NAMES}))*$"},
        "Только эти виды записей, через запятую; курсор действует для тех же видов. Без него — "
        "все, которые читает роль ключа; вид, которого она не читает, — 403",
    )
    | {"example": "organizations,events"},
    docs.query_parameter(
        "wait", _number(0, PATIENCE, 0), "Сколько секунд ждать новостей, если их ещё нет"
    ),
]


@dataclass(frozen=True)
class Query:
    """A validated request."""

    types: Sequence[Resource] = RESOURCES
    limit: int = LIMIT
    wait: int = 0
    cursor: str | None = None

    @property
    def names(self) -> list[str] | None:
        """The names of the types in a fixed order; None if the feed was not narrowed."""
        return None if self.types is RESOURCES else [entry.name for entry in self.types]


@router.get(
    "/changes",
    operation_id="list_changes",
    summary="Изменения по порядку",
    description=_ABOUT,
    response_class=Response,
    openapi_extra={
        "parameters": _PARAMETERS,
        "responses": {
            "200": shown_once(FeedPage),
            **docs.problem_responses(400, 410),
        },
    },
)
@admitted("changes", Verb.READ)
async def list_changes(request: Request) -> Response:
    """Changes after a place, oldest first; may wait until there is one."""
    query = Query(**queries.read(request, _READERS))
    if query.types is not RESOURCES:
        _demand_granted(request, query)
    secret = service_of(request).database.secret
    place = Place(scope_of(caller_of(request)))
    if query.cursor is not None:
        place = unsealed(query.cursor, query.names, secret)
    service_of(request).followers.note(caller_of(request).actor.key_id, place.position)
    deadline = time.monotonic() + query.wait
    page = await _page(request, query, place)
    while not page.items and not page.has_more and await _comes(request, page, deadline):
        # The key may have been revoked during the wait.
        await readmit(request, "changes", Verb.READ)
        page = await _page(request, query, page.place)
    for name, ids in page.shown.items():
        record_shown(request, _BY_NAME[name], ids)
    text = page.body(page.place.sealed(query.names, secret))
    return private(text)


def _demand_granted(request: Request, query: Query) -> None:
    """Refuse types that the role may not read, as their lists do.

    Raises:
        Forbidden.

    """
    if len(pages.followed(query.types, caller_of(request))) < len(query.types):
        raise Forbidden


def _types(value: str) -> Sequence[Resource]:
    names = set(value.split(","))
    if not names <= _BY_NAME.keys():
        refuse(NOT_A_CHOICE, allowed=", ".join(_BY_NAME))
    return [entry for entry in RESOURCES if entry.name in names]


_READERS: dict[str, queries.Reader] = {
    "cursor": str,
    "limit": lambda text: whole(text, 1, MOST),
    "wait": lambda text: whole(text, 0, PATIENCE),
    "types": _types,
}


async def _page(request: Request, query: Query, place: Place) -> Page:
    service, caller = service_of(request), caller_of(request)
    kinds = pages.followed(query.types, caller)
    sql = pages.statement(service.database.dialect, kinds, is_local=caller.home is not None)
    numbers = {"after": place.position, "take": query.limit + 1}
    rows = await service.reader.rows(sql, {**scoped(request), **numbers}, heavy=True)
    return pages.read(rows, query.limit, place, scope_of(caller))


async def _comes(request: Request, page: Page, deadline: float) -> bool:
    """Wait for a change after a page; holds neither a connection nor a thread."""
    reader = service_of(request).reader
    while (left := deadline - time.monotonic()) > 0:
        await anyio.sleep(min(PAUSE, left))
        if is_stopping(request) or await request.is_disconnected():
            return False
        if (await reader.rows(NEWS, {}))[0][0] != page.head.position:
            return True
    return False
