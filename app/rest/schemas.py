"""Schemas: OpenAPI schemas of every body and answer, from the models that validate them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import (
    GenerateJsonSchema,
    JsonSchemaMode,
    JsonSchemaValue,
    models_json_schema,
)

from app.json_types import REF, Schema
from app.model.columns import Choice, labels
from app.model.resource import Resource

Schemas = Mapping[str, tuple[type[object], JsonSchemaMode]]
"""Types by their names in OpenAPI, each with its mode: validation for bodies, else answers."""


def components(resources: Iterable[Resource], kinds: Schemas) -> dict[str, object]:
    """The schemas of the records and of these types, each with a title and all described."""
    schemas = records(resources) | named(kinds)
    return {name: _titled(name, _described(schema, schemas)) for name, schema in schemas.items()}


def records(resources: Iterable[Resource]) -> dict[str, Any]:
    """The schemas of every record's bodies and answers."""
    listed = list(resources)
    schemas = _schemas([(resource.write, "validation") for resource in listed])
    answers = _schemas([(resource.read, "serialization") for resource in listed])
    # What is read as it is written keeps its name: enumerations, above all.
    renamed = {
        name: name if name.endswith("Read") or schemas.get(name) == schema else f"{name}Read"
        for name, schema in answers.items()
    }
    schemas |= {renamed[name]: _open(_rename(body, renamed)) for name, body in answers.items()}
    for resource in listed:
        schemas |= _of_record(resource, schemas[f"{singular_of(resource)}Write"])
    return schemas


def _of_record(resource: Resource, write: Mapping[str, Any]) -> Schema:
    singular = singular_of(resource)
    read = {"$ref": f"{REF}{singular}Read"}
    return {
        f"{singular}Patch": _patch(write),
        f"{singular}Written": {
            "description": "Запись, как она теперь есть, и предупреждения",
            "allOf": [read, {"$ref": f"{REF}Warned"}],
        },
        f"{singular}Page": {
            "description": f"Страница списка: {resource.titles.all}",
            "type": "object",
            "required": ["items", "next"],
            "properties": {
                "items": {"type": "array", "items": read, "description": "Записи по порядку"},
                "next": {"type": ["string", "null"], "description": "Курсор или null в конце"},
                "total": {"type": "integer", "description": "Всего; по include_total=true"},
            },
        },
    }


class _Untitled(GenerateJsonSchema):
    """Schemas in which only types have a title, and enumerations tell what their values mean.

    The title of a field is its name once more, and generators take titles for names of types.
    """

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's signature
        return False

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        # Not in enum_schema: pydantic writes the docstring, which is English, over what that says.
        drawn = super().generate_inner(schema)
        if schema["type"] == "enum" and issubclass(schema["cls"], Choice):
            self.resolve_ref_schema(drawn)["description"] = labels(schema["cls"])
        return drawn


def named(kinds: Schemas) -> dict[str, Any]:
    """The schemas of these types under their given names."""
    schemas: dict[str, Any] = {}
    for name, (kind, mode) in kinds.items():
        schema = TypeAdapter(kind).json_schema(
            ref_template=REF + "{model}", schema_generator=_Untitled, mode=mode
        )
        schemas |= schema.pop("$defs", {})
        schemas[name] = schema
    return {name: _linked(schema) for name, schema in schemas.items()}


def _titled(name: str, schema: Mapping[str, object]) -> Schema:
    return {"title": name, **{word: value for word, value in schema.items() if word != "title"}}


def _described(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Schema:
    """The schema in which a field without words of its own has those of its type."""
    if "properties" not in schema:
        return dict(schema)
    fields = {
        name: field if "description" in field else {**field, **_about(field, schemas)}
        for name, field in schema["properties"].items()
    }
    return {**schema, "properties": fields}


def _about(field: Mapping[str, Any], schemas: Mapping[str, Any]) -> Schema:
    types = set(_types_of(field))
    abouts = [schemas[name]["description"] for name in types if "description" in schemas[name]]
    return {"description": abouts[0]} if len(types) == len(abouts) == 1 else {}


def _types_of(field: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in field:
        yield field["$ref"].removeprefix(REF)
    for below in (*field.get("anyOf", ()), *([field["items"]] if "items" in field else ())):
        yield from _types_of(below)


RECORD = "x-record"
"""Marks a reference to the schema of a kind of record, which pydantic cannot know."""


def _linked(schema: object) -> Any:
    if isinstance(schema, dict):
        if RECORD in schema:
            return {"$ref": f"{REF}{schema[RECORD]}"}
        return {name: _linked(below) for name, below in schema.items()}
    return [_linked(below) for below in schema] if isinstance(schema, list) else schema


def _schemas(models: list[tuple[type[BaseModel], JsonSchemaMode]]) -> dict[str, Any]:
    _, definitions = models_json_schema(
        models, ref_template=REF + "{model}", schema_generator=_Untitled
    )
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas


def _rename(body: object, names: Mapping[str, str]) -> Any:
    text = json.dumps(body, ensure_ascii=False)
    text = re.sub(rf'"{REF}(\w+)"', lambda ref: f'"{REF}{names.get(ref[1], ref[1])}"', text)
    return json.loads(text)


def _open(schema: Mapping[str, object]) -> dict[str, object]:
    """The schema without `additionalProperties`: an answer may gain fields."""
    return {name: value for name, value in schema.items() if name != "additionalProperties"}


def _patch(schema: Mapping[str, Any]) -> Schema:
    """The schema of a merge patch: every field optional, null clears an optional one."""
    required = schema.get("required", [])
    fields = {
        name: field if name in required else _clearable(field)
        for name, field in schema["properties"].items()
    }
    return {
        "description": "Что изменить: названные поля меняются, null очищает, остальное не меняется",
        "type": "object",
        "additionalProperties": False,
        "properties": fields,
    }


def _clearable(field: Mapping[str, Any]) -> Schema:
    """The schema of a field that null clears; without its default, which is for new records."""
    about = {word: field[word] for word in ("description",) if word in field}
    bare = {word: value for word, value in field.items() if word not in {"default", *about}}
    choices = bare.pop("anyOf") if bare.keys() == {"anyOf"} else [bare]
    null = {"type": "null"}
    return {"anyOf": [*(each for each in choices if each != null), null], **about}


def singular_of(resource: Resource) -> str:
    """The singular class name of a kind of record."""
    return resource.write.__name__.removesuffix("Write")
