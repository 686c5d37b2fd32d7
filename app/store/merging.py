"""Merging: applies a merge patch (RFC 7396) to the body of a record."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from app.model.declaration import model_in


def merged(
    body: Mapping[str, object], patch: Mapping[str, object], model: type[BaseModel]
) -> dict[str, object]:
    """The body with the patch applied; `model` defines the fields.

    RFC 7396 removes a member that is null in the patch. Here the null stays if the field may be
    null, as some absent fields (source key, СНИЛС) keep their value, and if the model has no such
    field, so that it is refused as unknown.
    """
    result: dict[str, object] = _merge(body, patch, model)
    return result


def _merge(target: object, patch: object, model: type[BaseModel] | None) -> Any:
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    fields = model.model_fields if model else {}
    for name, value in patch.items():
        if value is None and name in fields and fields[name].default is not None:
            merged.pop(name, None)
        else:
            inside = model_in(fields[name].annotation) if name in fields else None
            merged[name] = _merge(merged.get(name), value, inside)
    return merged
