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
    kept = {name: value for name, value in body.items() if not _follows(name, patch)}
    result: dict[str, object] = _merge(kept, patch, model)
    return result


def _follows(name: str, patch: Mapping[str, object]) -> bool:
    """Whether a field is derived from a printed text that the patch replaces."""
    stem = name.removesuffix("_kind")
    by_text = f"{stem}_text" in patch and stem == "term"
    return (by_text or (name == "position" and "plan_no" in patch)) and name not in patch


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
