"""Answers that are no records: each has a type, and every answer of every test agrees with it."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from app.description import SCHEMAS
from app.indicators.catalogue import INDICATORS
from app.registry import RESOURCES
from app.rest import schemas
from tests.answers import REF, checking, kinds_of
from tests.described import document
from tests.scene import Service
from tests.test_indicator_doors import YEAR, Story, story
from tests.waiting import counted

pytestmark = pytest.mark.shared_out


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


__all__ = ["story"]

DOCUMENT = document()
KINDS = kinds_of(DOCUMENT)
READS = [path for method, path, _ in KINDS if method == "GET"]
NAMES = {
    "partnerships": "$partnership",
    "events": "$event",
    "network-curricula": "$curriculum",
}
"""Whose documents are read; all else is read of a program."""


def test_every_answer_has_a_name() -> None:
    nameless = {
        path
        for path, methods in DOCUMENT["paths"].items()
        for operation in methods.values()
        for status, response in operation["responses"].items()
        if status < "300"
        and "$ref"
        not in response.get("content", {}).get("application/json", {"schema": "$ref"})["schema"]
    }
    assert nameless == set()


def test_every_object_in_an_answer_says_its_fields() -> None:
    silent = {
        name
        for name in DOCUMENT["components"]["schemas"]
        for schema in _objects(DOCUMENT["components"]["schemas"][name])
        if not schema.keys() & {"properties", "additionalProperties", "$ref"}
    }
    assert silent == set()


def test_every_name_leads_to_a_schema() -> None:
    known = DOCUMENT["components"]["schemas"]
    assert {name for name in _names(DOCUMENT) if name not in known} == set()


@pytest.mark.long
def test_no_two_schemas_share_a_name() -> None:
    """A later one would take the place of an earlier one without a word."""
    found: dict[str, Any] = schemas.records(RESOURCES)
    for name, kind in SCHEMAS.items():
        for below, schema in schemas.named({name: kind}).items():
            assert found.setdefault(below, schema) == schema, below


def _kept(story: Story) -> str:
    """A report on the program that is kept."""
    body = {"as_of": "2020-12-31", "title": "Отчёт"}
    path = f"/programs/{story.scene['$program']}/snapshots"
    answer = story.scene.client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.long
@pytest.mark.parametrize("path", READS)
def test_each_door_answers_with_its_type(path: str, story: Story, service: Service) -> None:
    """The service's client holds every answer against its type; here each door answers once."""
    client = story.scene.client
    ids = {
        "keys": client.get("/keys").json()["items"][0]["id"],
        "teachers": story.ids["teacher"],
        "imports": _sent(story) if "/imports" in path else "",
    }
    kind = path.split("/")[3]
    named = {
        "{id}": ids.get(kind) or story.scene[NAMES.get(kind, "$program")],
        "{snapshot_id}": _kept(story) if "snapshots" in path else "",
    }
    asked: dict[str, Any] = {}
    if path.endswith("v1/indicators"):
        # One municipality: a table of every test's programs takes the time of all others.
        asked = {"municipality_id": story.scene["$municipality"]}
    if path.endswith("indicators/diff"):
        asked = YEAR
    elif path.endswith("series"):
        asked = {"step": "quarter"}
    elif path.endswith("{id}/explain"):
        asked = {"teacher_id": story.ids["teacher"]}
    for code in INDICATORS if "{code}" in path else [""]:
        door = path.removeprefix("/api/v1").replace("{code}", code)
        for name, value in named.items():
            door = door.replace(name, value)
        answer = counted(partial(client.get, door, params=asked))
        assert answer.status_code == 200, answer.text


def _sent(story: Story) -> str:
    """The id of a list that was sent."""
    sent = story.scene.client.post(
        "/imports/teachers",
        params={"mode": "dry_run"},
        content="Фамилия;Имя\nСалихова;Гузель\n",
        headers={"Content-Type": "text/csv"},
    )
    assert sent.status_code == 200, sent.text
    return str(sent.json()["id"])


@pytest.mark.parametrize(
    "body",
    [
        {"items": []},
        {"items": [], "next_cursor": "c", "has_more": False, "more": 1},
        {"items": [], "next_cursor": 1, "has_more": False},
        {"items": [], "next_cursor": "c", "has_more": "false"},
    ],
)
def test_an_answer_of_another_form_is_refused(body: Any) -> None:
    request = httpx2.Request("GET", "http://testserver/api/v1/changes?limit=1")
    check = checking(DOCUMENT)
    check(httpx2.Response(200, json=_RIGHT, request=request))
    with pytest.raises(ValidationError):
        check(httpx2.Response(200, json=body, request=request))


_RIGHT = {"items": [], "next_cursor": "c", "has_more": False}


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema of an object inside of a schema."""
    if isinstance(schema, list):
        for below in schema:
            yield from _objects(below)
    elif isinstance(schema, dict):
        if schema.get("type") in ("object", ["object", "null"]):
            yield schema
        for below in schema.values():
            yield from _objects(below)


def _names(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {name for below in schema for name in _names(below)}
    if not isinstance(schema, dict):
        return set()
    ref = schema.get("$ref")
    own = {ref.removeprefix(REF)} if isinstance(ref, str) and ref.startswith(REF) else set()
    return own | {name for below in schema.values() for name in _names(below)}
