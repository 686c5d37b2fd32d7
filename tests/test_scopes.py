"""Scopes: what lies outside a key's scope is, to its holder, what does not exist (S3, S4, S5).

The operations are those of the OpenAPI document; each is asked about a record that exists out of
scope and about an id that nobody has, and the two answers must be the same.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from app.access.matrix import grant_of
from app.access.roles import Role
from app.model.declaration import table_of
from app.model.grants import NOTHING, Reach, Verb
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.described import document
from tests.holders import Holder, issue
from tests.scene import MERGE, NOBODY, RESOURCE, Scene, Service, another, body_of, pair, problem

pytestmark = pytest.mark.shared_out

DOCUMENT = document()["paths"]
OPERATIONS = [
    (path.removeprefix("/api/v1"), method.upper(), said)
    for path, methods in DOCUMENT.items()
    for method, said in methods.items()
]
LOCAL = [each for each in RESOURCES if each.name != "municipalities"]
"""Collections whose records belong to a municipality."""

PRIVATE = tuple(each.name for each in RESOURCES if grant_of(Role.ORG, each.name).read == Reach.OWN)
"""Collections of which an organization sees its own records only."""


NAMED = {"names": "true"}
"""What names tell is asked with the same requests: `test_shown_names` compares both forms."""


class World:
    """Two municipalities; in the first an organization of ours and another one."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.home, self.abroad = Scene(service.client), Scene(service.client)
        self.next_door = Scene(service.client, dict(self._shared()))
        self.records = {
            name: {each.name: keyed(scene, each) for each in LOCAL}
            for name, scene in (("home", self.home), ("abroad", self.abroad))
        }
        self.records["next door"] = {
            name: keyed(self.next_door, RESOURCE[name], 2) for name in PRIVATE
        }
        self._point_abroad()
        self.holder = cache(self.issued)

    def _point_abroad(self) -> None:
        """Let a record of ours refer to one of another municipality: its id is told, no name."""
        ours, headers = self.records["home"]["organizations"]["id"], {"If-Match": "*"}
        body = {"successor_id": self.abroad["$school"]}
        path = f"/organizations/{ours}"
        answer = self.service.client.patch(
            path, json=body, headers={**headers, "Content-Type": MERGE}
        )
        assert answer.status_code == 200, answer.text

    def _shared(self) -> Iterator[tuple[str, str]]:
        """What our organization and the other one have in common."""
        for name in ("$municipality", "$authority", "$leader", "$act", "$program", "$activity"):
            yield name, self.home[name]
        for name in ("$event", "$measure"):
            yield name, self.home[name]

    def issued(self, role: Role) -> Holder:
        """Whoever holds a new key of a role at home; `holder` has one for all tests."""
        scope: dict[str, Any] = {}
        if role == Role.ORG:
            scope = {"organization_id": self.home["$school"]}
        elif role in {Role.SYNC, Role.COORDINATOR, Role.READER}:
            scope = {"municipality_id": self.home["$municipality"]}
            scope |= {"source": "tests"} if role == Role.SYNC else {}
        return Holder(self.service.client, issue(self.service.database, role, **scope))


def keyed(scene: Scene, resource: Resource, number: int = 0) -> dict[str, Any]:
    """A record of a kind, known to a foreign system too; with a number not that of the example."""
    said = another(resource, number) if number else resource.example
    body = pair(scene.fill(said), f"k-{uuid.uuid4().hex}")
    return scene.make(resource.name, body) | {"sent": body}


@pytest.fixture(scope="module")
def worlds() -> Callable[[Service], World]:
    return cache(World)


@pytest.fixture
def world(service: Service, worlds: Callable[[Service], World]) -> World:
    return worlds(service)


def invisible(role: Role) -> Iterator[tuple[str, str]]:
    """Where records lie that a role does not see, by collection."""
    for resource in LOCAL:
        if grant_of(role, resource.name).read is None:
            continue
        if role in {Role.SYNC, Role.ORG, Role.COORDINATOR, Role.READER}:
            yield resource.name, "abroad"
        if role == Role.ORG and resource.name in PRIVATE:
            yield resource.name, "next door"


FOREIGN = [
    pytest.param(role, name, where, id=f"{role}-{name}-{where}")
    for role in Role
    for name, where in invisible(role)
]
each_foreign = pytest.mark.parametrize(("role", "name", "where"), FOREIGN)


def told(answer: Any) -> tuple[Any, ...]:
    """What an answer tells, but for the number of its request."""
    body = answer.json() if answer.content else None
    if isinstance(body, dict):
        body.pop("instance", None)
    kept = ("etag", "location", "allow", "content-type", "cache-control")
    return answer.status_code, body, [answer.headers.get(name) for name in kept]


