"""Known names: what a process keeps of names is dropped when anything makes it untrue (0025)."""

import re
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlmodel import SQLModel

from app.access.callers import KeyHolder
from app.access.roles import Role
from app.acts import Actor
from app.database.dialects import SQLITE
from app.journal.since import MOST, Since, State, changes
from app.model.graph import references_to
from app.model.naming import columns_of
from app.model.resource import Resource
from app.registry import KINDS, RESOURCES
from app.rest.known import Known, Told
from app.rest.mentions import Mentions
from app.store import register
from app.store.names import Naming
from app.store.precondition import Precondition
from tests.holders import Holder, issue
from tests.scene import COLLECTIONS, MERGE, NOBODY, RESOURCE, Scene, Service, body_of


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


NAMED = {"names": "true", "limit": "100"}
ONE, TWO = State("epoch", 1), State("epoch", 2)


def known_of(service: Service) -> Known:
    known: Known = service.client.app.state.service.known  # type: ignore[attr-defined]
    return known


class Asked:
    """Which names the service reads: the ids of each statement, by kind."""

    def __init__(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[dict[str, Sequence[str]]] = []
        inner: Any = service.client.app.state.service  # type: ignore[attr-defined]
        rows = type(inner.reader).rows

        async def read(reader: Any, sql: str, parameters: Any, **more: Any) -> Any:
            ids = {key[7:]: value for key, value in parameters.items() if key.startswith("ids_of_")}
            self.names += [ids] if ids else []
            return await rows(reader, sql, parameters, **more)

        monkeypatch.setattr(type(inner.reader), "rows", read)


@pytest.fixture
def asked(service: Service, monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(service, monkeypatch)


def changed(kind: Resource, scene: Scene) -> None:
    """Call a record otherwise; if no text of its own is in its name, change it in another way.

    It is one that others refer to, if the scene has one.
    """
    cited = [key for name, key in scene.ids.items() if COLLECTIONS.get(name) == kind.name]
    path = f"/{kind.path}/{[*cited, scene.ids[kind.name]][0]}"
    record = scene.client.get(path).json()
    texts = [name for name in columns_of(kind) if kind.table.c[name].info.get("line")]
    other = {name: f"{record[name]} иначе" for name in texts if record[name]}
    headers = {"If-Match": "*", "Content-Type": MERGE}
    for body in filter(None, (other, scene.fill(kind.change))):
        answer = scene.client.patch(path, json=body, headers=headers)
        # A school year or an hour is no text that may be anything.
        if answer.status_code != 422:
            break
    assert answer.status_code == 200, answer.text


def pages(
    holders: Sequence[Holder], kinds: Sequence[Resource] = RESOURCES
) -> Iterator[tuple[str, int, str, bytes]]:
    """The lists of some kinds with names, as each holder gets them."""
    for holder in holders:
        for kind in kinds:
            answer = holder.get(f"/{kind.path}", params=NAMED)
            tag = answer.headers.get("etag", "")
            if answer.status_code == 200:
                yield kind.name, answer.status_code, tag, answer.content


@pytest.mark.long
@pytest.mark.one_database
def test_names_that_are_known_are_those_that_a_new_process_reads(
    service: Service, full_scene: Scene, *, full: bool
) -> None:
    home = {"municipality_id": full_scene["$municipality"]}
    own = {**home, "organization_id": full_scene["$school"]}
    readers = [
        Holder(service.client, issue(service.database, Role.COORDINATOR, **home)),
        Holder(service.client, issue(service.database, Role.ORG, **own)),
    ]
    assert [*pages(readers)]
    for at, kind in enumerate(RESOURCES):
        # Every day the two readers take turns.
        holders = readers if full else [readers[at % 2]]
        changed(kind, full_scene)
        assert_fresh(service, holders, kind, full=full)
    gone = 0
    for at, kind in enumerate(reversed(RESOURCES)):
        holders = readers if full else [readers[at % 2]]
        path = f"/{kind.path}/{full_scene.ids[kind.name]}"
        answer = full_scene.client.delete(path, headers={"If-Match": "*"})
        gone += answer.status_code == 204
        assert_fresh(service, holders, kind, full=full)
    assert gone > len(RESOURCES) / 2


@pytest.mark.long
@pytest.mark.shared_out
def test_no_reader_is_told_what_another_one_was_told(service: Service, full_scene: Scene) -> None:
    home = {"municipality_id": full_scene["$municipality"]}
    own = {**home, "organization_id": full_scene["$leader"]}
    scopes = {
        Role.COORDINATOR: home,
        Role.READER: home,
        Role.ORG: own,
        Role.SYNC: home,
        Role.ADMIN: {},
    }
    holders = [
        Holder(service.client, issue(service.database, role, **scope))
        for role, scope in scopes.items()
    ]
    said = [[*pages([holder])] for holder in holders]
    for holder, before in zip(holders, said, strict=True):
        known_of(service).forget()
        assert [*pages([holder])] == before


def near(kind: Resource) -> list[Resource]:
    """The kind, those that refer to it, and those that refer to these: whose names it may be in."""
    found = {kind.name}
    for _ in range(2):
        found |= {
            name for each in found for name, _ in references_to(RESOURCE[each].table)
        } & RESOURCE.keys()
    return [each for each in RESOURCES if each.name in found]


def assert_fresh(
    service: Service, holders: Sequence[Holder], kind: Resource, *, full: bool
) -> None:
    kinds = RESOURCES if full else near(kind)
    said = [*pages(holders, kinds)]
    known_of(service).forget()
    for before, fresh in zip(said, pages(holders, kinds), strict=True):
        assert before == fresh, f"{before[0]} after a change of {kind.name}"


def test_a_change_elsewhere_costs_no_name(service: Service, scene: Scene, asked: Asked) -> None:
    made = scene.make("participations", body_of(RESOURCE["participations"], scene))
    page = {**NAMED, "teacher_id": made["teacher_id"]}
    before = scene.client.get("/participations", params=page)
    assert asked.names
    asked.names.clear()
    scene.make("headcounts", body_of(RESOURCE["headcounts"], scene))
    after = scene.client.get("/participations", params=page)
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    assert not asked.names


def test_a_changed_record_costs_its_own_name_alone(
    service: Service, scene: Scene, asked: Asked
) -> None:
    first = scene.make("measures", body_of(RESOURCE["measures"], scene))
    scene.make("measures", {**body_of(RESOURCE["measures"], scene), "code": "another"})
    page = {**NAMED, "municipality_id": scene["$municipality"]}
    before = scene.client.get("/measures", params=page).json()["names"]
    asked.names.clear()
    headers = {"If-Match": "*", "Content-Type": MERGE}
    patch = {"title": "Названо иначе"}
    assert scene.client.patch(f"/measures/{first['id']}", json=patch, headers=headers).is_success
    after = scene.client.get("/measures", params=page).json()["names"]
    assert after == {**before, first["id"]: "Названо иначе"}
    assert [{kind: len(of) for kind, of in ids.items()} for ids in by_count(asked)] == [
        {"measures": 1}
    ]


def by_count(asked: Asked) -> list[dict[str, Sequence[str]]]:
    """The ids of each statement; SQLite takes them as one JSON text."""
    return [
        {kind: re.findall(r"[0-9a-f-]{36}", str(ids)) for kind, ids in names.items()}
        for names in asked.names
    ]


def test_a_change_of_another_process_is_shown_at_once(service: Service, scene: Scene) -> None:
    made = scene.make("headcounts", body_of(RESOURCE["headcounts"], scene))
    page = {**NAMED, "organization_id": made["organization_id"]}
    before = scene.client.get("/headcounts", params=page)

    def rename(tx: Any) -> None:
        key = uuid.UUID(made["organization_id"])
        patch = {"short_name": "Иная СОШ"}
        register.amend(
            tx, RESOURCE["organizations"], key, patch, Precondition(any=True, given=True)
        )

    service.database.write(rename)
    tag = {"If-None-Match": before.headers["etag"]}
    after = scene.client.get("/headcounts", params=page, headers=tag)
    assert after.status_code == 200
    assert after.json()["names"][made["organization_id"]] == "Иная СОШ"


@pytest.mark.long
def test_an_erased_person_is_no_longer_named(service: Service, scene: Scene) -> None:
    made = scene.make("participations", body_of(RESOURCE["participations"], scene))
    person, page = made["teacher_id"], {**NAMED, "teacher_id": made["teacher_id"]}
    before = scene.client.get("/participations", params=page)
    assert person in before.json()["names"]
    reason = {"reason": "Отзыв согласия, заявление № 1"}
    answer = scene.client.post(f"/teachers/{person}/erasure", json=reason)
    assert answer.is_success, answer.text
    tag = {"If-None-Match": before.headers["etag"]}
    after = scene.client.get("/participations", params=page, headers=tag)
    assert after.status_code == 200
    assert person not in after.json()["names"]


@pytest.mark.long
def test_names_are_made_of_journaled_tables_alone() -> None:
    tables = {*SQLModel.metadata.tables}
    for role in Role:
        for home in (None, NOBODY):
            source = "tests" if role == Role.SYNC else None
            caller: Any = KeyHolder(Actor(role), role, home, of_source=source)  # type: ignore[arg-type]
            namer = Naming(KINDS).seen_by(caller, SQLITE)
            for kind in KINDS.all:
                read = {*re.findall(r"\w+", namer.statement([kind.name]))} & tables
                assert read <= KINDS.by_table.keys(), (role, kind.name)
                others = {KINDS.by_table[table] for table in read} - {kind.name}
                assert others <= namer.reads(kind.name)


def test_no_kind_is_made_of_all_others() -> None:
    caller: Any = KeyHolder(Actor("coordinator"), Role.COORDINATOR)
    namer = Naming(KINDS).seen_by(caller, SQLITE)
    assert namer.reads("participations") == {
        "organizations",
        "events",
        "activities",
        "partnerships",
    }
    assert not namer.reads("organizations")


def read_of(kind: str) -> frozenset[str]:
    return frozenset({"b": {"a"}, "d": {"d"}}.get(kind, ()))


def told() -> Told:
    kept = Told(read_of)
    kept.add({kind: {f"{kind}{at}": b"name" for at in "12"} for kind in "abcd"})
    kept.mentions["a1"] = (1, Mentions(("a1",), ("a",), frozenset()))
    return kept


@pytest.mark.parametrize(
    ("changed", "gone"),
    [
        ({"c": {"c1"}}, {"c1"}),
        ({"a": {"a1"}}, {"a1", "b1", "b2"}),
        ({"b": {"b2"}, "c": {"c2", "c3"}}, {"b2", "c2"}),
        ({"d": {"d1"}}, {"d1", "d2"}),
        ({"e": {"e1"}}, set()),
    ],
)
def test_what_changed_goes_with_whatever_is_made_of_it(
    changed: dict[str, set[str]], gone: set[str]
) -> None:
    kept = told()
    before = {*kept.members}
    kept.drop(changed)
    assert before - kept.members.keys() == gone
    assert all(kept.of_kind(kind) <= kept.members.keys() for kind in "abcd")
    assert ("a1" in kept.mentions) == ("a" not in changed)


def test_a_name_that_was_read_before_a_change_is_not_kept_after_it() -> None:
    known = Known()
    known.advance(Since(ONE, {}))
    kept = known.of("reader", read_of)
    known.advance(Since(TWO, {}))
    known.keep(kept, {"a": {"a1": b"old"}}, ONE)
    assert not kept.members
    known.keep(kept, {"a": {"a1": b"new"}}, TWO)
    assert kept.members
    known.advance(Since(ONE, {"a": {"a1"}}))
    assert (known.state, kept.members) == (TWO, {"a1": b"new"})


def test_names_are_kept_for_each_reader_and_not_too_many() -> None:
    known = Known(most=3)
    first, second = known.of("first", read_of), known.of("second", read_of)
    known.keep(first, {"a": {"a1": b"", "a2": b""}}, State())
    assert not second.members
    known.keep(second, {"a": {"a1": b""}}, State())
    assert known.of("first", read_of) is first
    known.keep(second, {"a": {"a2": b""}}, State())
    assert known.of("second", read_of) is not second
    known.keep(known.of("first", read_of), {"b": {"b1": b"", "b2": b""}}, State())
    assert known.is_empty


def rows_of(count: int, state: State, purged_to: int = 0) -> list[list[Any]]:
    text = f"{state.epoch}:{state.position}"
    return [[text, purged_to, "a", f"a{at}"] for at in range(count)]


def test_more_changes_than_are_told_drop_everything() -> None:
    assert changes(ONE, rows_of(MOST, TWO)).records
    assert changes(ONE, rows_of(MOST + 1, TWO)).records is None
    assert changes(ONE, rows_of(1, State("restored", 7))).records is None
    assert changes(TWO, rows_of(1, ONE)).records is None
    # A delete that was purged before this process heard of it.
    assert changes(ONE, rows_of(1, TWO, purged_to=2)).records is None
    assert changes(ONE, [["epoch:2", 1, None, None]]) == Since(TWO, {})
    known = Known()
    kept = known.of("reader", read_of)
    known.keep(kept, {"a": {"a1": b""}}, State())
    known.advance(Since(TWO, None))
    assert known.is_empty
