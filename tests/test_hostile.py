"""Hostile input: whatever is sent, the service says what is wrong and goes on (R18)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.access.roles import Role
from app.pages.page import PAGES
from app.registry import RESOURCES
from tests.daily import KINDS
from tests.holders import issue
from tests.scene import RESOURCE, ROOT, Scene, Service, body_of, problem
from tests.visitor import visitor

pytestmark = pytest.mark.shared_out

BODIES: dict[str, tuple[bytes, int]] = {
    "nul": (rb'"\u0000"', 422),
    "raw-nul": (b'"a\x00b"', 400),
    "half-a-character": (rb'"\ud800"', 422),
    "infinite": (b"1e999", 422),
    "minus-infinite": (b"-1e999", 422),
    "not-a-number": (b"NaN", 400),
    "infinity": (b"-Infinity", 400),
    "huge": (b"1" + b"0" * 30, 422),
    "5000-digits": (b"9" * 5000, 400),
    "5000-places": (b"0." + b"9" * 5000, 400),
    "deep-list": (b"[" * 100_000, 400),
    "deep-closed-list": (b"[" * 100_000 + b"]" * 100_000, 400),
    "deep-object": (b'{"a":' * 100_000, 400),
    "twice": (b'{"a": 1, "a": 2}', 400),
    "invalid-utf-8": (b'"\xff\xfe"', 400),
    "surrogate-in-utf-8": (b'"\xed\xa0\x80"', 400),
    "long": (b'"' + b"a" * 300_000 + b'"', 422),
    "marks": (b'"a' + "\u0301".encode() * 1000 + b'"', 422),
    "only-unseen": ('"\u200b\u202e"'.encode(), 422),
    "noncharacter": ('"\uffff"'.encode(), 422),
    "list": (b"[]", 422),
    "true": (b"true", 422),
    "cut": (b'"a', 400),
}
STRANGE = [
    "\u202eдевочка",
    "Ёж \U0001f994\U0001f468\u200d\U0001f469",
    "שלום العربية",
    "e\u0301" * 9,
]

SPOTS = [
    ("teachers", "last_name"),
    ("headcounts", "teachers"),
    ("participations", "hours"),
    ("programs", "start_date"),
    ("activities", "term_text"),
    ("measures", "source_key"),
    ("employments", "is_main_job"),
    ("monitoring-records", "value_number"),
    ("organizations", "municipality_id"),
    ("legal-acts", "number"),
]

TEXTS = [
    "%00",
    "%ff%fe",
    "%ED%A0%80",
    "1e999",
    "NaN",
    "9" * 5000,
    "%F0%9F%A6%94",
    "%E2%80%AE",
    "a%CC%81" * 500,
    "..%2F..",
    "%25%5F'%22;--",
    "%D9%A3",
    "a" * 60_000,
]
PARAMETERS = ["q", "limit", "cursor", "sort", "municipality_id", "source", "created_at_from"]

TURNS = 3
"""So many hostile bodies go to all kinds together."""

HEADERS = [
    ("If-Match", b'"\xff"'),
    ("If-Match", b'"' + b"9" * 5000 + b'"'),
    ("If-Match", b'"1"' + b', "1"' * 3000 + b" x"),
    ("If-Match", b""),
    ("If-None-Match", b'W/"\xd0\x96'),
    ("Accept-Language", b"en;q=NaN,\xff;q=9" + b",ru" * 5000),
    ("Content-Type", b"application/json; charset=\xff"),
    ("Content-Type", b"application/json; charset=utf-16"),
    ("Content-Length", b"\xb2"),
    ("X-Request-ID", b"a\xffb"),
]


@pytest.fixture(autouse=True, scope="module")
def lists_are_well(services: Callable[[str], Service]) -> Iterator[None]:
    """After all that was sent, every list is answered."""
    yield
    for kind in KINDS:
        for resource in RESOURCES:
            assert services(kind).client.get(f"/{resource.path}").status_code == 200, resource.name


ENDS = ("0001-01-01", "1900-01-01", "2199-12-31", "9999-12-31")
"""The first and the last days of the calendar, and of what can be asked about."""


def of_days(scene: Scene) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each door of a program that asks about days: the parameter, and what else is required."""
    operations = scene.client.get(f"{ROOT}/openapi.json").json()["paths"]
    for path, item in operations.items():
        if "/programs/{id}" not in path or path.count("{") > 1 or "get" not in item:
            continue
        listed = [each for each in item["get"]["parameters"] if each.get("in") == "query"]
        required = {each["name"]: each["example"] for each in listed if each.get("required")}
        for each in listed:
            if each["schema"].get("format") == "date":
                yield path.replace("{id}", scene["$program"]), each["name"], required