def body_for(world: World, name: str, method: str) -> Mapping[str, Any]:
    """What is sent along: a body that would be taken."""
    if method == "PATCH":
        return {"json": RESOURCE[name].change, "headers": {"If-Match": "*", "Content-Type": MERGE}}
    if method == "PUT":
        sent = world.records["home"][name]["sent"]
        return {"json": sent, "headers": {"If-Match": "*"}}
    return {"headers": {"If-Match": "*"}} if method == "DELETE" else {"params": NAMED}


@each_foreign
def test_a_foreign_id_in_the_path_names_nothing(
    world: World, role: Role, name: str, where: str
) -> None:
    holder, record = world.holder(role), world.records[where][name]
    path = f"/{RESOURCE[name].path}/{{id}}"
    before = as_it_is(world, name, record)
    tried = [method for each, method, _ in OPERATIONS if each == path]
    assert {"GET", "PUT", "PATCH", "DELETE"} <= {*tried}
    for method in tried:
        more = body_for(world, name, method)
        foreign = holder.request(method, path.format(id=record["id"]), **more)
        random = holder.request(method, path.format(id=uuid.uuid4()), **more)
        assert told(foreign) == told(random)
        assert foreign.status_code in {403, 404}
    assert as_it_is(world, name, record) == before


@pytest.mark.long
@each_foreign
def test_a_foreign_pair_names_nothing(world: World, role: Role, name: str, where: str) -> None:
    holder, record = world.holder(role), world.records[where][name]
    address = f"/{RESOURCE[name].path}/by-key/tests"
    for method in ("GET", "DELETE"):
        more = {"params": NAMED} if method == "GET" else {}
        foreign = holder.request(method, f"{address}/{record['source_key']}", **more)
        random = holder.request(method, f"{address}/{uuid.uuid4().hex}", **more)
        assert told(foreign) == told(random)
        assert foreign.status_code in {403, 404}
    assert as_it_is(world, name, record) == world.records[where][name]["id"]


def as_it_is(world: World, name: str, record: Mapping[str, Any]) -> str:
    """The record as whoever sees all of it finds it; its id, once it is unchanged."""
    found = world.service.client.get(f"/{RESOURCE[name].path}/{record['id']}").json()
    assert found["version"] == record["version"]
    return str(found["id"])


def references(resource: Resource) -> Iterator[str]:
    """The fields of a kind that name another record, as filters call them."""
    for column in resource.table.columns:
        if column.foreign_keys and column.name in resource.write.model_fields:
            yield column.name
    for name, part in resource.parts.items():
        for column in table_of(part).columns:
            if column.foreign_keys and column.name not in {"owner_id", "municipality_id"}:
                yield f"{name}_{column.name}"


@pytest.mark.long
@pytest.mark.parametrize("role", [Role.SYNC, Role.ORG, Role.COORDINATOR, Role.READER])
@pytest.mark.parametrize("resource", LOCAL, ids=lambda each: each.name)
def test_lists_tell_nothing_of_what_is_out_of_scope(
    world: World, role: Role, resource: Resource
) -> None:
    if grant_of(role, resource.name).read is None:
        return
    holder, path = world.holder(role), f"/{resource.path}"
    hidden = {world.records[where][name]["id"] for name, where in invisible(role)}
    if any(where == "abroad" for _, where in invisible(role)):
        hidden.add(world.abroad["$school"])
    page = holder.get(path, params={"limit": "500", "include_total": "true", **NAMED}).json()
    shown = {item["id"] for item in page["items"]}
    assert not hidden & shown
    assert not hidden & page["names"].keys()
    assert shown <= page["names"].keys()
    assert page["total"] == len(page["items"])
    for name in references(resource):
        foreign = world.records["abroad"][resource.name].get(name) or NOBODY
        query = {"include_total": "true", name: foreign, **NAMED}
        said = holder.get(path, params=query)
        assert told(said) == told(holder.get(path, params=query | {name: NOBODY}))


@pytest.mark.parametrize("role", [Role.SYNC, Role.ORG, Role.COORDINATOR])
@pytest.mark.parametrize("resource", LOCAL, ids=lambda each: each.name)
def test_a_foreign_reference_is_unknown(world: World, role: Role, resource: Resource) -> None:
    if not grant_of(role, resource.name).allows(Verb.CREATE):
        return
    holder = world.holder(role)
    sent = world.records["home"][resource.name]["sent"]
    pairs: dict[str, str | None] = {"source": None, "source_key": None}
    if role == Role.SYNC:
        pairs = {"source": "tests", "source_key": uuid.uuid4().hex}
    for name in (name for name in references(resource) if name in sent):
        if name == "municipality_id":
            continue
        foreign = world.records["abroad"][resource.name]["sent"][name]
        answers = [
            holder.request("POST", f"/{resource.path}", json={**sent, **pairs, name: value})
            for value in (foreign, str(uuid.uuid4()))
        ]
        assert told(answers[0]) == told(answers[1])
        codes = {each["code"] for each in answers[0].json()["errors"]}
        assert answers[0].status_code == 422
        assert codes & {"unknown-reference", "outside_scope"}


