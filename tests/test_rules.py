"""Rules: what nobody may say is refused with its place and a Russian word, and nothing is kept."""

from typing import Any

import pytest

from tests.scene import RESOURCE, Scene, is_russian, problem

pytestmark = pytest.mark.shared_out

PARTNERSHIP = {
    "program_id": "$program",
    "model": "vertical",
    "basis": "plan",
    "status": "active",
    "start_date": "2020-09-01",
}
LEADER = {"organization_id": "$leader", "role": "leader"}
SUPPORTED = {"organization_id": "$school", "role": "supported"}
EVENT = {
    "activity_id": "$activity",
    "window_start": "2020-10-15",
    "window_end": "2020-10-15",
    "status": "planned",
}
SCHOOL = {
    "municipality_id": "$municipality",
    "kind": "general_school",
    "full_name": "Школа",
    "short_name": "Школа",
}
JOB = {
    "teacher_id": "$teacher",
    "organization_id": "$leader",
    "position": "методист",
    "position_group": "other",
    "is_main_job": False,
    "valid_from": "2021-01-01",
}
PARTICIPATION = {
    "teacher_id": "$teacher",
    "event_id": "$event",
    "organization_id": "$school",
    "role": "attendee",
    "status": "attended",
    "participated_on": "2020-10-15",
}
RECORD = {
    "program_id": "$program",
    "measure_id": "$measure",
    "period_start": "2020-09-01",
    "period_end": "2020-12-31",
    "observed_on": "2020-12-25",
    "value_number": "1",
    "state": "draft",
}
DESIGNATION = {"organization_id": "$leader", "category": "leader", "valid_from": "2021-01-01"}
PROGRAM = {
    "municipality_id": "$municipality",
    "title": "Программа",
    "start_date": "2020-09-01",
    "end_date": "2021-08-31",
}
TWO_COORDINATORS = [{"role": "coordinator"}, {"role": "coordinator"}]

BAD: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "partnerships",
        PARTNERSHIP | {"members": [LEADER, SUPPORTED, LEADER | {"role": "supported"}]},
        "leader_and_supported",
        "/members/2/role",
    ),
    ("partnerships", PARTNERSHIP | {"members": [LEADER]}, "needs_both_sides", "/members"),
    (
        "partnerships",
        PARTNERSHIP | {"members": [LEADER, SUPPORTED], "status": "ended"},
        "end_date_missing",
        "/end_date",
    ),
    (
        "partnerships",
        PARTNERSHIP | {"members": [LEADER, SUPPORTED, SUPPORTED]},
        "member_twice",
        "/members/2/valid_from",
    ),
    ("designations", DESIGNATION, "designation_overlaps", "/valid_from"),
    (
        "designations",
        DESIGNATION | {"category": "low_results", "valid_to": "2021-05-31"},
        "exit_reason_with_end",
        "/exit_reason",
    ),
    ("events", EVENT | {"window_start": "2020-04-16"}, "outside_program", "/window_start"),
    ("events", EVENT | {"window_end": "2022-01-01"}, "outside_program", "/window_end"),
    ("events", EVENT | {"activity_id": None}, "parent_missing", "/activity_id"),
    ("events", EVENT | {"kind": "plan_window"}, "made_by_generate", "/kind"),
    ("events", EVENT | {"status": "completed"}, "completed_on_missing", "/completed_on"),
    ("events", EVENT | {"completed_on": "2020-10-15"}, "completed_on_with_status", "/completed_on"),
    ("events", EVENT | {"window_end": "2020-10-14"}, "ends_before_start", "/window_end"),
    ("organizations", SCHOOL | {"inn": "1633000184"}, "bad_inn", "/inn"),
    ("organizations", SCHOOL | {"ogrn": "2041645607255"}, "bad_ogrn", "/ogrn"),
    ("organizations", SCHOOL | {"full_name": " \u200b "}, "blank", "/full_name"),
    ("employments", JOB | {"is_main_job": True}, "one_main_job", "/is_main_job"),
    (
        "employments",
        JOB | {"organization_id": "$school", "position": "Учитель  математики"},
        "employment_overlaps",
        "/valid_from",
    ),
    (
        "participations",
        PARTICIPATION | {"participated_on": "2020-10-16"},
        "outside_event_window",
        "/participated_on",
    ),
    ("participations", PARTICIPATION | {"hours": "2.555"}, "not_a_decimal", "/hours"),
    (
        "monitoring_records",
        RECORD | {"value_number": None, "value_text": "много"},
        "wrong_value_kind",
        "/value_text",
    ),
    ("programs", PROGRAM | {"officers": TWO_COORDINATORS}, "one_officer_a_day", "/officers/1/role"),
    ("headcounts", {"observed_on": "15.10.2020"}, "not_a_day", "/observed_on"),
    ("headcounts", {"teachers": -1}, "out_of_range", "/teachers"),
    ("headcounts", {"teachers": "5"}, "wrong_type", "/teachers"),
]


