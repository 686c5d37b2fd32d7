"""Closing an organization tells what stays open on it, with the cure."""

from typing import Any

import pytest

from tests.scene import MERGE, RECIPES, RESOURCE, Scene, is_russian
from tests.test_import_collections import send
from tests.test_imports import listed, report

pytestmark = pytest.mark.shared_out

LAST = "2020-12-31"
BOTH = ["designations_stay_open", "memberships_stay_open"]


@pytest.fixture
def school(scene: Scene) -> str:
    """A school with two open categories, one that has ended, and a partnership."""
    school = scene["$school"]
    for category, more in (
        ("low_results", {}),
        ("disadvantaged_conditions", {"valid_to": "2021-06-30", "exit_reason": "other"}),
        ("leader", {"valid_to": "2020-10-31", "exit_reason": "other"}),
    ):
        body = {"organization_id": school, "category": category, "valid_from": "2020-09-01"}
        scene.make("designations", body | more)
    assert scene["$partnership"]
    return school


def closed(scene: Scene, school: str, day: str | None = LAST) -> list[dict[str, Any]]:
    """The warnings of a school's closing."""
    headers = {"If-Match": "*", "Content-Type": MERGE}
    answer = scene.client.patch(
        f"/organizations/{school}", json={"closed_on": day}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["warnings"]
    return found


def test_what_stays_open_is_told_with_its_count_and_the_cure(scene: Scene, school: str) -> None:
    told = {each["code"]: each for each in closed(scene, school)}
    assert sorted(told) == BOTH
    assert {each["pointer"] for each in told.values()} == {"/closed_on"}
    designations, memberships = (told[code]["detail"] for code in BOTH)
    assert is_russian(designations)
    assert "31.12.2020" in designations
    assert ": 2." in designations
    assert "organization_closed" in designations
    assert ": 1." in memberships
    assert "valid_to" in memberships
    # What is told once is not told of another change.
    assert closed(scene, school) == []
    later = {each["code"]: each["detail"] for each in closed(scene, school, "2021-07-31")}
    assert sorted(later) == BOTH
    assert ": 1." in later["designations_stay_open"]
    assert closed(scene, school, None) == []


def test_a_list_tells_it_too(scene: Scene, school: str) -> None:
    cells = {"Номер записи": school, "Закрыта": "31.12.2020"}
    said = report(send(scene, RESOURCE["organizations"], listed(cells).encode()))
    assert sorted(each["code"] for each in said["rows"][0]["warnings"]) == BOTH


def test_what_has_ended_or_is_a_draft_is_not_told(scene: Scene) -> None:
    school = scene["$school"]
    made = scene.make("partnerships", {**RECIPES["$partnership"], "status": "draft"})
    assert made["status"] == "draft"
    ended = {"status": "ended", "end_date": LAST, "title": "Завершённое"}
    scene.make("partnerships", {**RECIPES["$partnership"], **ended})
    body = {"organization_id": school, "category": "low_results", "valid_from": "2020-09-01"}
    scene.make("designations", body, valid_to=LAST, exit_reason="organization_closed")
    assert closed(scene, school) == []


def test_people_who_work_or_attend_later_are_told(scene: Scene) -> None:
    school, event = scene["$school"], {**RECIPES["$event"], "status": "completed"}
    held = scene.make("events", event, completed_on="2020-10-15")["id"]
    teacher = scene.make("teachers", RECIPES["$teacher"], last_name="Новенькая")["id"]
    job: dict[str, Any] = {"teacher_id": teacher, "organization_id": school, "is_main_job": True}
    job |= {"position": "учитель", "position_group": "teaching", "valid_from": "2020-01-01"}
    scene.make("employments", job)
    body = {"teacher_id": teacher, "event_id": held, "organization_id": school}
    body |= {"status": "attended", "participated_on": "2020-10-15"}
    scene.make("participations", {**RESOURCE["participations"].example, **body})
    told = {each["code"]: each["detail"] for each in closed(scene, school, "2020-10-14")}
    assert {"attended_later", "jobs_stay_open"} <= told.keys()
    assert ": 1." in told["attended_later"]
    assert "14.10.2020" in told["jobs_stay_open"]
    later = [each["code"] for each in closed(scene, school, "2020-10-15")]
    assert "jobs_stay_open" in later
    assert "attended_later" not in later
