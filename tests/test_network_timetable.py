"""Slots of groups and of uses: whose they are, when they may be, and whom they meet."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.rulings import Case, changed, keeps, refused, report_of, takes, told, warned, warnings_of
from tests.scene import Scene, problem
from tests.standing import standing

pytestmark = pytest.mark.shared_out

USE = {"group_id": None, "component_no": None, "use_id": "$use"}
HOLIDAYS = {"valid_from": "2020-11-02", "valid_to": "2020-11-08", "reason": "Каникулы"}


@pytest.fixture
@standing
def hall(scene: Scene) -> Scene:
    """A scene in which the school uses the leader's hall in the autumn of 2020."""
    scene.ids["$use"] = scene.make("resource_uses", told("resource_uses", {}))["id"]
    second = told("resource_uses", {"start_date": "2020-09-02", "user_id": "$authority"})
    scene.ids["$other_use"] = scene.make("resource_uses", second)["id"]
    return scene


def slot(**changes: Any) -> dict[str, Any]:
    return told("schedule_slots", changes)


REFUSED: list[Case] = [
    ("schedule_slots", {"starts": "24:00"}, "not_a_time", "/starts"),
    ("schedule_slots", {"starts": "9:00"}, "not_a_time", "/starts"),
    ("schedule_slots", {"ends": "15:60"}, "not_a_time", "/ends"),
    ("schedule_slots", {"ends": "15:45:00"}, "not_a_time", "/ends"),
    ("schedule_slots", {"ends": "15:00"}, "ends_not_later", "/ends"),
    ("schedule_slots", {"ends": "14:59"}, "ends_not_later", "/ends"),
    ("schedule_slots", {"weekday": 0}, "out_of_range", "/weekday"),
    ("schedule_slots", {"weekday": 8}, "out_of_range", "/weekday"),
    ("schedule_slots", {"parity": "both"}, "not_a_choice", "/parity"),
    ("schedule_slots", {"use_id": "$use"}, "one_holder", "/group_id"),
    ("schedule_slots", USE | {"component_no": 1}, "of_groups_only", "/component_no"),
    ("schedule_slots", USE | {"resource_id": "$hall"}, "of_groups_only", "/resource_id"),
    ("schedule_slots", {"organization_id": "$school"}, "wrong_keeper", "/organization_id"),
    ("schedule_slots", USE | {"organization_id": "$school"}, "wrong_keeper", "/organization_id"),
    ("schedule_slots", {"valid_from": "2020-08-31"}, "outside_holder", "/valid_from"),
    ("schedule_slots", {"valid_to": "2021-06-01"}, "outside_holder", "/valid_to"),
    ("schedule_slots", USE | {"valid_to": "2021-01-01"}, "outside_holder", "/valid_to"),
    ("schedule_slots", {"valid_to": "2020-08-31"}, "outside_holder", "/valid_to"),
    ("schedule_slots", {"component_no": 2}, "no_component", "/component_no"),
]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_is_no_slot_is_refused(hall: Scene, case: Case) -> None:
    if case[1] == {"valid_to": "2020-08-31"}:
        answer = hall.client.post("/schedule-slots", json=hall.fill(slot(**case[1])))
        problem(answer, 422, "ends_before_start", "/valid_to")
        return
    refused(hall, case)


def test_a_slot_is_of_a_group_or_of_a_use(hall: Scene) -> None:
    nobody = hall.fill(slot(group_id=None))
    problem(hall.client.post("/schedule-slots", json=nobody), 422)
    assert hall.make("schedule_slots", slot(**USE))["parity"] == "odd"


@pytest.mark.parametrize("holder", [{}, USE], ids=["group", "use"])
@pytest.mark.parametrize(
    "other",
    [
        {"starts": "14:00", "ends": "15:01", "parity": "every"},
        {"starts": "15:44", "ends": "16:00", "parity": "odd"},
        {"starts": "15:10", "ends": "15:20", "valid_from": "2020-12-15"},
        {"starts": "15:00", "ends": "15:45", "parity": "every"},
    ],
    ids=str,
)
def test_slots_of_one_never_meet(
    hall: Scene, holder: dict[str, Any], other: dict[str, Any]
) -> None:
    hall.make("schedule_slots", slot(**holder))
    refused(hall, ("schedule_slots", holder | other, "slots_meet", "/starts"))


