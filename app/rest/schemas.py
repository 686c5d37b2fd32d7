"""Schemas: OpenAPI schemas of every body and answer, from the models that validate them."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from app.model.resource import Resource

REF = "#/components/schemas/"

Schemas = Mapping[str, tuple[type[object], JsonSchemaMode]]
"""Types by their names in OpenAPI, each with its mode: validation for bodies, else answers."""


def components(resources: Iterable[Resource]) -> dict[str, object]:
    """The schemas of every record's bodies and answers."""
    listed = list(resources)
    schemas = _schemas([(resource.write, "validation") for resource in listed])
    answers = _schemas([(resource.read, "serialization") for resource in listed])
    reads = {resource.read.__name__ for resource in listed}
    renamed = {name: name if name in reads else f"{name}Read" for name in answers}
    schemas |= {renamed[name]: _open(_rename(body, renamed)) for name, body in answers.items()}
    for resource in listed:
        singular = singular_of(resource)
        schemas[f"{singular}Patch"] = _patch(schemas[f"{singular}Write"])
        schemas[f"{singular}Written"] = {
            "allOf": [
                {"$ref": f"{REF}{singular}Read"},
                {
                    "type": "object",
                    "required": ["warnings"],
                    "properties": {
                        "warnings": {"type": "array", "items": {"$ref": f"{REF}Finding"}}
                    },
                },
            ]
        }
        schemas[f"{singular}Page"] = {
            "type": "object",
            "required": ["items", "next"],
            "properties": {
                "items": {"type": "array", "items": {"$ref": f"{REF}{singular}Read"}},
                "next": {"type": ["string", "null"], "description": "Курсор или null в конце"},
                "total": {"type": "integer", "description": "Всего; по include_total=true"},
            },
        }
    return schemas | _PROBLEM_SCHEMAS


def named(kinds: Schemas) -> dict[str, object]:
    """The schemas of these types under their given names."""
    schemas: dict[str, object] = {}
    for name, (kind, mode) in kinds.items():
        schema = TypeAdapter(kind).json_schema(ref_template=REF + "{model}", mode=mode)
        schemas |= schema.pop("$defs", {})
        schemas[name] = schema
    return {name: _linked(schema) for name, schema in schemas.items()}


RECORD = "x-record"
"""Marks a reference to the schema of a kind of record, which pydantic cannot know."""


def _linked(schema: object) -> Any:
    if isinstance(schema, dict):
        if RECORD in schema:
            return {"$ref": f"{REF}{schema[RECORD]}"}
        return {name: _linked(below) for name, below in schema.items()}
    return [_linked(below) for below in schema] if isinstance(schema, list) else schema


def _schemas(models: list[tuple[type[BaseModel], JsonSchemaMode]]) -> dict[str, Any]:
    _, definitions = models_json_schema(models, ref_template=REF + "{model}")
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas


def _rename(body: object, names: Mapping[str, str]) -> Any:
    text = json.dumps(body, ensure_ascii=False)
    text = re.sub(rf'"{REF}(\w+)"', lambda ref: f'"{REF}{names.get(ref[1], ref[1])}"', text)
    return json.loads(text)


def _open(schema: Mapping[str, object]) -> dict[str, object]:
    """The schema without `additionalProperties`: an answer may gain fields."""
    return {name: value for name, value in schema.items() if name != "additionalProperties"}


def _patch(schema: Mapping[str, Any]) -> dict[str, object]:
    """The schema of a merge patch: every field optional, null clears an optional one."""
    required = schema.get("required", [])
    fields = {
        name: field if name in required else {"anyOf": [_without_default(field), {"type": "null"}]}
        for name, field in schema["properties"].items()
    }
    return {"type": "object", "additionalProperties": False, "properties": fields}


def _without_default(schema: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in schema.items() if name != "default"}


def singular_of(resource: Resource) -> str:
    """The singular class name of a kind of record."""
    return resource.write.__name__.removesuffix("Write")


_PROBLEM_SCHEMAS: dict[str, object] = {
    "Finding": {
        "type": "object",
        "required": ["code", "detail"],
        "properties": {
            "pointer": {"type": "string", "description": "Место в теле (JSON Pointer)"},
            "parameter": {"type": "string", "description": "Параметр запроса"},
            "header": {"type": "string", "description": "Заголовок"},
            "code": {"type": "string", "description": "Постоянный код"},
            "detail": {"type": "string", "description": "Что не так и что сделать"},
        },
    },
    "Problem": {
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail", "instance", "errors"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string", "description": "urn:uuid: и номер запроса"},
            "errors": {"type": "array", "items": {"$ref": f"{REF}Finding"}},
        },
    },
}
