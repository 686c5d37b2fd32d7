"""Persons: who may not know a name never meets it, and what is erased is gone (S7, S14 to S16)."""

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from sqlmodel import SQLModel

from app.access.matrix import grant_of
from app.access.roles import Role
from app.database.transaction import Transaction
from app.model.grants import Verb
from app.registry import RESOURCES
from tests.daily import KINDS
from tests.described import PERMISSIONS
from tests.fixtures import Copies, migrated_and_seeded
from tests.holders import Holder, issue
from tests.running import serving
from tests.scene import NOBODY, RESOURCE, Scene, Service, body_of, in_letters, problem
from tests.waiting import recorded

pytestmark = pytest.mark.shared_out

CANARY = "Канарейкина"
SNILS = "112-233-445 95"


@pytest.fixture
def named(scene: Scene) -> Scene:
    """A scene with the canary in every personal field, but for the СНИЛС that never comes out."""
    home = {"municipality_id": scene["$municipality"]}
    person = dict.fromkeys(("last_name", "first_name", "patronymic"), CANARY)
    scene.ids["$teacher"] = scene.make("teachers", {**home, **person, "snils": SNILS})["id"]
    job = body_of(RESOURCE["employments"], scene) | {"position_group": "teaching"}
    scene.make("employments", job | {"valid_from": "2020-04-17"})
    scene.make("participations", RESOURCE["participations"].example)
    officer = {"role": "coordinator", "person_name": CANARY}
    patch(scene, f"/programs/{scene['$program']}", officers=[officer])
    leader, school = ({"organization_id": scene[name]} for name in ("$leader", "$school"))
    members = [
        {**leader, "role": "leader", "representative": CANARY},
        {**school, "role": "supported", "representative": CANARY},
    ]
    patch(scene, f"/partnerships/{scene['$partnership']}", members=members)
    patch(scene, f"/legal-acts/{scene['$act']}", signed_by=CANARY)
    return scene


