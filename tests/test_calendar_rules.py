"""Calendar rules: nothing is a fact before its day, and nobody takes part from a closed school."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from app.model.declaration import Word, table_of
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.scene import MERGE, RESOURCE, Scene, body_of, is_russian, problem
from tests.test_import_collections import send, sheet

pytestmark = pytest.mark.shared_out

CLOSED, AFTER, BEFORE, AHEAD = "2020-08-31", "2020-10-15", "2019-12-31", "2037-06-01"


@pytest.fixture
def long(scene: Scene) -> Scene:
    """A scene whose program lasts for years, with an event of today's and tomorrow's."""
    path = f"/programs/{scene['$program']}"
    head = {"If-Match": "*", "Content-Type": MERGE}
    answer = scene.client.patch(path, json={"end_date": "2039-12-31"}, headers=head)
    assert answer.is_success, answer.text
    return scene


def closed(scene: Scene) -> Scene:
    """A scene whose school was open in 2020 until the end of August; another one took its place."""
    days = {"opened_on": "2020-01-01", "closed_on": CLOSED, "successor_id": scene["$leader"]}
    path = f"/organizations/{scene['$school']}"
    answer = scene.client.patch(path, json=days, headers={"If-Match": "*", "Content-Type": MERGE})
    assert answer.is_success, answer.text
    return scene


def test_a_successor_in_another_municipality_is_not_named(scene: Scene) -> None:
    """Who writes may not see it, and could not name it either."""
    abroad = Scene(scene.client)
    closed(scene)
    path, head = f"/organizations/{scene['$school']}", {"If-Match": "*", "Content-Type": MERGE}
    body = {"organization_id": scene["$school"], "category": "low_results", "valid_from": AFTER}
    for heir, is_named in ((scene["$leader"], True), (abroad["$leader"], False)):
        scene.client.patch(path, json={"successor_id": heir}, headers=head).raise_for_status()
        (error,) = problem(scene.client.post("/designations", json=body), 422)["errors"]
        assert error["code"] == "organization_closed"
        assert (heir in error["detail"]) == is_named
        assert ("преемника" in error["detail"]) == is_named


def ahead(scene: Scene, **more: Any) -> str:
    """An event that lasts from 2020 to a day still to come."""
    event = {"activity_id": "$activity", "title": "Ряд встреч", "window_start": "2020-10-01"}
    event |= {"window_end": AHEAD, "status": "planned"}
    return str(scene.make("events", event | more)["id"])


def told_of(resource: Resource, name: str) -> list[Word]:
    """Where a kind has this rule."""
    return [each for each in resource.words if each.name == name]


def dated_ahead(resource: Resource, word: Word) -> dict[str, Any]:
    """What makes a record tell of a fact that is still to come."""
    day, *states = word.of
    body: dict[str, Any] = {day: AHEAD}
    if resource.period and (day in resource.period or resource.period[1] in resource.example):
        body[resource.period[1]] = AHEAD
    return body | {name: next(iter(word.values[name])) for name in states}


FACTS: dict[str, dict[str, Any]] = {
    each.name: dated_ahead(each, word) for each in RESOURCES for word in told_of(each, "has_come")
}
"""For each kind that tells of facts, a body that dates one ahead."""

OBSERVED = {"observed_on", "completed_on", "participated_on"}
"""Names of days on which something has been seen."""


def test_every_observation_is_held_against_today() -> None:
    assert {"participations", "events", "headcounts", "monitoring_records"} <= FACTS.keys()
    for resource in RESOURCES:
        held = {word.of[0] for word in told_of(resource, "has_come")}
        assert OBSERVED & {*resource.table.c.keys()} <= held, resource.name


@pytest.mark.parametrize("collection", FACTS)
def test_what_has_not_come_yet_is_no_fact(long: Scene, collection: str) -> None:
    resource = RESOURCE[collection]
    body = body_of(resource, long) | FACTS[collection]
    if collection == "participations":
        body["event_id"] = ahead(long)
    if collection == "funding_entries":
        body["year"] = int(AHEAD[:4])
    said = problem(long.client.post(f"/{resource.path}", json=body), 422, "not_yet")
    (fault,) = said["errors"]
    assert fault["pointer"] in {f"/{name}" for name in FACTS[collection]}
    assert is_russian(fault["detail"])
    listed = send(long, resource, sheet(resource, body)).json()["report"]
    assert [each["code"] for each in listed["rows"][0]["errors"]] == ["not_yet"]
    # The same record about a day that has come is taken.
    assert long.make(collection, body_of(resource, long))


@pytest.mark.parametrize("status", ["registered", "cancelled"])
def test_who_is_still_to_come_is_registered(long: Scene, status: str) -> None:
    body = body_of(RESOURCE["participations"], long) | {"event_id": ahead(long)}
    made = long.make("participations", body, participated_on=AHEAD, status=status)
    path, head = f"/participations/{made['id']}", {"If-Match": "*", "Content-Type": MERGE}
    for fact in ("attended", "absent"):
        answer = long.client.patch(path, json={"status": fact}, headers=head)
        problem(answer, 422, "not_yet", "/participated_on")


def at_school(resource: Resource) -> Iterator[str]:
    """The fields of a kind, or of its parts, that name an organization on a day."""
    for row in (resource.row, *resource.parts.values()):
        table = table_of(row)
        if not any(isinstance(column.type, sa.Date) for column in table.columns):
            continue
        for column in table.columns:
            if any(key.column.table.name == "organizations" for key in column.foreign_keys):
                yield column.name


SCHOOL: dict[str, dict[str, Any]] = {
    each.name: {word.of[0]: "$school"} | dict.fromkeys(word.of[1:2], AFTER)
    for each in RESOURCES
    for word in told_of(each, "open_on")
} | {
    "partnerships": {"start_date": AFTER},
    "network_curricula": {"start_date": AFTER},
}
"""For each kind in which a day stands beside an organization, a body about the closed school."""

PASSED_OVER = {
    "organizations": "its own days",
    "legal_acts": "an act is dated by itself, whoever is there to keep it today",
    "programs": "an officer's days are those of a person's office",
    "schedule_slots": "whoever keeps slots is held against the days of their group or use",
    "funding_entries": "money is settled after a school has closed, too",
    "monitoring_records": "what is observed of a school may be told after it has closed",
}


def test_no_kind_escapes_the_days_of_an_organization() -> None:
    dated = {each.name for each in RESOURCES if any(at_school(each))}
    assert dated == SCHOOL.keys() | PASSED_OVER.keys(), "Add open_on(…) to its rules."


@pytest.mark.parametrize("collection", SCHOOL)
def test_a_closed_organization_has_no_new_days(scene: Scene, collection: str) -> None:
    resource = RESOURCE[collection]
    body = body_of(resource, scene) | scene.fill(SCHOOL[collection])
    closed(scene)
    said = problem(scene.client.post(f"/{resource.path}", json=body), 422, "organization_closed")
    details = {each["detail"] for each in said["errors"] if each["code"] == "organization_closed"}
    assert all("31.08.2020" in each and "Ресурсная СОШ" in each for each in details)
    listed = send(scene, resource, sheet(resource, body)).json()["report"]
    errors = [error for row in listed["rows"] for error in row["errors"]]
    assert "organization_closed" in {error["code"] for error in errors}


@pytest.mark.parametrize("collection", SCHOOL)
def test_what_was_before_it_closed_stays(scene: Scene, collection: str) -> None:
    resource = RESOURCE[collection]
    made = scene.make(collection, body_of(resource, scene) | scene.fill(SCHOOL[collection]))
    closed(scene)
    head = {"If-Match": "*", "Content-Type": MERGE}
    answer = scene.client.patch(
        f"/{resource.path}/{made['id']}", json=resource.change, headers=head
    )
    assert answer.is_success, answer.text


def test_nobody_works_where_nothing_has_opened(scene: Scene) -> None:
    job = body_of(RESOURCE["employments"], scene) | {"valid_from": BEFORE, "valid_to": "2020-09-01"}
    closed(scene)
    said = problem(scene.client.post("/employments", json=job), 422, "organization_closed")
    pointers = [each["pointer"] for each in said["errors"]]
    assert pointers == ["/valid_from", "/valid_to"]
    english = scene.client.post("/employments", json=job, headers={"Accept-Language": "en"}).json()
    assert "it opened on 2020-01-01" in english["errors"][0]["detail"]


def test_a_member_leaves_before_it_closes(scene: Scene) -> None:
    body = body_of(RESOURCE["partnerships"], scene) | {"start_date": "2020-05-01"}
    body["members"][1] |= {"valid_to": CLOSED}
    closed(scene)
    assert scene.make("partnerships", body)
    body["members"][1] |= {"valid_to": AFTER}
    answer = scene.client.post("/partnerships", json=body)
    problem(answer, 422, "organization_closed", "/members/1/valid_to")
