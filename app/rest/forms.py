"""Forms: examples for Swagger UI's forms, which the service refuses until they are edited.

Swagger UI sends the example as soon as somebody presses Execute. So the example of a write shows
the shape of a body, and contains a value or a name that the user has to replace.
"""

import uuid
from collections.abc import Mapping

import sqlalchemy as sa

from app.json_types import REF, Schema
from app.model.declaration import table_of
from app.model.resource import Resource
from app.rest.schemas import singular_of

_TYPED = {"oktmo": "впишите код ОКТМО из 8 или 11 цифр"}
"""Placeholders for codes that must be unique."""

_TELLING = ("title", "short_name", "name")
"""Fields suitable for an example of a change."""


def request_body(resource: Resource, method: str) -> Schema:
    """The OpenAPI request body of a collection's operation, with its example."""
    singular = singular_of(resource)
    if method in {"POST", "PUT"}:
        kind, schema, sample = "application/json", f"{singular}Write", _sample(resource)
    elif method == "PATCH":
        kind, schema, sample = "application/merge-patch+json", f"{singular}Patch", _patch(resource)
    else:
        return {}
    content = {kind: {"schema": {"$ref": f"{REF}{schema}"}, "example": sample}}
    return {"requestBody": {"required": True, "content": content}}


def _sample(resource: Resource) -> Schema:
    """The example in which every id of a record is still to be put in."""
    body: Schema = {}
    for name, value in resource.example.items():
        if name in resource.parts:
            table = table_of(resource.parts[name])
            body[name] = [_unnamed(part, table) for part in value]
        else:
            body |= _unnamed({name: value}, resource.table)
    return body


def _unnamed(values: Mapping[str, object], table: sa.Table) -> Schema:
    """The values of a record or a part, each id told by where it is found."""
    return {
        name: _TYPED.get(name) or (_found_in(table.c[name]) if _is_named(value) else value)
        for name, value in values.items()
    }


def _is_named(value: object) -> bool:
    return isinstance(value, str) and value.startswith("$")


def _found_in(reference: sa.Column[uuid.UUID]) -> str:
    (key,) = reference.foreign_keys
    return f"вставьте id из GET /api/v1/{key.column.table.name.replace('_', '-')}"


def _patch(resource: Resource) -> Schema:
    """An example of a change to one field, whose name is still to be filled in."""
    fixed = {*resource.immutable, *_TYPED, "municipality_id", "source", "source_key"}
    preferred = {name: resource.example[name] for name in _TELLING if name in resource.example}
    name, value = next(
        (name, value)
        for name, value in (preferred | dict(resource.example)).items()
        if name not in fixed and isinstance(value, str) and not value.startswith("$")
    )
    return {f"впишите имя поля, например {name}": value}
