"""Access: an operation is entered by a key whose role allows it, or not at all (S1, S2, S6)."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import APIRouter

from app.access import keyring, keys
from app.access.matrix import grant_of
from app.access.roles import Role
from app.access.tokens import mint
from app.model.grants import Verb
from app.problems import Busy
from app.registry import RESOURCES
from app.rest.gate import admitted, permissions
from app.rest.throttle import Buckets, Failures
from tests.conftest import on_each_kind
from tests.described import PERMISSIONS
from tests.holders import Holder, issue
from tests.postgres import Server
from tests.running import empty, serving
from tests.scene import MERGE, RESOURCE, ROOT, Scene, Service, body_of, problem
from tests.waiting import until

pytestmark = pytest.mark.shared_out


@pytest.fixture(scope="module")
def staffs() -> Callable[[Service], dict[Role, Holder]]:
    return cache(staff_of)


@pytest.fixture
def staff(service: Service, staffs: Callable[[Service], dict[Role, Holder]]) -> dict[Role, Holder]:
    """A key of every role, in the municipality of one scene."""
    return staffs(service)


def staff_of(service: Service) -> dict[Role, Holder]:
    scene = Scene(service.client)
    home = {"municipality_id": scene["$municipality"]}
    scopes: dict[Role, dict[str, str]] = {
        Role.SYNC: {**home, "source": "region"},
        Role.ORG: {"organization_id": scene["$school"]},
        Role.COORDINATOR: home,
        Role.READER: home,
    }
    return {
        role: Holder(service.client, issue(service.database, role, **scopes.get(role, {})))
        for role in Role
    }


def address_of(path: str) -> str:
    """An address of a path template, of something that nobody has."""
    names = {name: str(uuid.uuid4()) for name in ("id", "snapshot_id")}
    names |= {"source": "nobody", "source_key": "nothing"}
    return path.format(**names, code="org_involvement_share")


@pytest.mark.long
def test_nobody_enters_without_a_key(service: Service) -> None:
    for method, path in PERMISSIONS:
        answer = service.client.request(method, address_of(path), headers={"Authorization": ""})
        problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.long
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.one_database
def test_what_the_matrix_does_not_grant_is_refused(staff: dict[Role, Holder], role: Role) -> None:
    entered, refused = set(), set()
    for (method, path), (subject, verb) in PERMISSIONS.items():
        answer = staff[role].request(method, address_of(path))
        if grant_of(role, subject).allows(verb):
            assert answer.status_code not in {401, 403} or "by-key" in path, path
            entered.add(path)
        else:
            problem(answer, 403)
            refused.add(path)
    assert entered
    assert refused


def bad_keys(service: Service) -> Iterator[tuple[str, str]]:
    good = issue(service.database, Role.READER)
    yield "none", ""
    yield "of another scheme", f"Basic {good}"
    yield "of nothing", "Bearer"
    yield "malformed", "Bearer hello"
    yield "hostile", "Bearer sn_" + "_" * 5000
    yield "with a wrong checksum", f"Bearer {good[:-1]}{'0' if good[-1] != '0' else '1'}"
    yield "unknown", f"Bearer {mint()[0]}"
    expired = issue(service.database, Role.READER)
    change(service, expired, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    yield "expired", f"Bearer {expired}"
    revoked = issue(service.database, Role.READER)
    change(service, revoked, revoked_at=datetime.now(UTC))
    yield "revoked", f"Bearer {revoked}"


def change(service: Service, token: str, **values: Any) -> None:
    table = keys.KEYS
    here = table.c.kid == token.split("_")[1]
    service.database.write(lambda tx: tx.execute(sa.update(table).where(here).values(**values)))


def test_every_key_that_is_not_valid_gets_the_same_answer(service: Service) -> None:
    answers = {}
    for name, header in bad_keys(service):
        answer = service.client.get("/programs", headers={"Authorization": header})
        said = problem(answer, 401)
        said.pop("instance")
        answers[name] = (said, answer.headers["www-authenticate"], len(answer.headers))
    assert len(answers) == 9
    assert all(each == answers["none"] for each in answers.values())


@contextmanager
def slowed(service: Service, **limits: Any) -> Iterator[None]:
    """Serve with accounts of its own, which nobody has used yet."""
    state = service.client.app.state  # type: ignore[attr-defined]
    usual = state.service
    state.service = replace(usual, **limits)
    try:
        yield
    finally:
        state.service = usual


def test_wrong_keys_are_slowed_and_a_valid_one_is_not(service: Service) -> None:
    valid = issue(service.database, Role.READER)
    with slowed(service, failures=Failures(20)):
        wrong = Holder(service.client, mint()[0])
        assert [wrong.get("/programs").status_code for _ in range(20)] == [401] * 20
        answer = wrong.get("/programs")
        problem(answer, 429)
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert Holder(service.client, valid).get("/programs").status_code == 200
        nobody = service.client.get("/programs", headers={"Authorization": ""})
        assert nobody.status_code == 401


def test_a_key_that_runs_away_is_slowed(service: Service) -> None:
    fast, other = (Holder(service.client, issue(service.database, Role.READER)) for _ in "12")
    with slowed(service, buckets=Buckets(2)):
        statuses = [fast.get("/programs").status_code for _ in range(12)]
        assert statuses[0] == other.get("/programs").status_code == 200
        assert 429 in statuses


@pytest.mark.long
@on_each_kind
def test_a_flood_without_keys_is_one_entry_with_its_number(
    kind: str, server: Server, tmp_path: Path
) -> None:
    with empty(kind, server, tmp_path) as url:
        with serving(kind, url, tmp_path) as flooded:
            for key, times in (("", 30), ("Bearer sn_x", 30)):
                for _ in range(times):
                    flooded.client.get("/programs", headers={"Authorization": key})
        # What waits for the end of its minute is put down when the service stops.
        with serving(kind, url, tmp_path) as again:
            query = {"action": "authenticate", "address": "testclient"}
            entries = again.client.get("/audit", params=query).json()["items"]
            assert again.client.get("/audit/verify").json()["whole"]
            lost = {"action": "authenticate", "address": "192.0.2.1"}
            assert again.client.get("/audit", params=lost).json()["items"] == []
    told = [(each["count"], each["fields"], each["outcome"]) for each in entries]
    assert told == [(30, [], "denied"), (30, ["authorization"], "denied")]
    assert len({each["address_hash"] for each in entries}) == 1
    assert {each["address"] for each in entries} == {"testclient"}


class FullRecorder:
    """A recorder without room, because the database has been away for long."""

    def record(self, *_: object) -> None:
        raise Busy


def test_what_cannot_be_put_down_is_not_answered(service: Service, scene: Scene) -> None:
    assert scene["$teacher"]
    reader = Holder(service.client, issue(service.database, Role.READER))
    with slowed(service, recorder=FullRecorder()):
        for answer in (
            reader.request("POST", "/organizations"),
            service.client.get("/teachers"),
        ):
            problem(answer, 503)
            assert answer.headers["retry-after"]


def test_a_key_in_the_address_is_no_key(service: Service) -> None:
    good = issue(service.database, Role.READER)
    for name in ("key", "access_token", "api_key", "Authorization"):
        problem(
            service.client.get("/programs", params={name: good}, headers={"Authorization": ""}), 401
        )


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.one_database
def test_a_sign_in_asks_for_what_every_key_may_read(staff: dict[Role, Holder], role: Role) -> None:
    """Else the trail would hold a refusal of each auditor who opens the page of Swagger UI."""
    holder = staff[role]
    (path,) = re.findall(r'fetch\("/api/v1([^"]+)"', holder.get(f"{ROOT}/docs/start.js").text)
    assert all(grant_of(each, PERMISSIONS["GET", path][0]).read for each in Role)
    answer = holder.get(path, headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_revoked_key_is_soon_refused(service: Service) -> None:
    holder = Holder(service.client, issue(service.database, Role.READER))
    assert holder.get("/programs").status_code == 200
    kid = holder.key.split("_")[1]
    found = service.database.read(
        lambda tx: tx.execute(sa.select(keys.KEYS.c.id).where(keys.KEYS.c.kid == kid)).scalar_one()
    )
    service.database.write(lambda tx: keys.revoke(tx, found))
    until(lambda: holder.get("/programs").status_code != 200)
    problem(holder.get("/programs"), 401)
    # Nobody is remembered for longer than the second that is promised.
    assert keyring.FRESH < 1


def test_a_foreign_source_is_out_of_reach(service: Service, scene: Scene) -> None:
    home = scene["$municipality"]
    sync = Holder(
        service.client,
        issue(service.database, Role.SYNC, municipality_id=home, source="region"),
    )
    body = body_of(RESOURCE["organizations"], scene)
    problem(sync.request("POST", "/organizations", json=body), 422, "outside_scope", "/source")
    other = body | {"source": "other", "source_key": "1"}
    problem(sync.request("POST", "/organizations", json=other), 422, "outside_scope", "/source")
    problem(sync.request("PUT", "/organizations/by-key/other/1", json=body), 403)
    problem(sync.request("DELETE", "/organizations/by-key/other/1"), 403)
    made = sync.request("PUT", "/organizations/by-key/region/1", json=body)
    assert made.status_code == 201
    theirs = scene.make("organizations", body | {"short_name": "Чужая"})
    assert sync.get(f"/organizations/{theirs['id']}").status_code == 200
    patch = {"json": {"phone": "1"}, "headers": {"If-Match": "*", "Content-Type": MERGE}}
    problem(sync.request("PATCH", f"/organizations/{theirs['id']}", **patch), 403)
    assert sync.request("PATCH", f"/organizations/{made.json()['id']}", **patch).status_code == 200


@pytest.fixture
def school(service: Service, scene: Scene) -> Holder:
    """Whoever speaks for the scene's school."""
    return Holder(
        service.client, issue(service.database, Role.ORG, organization_id=scene["$school"])
    )


