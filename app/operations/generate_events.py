"""Events of the plan over HTTP: creates an event for every due window of the plan's rows."""

import json

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.database.transaction import Transaction
from app.json_types import REF
from app.model.grants import Verb
from app.model.record import Strict
from app.operations.plan_windows import GeneratedEvents, generate
from app.registry.programs import programs
from app.rest import docs
from app.rest.answers import answers, shown_once
from app.rest.bodies import read_json
from app.rest.deps import id_of, no_query
from app.rest.gate import admitted
from app.rest.routing import NarrowRouter
from app.rest.schemas import Schemas
from app.rest.writing import Reply, write

router = NarrowRouter(sign="/events/generate", tags=[programs.titles.all])


class GenerateEvents(Strict):
    """Какие события создать, сказано в плане."""

    move: bool = Field(
        default=False,
        description="Перенести запланированные события, дни которых не те, что в плане: так надо "
        "после правки срока строки или срока программы. Проведённые и отменённые остаются",
    )


SCHEMAS: Schemas = {**answers(GeneratedEvents), "GenerateEvents": (GenerateEvents, "validation")}
"""The body and the answer, for OpenAPI."""


@router.post(
    "/programs/{id}/events/generate",
    operation_id="generate_events",
    summary="Создать события по срокам плана",
    description="По каждому сроку плана создаётся событие вида plan_window. "
    "Повтор ничего не меняет и не удаляет. Тело запроса — пустой объект `{}`; с `move` дни "
    "запланированных событий становятся такими, как в плане.",
    response_class=Response,
    openapi_extra={
        "parameters": [
            docs.path_parameter(
                "id",
                {"type": "string", "format": "uuid"},
                "Программа: её `id` в ответе `GET /api/v1/programs`",
            )
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": f"{REF}{GenerateEvents.__name__}"},
                    # Sent unchanged, the example is refused: remove the line to confirm.
                    "example": {"сотрите эту строку": "и события по срокам плана будут созданы"},
                }
            },
        },
        "responses": {
            "200": shown_once(GeneratedEvents),
            **docs.problem_responses(400, 404, 409, 413, 415),
        },
    },
)
@admitted("plan_windows", Verb.CREATE)
async def generate_events(request: Request) -> Response:
    """Create the due windows of a program's plan (`records.md`)."""
    body = await read_json(request)
    no_query(request)
    program_id = id_of(request)

    def work(tx: Transaction) -> Reply:
        done = json.dumps(generate(tx, program_id, body)).encode()
        return Reply(Response(done, media_type="application/json"), programs.name, program_id)

    return await write(request, work)
