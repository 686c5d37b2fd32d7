"""Bodies: what a row says of a record, and what a stored record would say, as the API says it."""

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import ValidationError

from app.model.columns import Choice
from app.model.drafts import Stored
from app.model.headings import Kind, closed_list, headings
from app.model.record import Write
from app.model.resource import Resource
from app.model.values import spoken_decimal
from app.store.validation import read_body


def listed_body(resource: Resource, said: Mapping[str, object]) -> Write:
    """The validated body of a row, as `read_body` makes it of the same JSON.

    What a list says is mostly of the right types already: then JSON need not be written only to be
    read again. What does not pass is read anew, so that its faults are those of any other body.

    Raises:
        Invalid: with every fault of it.

    """
    ready = dict(said)
    for name, choices in _choices(resource).items():
        if name in ready:
            ready[name] = _chosen(choices, ready[name])
    try:
        return resource.write.model_validate(ready)
    except ValidationError:
        return read_body(resource, {name: said_of(value) for name, value in said.items()})


@cache
def _choices(resource: Resource) -> Mapping[str, Mapping[str, Choice]]:
    """By field: the values of its closed list by their texts."""
    fields = resource.write.model_fields
    return {
        each.name: {value.value: value for value in closed_list(fields[each.name].annotation) or ()}
        for each in headings(resource)
        if each.kind in {Kind.CHOICE, Kind.CHOICES}
    }


def _chosen(choices: Mapping[str, Choice], said: object) -> Any:
    if isinstance(said, list):
        return [_chosen(choices, each) for each in said]
    return choices.get(said, said) if isinstance(said, str) else said


def spoken(resource: Resource, stored: Stored) -> dict[str, object]:
    """A stored record as a body would say it."""
    found: dict[str, object] = {}
    for name in resource.write.model_fields:
        if name in resource.parts:
            found[name] = [
                {key: said_of(value) for key, value in item.items()} for item in stored.parts[name]
            ]
        elif name in resource.embedded:
            inner = resource.embedded[name].model_fields
            values = {key: said_of(stored.columns[f"{name}_{key}"]) for key in inner}
            found[name] = values if any(each is not None for each in values.values()) else None
        elif name in stored.columns:
            found[name] = said_of(stored.columns[name])
    return found


def said_of(value: object) -> Any:
    """A value as JSON says it."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Decimal):
        return spoken_decimal(value)
    return value.isoformat() if isinstance(value, date) else value