def patched(holder: Holder, path: str, **said: Any) -> Any:
    headers = {"If-Match": "*", "Content-Type": MERGE}
    return holder.request("PATCH", path, json=said, headers=headers)


def test_an_organization_changes_its_own_contacts_only(school: Holder, scene: Scene) -> None:
    own, other = (f"/organizations/{scene[name]}" for name in ("$school", "$leader"))
    assert patched(school, own, phone="8-800").status_code == 200
    problem(patched(school, own, short_name="Лучшая"), 403, "not_yours", "/short_name")
    problem(patched(school, other, phone="8-800"), 403)
    whole = school.get(own).json()
    fields = RESOURCE["organizations"].write.model_fields
    body = {name: whole[name] for name in fields}
    headers = {"If-Match": "*"}
    same = school.request("PUT", own, json=body | {"email": "a@b.ru"}, headers=headers)
    assert same.status_code == 200
    moved = school.request("PUT", own, json=body | {"kind": "culture"}, headers=headers)
    problem(moved, 403, "not_yours", "/kind")


def test_an_organization_hosts_its_own_events(school: Holder, scene: Scene) -> None:
    body = body_of(RESOURCE["events"], scene) | {"host_id": scene["$school"]}
    made = school.request("POST", "/events", json=body)
    assert made.status_code == 201
    away = body | {"host_id": scene["$leader"]}
    problem(school.request("POST", "/events", json=away), 422, "outside_scope", "/host_id")
    problem(school.request("POST", "/events", json=body | {"host_id": None}), 422, "outside_scope")
    problem(patched(school, f"/events/{scene['$event']}", result="Нет"), 403)
    assert patched(school, f"/events/{made.json()['id']}", result="Да").status_code == 200


