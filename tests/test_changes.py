"""Changes: a follower has what the lists show and learns of every change (R8, R9, R10, S5)."""

import uuid
from collections.abc import Callable
from functools import cache

import pytest

from app.access.matrix import grant_of
from app.access.roles import Role
from app.model.grants import Reach
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.follower import Follower, lists, local, told
from tests.holders import Holder, issue
from tests.scene import MERGE, RESOURCE, Scene, Service, body_of, pair, problem
from tests.test_scopes import LOCAL, World
from tests.waiting import recorded


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


FOLLOWING = [role for role in Role if grant_of(role, "changes").read]
each_role = pytest.mark.parametrize("role", FOLLOWING)
NAMES = [each.name for each in RESOURCES]
ANY = {"If-Match": "*"}
PATCH = ANY | {"Content-Type": MERGE}


@pytest.fixture(scope="module")
def worlds() -> Callable[[Service], World]:
    return cache(World)


@pytest.fixture
def world(service: Service, worlds: Callable[[Service], World]) -> World:
    return worlds(service)


@pytest.fixture
def follower(service: Service, scene: Scene) -> Follower:
    """A coordinator who has everything of a new municipality."""
    made = Follower(local(service, scene))
    made.catch_up()
    return made


@pytest.mark.shared_out
def test_only_three_roles_have_a_feed(service: Service, world: World) -> None:
    assert FOLLOWING == [Role.SYNC, Role.COORDINATOR, Role.READER]
    for role in set(Role) - set(FOLLOWING):
        problem(world.holder(role).get("/changes"), 403)


@pytest.mark.long
@each_role
@pytest.mark.parametrize("limit", [11, 1000])
@pytest.mark.shared_out
def test_the_first_load_equals_the_lists(world: World, role: Role, limit: int) -> None:
    follower = Follower(world.holder(role), limit)
    follower.catch_up()
    shown = lists(follower.holder)
    assert follower.records == shown
    kinds = {name for name, _ in shown}
    # Nothing of the world is accepted yet: who reads what is accepted sees none.
    hidden = {each for each in NAMES if grant_of(role, each).read in {None, Reach.ACCEPTED}}
    assert kinds == set(NAMES) - hidden
    assert ("teachers" in hidden) == (role == Role.READER)


@pytest.mark.long
def test_the_feed_of_everything_equals_the_lists_of_everything(world: World) -> None:
    key = issue(world.service.database, Role.COORDINATOR)
    follower = Follower(Holder(world.service.client, key), 50)
    follower.catch_up()
    assert follower.records == lists(follower.holder)


@pytest.mark.long
@pytest.mark.parametrize("resource", LOCAL, ids=lambda each: each.name)
@pytest.mark.shared_out
def test_each_change_of_a_record_comes_once(
    scene: Scene, follower: Follower, resource: Resource
) -> None:
    body = pair(body_of(resource, scene), uuid.uuid4().hex)
    follower.catch_up()
    made = scene.make(resource.name, body)
    path = f"/{resource.path}/{made['id']}"
    assert told(follower) == [(made["id"], "upsert", 1)]
    change = resource.change
    assert scene.client.patch(path, json=change, headers=PATCH).status_code == 200
    assert told(follower) == [(made["id"], "upsert", 2)]
    assert scene.client.patch(path, json=change, headers=PATCH).status_code == 200
    assert told(follower) == []
    assert scene.client.delete(path, headers=ANY).status_code == 204
    (gone,) = follower.catch_up()
    assert (gone["id"], gone["op"], gone["version"]) == (made["id"], "delete", 3)
    assert gone["key"] == {"source": "tests", "source_key": body["source_key"]}
    again = scene.make(resource.name, body)
    assert told(follower) == [(again["id"], "upsert", 4)]
    assert again["id"] != made["id"]
    assert follower.records == lists(follower.holder)


def test_a_record_has_one_entry_at_its_latest_place(scene: Scene, follower: Follower) -> None:
    school, other = scene["$school"], scene["$leader"]
    for phone in ("(8-84367) 3-00-01", "(8-84367) 3-00-02", "(8-84367) 3-00-03"):
        scene.client.patch(f"/organizations/{school}", json={"phone": phone}, headers=PATCH)
    items = [item for item in follower.catch_up() if item["type"] == "organizations"]
    assert [(item["id"], item["version"]) for item in items] == [(other, 1), (school, 4)]
    assert items[-1]["data"]["phone"] == "(8-84367) 3-00-03"