@pytest.mark.parametrize(
    "other",
    [
        {"starts": "15:45", "ends": "16:30"},
        {"starts": "14:00", "ends": "15:00"},
        {"parity": "even"},
        {"weekday": 3},
        {"valid_from": "2020-12-30"},
    ],
    ids=str,
)
def test_what_touches_does_not_meet(hall: Scene, other: dict[str, Any]) -> None:
    hall.make("schedule_slots", slot(valid_to="2020-12-29"))
    assert hall.make("schedule_slots", slot(**other))["warnings"] == []


def test_the_first_meeting_is_told(hall: Scene) -> None:
    hall.make("schedule_slots", slot(parity="every"))
    meets = hall.fill(slot(starts="15:30", parity="even", ends="16:00"))
    said = problem(hall.client.post("/schedule-slots", json=meets), 422, "slots_meet", "/starts")
    # Week 1 holds 1 September 2020, a Tuesday: the first even Tuesday is a week later.
    assert "08.09.2020" in said["errors"][0]["detail"]


@pytest.mark.long
def test_what_a_break_keeps_apart_may_stand_there(hall: Scene) -> None:
    # The tenth week, an even one, is the holidays': the slots share only its Tuesday.
    assert takes(hall, "network_groups", hall["$group"], breaks=[HOLIDAYS]) == []
    days = {"valid_from": "2020-11-02", "valid_to": "2020-11-08"}
    hall.make("schedule_slots", slot(parity="even"))
    made = hall.make("schedule_slots", slot(starts="15:15", parity="every", **days))
    assert made["warnings"] == []
    said = keeps(hall, "network_groups", hall["$group"], "break_keeps_slots_apart", breaks=[])
    assert "03.11.2020" in said
    longer = [HOLIDAYS | {"valid_to": "2020-11-10"}]
    assert takes(hall, "network_groups", hall["$group"], breaks=longer) == []


def test_a_use_keeps_its_slots(hall: Scene) -> None:
    hall.make("schedule_slots", slot(**USE))
    keeps(hall, "resource_uses", hall["$use"], "days_in_use", end_date="2020-12-30")
    keeps(hall, "resource_uses", hall["$use"], "days_in_use", start_date="2020-09-02")
    assert takes(hall, "resource_uses", hall["$use"], quantity="4") == []
    unit = {"municipality_id": "$municipality", "kind": "general_school", "parent_id": "$authority"}
    named = {"full_name": "Филиал", "short_name": "Филиал"}
    made = hall.make("organizations", unit | named)["id"]
    hall.ids["$unit_hall"] = hall.make(
        "shared_resources", told("shared_resources", {"organization_id": made})
    )["id"]
    elsewhere = {"resource_id": "$unit_hall", "provider_id": made}
    answer = changed(hall, "resource_uses", hall["$use"], **elsewhere)
    problem(answer, 422, "keeper_in_use", "/provider_id")


def test_others_in_an_exclusive_hall_are_a_warning(hall: Scene) -> None:
    assert hall.make("schedule_slots", slot(**USE))["warnings"] == []
    other = USE | {"use_id": "$other_use", "starts": "15:30", "ends": "16:00", "parity": "every"}
    other |= {"valid_from": "2020-09-08"}
    made = hall.make("schedule_slots", slot(**other))
    assert warnings_of(made) == [("booking_conflict", "/starts")]
    # Odd Tuesdays from 15 September to 29 December 2020, less the autumn holidays (an even week).
    assert "впервые 15.09.2020, всего дат: 8" in made["warnings"][0]["detail"]


@pytest.mark.parametrize(
    ("collection", "name", "changes"),
    [
        ("resource_uses", "$other_use", {"status": "draft"}),
        ("shared_resources", "$hall", {"exclusive": False}),
    ],
)
def test_drafts_and_open_halls_take_nobodys_place(
    hall: Scene, collection: str, name: str, changes: dict[str, Any]
) -> None:
    assert takes(hall, collection, hall[name], **changes) == []
    mine = USE | {"use_id": "$other_use", "valid_from": "2020-09-08"}
    assert hall.make("schedule_slots", slot(**mine))["warnings"] == []
    assert hall.make("schedule_slots", slot(**USE))["warnings"] == []
    # What makes them count again tells of it.
    back = {"status": "active"} if "status" in changes else {"exclusive": True}
    (warning,) = takes(hall, collection, hall[name], **back)
    assert warning[0] == "bookings_meet"


