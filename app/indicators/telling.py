"""Telling: what the endpoints of indicators share."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from app.database.transaction import Transaction
from app.indicators.documents import NamedItem
from app.indicators.sheets import Sheet, filed
from app.json_types import Schema
from app.registry.teachers import teachers
from app.rest import docs, media
from app.rest.answers import answer_of
from app.rest.crud import answer, compute
from app.rest.gate import caller_of
from app.rest.showing import names_persons, record_shown

D = TypeVar("D")
"""An answer of the indicators."""


def door(parameters: Sequence[Schema], document: Schema) -> Schema:
    """The OpenAPI description of an endpoint that reads a program."""
    return {
        "parameters": list(parameters),
        "responses": {
            "200": document,
            "304": {"description": "Не изменилось"},
            **docs.problem_responses(400, 404),
        },
    }


def or_table(kind: type[object]) -> Schema:
    """The OpenAPI answer of an endpoint that answers with a table too, as a file."""
    return answer_of(kind, other_forms=docs.files())


async def told(
    request: Request,
    program_id: uuid.UUID,
    work: Callable[[Transaction], D],
    items: Callable[[D], Iterable[NamedItem]],
    table: Callable[[D], Sheet],
) -> Response:
    """An answer with items, as JSON or as a table; the trail records the teachers it names."""
    if (kind := media.preferred(request)) == media.JSON:
        body = await compute(request, work)
        return naming(request, body, items(body))
    named: list[str] = []

    def tabled(tx: Transaction) -> Sheet:
        body = work(tx)
        named[:] = named_teachers(items(body))
        return table(body)

    response = await filed(request, kind, program_id, tabled)
    record_shown(request, teachers, named)
    return response


def naming(request: Request, body: object, items: Iterable[NamedItem]) -> Response:
    """An answer that may name teachers; the trail records which names were shown."""
    return about_teachers(request, body, named_teachers(items))


def named_teachers(items: Iterable[NamedItem]) -> list[str]:
    """The ids of the teachers whom an answer names."""
    return sorted(
        {item["id"] for item in items if item["type"] == "teachers" and item["id"] and item["name"]}
    )


def about_teachers(request: Request, body: object, ids: list[str]) -> Response:
    """An answer about teachers; the trail records that they were shown."""
    record_shown(request, teachers, ids)
    return answer(request, body, personal=names_persons(teachers, caller_of(request)))