def test_an_erased_teacher_is_deleted(scene: Scene, follower: Follower) -> None:
    teacher = scene["$teacher"]
    follower.catch_up()
    erasure = scene.client.post(f"/teachers/{teacher}/erasure", json={"reason": "Проверка"})
    assert erasure.status_code == 200
    assert told(follower) == [(teacher, "delete", 2)]
    assert follower.records == lists(follower.holder)


@pytest.mark.shared_out
def test_only_the_types_that_were_asked_for_come(scene: Scene, service: Service) -> None:
    types = ["organizations", "teachers"]
    follower = Follower(local(service, scene), types=types)
    follower.catch_up()
    for name in ("$event", "$teacher"):
        assert scene[name]
    assert {item["type"] for item in follower.catch_up()} == set(types)
    assert follower.records == lists(follower.holder, types)


@pytest.mark.long
@each_role
@pytest.mark.shared_out
def test_nothing_of_another_municipality_is_told(world: World, role: Role) -> None:
    follower = Follower(world.holder(role))
    met = {item["id"] for item in follower.catch_up()}
    abroad = {record["id"] for record in world.records["abroad"].values()}
    assert not met & abroad
    made = world.abroad.make("organizations", body_of(RESOURCE["organizations"], world.abroad))
    path = f"/organizations/{made['id']}"
    world.service.client.patch(path, json=RESOURCE["organizations"].change, headers=PATCH)
    assert follower.catch_up() == []
    world.service.client.delete(path, headers=ANY)
    assert follower.catch_up() == []


@pytest.mark.long
def test_what_is_shared_comes_to_everybody(world: World) -> None:
    followers = [Follower(world.holder(role)) for role in FOLLOWING]
    for follower in followers:
        follower.catch_up()
    admin = Holder(world.service.client, issue(world.service.database, Role.ADMIN))
    body = body_of(RESOURCE["measures"], world.home)
    sent = {**body, "municipality_id": None, "code": uuid.uuid4().hex}
    made = [admin.request("POST", "/measures", json=sent).json()["id"]]
    made.append(Scene(world.service.client)["$municipality"])
    for follower in followers:
        assert [item["id"] for item in follower.catch_up()] == made
    admin.request("DELETE", f"/measures/{made[0]}", headers=ANY)
    admin.request("DELETE", f"/municipalities/{made[1]}", headers=ANY)
    for follower in followers:
        assert told(follower) == [(made[0], "delete", 2), (made[1], "delete", 2)]


@pytest.mark.long
@pytest.mark.shared_out
def test_a_reader_gets_no_names(world: World) -> None:
    follower = Follower(world.holder(Role.READER))
    follower.catch_up()
    for resource in RESOURCES:
        fields = [name for name in resource.personal_fields if "." not in name]
        records = [each for (name, _), each in follower.records.items() if name == resource.name]
        assert not [each for each in records for name in fields if each.get(name) is not None]


@pytest.mark.long
def test_a_reader_learns_of_monitoring_when_it_is_accepted(service: Service, scene: Scene) -> None:
    body = body_of(RESOURCE["monitoring_records"], scene)
    reader = Follower(local(service, scene, Role.READER))
    reader.catch_up()
    reader.limit = 1
    kept, dropped = (
        scene.make("monitoring_records", body, period_end=day)
        for day in ("2020-12-31", "2020-11-30")
    )
    path = f"/monitoring-records/{kept['id']}"
    scene.client.delete(f"/monitoring-records/{dropped['id']}", headers=ANY)
    assert reader.page() == {"items": [], "next_cursor": reader.cursor, "has_more": False}
    for state in ("submitted", "accepted"):
        assert reader.catch_up() == []
        answer = local(service, scene).request("PATCH", path, json={"state": state}, headers=PATCH)
        assert answer.status_code == 200, answer.text
    assert told(reader) == [(kept["id"], "upsert", 3)]


def test_names_that_the_feed_shows_are_in_the_trail(service: Service, scene: Scene) -> None:
    teacher = scene["$teacher"]
    for role, times in ((Role.COORDINATOR, 1), (Role.READER, 0)):
        holder = local(service, scene, role)
        Follower(holder).catch_up()
        query = {"action": "read", "id": teacher, "limit": "500"}
        recorded(service)
        entries = scene.client.get("/audit", params=query).json()["items"]
        found = [each for each in entries if each["role"] == role]
        assert len(found) == times
        assert all(each["type"] == "teachers" and each["fields"] for each in found)
