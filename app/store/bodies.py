"""Bodies: the body of a row, and of a stored record, as the API would receive it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from app.model.columns import Choice
from app.model.drafts import Row, Stored
from app.model.headings import Kind, closed_list, headings
from app.model.record import Write
from app.model.resource import Resource
from app.model.values import json_value
from app.store.validation import read_body


def row_body(resource: Resource, row: Row) -> Write:
    """The validated body of a row.

    Raises:
        Invalid: with every finding.

    """
    fields, lists = resource.write.model_fields.keys(), _lists(resource)
    said = _without_gaps(resource, row.fields).items()
    # An empty cell clears a field of an existing record, and empties a list.
    if row.draft and row.draft.stored:
        body = {name: value for name, value in said if name in fields}
        body |= {name: [] for name in lists if name in body and body[name] is None}
        return listed_body(resource, body)
    given = {name: value for name, value in said if value is not None and name in fields}
    return listed_body(resource, {**row.defaults, **given})


def _without_gaps(resource: Resource, fields: Mapping[str, object]) -> Mapping[str, object]:
    """The fields of a row, without the empty cells of parts and objects."""
    nested = fields.keys() & (resource.parts.keys() | resource.embedded.keys())
    return {**fields, **{name: _filled(fields[name]) for name in nested}} if nested else fields


def _filled(value: object) -> object:
    if isinstance(value, list):
        return [_filled(part) for part in value]
    cells = value if isinstance(value, dict) else {}
    return {name: cell for name, cell in cells.items() if cell is not None} or None


@cache
def _lists(resource: Resource) -> frozenset[str]:
    """The fields that hold lists."""
    return frozenset(
        heading.name
        for heading in headings(resource)
        if heading.kind == Kind.CHOICES and not heading.is_inner
    )


def listed_body(resource: Resource, fields: Mapping[str, object]) -> Write:
    """The validated body of a row, equal to what `read_body` makes of the same JSON.

    Values of a list mostly have the right types already, so they skip JSON. A body that fails is
    read again by `read_body`, so that its findings are the usual ones.

    Raises:
        Invalid: with every finding.

    """
    ready = dict(fields)
    for name, choices in _choices(resource).items():
        if name in ready:
            ready[name] = _chosen(choices, ready[name])
    try:
        return resource.write.model_validate(ready)
    except ValidationError:
        return read_body(resource, {name: json_value(value) for name, value in fields.items()})


@cache
def _choices(resource: Resource) -> Mapping[str, Mapping[str, Choice]]:
    """For each field, the values of its enumeration by their texts."""
    fields = resource.write.model_fields
    return {
        heading.name: {
            value.value: value for value in closed_list(fields[heading.name].annotation) or ()
        }
        for heading in headings(resource)
        if heading.kind in {Kind.CHOICE, Kind.CHOICES} and not heading.is_inner
    }


def _chosen(choices: Mapping[str, Choice], value: object) -> Any:
    if isinstance(value, list):
        return [_chosen(choices, item) for item in value]
    return choices.get(value, value) if isinstance(value, str) else value


def body_of(resource: Resource, stored: Stored) -> dict[str, object]:
    """The body that would write a stored record."""
    body: dict[str, object] = {}
    for name in resource.write.model_fields:
        if name in resource.parts:
            body[name] = [
                {key: json_value(value) for key, value in item.items()}
                for item in stored.parts[name]
            ]
        elif name in resource.embedded:
            inner = resource.embedded[name].model_fields
            values = {key: json_value(stored.columns[f"{name}_{key}"]) for key in inner}
            body[name] = values if any(value is not None for value in values.values()) else None
        elif name in stored.columns:
            body[name] = json_value(stored.columns[name])
    return body
