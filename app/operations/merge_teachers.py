"""The endpoint that merges two cards of one teacher."""

import json
import uuid
from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.acts import Act
from app.database.transaction import Transaction
from app.model.grants import Verb
from app.model.record import Strict
from app.model.values import Id
from app.operations.merging import MovedRecords, is_here, merge
from app.problems import NotFound
from app.registry.holders import holders
from app.registry.teachers import teachers
from app.rest import docs, preconditions, queries
from app.rest.answers import IdText, answers, shown_once, typed
from app.rest.bodies import read_json
from app.rest.crud import private
from app.rest.deps import id_of
from app.rest.gate import admitted
from app.rest.routing import NarrowRouter
from app.rest.schemas import Schemas
from app.rest.writing import Reply, write
from app.store.filters import flag
from app.store.precondition import Precondition
from app.store.validation import read

router = NarrowRouter(tags=[teachers.titles.all])


_REPORT = typed(
    "MergeReport",
    "Что стало с двумя карточками.",
    {
        "merged_id": Annotated[IdText, Field(description="Карточка, которой больше нет")],
        "into_id": Annotated[IdText, Field(description="Карточка, которая остаётся")],
        **{each.resource.name: MovedRecords for each in holders(teachers)},
        "taken_over": Annotated[
            list[str],
            Field(description="Поля, которые оставшаяся карточка получила от другой; без значений"),
        ],
        "dry_run": Annotated[bool, Field(description="Только показано, ничего не изменено")],
    },
)


class Merge(Strict):
    """Объединение двух карточек одного педагога."""

    into_id: Id = Field(description="Карточка, которая остаётся")


SCHEMAS: Schemas = {"Merge": (Merge, "validation"), **answers(_REPORT)}
"""Bodies and answers, for OpenAPI."""

_UUID = {"type": "string", "format": "uuid"}


@router.post(
    "/teachers/{id}/merge",
    operation_id="merge_teacher",
    summary="Объединить две карточки одного педагога",
    description="Места работы и участие переходят к карточке `into_id`; где они совпали бы, "
    "остаются её записи. Ключ внешней системы запоминается и ведёт к оставшейся карточке, прежнее "
    "имя становится одним из прежних имён. С `dry_run=true` только показывает, что будет. "
    "`If-Match` необязателен.",
    response_class=Response,
    openapi_extra={
        "parameters": [
            docs.path_parameter("id", _UUID, "Карточка, которой не станет"),
            docs.query_parameter(
                "dry_run", {"type": "boolean", "default": False}, "Только показать, что будет"
            ),
        ],
        "requestBody": docs.body("Merge", {"into_id": "вставьте id из GET /api/v1/teachers"}),
        "responses": {
            "200": shown_once(_REPORT),
            **docs.problem_responses(400, 404, 409, 412, 413, 415),
        },
    },
)
@admitted("merges", Verb.CREATE)
async def merge_teacher(request: Request) -> Response:
    """Merge two cards of one person (`docs/ru/personal-data.md`)."""
    body = await read_json(request)
    condition = preconditions.of_change(request)
    is_dry = bool(queries.read(request, {"dry_run": flag}).get("dry_run"))
    teacher_id = id_of(request)

    def work(tx: Transaction) -> Reply:
        return Reply(private(json.dumps(_merged(tx, teacher_id, body, condition, is_dry=is_dry))))

    return await write(request, work)


def _merged(
    tx: Transaction,
    teacher_id: uuid.UUID,
    body: object,
    condition: Precondition,
    *,
    is_dry: bool,
) -> dict[str, object]:
    if not is_here(tx, teacher_id):
        raise NotFound
    into_id = read(Merge, body).into_id
    with tx.trial() as undo:
        acts = list(tx.acts)
        done = merge(tx, teacher_id, into_id, condition)
        if is_dry:
            undo()
            tx.acts[:] = [*acts, Act("merge", teachers.name, (str(teacher_id),), outcome="dry_run")]
    return {"dry_run": is_dry, **done}