@pytest.mark.parametrize("role", [Role.SYNC, Role.COORDINATOR])
@pytest.mark.parametrize(
    "resource", [each for each in LOCAL if each.owns], ids=lambda each: each.name
)
def test_a_foreign_municipality_is_refused(world: World, role: Role, resource: Resource) -> None:
    sent = {**world.records["home"][resource.name]["sent"], "source_key": uuid.uuid4().hex}
    sent |= {"municipality_id": world.abroad["$municipality"]}
    answer = world.holder(role).request("POST", f"/{resource.path}", json=sent)
    problem(answer, 422, "outside_scope", "/municipality_id")


def test_the_pair_of_another_municipality_is_free(world: World) -> None:
    holder = world.holder(Role.COORDINATOR)
    for resource in LOCAL:
        if not resource.owns:
            continue
        there = world.records["abroad"][resource.name]
        sent = world.records["abroad"][resource.name]["sent"]
        sent = {**sent, "municipality_id": world.home["$municipality"]}
        links = {*references(resource)} - {"municipality_id"}
        sent |= dict.fromkeys(links & sent.keys()) | {name: [] for name in resource.parts}
        sent |= {
            "legal_acts": {"issuer_name": "Отдел"},
            "measures": {"code": "other"},
            "resource_types": {"code": "other"},
        }.get(resource.name, {})
        answer = holder.request("POST", f"/{resource.path}", json=sent)
        assert answer.status_code == 201, answer.text
        assert answer.json()["id"] != there["id"]
        holder.request(
            "DELETE", f"/{resource.path}/{answer.json()['id']}", headers={"If-Match": "*"}
        )


def test_a_cursor_of_another_scope_does_not_fit(world: World) -> None:
    everywhere = Holder(world.service.client, issue(world.service.database, Role.COORDINATOR))
    cursor = everywhere.get("/organizations", params={"limit": "1"}).json()["next"]
    assert cursor
    for role in (Role.SYNC, Role.ORG, Role.COORDINATOR, Role.READER):
        answer = world.holder(role).get("/organizations", params={"limit": "1", "cursor": cursor})
        problem(answer, 400)


def test_a_cursor_is_of_the_scope_and_not_of_the_key(world: World) -> None:
    first, second = world.issued(Role.COORDINATOR), world.issued(Role.COORDINATOR)
    cursor = first.get("/organizations", params={"limit": "1"}).json()["next"]
    answer = second.get("/organizations", params={"limit": "1", "cursor": cursor})
    assert answer.status_code == 200


@pytest.mark.parametrize("role", [Role.SYNC, Role.ORG, Role.COORDINATOR, Role.READER])
def test_indicators_of_a_foreign_program_do_not_exist(world: World, role: Role) -> None:
    holder, program = world.holder(role), world.abroad["$program"]
    for door in (
        "indicators",
        "indicators/org_involvement_share/explain",
        "indicators/org_involvement_share/ways",
        "indicators/org_involvement_share/series?step=month",
        "indicators/diff?from=2020-09-01&to=2020-12-31",
        f"explain?organization_id={world.abroad['$school']}",
        "state",
        "monitoring",
        "snapshots",
    ):
        asked = f"{door}{'&' if '?' in door else '?'}names=true"
        foreign = holder.get(f"/programs/{program}/{asked}")
        random = holder.get(f"/programs/{uuid.uuid4()}/{asked}")
        assert told(foreign) == told(random)
        assert foreign.status_code == 404
    assert holder.get(f"/programs/{world.home['$program']}/indicators").status_code == 200


OF_UNITS = [
    resource
    for resource in RESOURCES
    if isinstance(resource.owner, str)
    and resource.owner != "id"
    and resource.access.get(Role.ORG, NOTHING).read is Reach.OWN
]


@pytest.mark.parametrize("resource", OF_UNITS, ids=lambda each: each.name)
def test_an_organization_sees_what_is_of_its_units(
    service: Service, scene: Scene, resource: Resource
) -> None:
    unit = {"municipality_id": "$municipality", "kind": "general_school", "full_name": "Филиал"}
    unit |= {"parent_id": "$leader", "short_name": "Филиал"}
    scene.ids["$school"] = scene.make("organizations", unit)["id"]
    body = body_of(resource, scene) | {str(resource.owner): scene["$school"]}
    path = f"/{resource.path}/{scene.make(resource.name, body)['id']}"
    key = issue(service.database, Role.ORG, organization_id=scene["$leader"])
    assert Holder(service.client, key).get(path).status_code == 200
