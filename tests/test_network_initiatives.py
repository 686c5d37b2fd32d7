"""Initiatives: contests and their levels, events, members, winners and days."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.rulings import Case, changed, keeps, refused, report_of, takes, told
from tests.scene import Scene, problem

pytestmark = pytest.mark.shared_out


@pytest.fixture
def contest(scene: Scene) -> Scene:
    """A scene with a club beside the contest, and an event of another program."""
    club: dict[str, Any] = {"provision": "professional_communities", "level": None, "events": []}
    scene.ids["$club"] = scene.make("initiatives", told("initiatives", club))["id"]
    other = Scene(scene.client, {"$municipality": scene["$municipality"]})
    scene.ids["$foreign"] = other["$event"]
    return scene


MEMBERS = "/initiative-members"
EVENT = {"event_id": "$event"}
CLUB = {"initiative_id": "$club", "winners": None}

REFUSED: list[Case] = [
    ("initiatives", {"level": None}, "level_of_contest", "/level"),
    ("initiatives", {"provision": "camps"}, "not_a_choice", "/provision"),
    ("initiatives", {"organizer_name": "Дворец"}, "one_organizer", "/organizer_name"),
    ("initiatives", {"events": [EVENT, EVENT]}, "event_twice", "/events/1/event_id"),
    (
        "initiatives",
        {"events": [EVENT, {"event_id": "$foreign"}]},
        "other_program",
        "/events/1/event_id",
    ),
    ("initiatives", {"end_date": "2020-09-30"}, "ends_before_start", "/end_date"),
    (
        "initiatives",
        {"start_date": "2022-01-01", "end_date": None},
        "outside_program",
        "/start_date",
    ),
    (
        "initiatives",
        {"start_date": "2019-01-01", "end_date": "2020-04-16"},
        "outside_program",
        "/end_date",
    ),
    ("initiative_members", CLUB | {"winners": 1}, "prizes_in_contests", "/winners"),
    ("initiative_members", CLUB | {"prize_winners": 0}, "prizes_in_contests", "/prize_winners"),
    ("initiative_members", {"winners": 13}, "more_prizes_than_members", "/winners"),
    (
        "initiative_members",
        {"winners": 10, "prize_winners": 3},
        "more_prizes_than_members",
        "/prize_winners",
    ),
    (
        "initiative_members",
        {"teachers": None, "learners": 5, "winners": 6},
        "more_prizes_than_members",
        "/winners",
    ),
    ("initiative_members", {"learners": -1}, "out_of_range", "/learners"),
    ("initiative_members", {"role": "winner"}, "not_a_choice", "/role"),
    ("initiative_members", {"valid_from": "2020-09-30"}, "outside_initiative", "/valid_from"),
    ("initiative_members", {"valid_to": "2021-01-01"}, "outside_initiative", "/valid_to"),
    ("initiative_members", {"valid_to": "2020-09-30"}, "ends_before_start", "/valid_to"),
]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_no_initiative_is_is_refused(contest: Scene, case: Case) -> None:
    if case[1:] == ({"valid_to": "2020-09-30"}, "ends_before_start", "/valid_to"):
        body = contest.fill(told(case[0], case[1]))
        problem(contest.client.post(MEMBERS, json=body), 422, case[2], case[3])
        return
    refused(contest, case)


@pytest.mark.parametrize(
    ("collection", "changes"),
    [
        ("initiatives", {"organizer_id": None}),
        ("initiatives", {"organizer_id": None, "organizer_name": "Дворец творчества"}),
        ("initiatives", {"provision": "partnership_projects", "level": None}),
        ("initiatives", {"start_date": "2019-09-01", "end_date": None, "events": []}),
        ("initiative_members", CLUB),
        ("initiative_members", {"teachers": 2, "learners": 10, "winners": 12}),
        # Nobody was told of who took part, so there is nothing to compare with.
        ("initiative_members", {"teachers": None, "learners": None, "winners": 2}),
        ("initiative_members", {"valid_to": None}),
    ],
    ids=str,
)
def test_what_an_initiative_is_is_taken(
    contest: Scene, collection: str, changes: dict[str, Any]
) -> None:
    assert contest.make(collection, told(collection, changes))["warnings"] == []


def test_an_initiative_is_named_once(scene: Scene) -> None:
    scene.make("initiatives", told("initiatives", {}))
    again = scene.fill(
        told("initiatives", {"title": "конкурс проектов «ШАГ в науку»", "level": "school"})
    )
    problem(scene.client.post("/initiatives", json=again), 409)
    assert scene.make("initiatives", told("initiatives", {"start_date": "2020-10-02"}))


@pytest.mark.parametrize(
    ("days", "is_taken"),
    [
        ({"valid_from": "2020-10-31", "valid_to": None}, False),
        ({"valid_from": "2020-10-01", "valid_to": "2020-10-01", "role": "organizer"}, False),
        ({"valid_from": "2020-11-01", "valid_to": None}, True),
        ({"organization_id": "$leader"}, True),
        ({"initiative_id": "$club", "winners": None}, True),
    ],
    ids=str,
)
def test_days_of_a_member_never_overlap(
    contest: Scene, days: dict[str, Any], *, is_taken: bool
) -> None:
    contest.make("initiative_members", told("initiative_members", {}))
    if is_taken:
        assert contest.make("initiative_members", told("initiative_members", days))
    else:
        refused(contest, ("initiative_members", days, "member_already", "/valid_from"))


def test_an_initiative_keeps_the_days_of_its_members(scene: Scene) -> None:
    scene.make("initiative_members", told("initiative_members", {}))
    initiative = scene["$initiative"]
    said = keeps(scene, "initiatives", initiative, "days_in_use", end_date="2020-10-30")
    assert "участники: 1, с 01.10.2020 по 31.10.2020" in said
    keeps(scene, "initiatives", initiative, "days_in_use", start_date="2020-10-02")
    assert takes(scene, "initiatives", initiative, end_date="2020-10-31") == []


def test_a_member_without_last_day_stays_to_the_end(scene: Scene) -> None:
    scene.make("initiative_members", told("initiative_members", {"valid_to": None}))
    assert takes(scene, "initiatives", scene["$initiative"], end_date="2020-10-02") == []
    keeps(scene, "initiatives", scene["$initiative"], "days_in_use", start_date="2020-10-02")


def test_a_contest_with_prizes_stays_one(scene: Scene) -> None:
    made = scene.make("initiative_members", told("initiative_members", {}))
    initiative, camp = scene["$initiative"], "additional_time_resources"
    keeps(scene, "initiatives", initiative, "contest_has_prizes", provision=camp)
    assert takes(scene, "initiative_members", made["id"], winners=None) == []
    assert takes(scene, "initiatives", initiative, provision=camp) == []


def test_a_member_may_be_a_partner_of_another_municipality(scene: Scene) -> None:
    partner = Scene(scene.client)["$school"]
    made = scene.make(
        "initiative_members", told("initiative_members", {"organization_id": partner})
    )
    assert made["municipality_id"] == scene["$municipality"]
    answer = changed(scene, "initiative_members", made["id"], organization_id="$school")
    problem(answer, 422, "immutable", "/organization_id")


def test_members_of_one_list_that_overlap_are_refused(scene: Scene) -> None:
    heading = "Инициатива;Организация;Роль;Первый день;Последний день"
    whose = f"{scene['$initiative']};{scene['$school']};участник"
    days = "01.10.2020;10.10.2020", "10.10.2020;20.10.2020", "21.10.2020;30.10.2020"
    rows = (f"{whose};{each}" for each in days)
    report = report_of(scene, "initiative_members", heading, *rows)
    codes = [[error["code"] for error in row["errors"]] for row in report["rows"]]
    assert codes == [["member_already"], ["member_already"], []], report


@pytest.mark.long
def test_one_of_two_members_at_once_is_kept(scene: Scene) -> None:
    for number in range(5):
        start = told("initiatives", {"title": f"Конкурс {'абвгд'[number]}", "events": []})
        scene.ids["$initiative"] = scene.make("initiatives", start)["id"]
        bodies = [
            scene.fill(told("initiative_members", {"valid_from": f"2020-10-{at + 1:02d}"}))
            for at in range(8)
        ]
        with ThreadPoolExecutor(8) as pool:
            answers = pool.map(lambda body: scene.client.post(MEMBERS, json=body), bodies)
            statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [201] + [422] * 7
