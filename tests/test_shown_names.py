"""Shown names: `names=true` says what ids and codes are called, and tells nothing else."""

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.access.roles import Role
from app.indicators.definitions import TITLES
from app.json_types import REF
from app.model.columns import Choice
from app.model.headings import closed_list
from app.model.leaves import leaves
from app.model.resource import Resource
from app.registry import RESOURCES
from app.registry.program_parts import IndicatorCode
from app.rest.names import schema_of
from tests.described import SHAPES, document
from tests.holders import Holder, issue
from tests.scene import MERGE, NOBODY, RESOURCE, Scene, Service, body_of, is_russian, pair, problem
from tests.waiting import patient, recorded

pytestmark = pytest.mark.shared_out


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


ASKED = {"names": "true"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

each_kind = pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)


def ids_in(value: Any) -> Iterator[str]:
    """Every id in an answer, at any depth."""
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, list):
        for each in value:
            yield from ids_in(each)
    elif isinstance(value, str) and UUID.fullmatch(value):
        yield value


def readable(client: Any, ids: set[str]) -> set[str]:
    """Those ids of which the caller may read the record."""
    return {
        key
        for key in ids
        if any(client.get(f"/{kind.path}/{key}").status_code == 200 for kind in RESOURCES)
    }


def named(client: Any, path: str, **params: str) -> tuple[dict[str, str], dict[str, str]]:
    """The names and labels of an answer, whose other bytes are those without names."""
    plain = client.get(path, params=params)
    answer = client.get(path, params={**params, **ASKED})
    assert answer.status_code == plain.status_code == 200, answer.text
    assert answer.text.startswith(plain.text[:-1])
    said = json.loads("{" + answer.text[len(plain.text) :])
    assert [*said] == ["names", "labels"]
    return said["names"], said["labels"]


@each_kind
def test_every_id_and_every_code_of_a_record_has_its_words(
    scene: Scene, resource: Resource
) -> None:
    key = f"{resource.name}-{scene.oktmo}"
    made = scene.make(resource.name, pair(body_of(resource, scene), key))
    del made["warnings"]
    item, by_key = f"/{resource.path}/{made['id']}", f"by-key/tests/{key}"
    names, labels = named(scene.client, item)
    assert names.keys() == {*ids_in(made)}
    assert all(is_russian(text) or text.isascii() for text in names.values())
    assert labels == dict(labels_of(resource, made))
    assert named(scene.client, f"/{resource.path}/{by_key}") == (names, labels)
    listed, also = named(scene.client, f"/{resource.path}", source_key=key)
    assert names.items() <= listed.items()
    assert labels.items() <= also.items()


