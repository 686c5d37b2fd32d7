"""Every right: each kind, role, verb and place of a record is tried, and none can be left out.

What must happen follows from the declarations alone: a kind that is added is tried too, and one
without an example, a change or an owner fails here or does not start. The grants themselves are
held against the page that people read (`test_house`).
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

import pytest

from app.access.matrix import grant_of
from app.access.roles import Role
from app.intake.parameters import names_persons
from app.model.grants import NOTHING, Grant, Reach, Verb
from app.model.headings import headings
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.daily import crossed
from tests.described import PERMISSIONS
from tests.holders import Holder, issue
from tests.scene import MERGE, Scene, Service, body_of, problem
from tests.test_import_collections import sheet
from tests.test_imports import BASIS

pytestmark = pytest.mark.shared_out


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    """One of its own: each case reads the whole feed of its kind."""
    return own_service


PLACES = OWN, OTHER, FOREIGN, SHARED = "own", "other", "foreign", "shared"
"""Of the key's organization and source; of another one at home; of another municipality; of all."""

LOCAL = frozenset({Role.SYNC, Role.ORG, Role.COORDINATOR, Role.READER})
"""Roles whose key is of one municipality here. The others reach all of them."""

ANY = {"If-Match": "*"}
CSV = {"Content-Type": "text/csv"}
NAMED = {"names": "true"}
BY_KEY = "/{kind}/by-key/{{source}}/{{source_key}}"

OPERATIONS = {
    ("GET", "/{kind}"),  # as JSON and as a file
    ("POST", "/{kind}"),
    ("GET", "/{kind}/{{id}}"),
    ("PUT", "/{kind}/{{id}}"),
    ("PATCH", "/{kind}/{{id}}"),
    ("DELETE", "/{kind}/{{id}}"),
    *((method, BY_KEY) for method in ("GET", "PUT", "DELETE")),
    ("POST", "/imports/{kind}"),
    ("GET", "/imports/{kind}/template.xlsx"),
}
"""What is tried below; the feed is beside them."""


def places_of(resource: Resource, role: Role) -> tuple[str, ...]:
    """Where a record may be that makes a difference to a role."""
    if resource.access.get(role, NOTHING) == NOTHING:
        # Refused before any look-up, so that it does not matter whose the record is.
        return (OWN,)
    return PLACES if resource.is_shareable else (OWN, OTHER, FOREIGN)


@dataclass
class World:
    """An organization of ours, another one beside it, and a municipality that is not ours."""

    service: Service
    scenes: dict[str, Scene] = field(default_factory=dict)
    staff: dict[str, Holder] = field(default_factory=dict)
    """Whoever makes records of whatever kind: by the role that may, everywhere."""
    holders: dict[tuple[str, ...], Holder] = field(default_factory=dict)

    def __post_init__(self) -> None:
        client = self.service.client
        own = Scene(client)
        shared = ("$municipality", "$measure", "$resource_type", "$hall_type")
        beside = Scene(client, {name: own[name] for name in shared})
        self.scenes = {OWN: own, OTHER: beside, FOREIGN: Scene(client), SHARED: own}
        for role in (Role.ADMIN, Role.COORDINATOR):
            self.staff[role] = Holder(client, issue(self.service.database, role))

    def holder(self, role: Role, place: str = OWN, whose: str = "$school") -> Holder:
        """Whoever has a key of a role, of the scene of a place; `org` is of `whose`."""
        # Which units an organization has is not asked anew for each request of a key.
        if role == Role.ORG or (role, place, whose) not in self.holders:
            self.holders[role, place, whose] = self._issued(role, place, whose)
        return self.holders[role, place, whose]

    def _issued(self, role: Role, place: str, whose: str) -> Holder:
        scene, scope = self.scenes[place], {}
        if role == Role.ORG:
            scope = {"organization_id": scene[whose]}
        elif role in LOCAL:
            scope = {"municipality_id": scene["$municipality"]}
        if role == Role.SYNC:
            scope["source"] = OWN
        return Holder(self.service.client, issue(self.service.database, role, **scope))