def count(scene: Scene, collection: str) -> int:
    query = {"municipality_id": scene["$municipality"], "include_total": "true", "limit": "1"}
    answer = scene.client.get(f"/{RESOURCE[collection].path}", params=query)
    return int(answer.json()["total"])


def refused(scene: Scene, collection: str, body: dict[str, Any], code: str, pointer: str) -> None:
    """Send a body and see it refused, with nothing kept of it."""
    filled = scene.fill(body)
    before = count(scene, collection)
    answer = scene.client.post(f"/{RESOURCE[collection].path}", json=filled)
    said = problem(answer, 422, code, pointer)
    assert all(is_russian(each["detail"]) for each in said["errors"])
    assert count(scene, collection) == before


@pytest.mark.parametrize(
    ("collection", "body", "code", "pointer"), BAD, ids=[f"{c}-{code}" for c, _, code, _ in BAD]
)
def test_what_breaks_a_rule_is_refused(
    scene: Scene, collection: str, body: dict[str, Any], code: str, pointer: str
) -> None:
    refused(scene, collection, body, code, pointer)


def test_nobody_takes_part_in_a_cancelled_event(scene: Scene) -> None:
    address = f"/events/{scene['$event']}"
    cancelled = {"status": "cancelled"}
    assert scene.client.patch(address, json=cancelled, headers={"If-Match": "*"}).is_success
    refused(scene, "participations", PARTICIPATION, "event_cancelled", "/event_id")


def test_an_event_with_participations_may_be_cancelled(scene: Scene) -> None:
    scene.make("participations", PARTICIPATION)
    address = f"/events/{scene['$event']}"
    cancelled = {"status": "cancelled"}
    assert scene.client.patch(address, json=cancelled, headers={"If-Match": "*"}).is_success


def test_who_leaves_may_come_back(scene: Scene) -> None:
    left = {"valid_from": "2019-01-01", "valid_to": "2019-12-31", "exit_reason": "other"}
    assert scene["$leader"]
    assert scene.make("designations", DESIGNATION | left)["warnings"] == []


@pytest.mark.parametrize(
    ("text", "kind", "months"),
    [
        ("В течении всего периода", "whole_period", (None, None)),
        ("Ежегодно (сентябрь - октябрь)", "annual_window", (9, 10)),
        ("по мере готовности", "unparsed", (None, None)),
    ],
)
def test_a_printed_term_is_read_or_kept_with_a_warning(
    scene: Scene, text: str, kind: str, months: tuple[int | None, int | None]
) -> None:
    body = {"program_id": "$program", "title": "Работа", "direction": "financial"}
    made = scene.make("activities", body, plan_no="5.", term_text=text)
    assert (made["term_text"], made["term"]["kind"], made["plan_no"]) == (text, kind, "5")
    assert (made["term"]["month_from"], made["term"]["month_to"]) == months
    warned = [each["code"] for each in made["warnings"]]
    assert warned == (["term_unparsed"] if kind == "unparsed" else [])


def test_every_fault_is_told_at_once(scene: Scene) -> None:
    body = scene.fill(SCHOOL) | {"inn": "1", "ogrn": "1", "opened_on": 5, "full_name": ""}
    said = problem(scene.client.post("/organizations", json=body), 422)
    pointers = {each["pointer"] for each in said["errors"]}
    assert pointers == {"/inn", "/ogrn", "/opened_on", "/full_name"}
    assert "1633" not in str(said)
