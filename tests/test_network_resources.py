"""Resources: who needs, has, lends and uses what, and what a use rests on."""

from typing import Any

import pytest

from tests.rulings import Case, changed, keeps, refused, report_of, takes, told, warned
from tests.scene import RESOURCE, Scene, problem
from tests.standing import standing

pytestmark = pytest.mark.shared_out

LEASE = {"basis": "lease", "act_id": "$lease"}
PAPERS = {"assessment_act_id": "$conclusion", "consent_act_id": "$act"}


@pytest.fixture
@standing
def lending(scene: Scene) -> Scene:
    """A scene with units, a house of culture with a stage, and the documents of a lease."""
    unit = {"municipality_id": "$municipality", "kind": "general_school", "parent_id": "$leader"}
    named = {"full_name": "Филиал", "short_name": "Филиал"}
    scene.ids["$unit"] = scene.make("organizations", unit | named)["id"]
    club = {"municipality_id": "$municipality", "kind": "culture"}
    named = {"full_name": "Дом культуры", "short_name": "ДК"}
    scene.ids["$club"] = scene.make("organizations", club | named)["id"]
    acts = {"$conclusion": "conclusion", "$lease": "lease_contract", "$minutes": "minutes"}
    for name, kind in acts.items():
        scene.ids[name] = scene.make("legal_acts", told("legal_acts", {"kind": kind}))["id"]
    for name, owner in (("$unit_hall", "$unit"), ("$stage", "$club")):
        hall = told("shared_resources", {"organization_id": owner})
        scene.ids[name] = scene.make("shared_resources", hall)["id"]
    return scene


