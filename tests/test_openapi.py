"""OpenAPI: what generators of clients need holds for each operation and each schema."""

import json
import keyword
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from app.commands.exporting import exported_path
from tests.answers import REF

DOCUMENT: dict[str, Any] = json.loads(exported_path().read_text(encoding="utf-8"))
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
OPERATIONS = {
    operation["operationId"]: operation
    for methods in DOCUMENT["paths"].values()
    for operation in methods.values()
}
BINARY = {"type": "string", "format": "binary"}
VALUES = ("const", "default", "enum", "example", "examples")
"""Members of a schema that hold values, which are no schemas."""
WORDS = ("$ref", "type", "anyOf", "oneOf", "allOf", "enum", "const")
"""Members of which a schema needs one: without them it admits anything."""


def inside(schema: Any) -> Iterator[Mapping[str, Any]]:
    """A schema and every schema in it."""
    yield schema
    for word, value in schema.items():
        if word in {"properties", "patternProperties"}:
            for each in value.values():
                yield from inside(each)
        elif isinstance(value, dict) and word not in {*VALUES, "discriminator"}:
            yield from inside(value)
        elif isinstance(value, list) and word not in VALUES:
            for each in value:
                if isinstance(each, dict):
                    yield from inside(each)


def loose(schema: Mapping[str, Any]) -> list[str]:
    """What a generator cannot make a type of, in a schema that another one holds."""
    found = [] if schema.keys() & set(WORDS) else ["anything"]
    if "properties" in schema:
        found.append("an object without a name")
    elif schema.get("type") == "object" and not isinstance(
        schema.get("additionalProperties"), dict
    ):
        found.append("an object without fields")
    if "title" in schema:
        found.append("a title that is no type's")
    return found


def bodies(operation: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """What an operation reads and answers with: where, the media type and the schema."""
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield "request", kind, content["schema"]
    for status, response in operation["responses"].items():
        for kind, content in response.get("content", {}).items():
            yield status, kind, content["schema"]


def test_a_schema_has_the_title_of_its_own_name() -> None:
    assert [name for name in SCHEMAS if not re.fullmatch("[A-Z][A-Za-z0-9]+", name)] == []
    assert {name: schema.get("title") for name, schema in SCHEMAS.items()} == {
        name: name for name in SCHEMAS
    }


def test_no_two_names_become_one() -> None:
    """Some generators write names in lower case, and files of some systems know no other."""
    for names in (SCHEMAS, OPERATIONS):
        assert set(Counter(re.sub("[^a-z0-9]", "", name.lower()) for name in names).values()) == {1}


def test_a_schema_holds_nothing_loose() -> None:
    found = {
        name: problems
        for name, schema in SCHEMAS.items()
        for below in inside(schema)
        if below is not schema and (problems := loose(below))
    }
    assert found == {}
    assert [name for name, schema in SCHEMAS.items() if not schema.keys() & set(WORDS)] == []


def test_each_schema_and_each_property_is_described() -> None:
    silent = {
        name: fields
        for name, schema in SCHEMAS.items()
        if (
            fields := {
                field
                for field, said in schema.get("properties", {}).items()
                if not said.get("description")
            }
        )
    }
    assert silent == {}
    assert [name for name, schema in SCHEMAS.items() if not schema.get("description")] == []


def test_what_is_sent_and_answered_has_a_name() -> None:
    nameless = {
        name: (where, kind)
        for name, operation in OPERATIONS.items()
        for where, kind, schema in bodies(operation)
        if not (
            schema == BINARY
            if not kind.endswith("json") and kind != "multipart/form-data"
            else schema.keys() == {"$ref"} and schema["$ref"].removeprefix(REF) in SCHEMAS
        )
    }
    assert nameless == {}


def test_an_operation_that_goes_well_has_one_answer() -> None:
    for name, operation in OPERATIONS.items():
        well = {
            json.dumps(schema)
            for where, kind, schema in bodies(operation)
            if where < "300" and kind.endswith("json")
        }
        assert len(well) <= 1, name
        assert min(operation["responses"]) < "300", name


def test_an_operation_has_the_name_of_a_method() -> None:
    assert [name for name in OPERATIONS if not re.fullmatch("[a-z]+(_[a-z]+)+", name)] == []
    assert [name for name in OPERATIONS if keyword.iskeyword(name)] == []
    for name, operation in OPERATIONS.items():
        assert all(operation[word] for word in ("summary", "description", "tags")), name


def test_each_parameter_is_described_and_typed() -> None:
    listed = [schema["enum"] for schema in SCHEMAS.values() if "enum" in schema]
    for name, operation in OPERATIONS.items():
        for parameter in operation.get("parameters", ()):
            if "$ref" not in parameter:
                assert parameter["description"], (name, parameter["name"])
                for schema in inside(parameter["schema"]):
                    assert loose(schema) == [], (name, parameter["name"])
                    assert schema.get("enum") not in listed, (name, parameter["name"])


def test_each_success_has_its_position() -> None:
    header = DOCUMENT["components"]["headers"]["Sn-Position"]
    assert header["description"]
    told = {"$ref": "#/components/headers/Sn-Position"}
    for name, operation in OPERATIONS.items():
        for status, response in operation["responses"].items():
            said = response.get("headers", {}).get("Sn-Position")
            assert said == (told if status < "400" else None), (name, status)


def test_the_document_says_where_the_service_is() -> None:
    assert DOCUMENT["servers"][0]["url"] == "/"
    assert DOCUMENT["servers"][0]["description"]


def test_each_type_of_record_has_a_change_of_its_own() -> None:
    """A program that follows the feed knows by `type` what `data` is."""
    change = SCHEMAS["FeedChange"]
    assert change["discriminator"]["propertyName"] == "type"
    for kind, ref in change["discriminator"]["mapping"].items():
        fields = SCHEMAS[ref.removeprefix(REF)]["properties"]
        assert fields["type"]["const"] == kind
        assert {"$ref": f"{REF}{_read_of(kind)}"} in fields["data"]["anyOf"]


def _read_of(kind: str) -> str:
    page = OPERATIONS[f"list_{kind}"]["responses"]["200"]["content"]["application/json"]["schema"]
    items = SCHEMAS[page["$ref"].removeprefix(REF)]["properties"]["items"]
    return str(items["items"]["$ref"].removeprefix(REF))