@pytest.mark.long
def test_a_group_is_not_in_the_way_of_its_own_use(hall: Scene) -> None:
    assert hall.make("schedule_slots", slot(**USE))["warnings"] == []
    school = [
        {"organization_id": "$school", "role": "base", "act_id": "$contract"},
        {"organization_id": "$leader", "role": "educating", "licence_no": "16/1"},
    ]
    assert takes(hall, "network_curricula", hall["$curriculum"], parties=school) == []
    own = told("network_groups", {"title": "У себя", "host_id": "$school", "learners": []})
    hall.ids["$own"] = hall.make("network_groups", own)["id"]
    there: dict[str, Any] = {"group_id": "$own", "organization_id": "$school"}
    there |= {"resource_id": "$hall", "component_no": None}
    assert hall.make("schedule_slots", slot(**there))["warnings"] == []
    longer = there | {"weekday": 4, "valid_to": "2021-01-01"}
    warned(hall, ("schedule_slots", longer, "no_use", "/resource_id"))
    assert takes(hall, "resource_uses", hall["$use"], status="draft") == []
    nobody = there | {"weekday": 5}
    warned(hall, ("schedule_slots", nobody, "no_use", "/resource_id"))


def test_a_group_meets_the_use_of_another(hall: Scene) -> None:
    assert hall.make("schedule_slots", slot(**USE))["warnings"] == []
    warned(hall, ("schedule_slots", {"resource_id": "$hall"}, "booking_conflict", "/starts"))


HEADING = "Группа;Кто ведёт расписание;День недели;Начало;Конец;Первый день;Последний день"


def row_of(group: str, keeper: str, starts: str, ends: str) -> str:
    return f"{group};{keeper};2;{starts};{ends};01.09.2020;31.12.2020"


def test_slots_of_one_list_that_meet_are_refused_in_order(hall: Scene) -> None:
    whose = hall["$group"], hall["$leader"]
    times = [("14:00", "14:45"), ("14:30", "15:15"), ("15:00", "15:45"), ("15:45", "16:30")]
    report = report_of(hall, "schedule_slots", HEADING, *(row_of(*whose, *each) for each in times))
    codes = [[error["code"] for error in row["errors"]] for row in report["rows"]]
    # The third meets only the second, which is refused, so it stays.
    assert codes == [[], ["slots_meet"], [], []], report


@pytest.mark.long
def test_a_slot_between_two_committed_ones_knows_both(scene: Scene) -> None:
    """Slots of one group that meet are not both kept, however close they come."""
    for number in range(5):
        group = told("network_groups", {"title": f"Группа {'абвгд'[number]}"})
        scene.ids["$group"] = scene.make("network_groups", group)["id"]
        bodies = [scene.fill(slot(starts=f"15:{10 + at}", parity="every")) for at in range(8)]
        with ThreadPoolExecutor(8) as pool:
            answers = pool.map(lambda body: scene.client.post("/schedule-slots", json=body), bodies)
            statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [201] + [422] * 7


@pytest.mark.long
def test_a_group_is_not_shortened_while_slots_come(scene: Scene) -> None:
    """Either the group ends earlier or the slot lies in it: both is not kept."""
    for number in range(5):
        group = told("network_groups", {"title": f"Группа {'абвгд'[number]}"})
        made = scene.make("network_groups", group)["id"]
        scene.ids["$group"] = made
        body = scene.fill(slot())

        def work(turn: int, made: str = made, body: dict[str, Any] = body) -> int:
            if turn:
                return int(scene.client.post("/schedule-slots", json=body).status_code)
            answer = changed(scene, "network_groups", made, end_date="2020-11-30")
            return int(answer.status_code)

        with ThreadPoolExecutor(2) as pool:
            statuses = list(pool.map(work, range(2)))
        assert statuses in ([200, 422], [422, 201])


@pytest.mark.long
def test_a_thousand_slots_in_one_hall_load(hall: Scene) -> None:
    """A real timetable of a hall loads at once, conflicts as warnings."""
    keeper, use, other = hall["$leader"], hall["$use"], hall["$other_use"]
    heading = HEADING.replace("Группа", "Пользование ресурсом")
    rows = []
    for number in range(1_000):
        day, minute = number % 7 + 1, number // 7 % 72 * 10
        whose = use if number < 504 else other
        starts, ends = (f"{8 + at // 60:02d}:{at % 60:02d}" for at in (minute, minute + 10))
        rows.append(f"{whose};{keeper};{day};{starts};{ends};07.09.2020;31.12.2020")
    report = report_of(hall, "schedule_slots", heading, *rows)
    assert report["stats"]["created"] == 1_000, report["rows"][:3]
    warned_of = {warning["code"] for row in report["rows"] for warning in row["warnings"]}
    assert warned_of == {"booking_conflict"}
