"""Validation: turns JSON into a validated body, or into findings with pointers."""

import json
import re
from collections.abc import Container, Mapping
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.findings import FAULTS, Fault, Finding, Words
from app.model.faults import (
    KINDS,
    MISSING,
    NOT_A_CHOICE,
    OTHER_KIND,
    OUT_OF_RANGE,
    READ_ONLY,
    TOO_LONG,
    UNKNOWN_FIELD,
    WRONG_TYPE,
    characters,
    items,
)
from app.model.record import Strict, Write
from app.model.resource import Resource
from app.problems import Invalid

Body = TypeVar("Body", bound=Strict)

LONGEST = 100
"""Characters of a field's name in a pointer, at most."""

_HALF = re.compile("[\ud800-\udfff]")


def read_body(resource: Resource, value: object) -> Write:
    """The validated body of a record.

    Raises:
        Invalid: with every finding.

    """
    return read(resource.write, value, resource.read.model_fields)


def read(model: type[Body], value: object, shown: Container[str] = ()) -> Body:
    """A validated body; fields that are only shown get a fault of their own.

    Raises:
        Invalid: with every finding.

    """
    # Half a surrogate pair is valid JSON but no text; the noncharacter is refused by pointer.
    text = _HALF.sub("\uffff", json.dumps(value, ensure_ascii=False))
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise Invalid(*(_finding(shown, fault) for fault in error.errors())) from None


def _finding(shown: Container[str], error: ErrorDetails) -> Finding:
    steps = [str(step)[:LONGEST] for step in error["loc"]]
    places = [step.replace("~", "~0").replace("/", "~1") for step in steps]
    pointer = "".join(f"/{place}" for place in places)
    fault, values = _fault(shown, error)
    return Finding(fault, pointer=_HALF.sub("?", pointer), values=values)


def _fault(shown: Container[str], error: ErrorDetails) -> tuple[Fault, Mapping[str, object]]:
    kind, context = error["type"], error.get("ctx", {})
    if kind in FAULTS and "max_length" not in context:
        return FAULTS[kind], context
    match kind:
        case "missing":
            return MISSING, {}
        case "extra_forbidden":
            known = len(error["loc"]) == 1 and error["loc"][0] in shown
            return (READ_ONLY if known else UNKNOWN_FIELD), {}
        case "enum" | "literal_error":
            listed = re.findall("'([^']*)'", context.get("expected", ""))
            return NOT_A_CHOICE, {"allowed": ", ".join(listed)}
        case "too_long" | "string_too_long":
            of = items if kind == "too_long" else characters
            return TOO_LONG, {"limit": of(context["max_length"])}
        case "greater_than_equal" | "greater_than":
            return OUT_OF_RANGE, {"limit": _bound(context, "g", "не меньше", "больше", ">")}
        case "less_than_equal" | "less_than":
            return OUT_OF_RANGE, {"limit": _bound(context, "l", "не больше", "меньше", "<")}
        case _:
            return WRONG_TYPE, {"expected": KINDS.get(kind.split("_")[0], OTHER_KIND)}


def _bound(
    context: Mapping[str, object], side: str, no_further: str, beyond: str, sign: str
) -> Words:
    """A bound of a number: «не меньше 0», ">= 0"."""
    if (bound := context.get(f"{side}e")) is not None:
        return Words(f"{no_further} {bound}", f"{sign}= {bound}")
    bound = context[f"{side}t"]
    return Words(f"{beyond} {bound}", f"{sign} {bound}")
