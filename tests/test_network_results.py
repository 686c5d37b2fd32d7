"""Results: marks of common assessments, and what confirms the expected results of a program."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.rulings import Case, changed, keeps, refused, takes, told, warnings_of
from tests.scene import RESOURCE, Scene, problem

pytestmark = pytest.mark.shared_out

MARKS = {"mark_2": 4, "mark_3": 4, "mark_4": 2, "mark_5": 1}
INDICATOR: dict[str, Any] = {
    "kind": "indicator",
    "measure_id": None,
    "operator": None,
    "threshold": None,
}
INDICATOR |= {"indicator_code": "org_involvement_share"}
ACTIVITY: dict[str, Any] = {
    "kind": "activity",
    "measure_id": None,
    "operator": None,
    "threshold": None,
}
ACTIVITY |= {"activity_id": "$activity"}
DOCUMENT = ACTIVITY | {"kind": "document", "activity_id": None, "act_id": "$act"}

RESULTS: list[dict[str, Any]] = [
    {"kind": "matrix", "row": 1, "level": "municipal", "text": "Рост результатов"},
    {"kind": "matrix", "row": 4, "level": "learner", "text": "Выбор профессии"},
    {"kind": "qualitative", "text": "Общая среда"},
    {"kind": "qualitative", "text": "Единый банк заданий"},
]


@pytest.fixture
def year(scene: Scene) -> Scene:
    """A scene with results expected, a text measure and events that are no assessments."""
    assert takes(scene, "programs", scene["$program"], expected_results=RESULTS)
    text = told("measures", {"code": "opinion", "title": "Отзыв", "unit": None})
    scene.ids["$text"] = scene.make("measures", text | {"value_kind": "text"})["id"]
    others: dict[str, dict[str, Any]] = {
        "$lesson": {"form": "professional_development"},
        "$formless": {"form": None},
        "$cancelled": {
            "form": "common_assessment",
            "status": "cancelled",
            "completed_on": None,
        },
    }
    for name, changes in others.items():
        body = told("events", changes | {"partnership_id": None, "title": name[1:]})
        scene.ids[name] = scene.make("events", body)["id"]
    return scene


REFUSED: list[Case] = [
    ("assessment_results", MARKS | {"listed": 10}, "more_marks_than_learners", "/listed"),
    ("assessment_results", dict.fromkeys(MARKS, 0), "no_marks", "/mark_2"),
    ("assessment_results", {"listed": 0}, "out_of_range", "/listed"),
    ("assessment_results", {"mark_4": -1}, "out_of_range", "/mark_4"),
    ("assessment_results", {"mark_4": "н/я"}, "wrong_type", "/mark_4"),
    ("assessment_results", {"grade": 12}, "out_of_range", "/grade"),
    ("assessment_results", {"stage": "spring"}, "not_a_choice", "/stage"),
    ("assessment_results", {"event_id": "$lesson"}, "no_assessment", "/event_id"),
    ("assessment_results", {"event_id": "$formless"}, "no_assessment", "/event_id"),
    ("assessment_results", {"event_id": "$cancelled"}, "no_assessment", "/event_id"),
    ("result_criteria", {"row": 5}, "no_such_result", "/row"),
    ("result_criteria", {"level": "learner"}, "no_such_result", "/row"),
    ("result_criteria", {"level": None, "row": 3}, "no_such_result", "/row"),
    ("result_criteria", {"threshold": None}, "threshold_missing", "/threshold"),
    ("result_criteria", {"measure_id": "$text"}, "measure_is_text", "/measure_id"),
    ("result_criteria", {"act_id": "$act"}, "subject_of_its_kind", "/act_id"),
    ("result_criteria", {"measure_id": None}, "subject_of_its_kind", "/measure_id"),
    (
        "result_criteria",
        INDICATOR | {"indicator_code": "result_confirmation_share"},
        "confirms_itself",
        "/indicator_code",
    ),
    ("result_criteria", INDICATOR | {"indicator_code": "own"}, "not_a_choice", "/indicator_code"),
    ("result_criteria", ACTIVITY | {"threshold": "1"}, "nothing_to_compare", "/threshold"),
    ("result_criteria", DOCUMENT | {"operator": "lte"}, "nothing_to_compare", "/operator"),
]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_confirms_nothing_is_refused(year: Scene, case: Case) -> None:
    refused(year, case)


def test_a_window_of_the_plan_has_no_results(year: Scene) -> None:
    assert year["$activity"]
    made = year.client.post(f"/programs/{year['$program']}/events/generate", json={})
    window = made.json()["items"][0]
    assert takes(year, "events", window, form="common_assessment") == []
    refused(year, ("assessment_results", {"event_id": window}, "no_assessment", "/event_id"))


def test_a_criterion_is_of_its_program(year: Scene) -> None:
    other = Scene(year.client, {"$municipality": year["$municipality"]})["$activity"]
    case = ACTIVITY | {"activity_id": other}
    refused(year, ("result_criteria", case, "other_program", "/activity_id"))


@pytest.mark.parametrize(
    ("collection", "changes"),
    [
        ("assessment_results", MARKS | {"listed": 11}),
        ("assessment_results", dict.fromkeys(MARKS, 0) | {"mark_5": 1, "listed": 1}),
        ("result_criteria", {"operator": None, "threshold": "-1.5"}),
        ("result_criteria", {"row": 4, "level": "learner"}),
        ("result_criteria", {"row": 2, "level": None}),
        ("result_criteria", INDICATOR),
        ("result_criteria", INDICATOR | {"operator": "lte", "threshold": "50"}),
        ("result_criteria", ACTIVITY),
        ("result_criteria", DOCUMENT),
    ],
    ids=str,
)
def test_what_confirms_is_taken(year: Scene, collection: str, changes: dict[str, Any]) -> None:
    assert year.make(collection, told(collection, changes))["warnings"] == []


@pytest.mark.parametrize(
    ("collection", "first", "again"),
    [
        ("assessment_results", {}, {"subject": "МАТЕМАТИКА ", "stage": "final", "listed": 99}),
        ("result_criteria", {}, {"operator": "lte", "threshold": "1"}),
        ("result_criteria", INDICATOR | {"row": 1, "level": None}, {"threshold": "1"}),
    ],
    ids=str,
)
def test_a_result_is_told_once(
    year: Scene, collection: str, first: dict[str, Any], again: dict[str, Any]
) -> None:
    year.make(collection, told(collection, first))
    body = year.fill(told(collection, first | again))
    problem(year.client.post(f"/{RESOURCE[collection].path}", json=body), 409)


def test_an_event_with_results_stays_an_assessment(year: Scene) -> None:
    result = year.make("assessment_results", told("assessment_results", {}))
    event = year["$assessment"]
    said = keeps(year, "events", event, "results_hang_on_it", form="professional_development")
    assert "записей: 1" in said
    keeps(year, "events", event, "results_hang_on_it", form=None)
    back = {"status": "planned", "completed_on": None}
    answer = changed(year, "events", event, **back)
    assert warnings_of(answer.json()) == [("results_left_out", "/status")]
    assert takes(year, "events", event, status="cancelled") == []
    # Results of a cancelled assessment stay, and are told no more.
    answer = changed(year, "assessment_results", result["id"], mark_5=1)
    problem(answer, 422, "no_assessment", "/event_id")
    path = f"/assessment-results/{result['id']}"
    assert year.client.delete(path, headers={"If-Match": "*"}).status_code == 204
    assert takes(year, "events", event, form=None) == []


@pytest.mark.long
def test_an_assessment_is_not_another_event_while_marks_come(year: Scene) -> None:
    """Either the event changes its form or it has marks: both is not kept."""
    for grade in range(1, 6):
        body = told(
            "events", {"form": "common_assessment", "title": f"Работа {'абвгд'[grade - 1]}"}
        )
        event = year.make("events", body | {"partnership_id": None})["id"]
        marks = year.fill(told("assessment_results", {"event_id": event, "grade": grade}))

        def work(turn: int, event: str = event, marks: dict[str, Any] = marks) -> int:
            if turn:
                return int(year.client.post("/assessment-results", json=marks).status_code)
            return int(changed(year, "events", event, form="shared_facilities").status_code)

        with ThreadPoolExecutor(2) as pool:
            statuses = list(pool.map(work, range(2)))
        assert statuses in ([200, 422], [422, 201])


def test_a_program_keeps_the_results_that_criteria_name(year: Scene) -> None:
    year.make("result_criteria", told("result_criteria", {}))
    year.make("result_criteria", told("result_criteria", {"row": 2, "level": None}))
    program = year["$program"]
    first, fourth, common, bank = RESULTS

    def kept(*results: dict[str, Any]) -> str:
        answer = changed(year, "programs", program, expected_results=[*results])
        said = problem(answer, 422, "result_in_use", "/expected_results")
        return " ".join(each["detail"] for each in said["errors"])

    assert "строка 1, уровень «муниципальный»" in kept(fourth, common, bank)
    assert "качественный результат 2" in kept(first, fourth, common)
    # The second result would be another one: what confirms it would confirm that.
    assert "качественный результат 2" in kept(first, bank, common)
    edited = bank | {"text": "Единый банк заданий и работ"}
    more = {"kind": "qualitative", "text": "Ещё один"}
    new = [common | {"text": "Иная среда"}, edited, more, first]
    assert takes(year, "programs", program, expected_results=new)
    assert takes(year, "programs", program, goal="Другая цель")


def test_a_measure_of_a_criterion_stays_a_number(year: Scene) -> None:
    year.make("result_criteria", told("result_criteria", {}))
    keeps(year, "measures", year["$measure"], "measure_in_use", value_kind="text")
