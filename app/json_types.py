"""The types of JSON values, read or to be written."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"
"""Any JSON value; its type must be checked before use."""

Schema: TypeAlias = dict[str, object]
"""A part of an OpenAPI document; it is only assembled, never read."""

REF = "#/components/schemas/"
"""What a reference to a schema of the OpenAPI document begins with; the schema's name follows."""


def choice_schema(values: type[Enum]) -> Schema:
    """The schema of a parameter that takes one of these values: by the name of their list."""
    return {"$ref": f"{REF}{values.__name__}"}
