"""Lists: pages, filters and search, the same on both databases to the byte."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from starlette.testclient import TestClient

from app.model.leaves import Leaf, leaves
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.fixtures import Copies, migrated_and_seeded
from tests.running import serving
from tests.scene import MERGE, Scene, Service, body_of, problem

SORTS = [
    "id",
    "-id",
    "completed_on",
    "-completed_on",
    "title",
    "-title,completed_on",
    "window_start,-title",
    "-completed_on,-title,-id",
    "updated_at",
    "-created_at",
]
SIGNS = 'Клуб «Ёж» "5+" \\ \\n \\" {"a": 100%} %(id)s $1 \U0001f600'
LINES = "\nвторая строка\n\nи третья"
TITLES = [None, "Урок", "урок", "Ёлка", "ельник", None, "ЯРМАРКА", "a-b", "A—B", "Урок", None]


def schedule(scene: Scene) -> dict[str, str]:
    """Events with and without titles and days of completion; the filter that finds them."""
    for at, title in enumerate(TITLES):
        day = f"2020-10-{10 + at % 3}"
        done = {"status": "completed", "completed_on": day} if at % 2 else {"status": "planned"}
        body = {"activity_id": "$activity", "title": title, "window_end": day, **done}
        scene.make("events", body, window_start=day)
    return {"activity_id": scene["$activity"]}


def listed(client: TestClient, path: str, **query: Any) -> list[Any]:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    items: list[Any] = answer.json()["items"]
    return items


def walk(client: TestClient, path: str, **query: Any) -> list[Any]:
    """Every record of a list, page by page."""
    found, cursor = [], None
    while True:
        answer = client.get(path, params=query | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) <= query["limit"]
        found += answer.json()["items"]
        if (cursor := answer.json()["next"]) is None:
            return found
        assert re.fullmatch("[A-Za-z0-9._~-]+", cursor)


@pytest.mark.long
@pytest.mark.parametrize("sort", SORTS)
def test_a_walk_meets_every_record_once(scene: Scene, sort: str) -> None:
    filters = schedule(scene)
    whole = listed(scene.client, "/events", sort=sort, limit=500, **filters)
    assert len({item["id"] for item in whole}) == len(TITLES)
    for limit in (1, 2, 4, 11):
        assert walk(scene.client, "/events", sort=sort, limit=limit, **filters) == whole, limit


@pytest.mark.long
@pytest.mark.parametrize("way", ["", "-"])
def test_what_is_empty_stands_last_both_ways(scene: Scene, way: str) -> None:
    filters = schedule(scene)
    items = listed(scene.client, "/events", sort=f"{way}completed_on", **filters)
    days = [item["completed_on"] for item in items]
    known = [day for day in days if day]
    assert days == sorted(known, reverse=bool(way)) + [None] * (len(days) - len(known))


def test_titles_are_ordered_as_people_read_them(scene: Scene) -> None:
    items = listed(scene.client, "/events", sort="title", **schedule(scene))
    found = [item["title"].lower() for item in items if item["title"]]
    assert found == ["a-b", "a—b", "ёлка", "ельник", "урок", "урок", "урок", "ярмарка"]


def test_numbers_and_their_absence_are_paged(scene: Scene) -> None:
    for number in ("1", "2", "10", "А", "б"):
        body = {"program_id": "$program", "title": "Работа", "direction": "financial"}
        scene.make("activities", body, plan_no=number)
    query = {"program_id": scene["$program"], "sort": "position", "limit": 2}
    found = [item["position"] for item in walk(scene.client, "/activities", **query)]
    assert found == [1, 2, 10, None, None]


@pytest.mark.parametrize(
    "cursor", ["", "a", "a.b", "..", "é.é", "W10.AAAA", "%00", "W10" + "." * 9]
)
@pytest.mark.shared_out
def test_what_is_no_cursor_is_refused(client: TestClient, cursor: str) -> None:
    said = problem(client.get("/events", params={"cursor": cursor}), 400)
    assert said["type"] == "/problems/invalid-cursor"


@pytest.mark.long
@pytest.mark.shared_out
def test_a_cursor_fits_only_its_own_list(scene: Scene) -> None:
    filters = schedule(scene)
    cursor = scene.client.get("/events", params={"limit": 2, **filters}).json()["next"]
    assert listed(scene.client, "/events", cursor=cursor, limit=9, **filters)
    others: list[dict[str, Any]] = [{}, filters | {"sort": "-id"}, filters | {"kind": "held"}]
    for query in others:
        problem(scene.client.get("/events", params={"cursor": cursor, **query}), 400)
    problem(scene.client.get("/teachers", params={"cursor": cursor}), 400)
    for at in range(len(cursor)):
        letter = "B" if cursor[at] == "A" else "A"
        tampered = {"cursor": cursor[:at] + letter + cursor[at + 1 :], **filters}
        problem(scene.client.get("/events", params=tampered), 400)


@pytest.mark.shared_out
def test_the_end_has_no_cursor_and_an_empty_list_is_a_list(scene: Scene) -> None:
    query = {"municipality_id": scene["$municipality"], "include_total": "true"}
    answer = scene.client.get("/teachers", params=query)
    assert answer.json() == {"items": [], "next": None, "total": 0}


def test_the_total_counts_every_page(scene: Scene) -> None:
    query: dict[str, Any] = {"include_total": "true", "limit": 4, **schedule(scene)}
    first = scene.client.get("/events", params=query).json()
    second = scene.client.get("/events", params=query | {"cursor": first["next"]}).json()
    assert first["total"] == second["total"] == len(TITLES)
    assert "total" not in scene.client.get("/events").json()


@pytest.mark.parametrize(
    ("q", "finds"),
    [
        ("берёзов", True),
        ("БЕРЕЗОВСКАЯ", True),
        ("сош берез", True),
        ("  Берёзовская \u00a0 СОШ ", True),
        ("берёзовск гимназия", False),
        ("%", False),
        ("_", False),
        ("бер%", False),
        ("\\", False),
        ("'сельская", False),
    ],
)
def test_search_is_blind_to_case_and_yo(scene: Scene, q: str, finds: bool) -> None:  # noqa: FBT001 - a column of the table above
    body = {"municipality_id": "$municipality", "kind": "general_school"}
    scene.make("organizations", body, full_name="МБОУ «Берёзовская СОШ»", short_name="БСШ")
    query = {"municipality_id": scene["$municipality"], "q": q}
    assert bool(listed(scene.client, "/organizations", **query)) is finds


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"window_start_from": "2020-10-12"}, 3),
        ({"window_start_to": "2020-10-11"}, 8),
        ({"window_start_from": "2020-10-11", "window_end_to": "2020-10-11"}, 4),
        ({"valid_on": "2020-10-11"}, 4),
        ({"valid_on": "2020-10-13"}, 0),
        ({"completed_on_is_null": "true"}, 6),
        ({"completed_on_is_null": "false"}, 5),
        ({"status": "planned"}, 6),
        ({"status": ["planned", "completed"]}, 11),
        ({"window_start": ["2020-10-10", "2020-10-12"]}, 7),
        ({"kind": "plan_window"}, 0),
        ({"host_id_is_null": "true"}, 11),
        ({"updated_at_from": "2020-01-01T00:00:00+03:00"}, 11),
        ({"updated_at_to": "2020-01-01T00:00:00Z"}, 0),
    ],
)
def test_filters_narrow_the_list(scene: Scene, query: dict[str, Any], count: int) -> None:
    filters = schedule(scene)
    assert len(listed(scene.client, "/events", **filters, **query)) == count


def test_an_open_end_is_valid_for_ever(scene: Scene) -> None:
    leader = {"organization_id": scene["$leader"]}
    for day, count in (("2019-12-31", 0), ("2020-01-01", 1), ("2099-01-01", 1)):
        assert len(listed(scene.client, "/designations", valid_on=day, **leader)) == count


def test_a_partnership_is_found_by_its_member(scene: Scene) -> None:
    wanted = scene["$partnership"]
    found = listed(scene.client, "/partnerships", members_organization_id=scene["$school"])
    assert [item["id"] for item in found] == [wanted]
    none = listed(scene.client, "/partnerships", members_organization_id=scene["$authority"])
    assert none == []


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "501"},
        {"limit": "1.5"},
        {"limit": ""},
        {"include_total": "1"},
        {"sort": "result"},
        {"sort": "title,title"},
        {"sort": ""},
        {"status": "done"},
        {"valid_on": "2020-02-30"},
        {"activity_id": "seven"},
        {"window_start_from": "15.10.2020"},
        {"learner_count_from": "many"},
        {"updated_at_from": "2020-10-15T09:00:00"},
    ],
)
@pytest.mark.shared_out
def test_an_unreadable_parameter_is_named(client: TestClient, query: dict[str, str]) -> None:
    said = problem(client.get("/events", params=query), 422)
    assert [each["parameter"] for each in said["errors"]] == list(query)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
@pytest.mark.shared_out
def test_the_bytes_of_a_list_are_those_of_the_model(scene: Scene, resource: Resource) -> None:
    """The database speaks JSON itself; it says what the declared model would say."""
    for body in ({}, resource.change):
        made = {**body_of(resource, Scene(scene.client)), **body}
        assert scene.client.post(f"/{resource.path}", json=made).status_code == 201
    text = scene.client.get(f"/{resource.path}", params={"limit": 500, "sort": "-id"}).text
    dumped = [
        resource.read.model_validate_json(json.dumps(item)).model_dump(mode="json", by_alias=True)
        for item in json.loads(text)["items"]
    ]
    said = json.dumps(dumped, ensure_ascii=False, separators=(",", ":"))
    assert text.startswith('{"items":' + said)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
@pytest.mark.shared_out
def test_every_text_is_told_as_it_was_said(scene: Scene, resource: Resource) -> None:
    """Whatever JSON escapes, in each field that takes it; a name or a link may refuse it."""
    body = body_of(resource, scene)
    record = scene.client.post(f"/{resource.path}", json=body).json()["id"]
    headers = {"If-Match": "*", "Content-Type": MERGE}
    for leaf in leaves(resource):
        if leaf.column is None or not isinstance(leaf.column.type, sa.String):
            continue
        said = {leaf.field: _with_signs(leaf, body)}
        answer = scene.client.patch(f"/{resource.path}/{record}", json=said, headers=headers)
        if answer.status_code != 200:
            problem(answer, 422)
            continue
        (told,) = listed(scene.client, resource.path, sort="-updated_at", limit=1)
        assert told == {name: value for name, value in answer.json().items() if name in told}
        assert _texts(told[leaf.field], leaf) == _texts(said[leaf.field], leaf)


def _with_signs(leaf: Leaf, body: dict[str, Any]) -> Any:
    """The field of a body with a text of signs in this leaf."""
    text = SIGNS + (LINES if leaf.column is not None and type(leaf.column.type) is sa.Text else "")
    if not leaf.inner:
        return text
    if not leaf.is_of_part:
        return {**(body.get(leaf.field) or {}), leaf.inner: text}
    return [{**part, leaf.inner: text} for part in body.get(leaf.field) or [{}]]


def _texts(held: Any, leaf: Leaf) -> list[str]:
    parts = held if leaf.is_of_part else [held]
    return [part[leaf.inner] if leaf.inner else part for part in parts]


@pytest.mark.long
def test_records_are_told_alike_where_the_database_has_other_customs(
    copies: Copies, tmp_path: Path
) -> None:
    with copies("postgresql", tmp_path, migrated_and_seeded) as url:
        name = sql.Identifier(sa.make_url(url).database or "")
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            for custom in ("datestyle = 'German'", "standard_conforming_strings = off"):
                connection.execute(sql.SQL("ALTER DATABASE {} SET " + custom).format(name))
        with serving("postgresql", url, tmp_path) as service:
            scene = Scene(service.client)
            said = {"observed_on": "2020-12-31", "note": SIGNS + LINES}
            made = scene.make("headcounts", {"organization_id": "$leader"} | NOTE | said)
            for told in (made, *listed(scene.client, "/headcounts")):
                assert {name: told[name] for name in said} == said


@pytest.mark.long
def test_both_databases_say_the_same_to_the_byte(services: Callable[[str], Service]) -> None:
    first, second = (_story(services(kind).client) for kind in ("sqlite", "postgresql"))
    assert first == second


def _story(client: TestClient) -> list[str]:
    """What a fresh municipality reads of itself, without ids, times and its own code."""
    scene = Scene(client)
    texts = []
    for resource in RESOURCES:
        body = body_of(resource, scene)
        text = client.post(f"/{resource.path}", json=body).text
        address = f"/{resource.path}/{json.loads(text)['id']}"
        patch = resource.change
        headers = {"If-Match": "*", "Content-Type": MERGE}
        texts += [text, client.patch(address, json=patch, headers=headers).text]
        texts.append(client.post(f"/{resource.path}", json={**body, "x": []}).text)
    scene.make("headcounts", {"organization_id": "$leader", "observed_on": "2020-12-31"} | NOTE)
    for resource in RESOURCES[1:]:
        for query in ({"sort": "created_at"}, {"sort": "-updated_at", "include_total": "true"}):
            home = {"municipality_id": scene["$municipality"]}
            texts.append(client.get(f"/{resource.path}", params=home | query).text)
    return _anonymous(texts)


NOTE = {"teachers": 0, "note": 'кавычки "\\" / \u2028 \U0001f393 e\u0301\nстрока'}


def _anonymous(texts: list[str]) -> list[str]:
    """Texts with ids replaced by the order of their first appearance, and times by a word."""
    ids: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        return ids.setdefault(found[0], f"id-{len(ids)}")

    moment = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")
    uuids = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
    return [
        re.sub('"oktmo":"[0-9]+"', '"oktmo":""', uuids.sub(name, moment.sub("T", text)))
        for text in texts
    ]
