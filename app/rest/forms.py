"""Forms: examples for Swagger UI's forms, which the service refuses until they are edited.

Swagger UI sends the example as soon as somebody presses Execute. So the example of a write shows
the shape of a body, and contains a value or a name that the user has to replace.
"""

from collections.abc import Mapping
from typing import Any

from app.model.resource import Resource
from app.rest.schemas import REF, singular_of

_COLLECTIONS = {
    "$municipality": "municipalities",
    "$authority": "organizations",
    "$school": "organizations",
    "$leader": "organizations",
    "$act": "legal-acts",
    "$program": "programs",
    "$partnership": "partnerships",
    "$activity": "activities",
    "$event": "events",
    "$teacher": "teachers",
    "$measure": "measures",
}
"""The collection in which to look up the id that a name in an example stands for."""

_TYPED = {"oktmo": "впишите код ОКТМО из 8 или 11 цифр"}
"""Placeholders for codes that must be unique."""

_TELLING = ("title", "short_name", "name")
"""Fields suitable for an example of a change."""


def request_body(resource: Resource, method: str) -> dict[str, Any]:
    """The OpenAPI request body of a collection's operation, with its example."""
    singular = singular_of(resource)
    if method in {"POST", "PUT"}:
        kind, schema, sample = "application/json", f"{singular}Write", _sample(resource.example)
    elif method == "PATCH":
        kind, schema, sample = "application/merge-patch+json", f"{singular}Patch", _patch(resource)
    else:
        return {}
    content = {kind: {"schema": {"$ref": f"{REF}{schema}"}, "example": sample}}
    return {"requestBody": {"required": True, "content": content}}


def _sample(value: Any) -> Any:
    """The example with a placeholder for every record's id."""
    if isinstance(value, Mapping):
        return {name: _TYPED.get(name) or _sample(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_sample(item) for item in value]
    if isinstance(value, str) and value in _COLLECTIONS:
        return f"вставьте id из GET /api/v1/{_COLLECTIONS[value]}"
    return value


def _patch(resource: Resource) -> dict[str, Any]:
    """An example of a change to one field, whose name is still to be filled in."""
    fixed = {*resource.immutable, *_TYPED, "municipality_id", "source", "source_key"}
    preferred = {name: resource.example[name] for name in _TELLING if name in resource.example}
    name, value = next(
        (name, value)
        for name, value in (preferred | dict(resource.example)).items()
        if name not in fixed and isinstance(value, str) and not value.startswith("$")
    )
    return {f"впишите имя поля, например {name}": value}
