"""The vocabulary: every word that the API speaks is explained, in Russian and English."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.access.roles import Role
from app.findings import FAULTS
from app.indicators.reasons import CAUSES, REASONS
from app.model.headings import headings
from app.registry import RESOURCES
from app.registry.program_parts import IndicatorCode
from tests.described import document
from tests.holders import Holder, issue
from tests.scene import Scene, Service, is_russian, problem

pytestmark = pytest.mark.shared_out


@pytest.fixture
def words(scene: Scene) -> dict[str, Any]:
    answer = scene.client.get("/vocabulary")
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


@pytest.mark.parametrize("role", Role)
def test_any_key_reads_it(service: Service, scene: Scene, role: Role) -> None:
    scope: dict[str, Any] = {}
    if role == Role.ORG:
        scope["organization_id"] = scene["$school"]
    holder = Holder(service.client, issue(service.database, role, **scope))
    answer = holder.get("/vocabulary")
    assert answer.status_code == 200
    same = {"If-None-Match": answer.headers["etag"]}
    assert holder.get("/vocabulary", headers=same).status_code == 304
    problem(holder.get("/vocabulary?q=1"), 422, "unknown_parameter")


@pytest.mark.one_database
def test_it_has_every_field_under_the_heading_of_lists(words: dict[str, Any]) -> None:
    told = {each["name"]: each for each in words["collections"]}
    assert [*told] == [kind.name for kind in RESOURCES]
    names = {each["name"] for each in words["enumerations"]}
    for kind in RESOURCES:
        fields = {each["name"]: each for each in told[kind.name]["fields"]}
        assert {name: each["heading"] for name, each in fields.items()} == {
            each.name: each.title for each in headings(kind)
        }
        assert {each["refers_to"] for each in fields.values()} - {None} <= told.keys()
        assert {each["enumeration"] for each in fields.values()} - {None} <= names
        coded = {each.name for each in headings(kind) if each.choices and each.kind != "weekday"}
        assert coded == {name for name, each in fields.items() if each["enumeration"]}


@pytest.mark.one_database
def test_it_has_every_enumeration_of_the_document(words: dict[str, Any]) -> None:
    told = {
        each["name"]: {value["code"] for value in each["values"]} for each in words["enumerations"]
    }
    schemas = document()["components"]["schemas"]
    named = {name: set(each["enum"]) for name, each in schemas.items() if "enum" in each}
    assert len(named) > 30
    assert {name: told.get(name) for name in named} == named


@pytest.mark.one_database
def test_it_has_every_code(words: dict[str, Any]) -> None:
    codes = {name: [each["code"] for each in words[name]] for name in LISTS}
    assert codes["indicators"] == [*IndicatorCode]
    assert codes["reasons"] == [*REASONS]
    assert codes["causes"] == [*CAUSES]
    assert codes["errors"] == sorted(FAULTS)


LISTS = ("indicators", "reasons", "causes", "errors")


@pytest.mark.one_database
def test_it_explains_in_both_languages(words: dict[str, Any]) -> None:
    for text in texts(words):
        assert is_russian(text["ru"]) or text["ru"].isupper() or "(" in text["ru"], text
        # What a Russian register gives has a Russian name in English too.
        assert re.search("[a-z]", text["en"]), text
    for each in words["indicators"]:
        assert all(each[name]["ru"][0].isupper() for name in ("definition", "clause"))
        assert each["definition"]["ru"].endswith(".")
        assert each["unit"] == "count" or " / " in each["formula"]["ru"]


def texts(value: Any) -> Iterator[dict[str, str]]:
    """Every text in two languages."""
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, dict):
        if {"ru", "en"} <= value.keys():
            yield value
        for each in value.values():
            yield from texts(each)


@pytest.mark.one_database
def test_a_refusal_speaks_the_words_of_the_vocabulary(scene: Scene, words: dict[str, Any]) -> None:
    refused = scene.client.get("/organizations?nonsense=1").json()
    (error,) = refused["errors"]
    errors = {each["code"]: each["ru"] for each in words["errors"]}
    assert errors[error["code"]] == error["detail"]
    problems = {each["type"]: each for each in words["problems"]}
    assert problems[refused["type"]]["title"]["ru"] == refused["title"]
    assert problems[refused["type"]]["status"] == refused["status"]
