"""Merging: a patch (RFC 7396) laid over the body that would leave a record as it is."""

from collections.abc import Mapping
from typing import Any


def merged(body: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The body as the patch wants it."""
    kept = {name: value for name, value in body.items() if not _follows(name, patch)}
    found: dict[str, Any] = _merge(kept, patch)
    return found


def _follows(name: str, patch: Mapping[str, Any]) -> bool:
    """Whether a field is read from a printed text that the patch replaces."""
    stem = name.removesuffix("_kind")
    by_text = f"{stem}_text" in patch and stem == "term"
    return (by_text or (name == "position" and "plan_no" in patch)) and name not in patch


def _merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merge(merged.get(name), value)
    return merged
