"""The source program: order № 125 as it is kept, and the windows of its plan."""

from typing import Any

import pytest

from app import seeding
from app.access.roles import Role
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.holders import Holder, issue
from tests.scene import Service, problem


@pytest.fixture(scope="module")
def source(own_service: Service) -> Service:
    """A service that nobody else writes to."""
    return own_service


def read(source: Service, path: str, key: str) -> dict[str, Any]:
    found: dict[str, Any] = source.client.get(f"/{path}/by-key/order-125/{key}").json()
    return found


def generated(source: Service) -> dict[str, Any]:
    program = read(source, "programs", "program-2020-2021")
    answer = source.client.post(f"/programs/{program['id']}/events/generate", json={})
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


@pytest.mark.shared_out
def test_every_municipality_of_the_region_is_there(source: Service) -> None:
    query = {"include_total": "true"}
    assert source.client.get("/municipalities", params=query).json()["total"] == 45


@pytest.mark.long
def test_seeding_again_makes_nothing_and_keeps_edits(source: Service) -> None:
    school = read(source, "organizations", "otar-dubrovskaya")
    address = f"/organizations/{school['id']}"
    edited = source.client.patch(address, json={"phone": "1"}, headers={"If-Match": "*"})
    assert seeding.seed(source.database) == 0
    assert source.client.get(address).json()["phone"] == "1"
    headers = {"If-Match": edited.headers["etag"]}
    source.client.patch(address, json={"phone": None}, headers=headers)


@pytest.mark.shared_out
def test_the_leader_supports_the_school(source: Service) -> None:
    members = read(source, "partnerships", "shalinskaya-otar-dubrovskaya")["members"]
    keys = {"leader": "shalinskaya", "supported": "otar-dubrovskaya"}
    found = {member["role"]: member["organization_id"] for member in members}
    wanted = {role: read(source, "organizations", key)["id"] for role, key in keys.items()}
    assert found == wanted


@pytest.mark.shared_out
def test_the_merged_row_inherits_and_the_dot_is_dropped(source: Service) -> None:
    first, second = (read(source, "activities", f"row-{number}") for number in (1, 2))
    assert second["inherits_from_id"] == first["id"]
    assert (second["term"], second["parties"]) == (None, [])
    assert read(source, "activities", "row-6")["plan_no"] == "6"


@pytest.mark.shared_out
def test_the_plan_has_ten_rows_in_order(source: Service) -> None:
    program = read(source, "programs", "program-2020-2021")
    query = {"program_id": program["id"], "sort": "position"}
    items = source.client.get("/activities", params=query).json()["items"]
    assert [item["plan_no"] for item in items] == [str(number) for number in range(1, 11)]


@pytest.mark.shared_out
def test_the_plan_yields_fifteen_windows_once(source: Service) -> None:
    first, again = generated(source), generated(source)
    assert first["created"] + first["existing"] == 15
    none = {"created": 0, "stale": 0, "moved": 0, "differing": []}
    assert again == none | {"existing": 15, "items": first["items"]}
    assert len(set(again["items"])) == 15


@pytest.mark.shared_out
def test_seven_windows_are_due_by_the_end_of_2020(source: Service) -> None:
    generated(source)
    query = {"kind": "plan_window", "window_end_to": "2020-12-31"}
    items = source.client.get("/events", params=query).json()["items"]
    wanted = {read(source, "activities", f"row-{row}")["id"] for row in (1, 2, 3, 4, 6, 7, 8)}
    assert len(items) == 7
    assert {item["activity_id"] for item in items} == wanted


@pytest.mark.shared_out
def test_windows_run_as_the_order_says(source: Service) -> None:
    generated(source)
    found = {}
    for number in (2, 5, 7):
        row = {"activity_id": read(source, "activities", f"row-{number}")["id"]}
        items = source.client.get("/events", params=row | {"sort": "window_start"}).json()["items"]
        found[number] = [(i["occurrence"], i["window_start"], i["window_end"]) for i in items]
    assert found == {
        2: [("once", "2020-10-01", "2020-11-30")],
        5: [("once", "2020-04-17", "2021-12-31")],
        7: [("2020", "2020-05-01", "2020-06-30"), ("2021", "2021-05-01", "2021-06-30")],
    }