@pytest.fixture(scope="module")
def worlds() -> Callable[[Service], World]:
    return cache(World)


@dataclass
class Trial:
    """One kind and role, and a record in one place after the other."""

    world: World
    resource: Resource
    role: Role
    place: str = OWN

    @property
    def grant(self) -> Grant:
        return self.resource.access.get(self.role, NOTHING)

    @property
    def whose(self) -> str:
        """The organization of the scene that has the record: the one that the example names."""
        owner = self.resource.owner
        named = self.resource.example.get(owner) if isinstance(owner, str) else None
        return named if isinstance(named, str) and named.startswith("$") else "$school"

    def holder(self) -> Holder:
        """Whoever has a key of the role; an organization's own records are those of OWN."""
        return self.world.holder(self.role, OWN, self.whose)

    @property
    def path(self) -> str:
        return f"/{self.resource.path}"

    def source(self) -> str:
        """The source of the records of a place; an organization's own is its id."""
        if self.role == Role.ORG:
            return str(self.world.scenes[self.place][self.whose])
        return OWN if self.place in {OWN, FOREIGN} else OTHER

    def body(self) -> dict[str, Any]:
        """A body that makes a record in the place, whoever may make it there."""
        scene, owner = self.world.scenes[self.place], self.resource.owner
        body = body_of(self.resource, scene)
        if owner == "id":
            body["parent_id"] = scene[self.whose]
        elif isinstance(owner, str):
            body[owner] = scene[self.whose]
        if self.place == SHARED:
            body["municipality_id"] = None
        return body | {"source": self.source(), "source_key": f"k-{uuid4().hex}"}

    # What must happen, by the declaration.

    def sees(self) -> bool:
        """Whether the grant shows the record of the place, which was just made."""
        everywhere = self.role not in LOCAL
        match self.grant.read:
            case Reach.ALL:
                return True
            case Reach.SCOPE:
                return everywhere or self.place in {OWN, OTHER}
            case Reach.OPEN:
                return everywhere or self.place != FOREIGN
            case Reach.SHARED:
                return self.place == SHARED
            case Reach.OWN:
                return self.place == OWN
        return False

    def writes(self) -> bool:
        """Whether the grant's reach of writing has the record of the place in it."""
        place = self.place
        match self.grant.write:
            case Reach.ALL:
                return True
            case Reach.SCOPE:
                return place in {OWN, OTHER} or (place == FOREIGN and self.role not in LOCAL)
            case Reach.SHARED:
                return place == SHARED
            case Reach.SOURCE | Reach.OWN:
                return place == OWN
        return False

    def expected(self, verb: Verb, done: int) -> int:
        """The status of an operation on the record."""
        if not self.grant.allows(verb):
            return 403
        if not self.sees():
            return 404
        return done if verb == Verb.READ or self.writes() else 403

    def expected_by_key(self, verb: Verb, done: int) -> int:
        """The status by a pair; under another's source nobody even asks."""
        is_bound = self.role in {Role.SYNC, Role.ORG}
        foreign = is_bound and verb != Verb.READ and self.source() != self.bound_to()
        status = 403 if foreign else self.expected(verb, done)
        # Who sees no such record makes one, and then the body is out of the key's reach.
        return 422 if status == 404 and verb == Verb.CREATE else status

    def bound_to(self) -> str:
        return Trial(self.world, self.resource, self.role, OWN).source()

    # What is tried.

    def staff(self) -> Holder:
        """Whoever may make the record of the place for the trial."""
        if self.role == Role.ORG and callable(self.resource.owner) and self.place != FOREIGN:
            return self.world.holder(Role.ORG, self.place, self.whose)
        can = Role.COORDINATOR
        if self.place == SHARED or not self.resource.access[can].write:
            can = Role.ADMIN
        return self.world.staff[can]

    def make(self, holder: Holder, body: dict[str, Any]) -> Any:
        """The answer to a body; where another record has its natural key, to one beside it."""
        answer = holder.request("POST", self.path, json=body)
        if answer.status_code == 409:
            pointer = answer.json()["errors"][0]["pointer"].removeprefix("/")
            body[pointer] = f"{body[pointer]}_{uuid4().hex[:8]}"
            answer = holder.request("POST", self.path, json=body)
        return answer

    def record(self) -> dict[str, Any]:
        """The record of the place, made by whoever may."""
        body = self.body()
        answer = self.make(self.staff(), body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made | {"sent": body}

    def stands(self, record: Mapping[str, Any]) -> int | None:
        """The version of the record for whoever sees all; None where it is gone."""
        reads = Role.COORDINATOR if self.resource.access[Role.COORDINATOR].read else Role.ADMIN
        found = self.world.staff[reads].get(f"{self.path}/{record['id']}")
        return found.json()["version"] if found.status_code == 200 else None

    def drop(self, record: Mapping[str, Any]) -> None:
        """Remove what was made: a condition of ownership may not hold for who made the record."""
        writes = Role.COORDINATOR if self.resource.access[Role.COORDINATOR].write else Role.ADMIN
        if self.place == SHARED:
            writes = Role.ADMIN
        holder = self.world.staff[writes]
        answer = holder.request("DELETE", f"{self.path}/{record['id']}", headers=ANY)
        assert answer.status_code == 204, answer.text


FLOWING = [each for each in RESOURCES if each.workflow]


@pytest.mark.long
@pytest.mark.parametrize("resource", FLOWING, ids=lambda each: each.name)
def test_what_others_decide_an_owner_neither_gives_nor_changes(
    service: Service, resource: Resource
) -> None:
    flow = resource.workflow
    assert flow
    # What was decided is never deleted and keeps its natural key: nobody else meets this world.
    world = World(service)
    grants = {role: resource.access.get(role, NOTHING) for role in Role}
    owners = [role for role, grant in grants.items() if grant.write == Reach.OWN]
    readers = [role for role, grant in grants.items() if grant.read == Reach.ACCEPTED]

    def held(role: Role) -> Holder:
        return Trial(world, resource, role).holder()

    for settled in sorted(flow.settled):
        record = Trial(world, resource, Role.COORDINATOR).record()
        item = f"/{resource.path}/{record['id']}"
        for state in way_to(settled, flow.steps):
            for role in owners:
                for decided in sorted(flow.decided):
                    problem(
                        patched(held(role), item, {flow.field: decided}),
                        403,
                        "not_yours",
                    )
            assert {held(role).get(item).status_code for role in readers} <= {404}
            # Another owner each time: who submits does not decide.
            colleague = issue(service.database, Role.COORDINATOR, state)
            done = patched(Holder(service.client, colleague), item, {flow.field: state})
            assert done.status_code == 200, done.text
        for role in owners:
            problem(patched(held(role), item, resource.change), 403)
            problem(held(role).request("DELETE", item, headers=ANY), 403)
        shown = {200} if settled == "accepted" else {404}
        assert {held(role).get(item).status_code for role in readers} <= shown


def way_to(state: str, steps: Mapping[str | None, frozenset[str]]) -> list[str]:
    """The states from the first one to another, without the first."""
    (first,) = steps[None]
    ways, met = [[first]], {first}
    for way in ways:
        if way[-1] == state:
            return way[1:]
        ways += [[*way, each] for each in sorted(steps[way[-1]] - met)]
        met |= steps[way[-1]]
    raise AssertionError(state)


def patched(holder: Holder, address: str, change: Mapping[str, Any]) -> Any:
    """The answer to a patch."""
    headers = {**ANY, "Content-Type": MERGE}
    return holder.request("PATCH", address, json=change, headers=headers)


def test_every_operation_of_a_kind_is_tried() -> None:
    kinds = {each.name: each.path for each in RESOURCES}
    served = {operation for operation, (subject, _) in PERMISSIONS.items() if subject in kinds}
    wanted = {
        (method, path.format(kind=kind)) for method, path in OPERATIONS for kind in kinds.values()
    }
    beside = "who reads a kind elsewhere than in its collection has a subject of DOORS"
    assert served == wanted, beside


@pytest.mark.long
@pytest.mark.parametrize(
    ("resource", "role", "place"),
    # What is an organization's own each kind says by itself, so that every place is tried daily.
    crossed(
        RESOURCES,
        [*Role],
        PLACES,
        exists=lambda resource, role, place: place in places_of(resource, role),
        always=lambda _resource, role, _place: role == Role.ORG,
    ),
    ids=lambda each: each.name if isinstance(each, Resource) else each,
)
def test_every_right_is_what_the_declaration_grants(
    service: Service,
    worlds: Callable[[Service], World],
    resource: Resource,
    role: Role,
    place: str,
) -> None:
    trial = Trial(worlds(service), resource, role, place)
    failed = [
        f"{what}: {got} instead of {expected}"
        for what, expected, got in tried(trial)
        if expected != got
    ]
    assert not failed, "\n".join(failed)


def tried(trial: Trial) -> Iterator[tuple[str, Any, Any]]:
    """What was tried, what must happen and what happened."""
    holder = trial.holder()
    yield from _created(trial, holder)
    feed = _Feed(trial, holder)
    record = trial.record()
    if trial.resource.owner == "id":
        # Whose a record is may be known from when the key was looked up.
        holder = trial.holder()
    yield from _read(trial, holder, record)
    yield "feed", feed.expected(), feed.got(record)
    yield from _changed(trial, holder, record)
    left = yield from _deleted(trial, holder, record)
    if left:
        trial.drop(left)


def _created(trial: Trial, holder: Holder) -> Iterator[tuple[str, Any, Any]]:
    answer = trial.make(holder, trial.body())
    may = trial.grant.allows(Verb.CREATE)
    yield "create", (201 if trial.writes() else 422) if may else 403, answer.status_code
    if answer.status_code == 201:
        trial.drop(answer.json())
    # Without a source, only whose it is and where says whether it may be made.
    answer = trial.make(holder, trial.body() | {"source": None, "source_key": None})
    yield "create without source", _created_bare(trial), answer.status_code
    if answer.status_code == 201:
        trial.drop(answer.json())


def _created_bare(trial: Trial) -> int:
    if not trial.grant.allows(Verb.CREATE):
        return 403
    if trial.grant.write == Reach.SOURCE:
        return 422
    # By a condition, a record is of the organization that enters it.
    is_entered = trial.grant.write == Reach.OWN and callable(trial.resource.owner)
    return 201 if trial.writes() or (is_entered and trial.place == OTHER) else 422


def _read(
    trial: Trial, holder: Holder, record: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    query = {name: record[name] for name in ("source", "source_key")}
    listed = (trial.sees(), 200) if trial.grant.read else (False, 403)
    for what, accept in (("list", "application/json"), ("export", "text/csv")):
        asked = query | NAMED if what == "list" else query
        answer = holder.get(trial.path, params=asked, headers={"Accept": accept})
        yield what, listed, (record["id"] in answer.text, answer.status_code)
        if what == "list" and answer.status_code == 200:
            yield "names of a list", trial.sees(), record["id"] in answer.json()["names"]
    if trial.place == OWN and _takes_template(trial):
        template = holder.get(f"/imports{trial.path}/template.xlsx")
        yield "template", 200 if trial.grant.allows(Verb.CREATE) else 403, template.status_code
    one = holder.get(f"{trial.path}/{record['id']}", params=NAMED)
    yield "read", trial.expected(Verb.READ, 200), one.status_code
    yield "names", trial.sees(), record["id"] in one.json().get("names", {})
    keyed = holder.get(
        f"{trial.path}/by-key/{record['source']}/{record['source_key']}", params=NAMED
    )
    yield "read by key", trial.expected_by_key(Verb.READ, 200), keyed.status_code


def _takes_template(trial: Trial) -> bool:
    """Whether a role asks for a template, which takes as long to write as ten reads.

    All who may not ask, and one of those who may, by turns; a template knows no place.
    """
    if not trial.grant.allows(Verb.CREATE):
        return True
    grants = trial.resource.access
    may = [role for role in Role if grants.get(role, NOTHING).allows(Verb.CREATE)]
    return may[RESOURCES.index(trial.resource) % len(may)] == trial.role


def _changed(
    trial: Trial, holder: Holder, record: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    """Each way to change a record, there and back again."""
    item, keyed = f"{trial.path}/{record['id']}", f"{record['source']}/{record['source_key']}"
    change, sent = trial.resource.change, record["sent"]
    patch = {"json": change, "headers": {**ANY, "Content-Type": MERGE}}
    put = {"json": sent, "headers": ANY}
    left_out = {each.name.partition(".")[0] for each in headings(trial.resource)} - {"id", *change}
    rows = sheet(trial.resource, {"id": record["id"], **change}, leave=left_out)
    basis = BASIS if names_persons(trial.resource) else {}
    query = {"mode": "commit", **basis}
    version = record["version"]
    ways: list[tuple[str, str, str, Any, int]] = [
        ("patch", "PATCH", item, patch, trial.expected(Verb.CHANGE, 200)),
        ("put", "PUT", item, put, trial.expected(Verb.CHANGE, 200)),
        (
            "import",
            "POST",
            f"/imports{trial.path}",
            {"content": rows, "params": query, "headers": CSV},
            _imported(trial),
        ),
        (
            "put by key",
            "PUT",
            f"{trial.path}/by-key/{keyed}",
            put,
            trial.expected_by_key(Verb.CREATE, 200),
        ),
    ]
    for what, method, address, more, expected in ways:
        answer = holder.request(method, address, **more)
        yield what, expected, answer.status_code
        version += expected == 200
    # Each that was taken changed the record once, and none of the refused did.
    yield "versions", version, trial.stands(record)


def _imported(trial: Trial) -> int:
    if not trial.grant.allows(Verb.CREATE):
        return 403
    return 200 if trial.sees() and trial.writes() else 422


def _deleted(
    trial: Trial, holder: Holder, record: Mapping[str, Any]
) -> Generator[tuple[str, Any, Any], None, Mapping[str, Any] | None]:
    """Both ways to delete; what is left at the end."""
    keyed = f"by-key/{record['source']}/{record['source_key']}"
    expected = trial.expected_by_key(Verb.DELETE, 204)
    answer = holder.request("DELETE", f"{trial.path}/{keyed}", headers=ANY)
    gone = trial.stands(record) is None
    yield "delete by key", (expected, expected == 204), (answer.status_code, gone)
    left = trial.record() if gone else record
    expected = trial.expected(Verb.DELETE, 204)
    answer = holder.request("DELETE", f"{trial.path}/{left['id']}", headers=ANY)
    gone = trial.stands(left) is None
    yield "delete", (expected, expected == 204), (answer.status_code, gone)
    return None if gone else left


class _Feed:
    """The change feed of one kind, from before its record was made."""

    def __init__(self, trial: Trial, holder: Holder) -> None:
        self._trial, self._holder = trial, holder
        self._query = {"types": trial.resource.name, "limit": "1000"}
        self._status = 200
        while self._page().get("has_more"):
            pass

    def expected(self) -> tuple[bool, int]:
        """Whether the record comes, and the status."""
        follows = grant_of(self._trial.role, "changes").read
        is_open = bool(follows and self._trial.grant.read)
        return is_open and self._trial.sees(), 200 if is_open else 403

    def got(self, record: Mapping[str, Any]) -> tuple[bool, int]:
        """What is so."""
        items = self._page().get("items", [])
        return record["id"] in [item["id"] for item in items], self._status

    def _page(self) -> dict[str, Any]:
        answer = self._holder.get("/changes", params=self._query)
        self._status, page = answer.status_code, answer.json()
        if self._status == 200:
            self._query["cursor"] = page["next_cursor"]
        return dict(page)