@pytest.mark.long
@pytest.mark.parametrize("day", ENDS)
def test_doors_answer_at_the_ends_of_the_calendar(scene: Scene, day: str) -> None:
    asked = [*of_days(scene)]
    assert {name for _, name, _ in asked} >= {"as_of", "week", "from", "to", "period_start"}
    far = day in {ENDS[0], ENDS[-1]}
    for path, name, required in asked:
        answer = scene.client.get(ROOT + path, params={**required, name: day})
        if far:
            problem(answer, 422, "far_day")
        else:
            assert answer.status_code < 500, (path, name, answer.text)


@pytest.mark.long
@pytest.mark.parametrize("day", ENDS)
def test_pages_answer_at_the_ends_of_the_calendar(service: Service, scene: Scene, day: str) -> None:
    desk = visitor(service.client, issue(service.database, Role.ADMIN))
    program = f"/programs/{scene['$program']}"
    pages = [page.address for page in PAGES if page.address.startswith("/programs/{id}")]
    asked = [(f"{program}{page.removeprefix('/programs/{id}')}", "as_of") for page in pages]
    asked += [(f"{program}/timetable", "week"), ("/audit", "from"), ("/audit", "to")]
    for path, name in asked:
        if "{" not in path:
            answer = desk.get(f"{path}?{name}={day}")
            assert answer.status_code < 500, (path, name)


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.one_database
def test_a_hostile_value_is_refused(client: TestClient, name: str, *, full: bool) -> None:
    value, status = BODIES[name]
    for at, (path, field) in enumerate(SPOTS, [*BODIES].index(name)):
        body = b'{"' + field.encode() + b'": ' + value + b"}"
        ways = [("POST", path), ("PUT", f"{path}/by-key/tests/hostile")]
        # Daily each spot is sent to in one of the two ways, by turns.
        for method, address in ways if full else ways[at % 2 :][:1]:
            answer = client.request(
                method, address, content=body, headers={"Content-Type": "application/json"}
            )
            problem(answer, status)


@pytest.mark.parametrize("name", [*BODIES, "bom"])
@pytest.mark.one_database
def test_a_hostile_body_is_refused(client: TestClient, name: str, *, full: bool) -> None:
    value, status = BODIES.get(name, ("\ufeff{}".encode(), 400))
    # Daily each kind meets a third of the bodies: they are read before anything asks for the kind.
    turn = [*BODIES, "bom"].index(name) % TURNS
    for resource in RESOURCES if full else RESOURCES[turn::TURNS]:
        headers = {"Content-Type": "application/json"}
        problem(client.post(f"/{resource.path}", content=value, headers=headers), status)


@pytest.mark.parametrize("name", STRANGE)
def test_strange_letters_are_kept_found_and_paged(scene: Scene, name: str) -> None:
    made = scene.make("measures", body_of(RESOURCE["measures"], scene) | {"title": name})
    query: dict[str, Any] = {"municipality_id": scene["$municipality"], "q": name, "sort": "-id"}
    found = scene.client.get("/measures", params=query).json()["items"]
    assert [item["id"] for item in found] == [made["id"]]


@pytest.mark.parametrize("text", TEXTS)
def test_a_hostile_query_is_answered(client: TestClient, text: str) -> None:
    for name in PARAMETERS:
        answer = client.get(f"{ROOT}/api/v1/organizations?{name}={text}")
        assert answer.status_code in {200, 400, 422}, answer.text
    problem(client.get(f"{ROOT}/api/v1/teachers?{text}=1"), 422)


@pytest.mark.parametrize("text", TEXTS)
def test_a_hostile_path_names_nothing(client: TestClient, text: str) -> None:
    for path in ("teachers/{}", "teachers/by-key/{}/1", "programs/{}/events/generate", "{}"):
        address = f"{ROOT}/api/v1/{path.format(text)}"
        assert client.get(address).status_code in {404, 405}
        answer = client.post(address, json={})
        assert answer.status_code in {404, 405}


@pytest.mark.parametrize(("name", "value"), HEADERS)
@pytest.mark.one_database
def test_a_hostile_header_is_answered(scene: Scene, name: str, value: bytes) -> None:
    address = f"/teachers/{scene['$teacher']}"
    for method in ("GET", "PATCH", "DELETE", "PUT"):
        headers = [(b"Content-Type", b"application/json"), (name.encode(), value)]
        if name == "Content-Type":
            headers.pop(0)
        answer = scene.client.request(method, address, content=b"[]", headers=headers)
        assert answer.status_code < 500, answer.text


def test_a_body_over_the_limit_is_too_large(client: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.post("/teachers", content=b" " * 1024**2 + b"{}", headers=headers)
    assert "1048576" in problem(answer, 413)["detail"]
    assert problem(client.post("/teachers", content=b" " * 1024**2, headers=headers), 400)
