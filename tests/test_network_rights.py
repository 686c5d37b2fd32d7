"""Rights of the network: whose marks, lists and halls a key reads and writes."""

from collections.abc import Callable
from typing import Any

import pytest

from app.access.roles import Role
from tests.holders import Holder, issue
from tests.rulings import told
from tests.scene import MERGE, RESOURCE, Scene, Service, problem

pytestmark = pytest.mark.shared_out

NETWORK = (
    "resource_types",
    "resource_balances",
    "shared_resources",
    "resource_uses",
    "network_curricula",
    "network_groups",
    "schedule_slots",
    "funding_entries",
    "assessment_results",
    "result_criteria",
    "initiatives",
    "initiative_members",
)
OWN = {
    "resource_balances": "organization_id",
    "shared_resources": "organization_id",
    "resource_uses": "provider_id",
    "network_groups": "host_id",
    "schedule_slots": "organization_id",
    "assessment_results": "organization_id",
    "initiative_members": "organization_id",
}
"""What schools enter, and the field that says whose it is (network.md, Roles)."""


@pytest.fixture
def key(service: Service, scene: Scene) -> Callable[[Role], Holder]:
    """Issues keys of the scene's municipality; the school speaks for itself."""
    home = {"municipality_id": scene["$municipality"]}
    scopes = {Role.ORG: {"organization_id": scene["$school"]}, Role.AUDITOR: {}, Role.ADMIN: {}}

    def issued(role: Role) -> Holder:
        return Holder(service.client, issue(service.database, role, **scopes.get(role, home)))

    return issued


def path_of(collection: str) -> str:
    return f"/{RESOURCE[collection].path}"


@pytest.mark.parametrize("role", [Role.READER, Role.ADMIN, Role.AUDITOR])
def test_marks_are_not_for_everybody(
    scene: Scene, key: Callable[[Role], Holder], role: Role
) -> None:
    made = scene.make("assessment_results", told("assessment_results", {}))
    holder = key(role)
    for path in ("", f"/{made['id']}", "?subject=Математика", "?sort=mark_2"):
        problem(holder.get(path_of("assessment_results") + path), 403)
    body = scene.fill(told("assessment_results", {"grade": 8}))
    problem(holder.request("POST", path_of("assessment_results"), json=body), 403)


@pytest.mark.long
def test_marks_are_not_in_a_readers_feed(scene: Scene, key: Callable[[Role], Holder]) -> None:
    for collection in NETWORK:
        scene.make(collection, told(collection, {}))
    assert {*NETWORK} - followed(key(Role.READER)) == {"assessment_results"}
    asked = key(Role.READER).get("/changes", params={"types": "assessment_results"})
    assert asked.status_code in {403, 422}
    assert {*NETWORK} <= followed(key(Role.COORDINATOR))


def followed(holder: Holder) -> set[str]:
    """The types of records in the whole feed of a key; the municipalities of other tests too."""
    types: set[str] = set()
    query = {"limit": "1000"}
    while True:
        page = holder.get("/changes", params=query).json()
        types |= {item["type"] for item in page["items"]}
        if not page["has_more"]:
            return types
        query["cursor"] = page["next_cursor"]


@pytest.mark.parametrize("collection", NETWORK)
def test_the_auditor_reads_none_of_it(
    scene: Scene, key: Callable[[Role], Holder], collection: str
) -> None:
    made = scene.make(collection, told(collection, {}))
    problem(key(Role.AUDITOR).get(path_of(collection)), 403)
    problem(key(Role.AUDITOR).get(f"{path_of(collection)}/{made['id']}"), 403)


@pytest.mark.parametrize("collection", NETWORK)
def test_a_school_writes_its_own_rows_only(
    scene: Scene, key: Callable[[Role], Holder], collection: str
) -> None:
    """What a school may enter, and what others entered, read but not changed."""
    school = key(Role.ORG)
    theirs = scene.make(collection, told(collection, of_the_leader(scene, collection)))
    address = f"{path_of(collection)}/{theirs['id']}"
    is_hidden = collection == "assessment_results"
    assert school.get(address).status_code == (404 if is_hidden else 200)
    headers = {"If-Match": "*", "Content-Type": MERGE}
    change = dict(RESOURCE[collection].change)
    answer = school.request("PATCH", address, json=change, headers=headers)
    assert answer.status_code == (404 if is_hidden else 403), answer.text
    body = scene.fill(told(collection, of_the_school(scene, collection)))
    made = school.request("POST", path_of(collection), json=body)
    assert made.status_code == (201 if collection in OWN else 403), made.text


def of_the_leader(scene: Scene, collection: str) -> dict[str, Any]:
    """What makes an example the leader's, where it is somebody's."""
    if collection == "schedule_slots" or collection not in OWN:
        return {}
    return {OWN[collection]: scene["$leader"]}


def of_the_school(scene: Scene, collection: str) -> dict[str, Any]:
    """What makes an example the school's, where a school enters it."""
    if collection not in OWN:
        return {"title": "Другое"} if "title" in RESOURCE[collection].example else {}
    own: dict[str, Any] = {OWN[collection]: scene["$school"]}
    if collection == "network_groups":
        return own | {"title": "У себя"}
    if collection == "resource_uses":
        hall = told("shared_resources", {"organization_id": "$school"})
        scene.ids["$own_hall"] = scene.make("shared_resources", hall)["id"]
        return own | {"resource_id": "$own_hall", "user_id": "$leader"}
    if collection == "schedule_slots":
        group = told("network_groups", {"host_id": "$school", "title": "У себя"})
        return own | {"group_id": scene.make("network_groups", group)["id"]}
    return own


def test_a_school_sees_its_marks_and_no_others(scene: Scene, key: Callable[[Role], Holder]) -> None:
    own = scene.make("assessment_results", told("assessment_results", {}))
    scene.make("assessment_results", told("assessment_results", {"organization_id": "$leader"}))
    listed = key(Role.ORG).get(path_of("assessment_results")).json()
    assert [item["id"] for item in listed["items"]] == [own["id"]]


@pytest.mark.long
def test_another_system_writes_its_own_source(scene: Scene, key: Callable[[Role], Holder]) -> None:
    sync = key(Role.SYNC)
    for collection in NETWORK:
        made = scene.make(collection, told(collection, {}))
        address = f"{path_of(collection)}/{made['id']}"
        assert sync.get(address).status_code == 200
        headers = {"If-Match": "*", "Content-Type": MERGE}
        change = dict(RESOURCE[collection].change)
        problem(sync.request("PATCH", address, json=change, headers=headers), 403)


def test_shared_types_are_the_administrators(scene: Scene, key: Callable[[Role], Holder]) -> None:
    shared = told("resource_types", {"municipality_id": None, "code": scene.oktmo})
    body = scene.fill(shared)
    refused = key(Role.COORDINATOR).request("POST", "/resource-types", json=body)
    problem(refused, 422, "outside_scope", "/municipality_id")
    made = key(Role.ADMIN).request("POST", "/resource-types", json=body)
    assert made.status_code == 201, made.text
    again = key(Role.ADMIN).request("POST", "/resource-types", json=body | {"title": "Ещё"})
    problem(again, 409)
    for role in (Role.COORDINATOR, Role.ORG, Role.READER, Role.SYNC):
        assert key(role).get(f"/resource-types/{made.json()['id']}").status_code == 200
    # A shared type stands in the balances of any municipality.
    balance = told("resource_balances", {"resource_type_id": made.json()["id"]})
    assert scene.make("resource_balances", balance)["warnings"] == []