def test_a_row_about_a_foreign_record_says_so(school: Holder, scene: Scene) -> None:
    content = f"id;result\n{scene['$event']};Проведено\n".encode()
    query, headers = {"mode": "commit"}, {"Content-Type": "text/csv"}
    answer = school.request(
        "POST", "/imports/events", params=query, content=content, headers=headers
    )
    said = problem(answer, 422)["report"]
    (error,) = (each for row in said["rows"] for each in row["errors"])
    assert error["code"] == "row_not_yours"
    assert "Эту запись ваш ключ менять не может" in error["detail"]


def test_an_organization_enters_its_own_people(school: Holder, scene: Scene) -> None:
    home = scene["$municipality"]
    person = {"municipality_id": home, "last_name": "Новая", "first_name": "Анна"}
    made = school.request("POST", "/teachers", json=person).json()
    assert school.get(f"/teachers/{made['id']}").status_code == 200
    job = body_of(RESOURCE["employments"], scene) | {"teacher_id": made["id"]}
    elsewhere = job | {"organization_id": scene["$leader"]}
    problem(
        school.request("POST", "/employments", json=elsewhere),
        422,
        "outside_scope",
        "/organization_id",
    )
    scene.make("employments", elsewhere)
    problem(school.get(f"/teachers/{made['id']}"), 404)


def test_the_source_of_an_organization_is_its_own_id(school: Holder, scene: Scene) -> None:
    person = {"municipality_id": scene["$municipality"], "last_name": "Ясная", "first_name": "Яна"}
    foreign = person | {"source": "region", "source_key": "1"}
    problem(school.request("POST", "/teachers", json=foreign), 422, "outside_scope", "/source")
    problem(school.request("PUT", "/teachers/by-key/region/1", json=person), 403)
    address = f"/teachers/by-key/{scene['$school']}/1"
    assert school.request("PUT", address, json=person).status_code == 201


