"""Forms: the sample that the form of a write begins with, which the service refuses untouched.

Swagger UI sends whatever an example says as soon as somebody presses Execute. So the sample of a
write shows how a body looks, and has one value or name in it that a person has to replace.
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
"""Where the id is found that a name in an example stands for."""

_TYPED = {"oktmo": "впишите код ОКТМО из 8 или 11 цифр"}
"""What stands for a code that no other record may have."""

_TELLING = ("title", "short_name", "name")
"""Fields by which a reader knows what a record is about."""


def request_body(resource: Resource, method: str) -> dict[str, Any]:
    """The body that an operation of a collection takes, with its sample."""
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
    """An example in which every id of a record is still to be put in."""
    if isinstance(value, Mapping):
        return {name: _TYPED.get(name) or _sample(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_sample(each) for each in value]
    if isinstance(value, str) and value in _COLLECTIONS:
        return f"вставьте id из GET /api/v1/{_COLLECTIONS[value]}"
    return value


def _patch(resource: Resource) -> dict[str, Any]:
    """One field as an example; its name is still to be written."""
    fixed = {*resource.immutable, *_TYPED, "municipality_id", "source", "source_key"}
    telling = {name: resource.example[name] for name in _TELLING if name in resource.example}
    name, value = next(
        (name, value)
        for name, value in (telling | dict(resource.example)).items()
        if name not in fixed and isinstance(value, str) and not value.startswith("$")
    )
    return {f"впишите имя поля, например {name}": value}
