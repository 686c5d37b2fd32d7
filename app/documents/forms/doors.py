"""The endpoints of forms: what a form may name, and a form filled."""

from typing import Annotated

from anyio import to_thread
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.acts import Act
from app.database.transaction import Transaction
from app.documents.answering import PATIENCE
from app.documents.forms.filling import filled
from app.documents.forms.values import known, placeholders
from app.documents.report.source import Source
from app.indicators import parameters
from app.indicators.telling import door
from app.intake.receiving import MULTIPART, received
from app.json_types import REF
from app.model.grants import Verb
from app.registry.programs import programs
from app.rest import docs, media
from app.rest.answers import answer_of, answers
from app.rest.crud import answer, compute
from app.rest.deps import id_of, service_of
from app.rest.gate import admitted, caller_of
from app.rest.routing import NarrowRouter
from app.rest.turns import turn

TAG = "Документы для подписи"

router = NarrowRouter(sign="/form", tags=[TAG])


class PlaceholderLine(TypedDict):
    """Подстановка, которую понимает форма."""

    name: Annotated[str, Field(description="Что вписать в ячейку, в двойных фигурных скобках")]
    about: Annotated[str, Field(description="Что будет подставлено")]


class FormPlaceholders(TypedDict):
    """Все подстановки для форм этой программы."""

    items: Annotated[list[PlaceholderLine], Field(description="Подстановки")]


class FormFile(TypedDict):
    """Форма: книга Excel с подстановками."""

    file: Annotated[bytes, Field(description="Форма в XLSX")]


@router.get(
    "/programs/{id}/form/placeholders",
    operation_id="list_form_placeholders",
    summary="Подстановки для форм",
    description="Что можно вписать в ячейки своей формы Excel, чтобы сервис её заполнил: "
    "`{{as_of}}`, `{{org_involvement_share.value}}`, `{{plan.3.completed_on}}`. Строка, в которой "
    "стоит `{{each organizations}}`, повторится для каждой организации; в ней пишут "
    "`{{organizations.name}}`.",
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, *parameters.WHEN], answer_of(FormPlaceholders)),
)
@admitted("indicators", Verb.READ)
async def list_form_placeholders(request: Request) -> Response:
    """What a form may name."""
    program_id, asked = id_of(request), parameters.asked_when(request)

    def work(tx: Transaction) -> FormPlaceholders:
        source = Source(tx, program_id, asked)
        return {
            "items": [{"name": each.name, "about": each.about} for each in placeholders(source)]
        }

    return answer(request, await compute(request, work))


@router.post(
    "/programs/{id}/form",
    operation_id="fill_form",
    summary="Заполнить форму ведомства",
    description="Пришлите форму в XLSX с подстановками: вернётся она же, заполненная на дату. "
    "Формулы, оформление и объединённые ячейки остаются. Неизвестные подстановки названы все "
    "сразу, с ячейками. В реестре ничего не меняется.",
    response_class=Response,
    openapi_extra={
        "parameters": [parameters.PROGRAM_WRITTEN, *parameters.WHEN],
        "requestBody": {
            "required": True,
            "content": {
                MULTIPART: {
                    "schema": {"$ref": f"{REF}{FormFile.__name__}"},
                    "encoding": {"file": {"contentType": media.XLSX}},
                },
                media.XLSX: docs.FILE,
            },
        },
        "responses": {
            "200": {"description": "Заполненная форма", "content": {media.XLSX: docs.FILE}},
            **docs.problem_responses(400, 404, 413, 415),
        },
    },
)
@admitted("indicators", Verb.READ)
async def fill_form(request: Request) -> Response:
    """A form of an authority, filled."""
    program_id, asked = id_of(request), parameters.asked_when(request)
    service = service_of(request)
    async with received(request) as form:
        async with turn(service.papers, PATIENCE):
            values = await compute(request, lambda tx: known(Source(tx, program_id, asked)))
        body = await to_thread.run_sync(filled, form.path, values, limiter=service.books)
    act = Act("export", programs.name, (str(program_id),), (), "form.xlsx")
    service.recorder.record(caller_of(request).actor, act)
    day = values.single["as_of"]
    names = f"Форма, {day:%d.%m.%Y}.xlsx", f"form-{day}.xlsx"
    return Response(body, 200, media.attachment(*names), media.XLSX)


SCHEMAS = answers(FormPlaceholders, FormFile)
"""Answers and bodies, for OpenAPI."""