REFUSED: list[Case] = [
    ("resource_types", {"kind": "rooms"}, "not_a_choice", "/kind"),
    ("resource_types", {"unit": " "}, "blank", "/unit"),
    ("resource_balances", {"offered": "2.51"}, "offered_above_available", "/offered"),
    ("resource_balances", {"needed": "-1"}, "out_of_range", "/needed"),
    ("resource_balances", {"needed": "1000000.01"}, "out_of_range", "/needed"),
    ("resource_balances", {"available": "2.555"}, "not_a_decimal", "/available"),
    ("resource_balances", {"available": 2}, "not_a_decimal", "/available"),
    ("shared_resources", {"seats": -1}, "out_of_range", "/seats"),
    ("shared_resources", {"right": "rent"}, "not_a_choice", "/right"),
    ("shared_resources", {"valid_to": "2019-08-31"}, "ends_before_start", "/valid_to"),
    ("resource_uses", {"user_id": "$leader"}, "uses_its_own", "/user_id"),
    ("resource_uses", {"user_id": "$unit"}, "uses_its_own", "/user_id"),
    ("resource_uses", {"provider_id": "$unit"}, "not_its_resource", "/provider_id"),
    ("resource_uses", {"provider_id": "$club"}, "not_its_resource", "/provider_id"),
    ("resource_uses", {"act_id": "$act"}, "wrong_act", "/act_id"),
    ("resource_uses", {"act_id": "$contract"}, "wrong_act", "/act_id"),
    ("resource_uses", {"assessment_act_id": "$act"}, "wrong_act", "/assessment_act_id"),
    ("resource_uses", {"consent_act_id": "$minutes"}, "wrong_act", "/consent_act_id"),
    ("resource_uses", {"quantity": "1.005"}, "not_a_decimal", "/quantity"),
    ("resource_uses", {"end_date": "2020-08-31", "breaks": []}, "ends_before_start", "/end_date"),
    (
        "resource_uses",
        {"start_date": "2022-01-01", "end_date": "2022-05-31"},
        "outside_program",
        "/start_date",
    ),
    (
        "resource_uses",
        {"start_date": "2019-09-01", "end_date": "2020-04-16"},
        "outside_program",
        "/end_date",
    ),
    (
        "resource_uses",
        {"breaks": [{"valid_from": "2020-11-08", "valid_to": "2020-11-02"}]},
        "ends_before_start",
        "/breaks/0/valid_to",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_nobody_lends_is_refused(lending: Scene, case: Case) -> None:
    refused(lending, case)


@pytest.mark.parametrize(
    ("collection", "name", "another"),
    [
        ("resource_balances", "resource_type_id", "$resource_type"),
        ("shared_resources", "resource_type_id", "$hall_type"),
    ],
)
def test_a_type_is_shared_or_of_the_municipality(
    scene: Scene, collection: str, name: str, another: str
) -> None:
    theirs = Scene(scene.client)[another]
    refused(scene, (collection, {name: theirs}, "other-municipality", f"/{name}"))


def test_a_use_is_of_its_program(scene: Scene) -> None:
    other = scene.make("programs", told("programs", {"approved_by_id": None}))["id"]
    pair = scene.make("partnerships", told("partnerships", {"program_id": other}))["id"]
    refused(scene, ("resource_uses", {"partnership_id": pair}, "other_program", "/partnership_id"))


@pytest.mark.parametrize("provider", ["$unit", "$leader"])
def test_a_unit_or_its_legal_person_lends(lending: Scene, provider: str) -> None:
    use = {"resource_id": "$unit_hall", "provider_id": provider}
    assert lending.make("resource_uses", told("resource_uses", use))["warnings"] == []


WARNED: list[Case] = [
    ("resource_balances", {"available": "5", "offered": "2"}, "offers_what_it_needs", "/offered"),
    ("resource_uses", {"act_id": None}, "basis_missing", "/act_id"),
    (
        "resource_uses",
        LEASE | {"consent_act_id": "$act"},
        "assessment_missing",
        "/assessment_act_id",
    ),
    (
        "resource_uses",
        LEASE | {"basis": "free_use", "assessment_act_id": "$conclusion"},
        "consent_missing",
        "/consent_act_id",
    ),
    (
        "resource_uses",
        {"basis": "lease", "act_id": None, "resource_id": "$stage", "provider_id": "$club"},
        "basis_missing",
        "/act_id",
    ),
]


@pytest.mark.parametrize("case", WARNED, ids=str)
def test_what_lacks_is_told(lending: Scene, case: Case) -> None:
    warned(lending, case)


@pytest.mark.parametrize(
    ("collection", "changes"),
    [
        ("resource_balances", {"available": "6", "offered": "2"}),
        ("resource_balances", {"needed": "0", "available": "0", "offered": "0"}),
        ("resource_uses", LEASE | PAPERS),
        ("resource_uses", LEASE | {"resource_id": "$stage", "provider_id": "$club"}),
    ],
    ids=str,
)
def test_what_is_whole_has_no_warning(
    lending: Scene, collection: str, changes: dict[str, Any]
) -> None:
    assert lending.make(collection, told(collection, changes))["warnings"] == []


def test_a_type_in_use_keeps_its_unit(scene: Scene) -> None:
    scene.make("resource_balances", told("resource_balances", {}))
    scene.make("shared_resources", told("shared_resources", {}))
    for name in ("$resource_type", "$hall_type"):
        keeps(scene, "resource_types", scene[name], "resource_type_in_use", unit="час")
        keeps(scene, "resource_types", scene[name], "resource_type_in_use", kind="other")
        assert takes(scene, "resource_types", scene[name], title="Другое название") == []


def test_a_resource_in_use_keeps_its_type(scene: Scene) -> None:
    other = scene["$resource_type"]
    assert takes(scene, "shared_resources", scene["$hall"], resource_type_id=other) == []
    scene.make("resource_uses", told("resource_uses", {}))
    hall, type_id = scene["$hall"], scene["$hall_type"]
    keeps(scene, "shared_resources", hall, "resource_in_use", resource_type_id=type_id)


def test_an_act_in_use_keeps_its_kind(lending: Scene) -> None:
    lending.make("resource_uses", told("resource_uses", LEASE | PAPERS))
    for name in ("$lease", "$conclusion", "$act"):
        keeps(lending, "legal_acts", lending[name], "act_in_use", kind="regulation")
    assert takes(lending, "legal_acts", lending["$lease"], number="17-а") == []


@pytest.mark.parametrize(
    ("collection", "changes"),
    [
        ("resource_types", {"title": "Другой"}),
        ("resource_balances", {"needed": "9"}),
        ("shared_resources", {"title": " БОЛЬШОЙ  спортивный зал", "seats": 5}),
        ("resource_uses", {"quantity": "7", "purpose": None}),
    ],
)
def test_a_resource_is_told_once(scene: Scene, collection: str, changes: dict[str, Any]) -> None:
    scene.make(collection, told(collection, {}))
    again = scene.fill(told(collection, changes))
    problem(scene.client.post(f"/{RESOURCE[collection].path}", json=again), 409)


def test_two_balances_of_a_day_in_one_list_contradict_each_other(scene: Scene) -> None:
    school, kind = scene["$school"], scene["$resource_type"]
    heading = "Организация;Вид ресурса;На какой день;Требуется;Имеется;Предлагается сети"
    rows = [f"{school};{kind};25.08.2020;{needed};2;0" for needed in (4, 5)]
    report = report_of(scene, "resource_balances", heading, *rows)
    assert (report["stats"]["created"], report["stats"]["duplicate"]) == (1, 1)
    assert report["duplicates"][0]["differing"], report


def test_whose_a_resource_is_stays(scene: Scene) -> None:
    answer = changed(scene, "shared_resources", scene["$hall"], organization_id="$school")
    problem(answer, 422, "immutable", "/organization_id")