def test_a_record_out_of_view_that_stands_in_the_way_is_not_named(
    school: Holder, scene: Scene
) -> None:
    snils = "112-233-445 95"
    person = {"municipality_id": scene["$municipality"], "last_name": "Ясная", "first_name": "Яна"}
    hidden = scene.make("teachers", person, snils=snils)
    answer = school.request("POST", "/teachers", json=person | {"snils": snils})
    said = problem(answer, 422, "conflict-elsewhere", "/snils")
    assert said["type"] == "/problems/conflict-elsewhere"
    assert hidden["id"] not in answer.text
    teacher = scene["$teacher"]
    main = body_of(RESOURCE["employments"], scene) | {"is_main_job": True, "teacher_id": teacher}
    own = scene.client.get("/employments", params={"teacher_id": teacher}).json()["items"][0]
    scene.client.delete(f"/employments/{own['id']}", headers={"If-Match": "*"})
    scene.make("employments", main | {"is_main_job": False, "position": "сторож"})
    scene.make("employments", main | {"organization_id": scene["$leader"]})
    problem(
        school.request("POST", "/employments", json=main), 422, "conflict-elsewhere", "/is_main_job"
    )


def test_nobody_accepts_their_own_record(service: Service, scene: Scene) -> None:
    home = {"municipality_id": scene["$municipality"]}
    first = Holder(service.client, issue(service.database, Role.COORDINATOR, "Иванова", **home))
    again = Holder(service.client, issue(service.database, Role.COORDINATOR, "Иванова", **home))
    second = Holder(service.client, issue(service.database, Role.COORDINATOR, "Петрова", **home))
    made = scene.make("monitoring_records", RESOURCE["monitoring_records"].example)
    path = f"/monitoring-records/{made['id']}"
    submitted = patched(first, path, state="submitted").json()
    assert submitted["submitted_by"]
    for holder in (first, again):
        problem(patched(holder, path, state="accepted"), 422, "own_record", "/state")
    accepted = patched(second, path, state="accepted").json()
    assert accepted["decided_by"] not in {None, submitted["submitted_by"]}


def test_an_organization_does_not_accept(school: Holder, service: Service, scene: Scene) -> None:
    record = scene.make("monitoring_records", RESOURCE["monitoring_records"].example)
    path = f"/monitoring-records/{record['id']}"
    assert patched(school, path, state="submitted").status_code == 200
    problem(patched(school, path, state="accepted"), 403, "not_yours", "/state")
    assert patched(Holder(service.client, coordinator(service)), path, state="accepted").is_success
    problem(patched(school, path, note="поздно", reason="ошибка"), 403)


def coordinator(service: Service) -> str:
    return issue(service.database, Role.COORDINATOR, "Другой координатор")


def test_shared_measures_are_the_administrators(service: Service, scene: Scene) -> None:
    admin = Holder(service.client, issue(service.database, Role.ADMIN))
    body = body_of(RESOURCE["measures"], scene) | {"code": f"m_{uuid.uuid4().hex}"}
    problem(admin.request("POST", "/measures", json=body), 422, "outside_scope")
    shared = admin.request("POST", "/measures", json=body | {"municipality_id": None})
    assert shared.status_code == 201
    home = {"municipality_id": scene["$municipality"]}
    local = Holder(service.client, issue(service.database, Role.COORDINATOR, **home))
    problem(
        local.request("POST", "/measures", json=body | {"municipality_id": None}),
        422,
        "outside_scope",
        "/municipality_id",
    )
    path = f"/measures/{shared.json()['id']}"
    assert local.get(path).status_code == 200
    problem(patched(local, path, unit="%"), 403)
    without = {name: value for name, value in body.items() if name != "municipality_id"}
    made = local.request("POST", "/measures", json=without)
    assert made.json()["municipality_id"] == scene["$municipality"]


def test_a_route_without_an_entry_does_not_start() -> None:
    router = APIRouter()

    @router.get("/open-to-all")
    async def _open() -> None:
        raise AssertionError

    with pytest.raises(LookupError, match="/open-to-all"):
        permissions(router)
    with pytest.raises(AssertionError, match="nothing"):
        admitted("nothing", Verb.READ)


def test_every_kind_has_its_row_in_the_matrix() -> None:
    for resource in RESOURCES:
        assert any(grant_of(role, resource.name).write for role in Role)