@pytest.mark.shared_out
def test_generating_takes_no_orders(source: Service) -> None:
    program = read(source, "programs", "program-2020-2021")
    address = f"/programs/{program['id']}/events/generate"
    problem(source.client.post(address, json={"dry_run": True}), 422, "unknown_field")
    problem(source.client.post(address, json=[]), 422, "wrong_type")
    problem(source.client.post(address, json={}, params={"a": "1"}), 422, "unknown_parameter")


@pytest.mark.shared_out
def test_the_strange_ogrn_of_the_department_is_a_warning(source: Service) -> None:
    department = read(source, "organizations", "department")
    address = f"/organizations/{department['id']}"
    for phone in ("1", department["phone"]):
        answer = source.client.patch(address, json={"phone": phone}, headers={"If-Match": "*"})
        warnings = [(each["pointer"], each["code"]) for each in answer.json()["warnings"]]
        assert warnings == [("/ogrn", "ogrn_looks_like_grn")]


@pytest.mark.shared_out
def test_form_five_has_its_shared_types_and_nothing_else_is_invented(source: Service) -> None:
    """Form 5 of the order: «библиотекой, компьютерным классом, спортивным залом, оборудованием»."""
    items = source.client.get("/resource-types").json()["items"]
    told = {
        item["code"]: tuple(item[name] for name in ("municipality_id", "title", "kind", "unit"))
        for item in items
    }
    assert told == {
        "library": (None, "Библиотека", "facility", "час в неделю"),
        "computer_class": (None, "Компьютерный класс", "facility", "час в неделю"),
        "sports_hall": (None, "Спортивный зал", "facility", "час в неделю"),
        "equipment": (None, "Оборудование", "equipment", "единица"),
    }


# Kinds that the order fills: it names no hall, sum, group, community or person.
NAMED_BY_THE_ORDER = {
    "municipalities",
    "organizations",
    "legal_acts",
    "programs",
    "designations",
    "partnerships",
    "activities",
    "events",  # the windows of its plan, once a test has generated them
    "resource_types",
}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
@pytest.mark.shared_out
def test_the_seed_has_only_what_the_order_names(source: Service, resource: Resource) -> None:
    found = source.client.get(f"/{resource.path}", params={"limit": 1}).json()["items"]
    if resource.name == "events":
        assert all(item["kind"] == "plan_window" for item in found)
    else:
        assert bool(found) == (resource.name in NAMED_BY_THE_ORDER)


@pytest.mark.long
def test_an_older_database_gets_the_shared_types(source: Service) -> None:
    """As from a release without them: `seed` creates what is missing."""
    kind = read(source, "resource-types", "equipment")
    admin = Holder(source.client, issue(source.database, Role.ADMIN))
    address = f"/resource-types/{kind['id']}"
    gone = admin.request("DELETE", address, headers={"If-Match": "*"})
    assert gone.status_code == 204, gone.text
    assert seeding.seed(source.database) == 1
    assert read(source, "resource-types", "equipment")["title"] == "Оборудование"
    assert seeding.seed(source.database) == 0


@pytest.mark.shared_out
def test_persons_are_named_in_the_nominative_and_quoted_in_the_order(source: Service) -> None:
    (program,) = source.client.get("/programs").json()["items"]
    (partnership,) = source.client.get("/partnerships").json()["items"]
    names = [each["person_name"] for each in program["officers"]]
    names += [each["representative"] for each in partnership["members"]]
    assert names == ["Матюничева Т.А.", "Шатаева Е.Н.", "Хасанова М.Г.", "Шагизиганова З.А."]
    acts = source.client.get("/legal-acts", params={"number": "125"}).json()["items"]
    order = " ".join(clause["text"] for clause in acts[0]["clauses"])
    for name in names:
        surname, initials = name.split()
        assert f"{surname[:-1]}" in order
        assert initials in order
