"""Money: signs, years and lines of the plan."""

from typing import Any

import pytest

from app.words import SPACE
from tests.rulings import Case, changed, refused, takes, told, warned, warnings_of
from tests.scene import Scene, problem

pytestmark = pytest.mark.shared_out

PAYMENT = {"entry": "payment", "entry_date": "2020-10-01", "document_no": "1"}

REFUSED: list[Case] = [
    ("funding_entries", {"amount": "0"}, "not_positive", "/amount"),
    ("funding_entries", {"amount": "-1"}, "not_positive", "/amount"),
    ("funding_entries", {"entry": "change", "amount": "0"}, "no_amount", "/amount"),
    ("funding_entries", PAYMENT | {"amount": "0.00"}, "no_amount", "/amount"),
    ("funding_entries", {"amount": "1.005"}, "not_a_decimal", "/amount"),
    ("funding_entries", {"amount": "0.001"}, "not_a_decimal", "/amount"),
    ("funding_entries", {"amount": 100}, "not_a_decimal", "/amount"),
    ("funding_entries", {"amount": "1e3"}, "not_a_decimal", "/amount"),
    ("funding_entries", {"amount": "10000000000000"}, "not_a_decimal", "/amount"),
    ("funding_entries", PAYMENT | {"year": 2021}, "other_year", "/entry_date"),
    ("funding_entries", PAYMENT | {"entry_date": "2019-12-31"}, "other_year", "/entry_date"),
    ("funding_entries", {"year": 2019}, "year_outside_program", "/year"),
    ("funding_entries", {"year": 2022}, "year_outside_program", "/year"),
    ("funding_entries", {"fund": "budget"}, "not_a_choice", "/fund"),
    ("funding_entries", {"title": ""}, "blank", "/title"),
]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_no_ledger_says_is_refused(scene: Scene, case: Case) -> None:
    refused(scene, case)


@pytest.mark.parametrize("name", ["activity_id", "partnership_id", "curriculum_id"])
def test_money_is_of_one_program(scene: Scene, name: str) -> None:
    other = Scene(scene.client, {"$municipality": scene["$municipality"]})
    theirs = other[f"${name.removesuffix('_id')}"]
    refused(scene, ("funding_entries", {name: theirs}, "other_program", f"/{name}"))


@pytest.mark.parametrize(
    "changes",
    [
        {"entry": "change", "amount": "-20000.50"},
        {"entry_date": "2019-12-01"},
        {"entry": "payment", "entry_date": "2020-01-15", "amount": "-5"},
        {"year": 2021, "amount": "999999999999"},
    ],
    ids=str,
)
def test_what_a_ledger_says_is_taken(scene: Scene, changes: dict[str, Any]) -> None:
    assert scene.make("funding_entries", told("funding_entries", changes))["warnings"] == []


def test_what_is_paid_above_the_plan_is_told(scene: Scene) -> None:
    scene.make("funding_entries", told("funding_entries", {}))
    paid = scene.make("funding_entries", told("funding_entries", PAYMENT))
    assert paid["warnings"] == []
    more = PAYMENT | {"amount": "0.01", "document_no": "2"}
    warned(scene, ("funding_entries", more, "above_plan", "/amount"))
    raised = {"entry": "change", "amount": "0.01", "document_no": "3"}
    assert scene.make("funding_entries", told("funding_entries", raised))["warnings"] == []
    # A decrease of the plan tells of it as a payment does.
    lowered = told("funding_entries", {"entry": "change", "amount": "-10", "document_no": "4"})
    made = scene.make("funding_entries", lowered)
    assert warnings_of(made) == [("above_plan", "/amount")]
    said = made["warnings"][0]["detail"].replace(SPACE, " ")
    assert "120 000,01 руб. при плане с уточнениями 119 990,01 руб." in said
    assert takes(scene, "funding_entries", made["id"], amount="-0.01") == [
        ("above_plan", "/amount")
    ]


@pytest.mark.parametrize(
    "other", [{"fund": "own_income"}, {"recipient_id": "$leader"}, {"activity_id": None}], ids=str
)
def test_a_line_is_paid_from_its_own_plan(scene: Scene, other: dict[str, Any]) -> None:
    scene.make("funding_entries", told("funding_entries", {}))
    warned(scene, ("funding_entries", PAYMENT | other, "above_plan", "/amount"))


def test_an_entry_is_told_once_also_without_number_and_activity(scene: Scene) -> None:
    bare = {"document_no": None, "activity_id": None}
    scene.make("funding_entries", told("funding_entries", bare))
    again = scene.fill(
        told("funding_entries", bare | {"amount": "7", "title": "ОБОРУДОВАНИЕ  кабинета физики"})
    )
    problem(scene.client.post("/funding-entries", json=again), 409)
    numbered = told("funding_entries", bare | {"document_no": "18"})
    assert scene.make("funding_entries", numbered)


def test_a_plan_does_not_change_its_program(scene: Scene) -> None:
    made = scene.make("funding_entries", told("funding_entries", {}))
    other = Scene(scene.client, {"$municipality": scene["$municipality"]})["$program"]
    answer = changed(scene, "funding_entries", made["id"], program_id=other)
    problem(answer, 422, "immutable", "/program_id")
