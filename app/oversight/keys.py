"""Keys over HTTP: an administrator issues, rotates and revokes them; a key is shown once."""

import uuid

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.access import keys
from app.access.keys import ApiKey
from app.access.roles import Role
from app.access.scopes import KeyWrite
from app.database.transaction import Transaction
from app.json_types import Schema
from app.model.columns import labels
from app.model.grants import Verb
from app.model.record import Strict
from app.model.values import Moment
from app.oversight.entries import asked
from app.rest import docs
from app.rest.answers import answer_of, answers, shown_once
from app.rest.bodies import read_json
from app.rest.crud import compute, deleted, fresh, private
from app.rest.deps import id_of, no_query, service_of
from app.rest.gate import admitted
from app.rest.routing import NarrowRouter
from app.rest.schemas import Schemas
from app.rest.writing import Reply, write
from app.store.cursors import seal, unseal
from app.store.query import LIMIT, MOST
from app.store.validation import read

TAG = "Ключи"

router = NarrowRouter(prefix="/keys", tags=[TAG])

_SHAPE = b'["keys"]'


class KeyRead(BaseModel):
    """Ключ без самого ключа: его сервис не хранит."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID = Field(description="Идентификатор записи о ключе")
    kid: str = Field(description="Открытая часть ключа: `sn_<kid>_…`")
    role: Role = Field(description=f"Роль. {labels(Role)}")
    owner: str = Field(description="Кто отвечает за ключ")
    municipality_id: uuid.UUID | None = Field(description="Муниципалитет; null — все")
    organization_id: uuid.UUID | None = Field(description="Организация ключа роли org")
    source: str | None = Field(description="Чьи записи ведёт ключ роли sync")
    created_at: Moment = Field(description="Когда выпущен")
    expires_at: Moment = Field(description="До какого времени действует")
    revoked_at: Moment | None = Field(description="Когда отозван")
    last_used_at: Moment | None = Field(description="Когда использован, с точностью до минуты")
    rotated_from: uuid.UUID | None = Field(description="Ключ, которому он пришёл на смену")


class KeyPage(BaseModel):
    """Страница ключей."""

    items: list[KeyRead]
    next: str | None = Field(description="Курсор или null в конце")


class KeyRotation(Strict):
    """До какого времени ещё действует прежний ключ."""

    old_valid_until: Moment = Field(
        description="Прежний ключ действует до этого времени, но не дольше своего срока"
    )


class KeyIssued(KeyRead):
    """Новый ключ; сам он показан только здесь."""

    key: str = Field(description="Сам ключ. Показан один раз, сохраните его")


SCHEMAS: Schemas = {
    "KeyWrite": (KeyWrite, "validation"),
    "KeyRotation": (KeyRotation, "validation"),
    **answers(KeyRead, KeyPage, KeyIssued),
}
"""Bodies and answers, for OpenAPI."""

_ID = docs.path_parameter("id", {"type": "string", "format": "uuid"}, "Ключ (его `id`)")
_LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}
_NOT_CHANGED = {"304": {"description": "Не изменилось"}}


@router.get(
    "",
    operation_id="list_keys",
    summary="Список ключей",
    description="Все ключи, и отозванные тоже, в порядке выпуска. Самих ключей здесь нет.",
    response_class=Response,
    openapi_extra={
        "parameters": [
            docs.query_parameter("limit", _LIMIT, "Записей на странице"),
            docs.query_parameter("cursor", {"type": "string"}, "Значение `next`"),
        ],
        "responses": {
            "200": answer_of(KeyPage),
            **_NOT_CHANGED,
            **docs.problem_responses(400),
        },
    },
)
@admitted("api_keys", Verb.READ)
async def list_keys(request: Request) -> Response:
    """A page of keys, the oldest first."""
    query = asked(request, {})
    secret = service_of(request).database.secret
    after = None
    if query.cursor is not None:
        after = uuid.UUID(unseal(query.cursor, _SHAPE, secret)[0])
    rows = await compute(request, lambda tx: keys.listed(tx, after=after, take=query.limit + 1))
    shown = rows[: query.limit]
    cursor = seal([str(shown[-1].id)], _SHAPE, secret) if len(rows) > len(shown) else None
    page = KeyPage(items=[KeyRead.model_validate(key) for key in shown], next=cursor)
    return fresh(request, page.model_dump_json(), personal=True)


@router.get(
    "/{id}",
    operation_id="get_key",
    summary="Показать ключ",
    description="Чей это ключ, для чего, до какого времени и когда использован.",
    response_class=Response,
    openapi_extra={
        "parameters": [_ID],
        "responses": {
            "200": answer_of(KeyRead),
            **_NOT_CHANGED,
            **docs.problem_responses(400, 404),
        },
    },
)
@admitted("api_keys", Verb.READ)
async def get_key(request: Request) -> Response:
    """One key."""
    no_query(request)
    key_id = id_of(request)
    key = await compute(request, lambda tx: keys.one(tx, key_id))
    return fresh(request, KeyRead.model_validate(key).model_dump_json(), personal=True)


@router.post(
    "",
    operation_id="create_key",
    summary="Выпустить ключ",
    description="Новый ключ одного названного владельца. Поле `key` показано только здесь.",
    status_code=201,
    response_class=Response,
    openapi_extra={
        "requestBody": docs.body(
            "KeyWrite",
            {"role": "впишите роль, например reader", "owner": "Отдел статистики"},
        ),
        "responses": {
            "201": shown_once(KeyIssued, "Выпущен"),
            **docs.problem_responses(400, 409, 413, 415),
        },
    },
)
@admitted("api_keys", Verb.CREATE)
async def create_key(request: Request) -> Response:
    """Issue a key."""
    body = await read_json(request)
    no_query(request)
    return await write(request, lambda tx: _issued(*keys.issue(tx, read(KeyWrite, body, _SHOWN))))


@router.post(
    "/{id}/rotation",
    operation_id="rotate_key",
    summary="Заменить ключ новым",
    description="Новый ключ того же владельца, роли и области. Прежний действует до "
    "`old_valid_until`, чтобы успеть перейти. Одновременно действуют не больше двух.",
    status_code=201,
    response_class=Response,
    openapi_extra={
        "parameters": [_ID],
        "requestBody": docs.body(
            "KeyRotation", {"old_valid_until": "впишите время, например 2030-01-31T00:00:00Z"}
        ),
        "responses": {
            "201": shown_once(KeyIssued, "Выпущен на смену"),
            **docs.problem_responses(400, 404, 409, 413, 415),
        },
    },
)
@admitted("api_keys", Verb.CHANGE)
async def rotate_key(request: Request) -> Response:
    """Issue a successor of a key."""
    body = await read_json(request)
    no_query(request)
    key_id = id_of(request)

    def work(tx: Transaction) -> Reply:
        keys.one(tx, key_id)  # 404 for an unknown key comes before 400 for the body
        return _issued(*keys.rotate(tx, key_id, read(KeyRotation, body).old_valid_until))

    return await write(request, work)


@router.delete(
    "/{id}",
    operation_id="delete_key",
    summary="Отозвать ключ",
    description="Ключ перестаёт действовать в течение секунды. Запись о нём остаётся; "
    "повтор ничего не меняет. Последний действующий ключ администратора не отзывают: 409.",
    status_code=204,
    response_class=Response,
    openapi_extra={
        "parameters": [_ID],
        "responses": {
            "204": {"description": "Отозван"},
            **docs.problem_responses(400, 404, 409),
        },
    },
)
@admitted("api_keys", Verb.DELETE)
async def delete_key(request: Request) -> Response:
    """Revoke a key."""
    no_query(request)
    key_id = id_of(request)

    def work(tx: Transaction) -> Reply:
        keys.revoke(tx, key_id)
        return deleted()

    return await write(request, work)


_SHOWN = frozenset(KeyRead.model_fields) - frozenset(KeyWrite.model_fields)
"""Fields of the answer that a body may not set."""


def _issued(key: ApiKey, token: str) -> Reply:
    answer = KeyIssued(**dict(KeyRead.model_validate(key)), key=token)
    response = private(answer.model_dump_json(), 201, {"Location": f"/api/v1/keys/{key.id}"})
    return Reply(response, is_shown_once=True)