def patch(scene: Scene, address: str, **said: Any) -> None:
    answer = scene.client.patch(address, json=said, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


def readings(scene: Scene, role: Role) -> Iterator[str]:
    """Every address that a role may read, about the records of a scene."""
    ids = {RESOURCE[name].path: scene.ids[key] for key, name in PLACES.items() if key in scene.ids}
    for (method, path), (subject, verb) in PERMISSIONS.items():
        if method != "GET" or verb != Verb.READ or not grant_of(role, subject).allows(verb):
            continue
        record = ids.get(path.split("/")[1], str(uuid.uuid4()))
        yield path.format(
            id=record,
            snapshot_id=record,
            source="a",
            source_key="b",
            code="teacher_coverage_share",
        )


PLACES = {
    "$teacher": "teachers",
    "$program": "programs",
    "$partnership": "partnerships",
    "$act": "legal_acts",
}


def local(service: Service, scene: Scene, role: Role) -> Holder:
    scope = {} if role == Role.ADMIN else {"municipality_id": scene["$municipality"]}
    return Holder(service.client, issue(service.database, role, **scope))


def told(holder: Holder, scene: Scene, role: Role) -> dict[str, str]:
    return {address: holder.get(address).text for address in readings(scene, role)}


@pytest.mark.long
def test_a_reader_meets_no_name(
    service: Service, named: Scene, capfd: pytest.CaptureFixture[str]
) -> None:
    reader, coordinator = (local(service, named, role) for role in (Role.READER, Role.COORDINATOR))
    named_to = {
        role: {path for path, text in told(holder, named, role).items() if CANARY in text}
        for role, holder in ((Role.READER, reader), (Role.COORDINATOR, coordinator))
    }
    assert named_to[Role.READER] == set()
    assert len(named_to[Role.COORDINATOR]) >= 2 * len(PLACES) + 1
    printed = capfd.readouterr()
    assert "/api/v1/teachers/{id}" in printed.err
    assert CANARY not in printed.err + printed.out
    program = reader.get(f"/programs/{named['$program']}").json()
    assert [officer["person_name"] for officer in program["officers"]] == [None]


OF_PEOPLE = ("teachers", "employments", "participations", "headcounts")
"""Collections that tell of people by where they work and were, even without names."""


@pytest.mark.parametrize("collection", OF_PEOPLE)
def test_a_reader_is_not_let_in_to_what_tells_of_people(
    service: Service, named: Scene, collection: str
) -> None:
    reader, path = local(service, named, Role.READER), f"/{RESOURCE[collection].path}"
    body = body_of(RESOURCE[collection], named) | {"source": "gis", "source_key": named.oktmo}
    if "teacher_id" in body:
        body |= {"teacher_id": made_teacher(named)}
    made = named.make(collection, body)
    for address in (path, f"{path}/{made['id']}", f"{path}/by-key/gis/{named.oktmo}"):
        assert named.client.get(address).status_code == 200
        for accept in ("application/json", "text/csv"):
            problem(reader.get(address, headers={"Accept": accept}), 403)
    problem(reader.get("/changes", params={"types": collection}), 403)
    problem(reader.get("/changes", params={"types": f"events,{collection}"}), 403)


def made_teacher(scene: Scene) -> str:
    """Another teacher, who took part in nothing yet."""
    return str(scene.make("teachers", body_of(RESOURCE["teachers"], scene))["id"])


@pytest.mark.long
def test_a_reader_meets_no_number_of_a_person_anywhere(service: Service, named: Scene) -> None:
    holder = local(service, named, Role.COORDINATOR)
    people = {
        record["id"]
        for name in OF_PEOPLE
        for record in holder.get(f"/{RESOURCE[name].path}").json()["items"]
    }
    assert len(people) == 3
    program, reader = f"/programs/{named['$program']}", local(service, named, Role.READER)
    report = {"as_of": "2021-12-31", "title": "Отчёт"}
    made = named.client.post(f"{program}/snapshots", json=report).json()["id"]
    snapshot, days = f"{program}/snapshots/{made}", {"from": "2020-05-01", "to": "2021-12-31"}
    more = {
        f"{program}/indicators/diff": days,
        f"{program}/indicators/teacher_coverage_share/explain": {"as_of": "2021-12-31"},
        f"{snapshot}/explain/teacher_coverage_share": {},
        f"{snapshot}/diff": {},
        "/changes": {},
    }
    for collection in ("events", "organizations", "partnerships", "monitoring-records"):
        more[f"/{collection}"] = {}
    for address, query in more.items():
        # The coordinator meets the teacher where figures are explained: the question is a real one.
        seen, shown = (each.get(address, params=query) for each in (holder, reader))
        assert (seen.status_code, shown.status_code) == (200, 200), shown.text
        assert not [each for each in people if each in shown.text], address
        if "explain" in address:
            assert named["$teacher"] in seen.text
    one = {"teacher_id": named["$teacher"]}
    problem(reader.get(f"{program}/explain", params=one), 422, "unknown-reference")
    problem(reader.get(f"{program}/explain", params={"teacher_id": NOBODY}), 422)


@pytest.mark.long
@pytest.mark.parametrize("role", [Role.READER, Role.ORG])
def test_a_cause_names_no_record_that_is_not_shown(
    service: Service, named: Scene, role: Role
) -> None:
    other = made_teacher(named)
    job = {"teacher_id": other, "valid_from": "2020-10-01"}
    made = named.make("employments", RESOURCE["employments"].example, **job)
    scope = {"organization_id": named["$leader"]} if role == Role.ORG else {}
    home = {"municipality_id": named["$municipality"]}
    theirs = Holder(service.client, issue(service.database, role, **home, **scope))
    address = f"/programs/{named['$program']}/indicators/diff"
    days = {"from": "2020-09-30", "to": "2020-10-02"}
    seen, shown = (each.get(address, params=days).json() for each in (named.client, theirs))
    assert caused(seen) == [("employment_started", made["id"])]
    assert caused(shown) == [("employment_started", None)]


def caused(found: Any) -> list[tuple[str, str | None]]:
    """What befell teachers, and the records that it befell."""
    changes = [each for item in found["items"] for each in item["changes"]]
    return [(each["cause"], each["cause_id"]) for each in changes if each["type"] == "teachers"]


@pytest.mark.long
def test_the_trail_and_the_journal_keep_no_value(service: Service, named: Scene) -> None:
    erase(named)
    named.client.get("/audit")  # whatever was put down before is read with it
    for table in ("audit_entries", "journal_entries", "destruction_records", "api_keys"):
        rows = service.database.read(partial(everything, table))
        assert rows
        digits = SNILS.replace("-", "").replace(" ", "")
        assert not [row for row in rows if CANARY.casefold() in row.casefold() or digits in row]


def everything(table: str, tx: Transaction) -> list[str]:
    return [str(tuple(row)) for row in tx.execute(sa.select(SQLModel.metadata.tables[table]))]


@pytest.mark.long
def test_a_reader_cannot_ask_for_a_name(service: Service, named: Scene) -> None:
    reader = local(service, named, Role.READER)
    for query in ({"signed_by": CANARY}, {"sort": "signed_by"}):
        problem(reader.get("/legal-acts", params=query), 422)
    for resource in RESOURCES:
        found = reader.get(f"/{resource.path}", params={"q": CANARY})
        assert found.status_code in {403, 422} or found.json()["items"] == []


def test_an_administrator_meets_officers_and_no_teachers(service: Service, named: Scene) -> None:
    admin = local(service, named, Role.ADMIN)
    problem(admin.get("/teachers"), 403)
    assert CANARY in admin.get(f"/programs/{named['$program']}").text
    explained = explain(admin, named)
    assert CANARY not in str(explained)
    assert {item["id"] for item in explained["items"]} == {None}


def explain(holder: Holder, scene: Scene) -> Any:
    address = f"/programs/{scene['$program']}/indicators/teacher_coverage_share/explain"
    return holder.get(address, params={"as_of": "2021-12-31"}).json()


def test_a_reader_learns_how_many_count_and_not_who(service: Service, named: Scene) -> None:
    items = explain(local(service, named, Role.READER), named)["items"]
    assert [(item["id"], item["name"]) for item in items] == [(None, None)]
    assert items[0]["outcome"] == "counted"
    items = explain(local(service, named, Role.COORDINATOR), named)["items"]
    assert CANARY in items[0]["name"]


@pytest.mark.long
def test_a_snils_never_comes_out(service: Service, named: Scene) -> None:
    holder = local(service, named, Role.COORDINATOR)
    texts = told(holder, named, Role.COORDINATOR).values()
    digits = SNILS.replace("-", "").replace(" ", "")
    assert not any(digits in text or SNILS in text for text in texts)
    again = body_of(RESOURCE["teachers"], named) | {"snils": SNILS}
    taken = holder.request("POST", "/teachers", json=again)
    assert taken.status_code == 409
    assert SNILS not in taken.text


def erase(scene: Scene) -> dict[str, Any]:
    address = f"/teachers/{scene['$teacher']}/erasure"
    answer = scene.client.post(address, json={"reason": "Отзыв согласия"})
    assert answer.status_code == 200, answer.text
    destroyed: dict[str, Any] = answer.json()
    return destroyed


@pytest.mark.long
def test_what_is_erased_is_gone_and_still_counted(service: Service, named: Scene) -> None:
    holder = local(service, named, Role.COORDINATOR)
    before = explain(holder, named)
    destroyed = erase(named)
    assert destroyed["categories"] == ["last_name", "first_name", "patronymic", "snils"]
    assert destroyed["kept"] == {"employments": 1, "participations": 1}
    assert (destroyed["reason"], destroyed["destroyed_by"]["role"]) == ("Отзыв согласия", "admin")
    teacher = f"/teachers/{named['$teacher']}"
    problem(holder.get(teacher), 404)
    problem(holder.request("DELETE", teacher, headers={"If-Match": "*"}), 404)
    found = holder.get("/teachers", params={"include_total": "true"}).json()
    assert named["$teacher"] not in [each["id"] for each in found["items"]]
    assert found["total"] == len(found["items"])
    after = explain(holder, named)
    assert after["numerator"] == before["numerator"] == 1
    assert [item["name"] for item in after["items"]] == [None]
    texts = told(holder, named, Role.COORDINATOR)
    assert not [path for path, text in texts.items() if CANARY in text and "teacher" in path]
    problem(named.client.post(f"{teacher}/erasure", json={"reason": "Ещё раз"}), 404)


@pytest.mark.long
def test_a_participation_of_an_erased_teacher_can_still_be_changed(named: Scene) -> None:
    erase(named)
    query = {"teacher_id": named["$teacher"]}
    kept = named.client.get("/participations", params=query).json()["items"][0]
    patch(named, f"/participations/{kept['id']}", hours="2")
    body = body_of(RESOURCE["employments"], named) | {"position": "другая"}
    problem(named.client.post("/employments", json=body), 422, "unknown-reference", "/teacher_id")


@pytest.mark.long
def test_the_key_of_an_erased_teacher_makes_a_new_one(scene: Scene) -> None:
    body = body_of(RESOURCE["teachers"], scene) | {"snils": SNILS}
    address = f"/teachers/by-key/region/{uuid.uuid4().hex}"
    first = scene.client.put(address, json=body).json()
    scene.ids["$teacher"] = first["id"]
    erase(scene)
    problem(scene.client.get(address), 404)
    second = scene.client.put(address, json=body)
    assert second.status_code == 201
    assert second.json()["id"] != first["id"]
    assert second.json()["version"] > first["version"]


@pytest.mark.long
def test_the_file_of_sqlite_forgets_what_is_erased(services: Callable[[str], Service]) -> None:
    service = services("sqlite")
    scene = Scene(service.client)
    name = f"Бесследнова{in_letters(uuid.uuid4().hex)}"
    body = body_of(RESOURCE["teachers"], scene) | {"last_name": name}
    scene.ids["$teacher"] = scene.make("teachers", body)["id"]
    path = Path(str(service.database.url.database))
    assert name.encode() in bytes_of(path)
    erase(scene)
    assert name.encode() not in bytes_of(path)
    assert name.casefold().encode() not in bytes_of(path)


def bytes_of(path: Path) -> bytes:
    log = path.with_name(path.name + "-wal")
    return path.read_bytes() + (log.read_bytes() if log.exists() else b"")


@pytest.mark.long
def test_a_person_learns_who_looked(service: Service, named: Scene) -> None:
    holder = local(service, named, Role.COORDINATOR)
    teacher = named["$teacher"]
    assert holder.get(f"/teachers/{teacher}").status_code == 200
    assert holder.get("/teachers").status_code == 200
    recorded(service)
    reads = accesses(named, "read")
    assert len(reads) >= 2
    assert {each["role"] for each in reads} >= {"coordinator"}
    assert {each["role"] for each in accesses(named, "create")} == {"coordinator"}
    report = named.client.get(f"/teachers/{teacher}/access-report").json()
    assert report["teacher"]["last_name"] == CANARY
    assert {name: len(listed) for name, listed in report["records"].items() if listed} == {
        "employments": 1,
        "participations": 1,
    }
    erase(named)
    report = named.client.get(f"/teachers/{teacher}/access-report").json()
    assert report["teacher"] is None
    assert report["destruction"]["reason"] == "Отзыв согласия"
    assert accesses(named, "erase")
    problem(named.client.get(f"/teachers/{uuid.uuid4()}/access-report"), 404)


def accesses(scene: Scene, action: str) -> list[dict[str, Any]]:
    query = {"limit": "500"}
    report = scene.client.get(f"/teachers/{scene['$teacher']}/access-report", params=query).json()
    return [each for each in report["accesses"] if each["action"] == action]


@pytest.mark.long
def test_what_is_due_is_listed_before_it_is_destroyed(service: Service, scene: Scene) -> None:
    with time_machine.travel("2015-01-01T00:00:00Z", tick=True):
        old = scene.make("teachers", body_of(RESOURCE["teachers"], scene))
        works = scene.make("teachers", body_of(RESOURCE["teachers"], scene))
        job = body_of(RESOURCE["employments"], scene) | {"valid_from": "2014-09-01"}
        scene.make("employments", job, teacher_id=old["id"], valid_to="2014-12-31")
        scene.make("employments", job, teacher_id=works["id"])
    due = retained(scene, dry_run=True)
    assert due["retention_days"] == 3650
    assert old["id"] in [each["teacher_id"] for each in due["items"]]
    assert works["id"] not in [each["teacher_id"] for each in due["items"]]
    assert scene.client.get(f"/teachers/{old['id']}").status_code == 200
    done = retained(scene, dry_run=False)
    assert {each["teacher_id"] for each in done["items"]} >= {old["id"]}
    assert all(each["categories"] for each in done["items"])
    problem(scene.client.get(f"/teachers/{old['id']}"), 404)
    assert retained(scene, dry_run=True)["items"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_clock_that_leapt_ahead_destroys_nobody(
    kind: str, copies: Copies, tmp_path: Path
) -> None:
    with (
        copies(kind, tmp_path, migrated_and_seeded) as url,
        serving(kind, url, tmp_path) as service,
    ):
        scene = Scene(service.client)
        with time_machine.travel("2015-01-01T00:00:00Z", tick=True):
            person = scene.make("teachers", body_of(RESOURCE["teachers"], scene))["id"]
        due = retained(scene, dry_run=True)["items"]
        assert [each["teacher_id"] for each in due] == [person]
        said = problem(scene.client.post("/retention", json={"dry_run": False}), 422)
        assert [each["code"] for each in said["errors"]] == ["clock_leapt"]
        assert scene.client.get(f"/teachers/{person}").status_code == 200
        done = retained(scene, dry_run=False)["items"]
        assert [each["teacher_id"] for each in done] == [person]


def retained(scene: Scene, *, dry_run: bool) -> dict[str, Any]:
    said = {"dry_run": dry_run, "clock_is_right": True}  # others have entries of years ago here
    answer = scene.client.post("/retention", json=said)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done
