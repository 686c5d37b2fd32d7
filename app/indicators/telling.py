"""Telling: what the doors of the indicators have in common."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.registry.teachers import teachers
from app.rest import docs
from app.rest.crud import answer
from app.rest.gate import caller_of
from app.rest.showing import tells_of_persons, told


def door(parameters: Sequence[Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """What OpenAPI says of a door that reads a program."""
    return {
        "parameters": list(parameters),
        "responses": {
            "200": document,
            "304": {"description": "Не изменилось"},
            **docs.problem_responses(400, 404),
        },
    }


def naming(request: Request, found: Any, items: Iterable[Mapping[str, Any]]) -> Response:
    """An answer that may name teachers; who was shown whom is put down."""
    shown = [each["id"] for each in items if each["type"] == "teachers" and each["name"]]
    told(request, teachers, sorted(set(shown)))
    return answer(request, found, personal=tells_of_persons(teachers, caller_of(request)))
