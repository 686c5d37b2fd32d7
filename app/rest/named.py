"""Named: what OpenAPI says of the parameter `names` and of what it adds to answers."""

from collections.abc import Mapping
from typing import Any

from app.json_types import Schema
from app.model.naming import ADDED
from app.rest.docs import Described, query_parameter
from app.rest.names import ASKED, schema_of

_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_ABOUT = {
    "names": "При `names=true`: как называется запись, по её `id`",
    "labels": "При `names=true`: что значит код, по самому коду",
}
FIELDS = {name: {**_TEXTS, "description": _ABOUT[name]} for name in ADDED}
"""The fields that an answer may have besides its own."""

PARAMETER = query_parameter(
    ASKED,
    {"type": "boolean", "default": False},
    "`true` добавит `names` — как называется запись с каждым `id`, если ключ её видит, и "
    "`labels` — что значит каждый код, на языке из `Accept-Language`",
)


def add_names(
    paths: Mapping[str, Mapping[str, Described]],
    schemas: Mapping[str, dict[str, Any]],
    parameters: Schema,
) -> None:
    """Add the parameter to every operation that reads, and its fields to the answer."""
    parameters[ASKED] = PARAMETER
    for path in paths.values():
        if (reading := path.get("get")) and (schema := schema_of(reading)):
            said: Schema = {"$ref": f"#/components/parameters/{ASKED}"}
            reading["parameters"] = [*reading.get("parameters", ()), said]
            schemas[schema]["properties"] |= FIELDS
