"""Repeats: a write that bears an Idempotency-Key has one effect, however often it is sent."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.access.roles import Role
from app.database.transaction import Transaction
from app.journal.positions import HEADS
from app.model.resource import Resource
from app.registry import RESOURCES
from app.store import answers
from tests.holders import Holder, issue
from tests.running import serving
from tests.scene import RESOURCE, Scene, Service, body_of, problem
from tests.test_races import at_once, commits_fail, disk_is_full
from tests.waiting import LIMIT

pytestmark = pytest.mark.shared_out

ALL = pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
TEACHER = {"municipality_id": "$municipality", "last_name": "Повторова", "first_name": "Анна"}
MINE = ("content-type", "content-language", "etag", "location", "cache-control")


def named(**more: str) -> dict[str, str]:
    """A new Idempotency-Key, with more headers."""
    return {"Idempotency-Key": uuid.uuid4().hex, **more}


def twice(scene: Scene, method: str, path: str, **more: Any) -> Any:
    """A write and its repetition, answered alike to the byte; the first answer."""
    first, again = (scene.client.request(method, path, **more) for _ in range(2))
    assert first.is_success, first.text
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in MINE:
        assert again.headers.get(name) == first.headers.get(name)
    return first


def position(service: Service) -> int:
    """How many changes there were."""
    found = service.database.read(lambda tx: tx.execute(sa.select(HEADS.c.position)).scalar_one())
    return int(found)


@ALL
def test_a_repeated_write_has_one_effect(
    service: Service, scene: Scene, resource: Resource
) -> None:
    body, path = body_of(resource, scene), f"/{resource.path}"
    before = position(service)
    made = twice(scene, "POST", path, json=body, headers=named()).json()
    item = f"{path}/{made['id']}"
    change = dict(resource.change)
    # The second time the If-Match is stale: the stored answer goes before it.
    seen = named(**{"If-Match": made["etag"]})
    changed = twice(scene, "PATCH", item, json=change, headers=seen).json()
    assert changed["version"] == 2
    twice(scene, "DELETE", item, headers=named(**{"If-Match": "*"}))
    keyed = f"{path}/by-key/tests/{uuid.uuid4().hex}"
    assert twice(scene, "PUT", keyed, json=body, headers=named()).status_code == 201
    twice(scene, "DELETE", keyed, headers=named())
    assert position(service) == before + 5


def test_the_doors_beside_the_collections_repeat_too(scene: Scene) -> None:
    assert scene["$activity"]
    windows = f"/programs/{scene['$program']}/events/generate"
    assert twice(scene, "POST", windows, json={}, headers=named()).json()["created"] > 0
    twice(scene, "POST", "/retention", json={"dry_run": True}, headers=named())


@pytest.mark.parametrize(
    "more",
    [
        {"json": {"last_name": "Другая"}},
        {"params": {"municipality_id": "$municipality"}},
    ],
    ids=["body", "query"],
)
def test_a_key_stands_for_one_request(scene: Scene, more: dict[str, Any]) -> None:
    address, headers = f"/teachers/by-key/tests/{uuid.uuid4().hex}", named()
    body = scene.fill(TEACHER)
    assert scene.client.put(address, json=body, headers=headers).status_code == 201
    other: dict[str, Any] = {"json": body} | scene.fill(more)
    other["json"] = body | other["json"]
    said = problem(scene.client.put(address, headers=headers, **other), 422)
    assert said["type"] == "/problems/idempotency-key-reused"
    assert scene.client.get(address).json()["version"] == 1


def test_a_key_counts_for_its_sender_and_its_address_alone(service: Service, scene: Scene) -> None:
    headers, body = named(), scene.fill(TEACHER)
    mine = scene.client.post("/teachers", json=body, headers=headers)
    other = Holder(service.client, issue(service.database, Role.COORDINATOR))
    theirs = other.request("POST", "/teachers", json=body, headers=headers)
    keyed = [
        scene.client.put(f"/teachers/by-key/{name}/own", json=body, headers=headers)
        for name in ("tests", "other")
    ]
    made = [mine, theirs, *keyed]
    assert {each.status_code for each in made} == {201}
    assert len({each.json()["id"] for each in made}) == 4


@pytest.mark.parametrize("said", ["", "short", "x" * 129, "sixteen letters!", "шестнадцать-букв"])
def test_a_key_of_another_form_is_refused(scene: Scene, said: str) -> None:
    headers = {b"Idempotency-Key": said.encode()}
    answer = scene.client.post("/teachers", json=scene.fill(TEACHER), headers=headers)
    found = problem(answer, 422, "bad_idempotency_key")
    assert found["errors"][0]["header"] == "Idempotency-Key"


def test_two_keys_at_once_are_refused(scene: Scene) -> None:
    headers = [("Idempotency-Key", uuid.uuid4().hex) for _ in range(2)]
    answer = scene.client.post("/teachers", json=scene.fill(TEACHER), headers=headers)
    problem(answer, 422, "bad_idempotency_key")


def test_a_refusal_is_not_kept(scene: Scene) -> None:
    headers, body = named(), scene.fill(TEACHER)
    problem(scene.client.post("/teachers", json=body | {"age": 7}, headers=headers), 422)
    assert scene.client.post("/teachers", json=body, headers=headers).status_code == 201


def test_a_failure_is_not_kept(service: Service, scene: Scene) -> None:
    headers, body = named(), scene.fill(TEACHER)
    engine = service.client.app.state.service.database.engine  # type: ignore[attr-defined]
    with commits_fail(engine, disk_is_full):
        problem(scene.client.post("/teachers", json=body, headers=headers), 503)
    answer = scene.client.post("/teachers", json=body, headers=headers)
    assert answer.status_code == 201
    assert "idempotency-replayed" not in answer.headers


def kept(service: Service) -> str:
    """Everything that is kept of answers."""
    rows = service.database.read(lambda tx: tx.execute(sa.select(answers.ANSWERS)).all())
    return str(rows)


def test_an_erased_person_is_not_made_again(service: Service, scene: Scene) -> None:
    headers, body = named(), scene.fill(TEACHER) | {"last_name": "Стираемова"}
    made = scene.client.post("/teachers", json=body, headers=headers).json()
    change: dict[str, Any] = {"json": {"first_name": "Вера"}, "headers": named(**{"If-Match": "*"})}
    assert scene.client.patch(f"/teachers/{made['id']}", **change).status_code == 200
    assert "Стираемова" in kept(service)
    erasure = f"/teachers/{made['id']}/erasure"
    twice(scene, "POST", erasure, json={"reason": "Отзыв согласия"}, headers=named())
    for answer in (
        scene.client.post("/teachers", json=body, headers=headers),
        scene.client.patch(f"/teachers/{made['id']}", **change),
    ):
        assert problem(answer, 410)["type"] == "/problems/answer-gone"
    assert "Стираемова" not in kept(service)
    query = {"q": "Стираемова", "municipality_id": scene["$municipality"]}
    assert scene.client.get("/teachers", params=query).json()["items"] == []


def test_a_key_is_issued_once_and_never_kept(service: Service, scene: Scene) -> None:
    headers, owner = named(), uuid.uuid4().hex
    issuing: dict[str, Any] = {"json": {"role": "reader", "owner": owner}, "headers": headers}
    key = scene.client.post("/keys", **issuing).json()["key"]
    assert problem(scene.client.post("/keys", **issuing), 410)
    assert key not in kept(service)
    query, owners = {"limit": "500"}, []
    while True:
        page = scene.client.get("/keys", params=query).json()
        owners += [each["owner"] for each in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert owners.count(owner) == 1


def age(service: Service, hours: float) -> None:
    """Let every kept answer be older."""

    def work(tx: Transaction) -> None:
        for row in tx.execute(sa.select(answers.ANSWERS)).all():
            older = row.answered_at - answers.KEPT * hours / 72
            mine = answers.ANSWERS.c.request == row.request
            tx.execute(sa.update(answers.ANSWERS).where(mine).values(answered_at=older))

    service.database.write(work)


def test_after_three_days_a_request_is_new(service: Service, scene: Scene) -> None:
    posting: dict[str, Any] = {"json": scene.fill(TEACHER), "headers": named()}
    first = scene.client.post("/teachers", **posting).json()["id"]
    age(service, 71)
    assert scene.client.post("/teachers", **posting).json()["id"] == first
    age(service, 1)
    assert scene.client.post("/teachers", **posting).json()["id"] != first
    age(service, 72)
    service.database.write(answers.purge)
    assert kept(service) == "[]"


def test_who_sends_a_repeat_is_asked_again(service: Service, scene: Scene) -> None:
    scope = {"municipality_id": scene["$municipality"]}
    mine = {**scope, "organization_id": scene["$school"]}
    school = Holder(service.client, issue(service.database, Role.ORG, **mine))
    posting: dict[str, Any] = {"json": scene.fill(TEACHER), "headers": named()}
    made = school.request("POST", "/teachers", **posting)
    assert made.status_code == 201
    # The teacher works elsewhere, and was never employed here: the school sees no more of them.
    job = {**RESOURCE["employments"].example, "teacher_id": made.json()["id"]}
    scene.make("employments", job | {"organization_id": "$leader"})
    problem(school.request("POST", "/teachers", **posting), 404)


def test_a_repeat_is_put_into_the_trail(scene: Scene) -> None:
    made = twice(scene, "POST", "/teachers", json=scene.fill(TEACHER), headers=named()).json()
    entries = scene.client.get("/audit", params={"id": made["id"]}).json()["items"]
    assert [each["action"] for each in entries if each["action"] != "read"] == ["create", "repeat"]


@contextmanager
def nobody_commits(service: Service) -> Iterator[None]:
    """Hold what every write needs last."""
    held, release = threading.Event(), threading.Event()

    def work(tx: Transaction) -> None:
        tx.execute(sa.update(HEADS).values(position=HEADS.c.position))
        held.set()
        assert release.wait(LIMIT)

    # The service's own database: on SQLite the turn is a matter of one process.
    database = service.client.app.state.service.database  # type: ignore[attr-defined]
    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(database.write, work)
        assert held.wait(LIMIT)
        try:
            yield
        finally:
            release.set()
        holding.result()


def test_a_request_that_still_runs_is_not_begun_again(service: Service, scene: Scene) -> None:
    posting: dict[str, Any] = {"json": scene.fill(TEACHER), "headers": named()}
    running = service.client.app.state.service.running  # type: ignore[attr-defined]
    with ThreadPoolExecutor(1) as pool:
        with nobody_commits(service):
            first = pool.submit(scene.client.post, "/teachers", **posting)
            while not running:
                assert not first.done(), first.result().text
            answer = scene.client.post("/teachers", **posting)
            assert problem(answer, 409)["type"] == "/problems/still-running"
            assert answer.headers["retry-after"] == "1"
        assert first.result().status_code == 201
    assert scene.client.post("/teachers", **posting).content == first.result().content


def claimed(service: Service) -> int:
    """How many requests are being carried out, by all instances."""
    sql = """
        SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
        WHERE locktype = 'advisory' AND datname = current_database()
    """
    return int(service.database.read(lambda tx: tx.execute(sa.text(sql)).scalar_one()))


@pytest.mark.long
def test_another_instance_does_not_begin_it_either(
    services: Callable[[str], Service], tmp_path: Path
) -> None:
    service = services("postgresql")
    scene = Scene(service.client)
    posting: dict[str, Any] = {"json": scene.fill(TEACHER), "headers": named()}
    key = {"Authorization": f"Bearer {issue(service.database, Role.COORDINATOR)}"}
    posting["headers"] |= key
    with (
        serving("postgresql", service.url, tmp_path) as other,
        ThreadPoolExecutor(1) as pool,
    ):
        with nobody_commits(service):
            first = pool.submit(scene.client.post, "/teachers", **posting)
            while not claimed(service):
                assert not first.done(), first.result().text
            problem(other.client.post("/teachers", **posting), 409)
        assert first.result().status_code == 201
        assert other.client.post("/teachers", **posting).content == first.result().content


@pytest.mark.long
def test_many_repeats_at_once_have_one_effect(scene: Scene, *, full: bool) -> None:
    clients, rounds = (50, 100) if full else (8, 4)
    body = scene.fill(TEACHER)
    for _ in range(rounds):
        headers = named()

        def post(_: int, headers: dict[str, str] = headers) -> tuple[int, bytes]:
            answer = scene.client.post("/teachers", json=body, headers=headers)
            while answer.status_code == 409:
                time.sleep(0.005)  # who asks without a pause slows down whom they wait for
                answer = scene.client.post("/teachers", json=body, headers=headers)
            return answer.status_code, answer.content

        assert list(Counter(at_once(post, clients)).values()) == [clients]
    query = {"municipality_id": scene["$municipality"], "limit": "1", "include_total": "true"}
    assert scene.client.get("/teachers", params=query).json()["total"] == rounds
