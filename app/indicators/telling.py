"""Telling: what the endpoints of indicators share."""

from collections.abc import Iterable, Sequence

from starlette.requests import Request
from starlette.responses import Response

from app.indicators.documents import NamedItem
from app.json_types import Schema
from app.registry.teachers import teachers
from app.rest import docs
from app.rest.crud import answer
from app.rest.gate import caller_of
from app.rest.showing import names_persons, record_shown


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


def naming(request: Request, body: object, items: Iterable[NamedItem]) -> Response:
    """An answer that may name teachers; the trail records which names were shown."""
    ids = {
        item["id"] for item in items if item["type"] == "teachers" and item["id"] and item["name"]
    }
    return about_teachers(request, body, sorted(ids))


def about_teachers(request: Request, body: object, ids: list[str]) -> Response:
    """An answer about teachers; the trail records that they were shown."""
    record_shown(request, teachers, ids)
    return answer(request, body, personal=names_persons(teachers, caller_of(request)))
