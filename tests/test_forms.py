"""Forms: what Swagger UI puts into the form of a write changes nothing until somebody edits it."""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from app.access.roles import Role
from tests.described import document
from tests.holders import Holder, issue
from tests.scene import NAME_OF, NOBODY, RESOURCE, Scene, Service, body_of, is_russian, problem
from tests.waiting import counted

pytestmark = pytest.mark.shared_out


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


DOCUMENT = document()

NOTES = {"audit_heads", "audit_entries", "audit_subjects", "audit_addresses"}
NOTES |= {"followers", "kept_figures"}
"""Tables that note who asked and what was counted, some by a chore that comes when it is due."""

TYPED = ("string", NOBODY, " ")
"""What somebody may put where a form demands something."""

HARMLESS = {"apply_retention"}
"""What is accepted as it stands, because it only shows what would be done."""

Form = tuple[str, str, dict[str, Any]]


def writes(document: Mapping[str, Any]) -> Iterator[Form]:
    """The operations that are not GET."""
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            if method != "get":
                yield path, method.upper(), said


each_write = pytest.mark.parametrize(
    ("path", "method", "said"),
    list(writes(DOCUMENT)),
    ids=[said["operationId"] for _, _, said in writes(DOCUMENT)],
)


def resolved(said: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a `$ref` stands for, or the thing itself."""
    while "$ref" in said:
        found: Any = document
        for step in said["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        said = found
    return said


def prefilled(parameter: Mapping[str, Any]) -> Any:
    """What Swagger UI 5.35 writes into the field of a parameter (its class ParameterRow)."""
    schema = parameter.get("schema", {})
    if "examples" in parameter:
        return next(iter(parameter["examples"].values()))["value"]
    for place in (parameter, schema):
        if "example" in place:
            return place["example"]
    if "examples" in schema:
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    if parameter.get("required") and schema.get("enum"):
        return schema["enum"][0]
    return None


def bodies(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The bodies of a form, one for each type that can be chosen, as a request takes them."""
    for kind, media in said.get("requestBody", {}).get("content", {}).items():
        if "json" in kind:
            # Without an example Swagger UI would make a body up, and that might be accepted.
            text = json.dumps(media["example"], ensure_ascii=False).encode()
            yield {"content": text, "headers": {"Content-Type": kind}}
        elif "multipart" in kind:
            yield {"files": {"nothing": b""}}
        else:
            yield {"content": b"", "headers": {"Content-Type": kind}}
    if "requestBody" not in said:
        yield {}


def requests(form: Form, document: Mapping[str, Any], typed: str) -> Iterator[dict[str, Any]]:
    """The requests of a form in which only what it demands is filled in, with the same text."""
    path, method, said = form
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    for each in (resolved(each, document) for each in said.get("parameters", ())):
        value = prefilled(each)
        if value is None and each.get("required"):
            value = "*" if each["in"] == "header" else typed
        if value is None:
            continue
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", str(value))
        else:
            # JavaScript writes true and false in small letters.
            text = str(value).lower() if isinstance(value, bool) else str(value)
            (query if each["in"] == "query" else headers)[each["name"]] = text
    for body in bodies(said):
        yield {
            "method": method,
            "path": f"http://testserver{path}",
            "params": query,
            **body,
            "headers": headers | body.get("headers", {}),
        }


def held(service: Service) -> dict[str, list[str]]:
    """Every row of every table, but for what only notes that somebody asked."""
    kept = sa.MetaData()
    with service.database.engine.connect() as connection:
        kept.reflect(connection)
        return {
            name: sorted(str(row) for row in connection.execute(sa.select(*told(table))))
            for name, table in kept.tables.items()
            if name not in NOTES
        }


def told(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns of a table, but for when a key was last used."""
    return [each for each in table.c if each.name != "last_used_at"]


@pytest.mark.long
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN])
@pytest.mark.one_database
def test_an_untouched_form_changes_nothing(service: Service, role: Role) -> None:
    document = service.client.get("http://testserver/openapi.json").json()
    holder = Holder(service.client, issue(service.database, role))
    before = held(service)
    done = []
    for form in writes(document):
        for typed in TYPED:
            for said in requests(form, document, typed):
                answer = holder.request(said.pop("method"), said.pop("path"), **said)
                assert answer.status_code < 500, answer.text
                if answer.status_code < 400:
                    done.append(form[2]["operationId"])
    assert held(service) == before
    assert {*done} <= HARMLESS


@each_write
def test_a_write_names_no_record_and_no_version(
    path: str, method: str, said: dict[str, Any]
) -> None:
    for each in (resolved(each, DOCUMENT) for each in said.get("parameters", ())):
        if each["in"] == "path" or each["name"] in {"If-Match", "Idempotency-Key"}:
            assert prefilled(each) is None, each["name"]
            assert each["description"]
    text = json.dumps(said.get("requestBody", {}))
    assert not re.search(r'"\$(?!ref)|[0-9a-f]{8}-[0-9a-f]{4}-', text)


def address(scene: Scene, path: str) -> str:
    """The address of a door for a record that there is."""
    collection = path.split("/")[3].replace("-", "_")
    if "{id}" not in path:
        return path.replace("{source}/{source_key}", f"tests/{uuid.uuid4().hex}")
    if collection == "keys":
        return path.replace("{id}", issued(scene))
    if collection in NAME_OF and collection != "organizations":
        return path.replace("{id}", scene[NAME_OF[collection]])
    made = scene.make(collection, body_of(RESOURCE[collection], scene))
    return path.replace("{id}", str(made["id"]))


def issued(scene: Scene) -> str:
    """A new key's id."""
    made = scene.client.post("/keys", json={"role": "reader", "owner": "Проверка"})
    return str(made.json()["id"])


@pytest.mark.parametrize(
    ("path", "method", "said"),
    [
        pytest.param(*form, id=form[2]["operationId"])
        for form in writes(DOCUMENT)
        if "json" in str([*form[2].get("requestBody", {}).get("content", ())])
    ],
)
@pytest.mark.one_database
def test_a_sample_is_refused_for_a_record_that_there_is(
    scene: Scene, path: str, method: str, said: dict[str, Any]
) -> None:
    where = address(scene, path)
    for body in bodies(said):
        headers = {"If-Match": "*"} | body["headers"]
        if "by-key" in path:
            del headers["If-Match"]
        answer = scene.client.request(
            method, f"http://testserver{where}", content=body["content"], headers=headers
        )
        if said["operationId"] in HARMLESS:
            assert answer.json()["dry_run"]
            continue
        assert all(is_russian(each["detail"]) for each in problem(answer, 422)["errors"])


@pytest.mark.long
def test_a_form_of_reading_works_as_it_stands(service: Service) -> None:
    document = service.client.get("http://testserver/openapi.json").json()
    answers = {}
    for path, methods in document["paths"].items():
        said = methods.get("get", {"parameters": [{"required": True}]})
        demanded = [each for each in said.get("parameters", ()) if each.get("required")]
        if all(prefilled(each) is not None for each in demanded):
            for sent in requests((path, "GET", said), document, ""):
                ask = partial(
                    service.client.get,
                    sent["path"],
                    params=sent["params"],
                    headers=sent["headers"],
                )
                answer = counted(ask)
                answers[said["operationId"]] = answer.status_code
    refused = {name for name, status in answers.items() if status != 200}
    assert not refused
    assert {f"get_{name}" for name in ("organization", "partnership", "program")} <= {*answers}