def labels_of(resource: Resource, record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The Russian labels of the codes in a record, from its declaration."""
    for leaf in leaves(resource):
        choices = closed_list(leaf.info.annotation)
        if not choices:
            continue
        held = record.get(leaf.field)
        values = [held]
        if leaf.is_of_part:
            values = [each.get(leaf.inner) for each in held or ()]
        elif leaf.inner:
            values = [(held or {}).get(leaf.inner)]
        for value in values:
            for code in value if isinstance(value, list) else [value]:
                if code is not None:
                    yield code, word_of(choices, code)


def word_of(choices: type[Choice], code: str) -> str:
    return TITLES[code].ru if code in TITLES else choices(code).label  # type: ignore[call-arg]


@pytest.mark.long
def test_names_are_those_that_people_use(scene: Scene) -> None:
    wanted = {
        "$school": "Сельская СОШ",
        "$program": "Программа для проверки",
        "$activity": "1. Семинары",
        "$act": "Приказ от 17.04.2020 № 1",
        "$event": "Открытый урок, 15.10.2020",
        "$teacher": "Пробная Вера",
        "$municipality": "Район для проверки",
    }
    long = {"title": None, "window_start": "2020-10-01", "window_end": "2020-10-31"}
    untitled = {"activity_id": "$activity", "status": "planned", **long}
    wanted[scene.make("events", untitled)["id"]] = "1. Семинары, 01.10.2020–31.10.2020"
    for name, text in wanted.items():
        key = scene[name] if name.startswith("$") else name
        found = [
            names[key]
            for kind in RESOURCES
            if scene.client.get(f"/{kind.path}/{key}").status_code == 200
            for names, _ in [named(scene.client, f"/{kind.path}/{key}")]
        ]
        assert found == [text]


def test_labels_come_in_the_language_asked_for(scene: Scene) -> None:
    path = f"/organizations/{scene['$school']}"
    english = {"Accept-Language": "en"}
    answer = scene.client.get(path, params=ASKED, headers=english)
    assert answer.json()["labels"] == {"general_school": "general school"}
    assert answer.headers["content-language"] == "en"
    answer = scene.client.get(path, params=ASKED)
    assert answer.json()["labels"] == {"general_school": "общеобразовательная организация"}


def test_the_etag_changes_with_a_shown_name(scene: Scene) -> None:
    school = f"/organizations/{scene['$school']}"
    made = scene.make("headcounts", body_of(RESOURCE["headcounts"], scene))
    paths = [f"/headcounts/{made['id']}", "/headcounts"]
    query = [ASKED, {"organization_id": scene["$school"], **ASKED}]
    pages = [*zip(paths, query, strict=True)]
    before = [scene.client.get(path, params=params) for path, params in pages]
    plain = scene.client.get(paths[0]).headers["etag"]
    for (path, params), answer in zip(pages, before, strict=True):
        same = {"If-None-Match": answer.headers["etag"]}
        unchanged = scene.client.get(path, params=params, headers=same)
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert answer.headers["etag"] != scene.client.get(path).headers["etag"]
    headers = {"If-Match": "*", "Content-Type": MERGE}
    answer = scene.client.patch(school, json={"short_name": "Новая СОШ"}, headers=headers)
    assert answer.status_code == 200
    assert scene.client.get(paths[0]).headers["etag"] == plain
    for (path, params), answer in zip(pages, before, strict=True):
        same = {"If-None-Match": answer.headers["etag"]}
        changed = scene.client.get(path, params=params, headers=same)
        assert changed.status_code == 200
        assert changed.json()["names"][scene["$school"]] == "Новая СОШ"


def test_the_etag_of_a_record_with_names_allows_its_change(scene: Scene) -> None:
    path = f"/organizations/{scene['$school']}"
    tag = scene.client.get(path, params=ASKED).headers["etag"]
    headers = {"If-Match": tag, "Content-Type": MERGE}
    assert scene.client.patch(path, json={"phone": "1"}, headers=headers).status_code == 200
    problem(scene.client.patch(path, json={"phone": "2"}, headers=headers), 412)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("names=yes", {("not_a_choice", "names")}),
        ("names=true&names=true", {("repeated", "names")}),
        ("names=1&nonsense=1", {("not_a_choice", "names"), ("unknown_parameter", "nonsense")}),
    ],
)
@pytest.mark.parametrize("path", ["/organizations", "/indicators"])
def test_a_wrong_wish_for_names_is_refused(
    client: TestClient, path: str, query: str, codes: set[tuple[str, str]]
) -> None:
    errors = problem(client.get(f"{path}?{query}"), 422)["errors"]
    assert {(each["code"], each["parameter"]) for each in errors} == codes


@pytest.mark.long
@pytest.mark.parametrize("term", ["names=perhaps", "names=true&names=true", "nonsense=1"])
def test_a_wrong_parameter_is_refused_before_anything_is_read(
    service: Service, standing_scene: Scene, monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    home = {"municipality_id": standing_scene["$municipality"]}
    scopes = {Role.COORDINATOR: home, Role.ADMIN: {}}
    holders = [
        Holder(service.client, issue(service.database, role, **scope))
        for role, scope in scopes.items()
    ]
    inner: Any = service.client.app.state.service  # type: ignore[attr-defined]
    rows, reading = inner.reader.rows, []

    def read(*asked: object, **_: object) -> Any:
        if "FROM api_keys" in str(asked[1]):
            return rows(*asked[1:])
        reading.append(asked[1])
        raise AssertionError

    monkeypatch.setattr(type(inner.reader), "rows", read)
    monkeypatch.setattr(type(inner.database), "read", read)
    monkeypatch.setattr(type(inner.database), "reading", read)
    asked = 0
    for path, (operation, _) in GETS.items():
        for address in addresses(standing_scene, path, operation):
            answers = [holder.get(f"{address}&{term}") for holder in holders]
            admitted = [answer for answer in answers if answer.status_code != 403]
            for answer in admitted:
                asked += 1
                (error,) = problem(answer, 422)["errors"]
                assert error["parameter"] == term.partition("=")[0], address
    assert asked > len(GETS)
    assert not reading


@pytest.mark.long
def test_who_sees_no_persons_gets_no_names_of_persons(service: Service, scene: Scene) -> None:
    body = body_of(RESOURCE["participations"], scene)
    made = scene.make("participations", body)
    home = {"municipality_id": scene["$municipality"]}
    path = f"/participations/{made['id']}"
    answer = scene.client.get(path, params=ASKED)
    assert answer.json()["names"][made["teacher_id"]] == "Пробная Вера"
    assert answer.headers["cache-control"] == "private, no-store"
    for role in (Role.READER, Role.AUDITOR, Role.ADMIN):
        scope = home if role == Role.READER else {}
        holder = Holder(service.client, issue(service.database, role, **scope))
        for listed in RESOURCES:
            answer = holder.get(f"/{listed.path}", params={**ASKED, "limit": "500"})
            if answer.status_code == 200:
                assert made["teacher_id"] not in answer.json()["names"]


@pytest.mark.long
def test_names_of_persons_are_noted_in_the_trail(service: Service, scene: Scene) -> None:
    made = scene.make("participations", body_of(RESOURCE["participations"], scene))
    home = {"municipality_id": scene["$municipality"]}
    holder = Holder(service.client, issue(service.database, Role.COORDINATOR, "Имена", **home))
    answer = holder.get(f"/participations/{made['id']}", params=ASKED)
    holder.get(f"/teachers/{made['teacher_id']}", params=ASKED)
    recorded(service)
    path = f"/teachers/{made['teacher_id']}/access-report"
    shown = scene.client.get(path).json()["accesses"]
    mine = [each for each in shown if each["owner"] == "Имена"]
    assert len(mine) == 2
    assert answer.headers["x-request-id"] in {each["request_id"] for each in mine}


def test_names_stay_inside_the_scope_of_the_key(service: Service, scene: Scene) -> None:
    other = Scene(scene.client)
    heir = {"successor_id": other["$school"]}
    made = scene.make("organizations", {**RESOURCE["organizations"].example, **heir})
    home = {"municipality_id": scene["$municipality"]}
    holder = Holder(service.client, issue(service.database, Role.COORDINATOR, **home))
    answer = holder.get(f"/organizations/{made['id']}", params=ASKED).json()
    assert answer["successor_id"] == other["$school"]
    assert answer["names"].keys() == {made["id"], scene["$municipality"]}
    assert (
        other["$school"]
        in scene.client.get(f"/organizations/{made['id']}", params=ASKED).json()["names"]
    )


DOCUMENT = document()
GETS = {
    path: (methods["get"], name)
    for path, methods in DOCUMENT["paths"].items()
    if (name := schema_of(methods.get("get", {})))
}
"""Every address that is read as JSON, with its operation and the schema of its answer."""

FROZEN = "/api/v1/programs/{id}/snapshots/{snapshot_id}/indicators"
VERBATIM = {FROZEN, *(path for path, (_, schema) in GETS.items() if schema == "Paper")}
"""Answers whose SHA-256 is printed: their bytes stay as they are."""


def test_every_answer_takes_the_wish_for_names() -> None:
    for operation, schema in GETS.values():
        assert {"$ref": "#/components/parameters/names"} in operation["parameters"]
        assert {"names", "labels"} <= DOCUMENT["components"]["schemas"][schema]["properties"].keys()
        assert schema in SHAPES


OTHERS = [Role.READER, Role.ORG, Role.ADMIN]


@pytest.mark.long
@pytest.mark.parametrize("role", [Role.COORDINATOR, *OTHERS])
def test_every_answer_names_exactly_what_its_reader_may_read(
    service: Service, standing_scene: Scene, role: Role, *, full: bool
) -> None:
    scope = {"municipality_id": standing_scene["$municipality"]}
    if role == Role.ORG:
        scope["organization_id"] = standing_scene["$school"]
    key = issue(service.database, role, **({} if role == Role.ADMIN else scope))
    holder, seen = Holder(service.client, key), 0
    visible = visible_to(holder)
    # Every day the coordinator asks at every door, and the others by turns.
    turn = None if full or role == Role.COORDINATOR else OTHERS.index(role)
    for at, (path, (operation, schema)) in enumerate(GETS.items()):
        if turn is not None and at % len(OTHERS) != turn:
            continue
        asked = [*addresses(standing_scene, path, operation)]
        # Each code is explained to the coordinator.
        for address in asked if turn is None else asked[:1]:
            answer = patient(partial(holder.get, f"{address}&names=true"))
            if answer.status_code in {403, 404}:
                continue
            plain = patient(partial(holder.get, address))
            assert answer.status_code == plain.status_code == 200, (address, answer.text)
            if path in VERBATIM:
                assert answer.content == plain.content
                assert answer.headers["etag"] == plain.headers["etag"]
                continue
            seen += 1
            said = answer.json()
            names, labels = said.pop("names"), said.pop("labels")
            if path not in CHANGING:
                assert said == plain.json(), address
            ids = {*ids_in(said)}
            assert names.keys() == ids & visible, address
            codes = {*codes_in(said, {"$ref": f"{REF}{schema}"})}
            assert codes <= labels.keys(), (address, codes - labels.keys())
    assert seen > (20 if turn is None else 5)


CHANGING = {"/api/v1/keys", "/api/v1/keys/{id}", "/api/v1/audit", "/api/v1/audit/verify"}
CHANGING |= {"/api/v1/teachers/{id}/access-report"}
"""What one request changes for the next."""


def addresses(scene: Scene, path: str, operation: Any) -> Iterator[str]:
    """The address with ids in it, and what it must be asked; once for each code."""
    kind = next((each.name for each in RESOURCES if path.startswith(f"/api/v1/{each.path}/")), "")
    ids = {"id": scene.ids.get(kind, NOBODY), "snapshot_id": scene["snapshot_id"]}
    if path.startswith("/api/v1/programs/{id}/"):
        ids["id"] = scene["$program"]
    asked = [
        f"{each['name']}={each['example']}"
        for each in operation["parameters"]
        if each.get("in") == "query" and "example" in each and str(each["example"])[0] != "$"
    ]
    if path == "/api/v1/indicators":
        # One municipality: a table of every test's programs takes the time of all others.
        asked.append(f"municipality_id={scene['$municipality']}")
    if path.endswith("/{id}/explain"):
        asked = [f"organization_id={scene['$school']}"]
    query = "&".join(asked)
    codes = [IndicatorCode.ORG_INVOLVEMENT_SHARE.value] if "{code}" in path else [""]
    for code in IndicatorCode if path.endswith("indicators/{code}/explain") else codes:
        said = path.removeprefix("/api/v1").format(**ids, code=code, source="s", source_key="k")
        yield f"{said}?{query}"


def visible_to(holder: Holder) -> set[str]:
    """The ids of all records that a caller sees in their lists."""
    found: set[str] = set()
    for kind in RESOURCES:
        cursor: str | None = ""
        while cursor is not None:
            params = {"limit": "500"} | ({"cursor": cursor} if cursor else {})
            answer = holder.get(f"/{kind.path}", params=params)
            if answer.status_code == 403:
                break
            found |= {each["id"] for each in answer.json()["items"]}
            cursor = answer.json()["next"]
    return found


def codes_in(value: Any, schema: Any) -> Iterator[str]:
    """Every value of an enumeration in an answer, as the document describes it."""
    for each in (schema, *schema.get("anyOf", ()), *schema.get("allOf", ())):
        if "$ref" in each:
            yield from codes_in(value, DOCUMENT["components"]["schemas"][each["$ref"][len(REF) :]])
        if isinstance(value, str) and "enum" in each:
            yield value
        if isinstance(value, dict):
            for name, inner in each.get("properties", {}).items():
                if name in value:
                    yield from codes_in(value[name], inner)
            more = each.get("additionalProperties")
            for inner in value.values() if isinstance(more, dict) else ():
                yield from codes_in(inner, more)
        if isinstance(value, list):
            for inner in value:
                yield from codes_in(inner, each.get("items", {}))


def test_a_name_is_no_longer_told_when_its_record_goes_out_of_sight(
    service: Service, scene: Scene
) -> None:
    body = body_of(RESOURCE["participations"], scene)
    made = scene.make("participations", body)
    scope = {"municipality_id": scene["$municipality"], "organization_id": scene["$school"]}
    holder = Holder(service.client, issue(service.database, Role.ORG, **scope))
    person, page = made["teacher_id"], {**ASKED, "limit": "100"}
    assert person in holder.get("/participations", params=page).json()["names"]
    assert person in holder.get("/participations", params=page).json()["names"]
    jobs = scene.client.get("/employments", params={"teacher_id": person}).json()["items"]
    other = scene.make("organizations", {**RESOURCE["organizations"].example, "short_name": "Иная"})
    job = {**body_of(RESOURCE["employments"], scene), "organization_id": other["id"]}
    scene.make("employments", {**job, "teacher_id": person, "is_main_job": False})
    for each in jobs:
        path = f"/employments/{each['id']}"
        assert scene.client.delete(path, headers={"If-Match": "*"}).status_code == 204
    assert holder.get(f"/teachers/{person}").status_code == 404
    assert person not in holder.get("/participations", params=page).json()["names"]
