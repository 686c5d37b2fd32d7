"""The trail: whoever changes, reads or is refused leaves an entry, and no value is in it."""

import math
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel
from starlette.testclient import TestClient

from app.acts import Act, Actor, Row
from app.database.schema import migrate
from app.journal.addresses import hashed
from app.journal.proof import prove
from app.journal.recorder import ROOM, Recorder
from app.journal.register import Register
from app.oversight.entries import Query, page
from app.problems import Busy
from tests.postgres import Postgres
from tests.running import SECRET
from tests.scene import NOBODY, RESOURCE, Scene, Service, problem
from tests.waiting import until

CANARY = "Тестовидзе"
THREADS, ROUNDS = 8, 15


def of_record(client: TestClient, record_id: str) -> list[dict[str, Any]]:
    """What the trail tells of a record."""
    answer = client.get("/audit", params={"id": record_id})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def running(service: Service) -> Any:
    """The service's own database and recorder."""
    return service.client.app.state.service  # type: ignore[attr-defined]


def teacher(scene: Scene) -> dict[str, Any]:
    body = {"municipality_id": "$municipality", "last_name": CANARY, "first_name": "Анна"}
    return scene.make("teachers", body)


def test_each_change_has_its_entry_with_names_and_no_values(scene: Scene) -> None:
    address = f"/teachers/{(made := teacher(scene))['id']}"
    changed = scene.client.patch(address, json={"patronymic": CANARY}, headers={"If-Match": "*"})
    scene.client.delete(address, headers={"If-Match": "*"})
    entries = of_record(scene.client, made["id"])
    assert [each["action"] for each in entries] == ["create", "update", "delete"]
    assert {each["type"] for each in entries} == {"teachers"}
    assert [each["ids"] for each in entries] == [[made["id"]]] * 3
    assert {"last_name", "first_name", "municipality_id"} <= {*entries[0]["fields"]}
    assert entries[1]["fields"] == ["patronymic"]
    assert changed.json()["updated_at"] == entries[1]["at"]
    assert entries[1]["request_id"] == changed.headers["x-request-id"]
    assert {(each["role"], each["owner"]) for each in entries} == {("coordinator", "Проверка")}
    assert {each["outcome"] for each in entries} == {"ok"}
    assert CANARY not in scene.client.get("/audit", params={"id": made["id"]}).text


def test_a_batch_has_an_entry_for_each_record(scene: Scene) -> None:
    address = f"/programs/{scene['$program']}/events/generate"
    for plan_no in ("21.", "22."):
        scene.make("activities", RESOURCE["activities"].example, plan_no=plan_no)
    made = scene.client.post(address, json={}).json()
    assert made["created"] > 1
    for record_id in made["items"]:
        assert [each["action"] for each in of_record(scene.client, record_id)] == ["create"]


@pytest.mark.shared_out
def test_what_changes_nothing_has_no_entry(scene: Scene) -> None:
    address = f"/teachers/by-key/tests/{uuid.uuid4().hex}"
    body = scene.fill(
        {"municipality_id": "$municipality", "last_name": "Ясная", "first_name": "Яна"}
    )
    made = scene.client.put(address, json=body).json()
    assert scene.client.put(address, json=body).status_code == 200
    assert len(of_record(scene.client, made["id"])) == 1


@pytest.mark.shared_out
def test_what_is_refused_has_no_entry_of_a_change(scene: Scene) -> None:
    since = teacher(scene)["created_at"]
    problem(scene.client.post("/teachers", json={"last_name": ""}), 422)
    asked = {"type": "teachers", "action": "create", "from": since}
    assert len(scene.client.get("/audit", params=asked).json()["items"]) == 1


@contextmanager
def commits_fail(engine: sa.Engine) -> Iterator[None]:
    def fail(_: sa.Connection) -> None:
        raise sa.exc.OperationalError("COMMIT", {}, Exception("disk full"))

    sa.event.listen(engine, "commit", fail)
    try:
        yield
    finally:
        sa.event.remove(engine, "commit", fail)


@pytest.mark.long
def test_a_failed_commit_leaves_no_entry_and_no_head(service: Service, scene: Scene) -> None:
    made = teacher(scene)
    database: Register = running(service).database
    listed(service, [str(uuid.uuid4())])  # whatever waits is written before it
    kept = prove(database)
    with commits_fail(database.engine):
        answer = scene.client.delete(f"/teachers/{made['id']}", headers={"If-Match": "*"})
    assert answer.status_code == 503
    assert len(of_record(scene.client, made["id"])) == 1
    assert prove(database) == kept
    assert kept.anchored == kept.entries


@pytest.mark.parametrize("table", ["audit_entries", "audit_subjects"])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE {t} SET seq = seq",
        "DELETE FROM {t}",
        "TRUNCATE {t}",
        "SET LOCAL session_replication_role = replica; DELETE FROM {t}",
        "INSERT OR REPLACE INTO {t} SELECT * FROM {t}",
    ],
)
def test_the_database_refuses_what_is_no_addition(
    service: Service, scene: Scene, table: str, change: str
) -> None:
    listed(service, [teacher(scene)["id"], str(uuid.uuid4())])
    if (service.kind == "sqlite") == ("TRUNCATE" in change or "LOCAL" in change):
        pytest.skip("not of this database")
    if service.kind == "postgresql" and "REPLACE" in change:
        pytest.skip("not of this database")
    with strange(service) as connection, pytest.raises(DBAPIError):
        connection.exec_driver_sql(change.format(t=table))


@contextmanager
def strange(service: Service) -> Iterator[sa.Connection]:
    """A connection as a stranger's client has it; what it does is not kept."""
    with service.database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if service.kind == "sqlite":
            driver.execute("PRAGMA recursive_triggers = OFF")  # SQLite's default
        try:
            yield connection
        finally:
            connection.rollback()
            if service.kind == "sqlite":
                driver.execute("PRAGMA recursive_triggers = ON")


@pytest.mark.parametrize("table", ["audit_entries", "audit_subjects"])
def test_no_hidden_number_stands_for_a_row(service: Service, scene: Scene, table: str) -> None:
    if service.kind == "postgresql":
        pytest.skip("not of this database")
    listed(service, [teacher(scene)["id"], str(uuid.uuid4())])
    columns = SQLModel.metadata.tables[table].c.keys()
    values = ", ".join("seq + 1000000" if name == "seq" else name for name in columns)
    said = f"INSERT OR REPLACE INTO {table} (rowid, {', '.join(columns)}) "
    said += f"SELECT 1, {values} FROM {table} LIMIT 1"
    count = f"SELECT count(*) FROM {table} WHERE seq < 1000000"
    with strange(service) as connection:
        before = connection.exec_driver_sql(count).scalar_one()
        with suppress(DBAPIError):  # there may be no such number at all
            connection.exec_driver_sql(said)
        assert connection.exec_driver_sql(count).scalar_one() == before > 0


def listed(service: Service, ids: list[str], fields: tuple[str, ...] = ("last_name",)) -> str:
    """Have a list of records recorded as read; the id of its request comes back once it is."""
    request_id = str(uuid.uuid4())
    actor = Actor("coordinator", uuid.uuid4(), "И. Иванова", request_id)
    running(service).recorder.record(actor, Act("read", "teachers", tuple(ids), fields))
    until(lambda: request_id in {each["request_id"] for each in of_record(service.client, ids[-1])})
    return request_id


def test_a_list_that_was_read_is_soon_one_entry(service: Service) -> None:
    ids = [str(uuid.uuid4()) for _ in range(3)]
    request_id = listed(service, ids)
    for record_id in ids:
        (entry,) = of_record(service.client, record_id)
        assert entry["ids"] == ids
        assert entry["request_id"] == request_id
        assert (entry["owner"], entry["role"]) == ("И. Иванова", "coordinator")
        assert (entry["action"], entry["fields"]) == ("read", ["last_name"])
        assert uuid.UUID(entry["key_id"]).version == 4
    assert service.client.get("/audit/verify").json()["whole"] is True


@pytest.mark.shared_out
def test_who_has_no_valid_key_is_in_the_trail(service: Service) -> None:
    ours = running(service)
    ours.strangers.flush(ours.recorder.record, math.inf)  # who came before, in other tests
    refused = service.client.get("/teachers", headers={"Authorization": "Bearer sn_x"})
    assert refused.status_code == 401
    ours.strangers.flush(ours.recorder.record, math.inf)
    listed(service, [str(uuid.uuid4())])
    asked = {"action": "authenticate", "limit": "500"}
    found = service.client.get("/audit", params=asked).json()["items"]
    (entry,) = (each for each in found if each["request_id"] == refused.headers["x-request-id"])
    assert (entry["outcome"], entry["key_id"], entry["ids"]) == ("denied", None, [])
    assert (entry["count"], entry["fields"]) == (1, ["authorization"])


@pytest.mark.shared_out
def test_an_entry_tells_from_where_by_a_hash(service: Service, scene: Scene) -> None:
    (entry,) = of_record(service.client, teacher(scene)["id"])
    assert entry["address_hash"] == hashed(SECRET.encode(), "testclient")
    found = {"id": entry["ids"][0], "address": "testclient"}
    assert service.client.get("/audit", params=found).json()["items"] == [entry]
    found["address_hash"] = entry["address_hash"]
    assert service.client.get("/audit", params=found).json()["items"] == [entry]


def test_filters_find_what_they_name(service: Service) -> None:
    listed(service, [record_id := str(uuid.uuid4())])
    (entry,) = of_record(service.client, record_id)
    for name, value in (
        ("key_id", entry["key_id"]),
        ("action", "read"),
        ("type", "teachers"),
        ("from", entry["at"]),
        ("to", entry["at"]),
    ):
        found = {"id": record_id, name: value}
        assert service.client.get("/audit", params=found).json()["items"] == [entry]
    for name, value in (
        ("key_id", NOBODY),
        ("action", "erase"),
        ("type", "events"),
        ("from", "2999-01-01T00:00:00Z"),
        ("to", "2000-01-01T00:00:00Z"),
    ):
        lost = {"id": record_id, name: value}
        assert service.client.get("/audit", params=lost).json() == {
            "items": [],
            "next": None,
            "archived_before": None,
        }


@pytest.mark.long
def test_a_walk_meets_every_entry_in_order(service: Service, scene: Scene) -> None:
    for _ in range(3):
        teacher(scene)
    entries = service.client.get("/audit/verify").json()["entries"]
    seen: list[int] = []
    query = {"limit": "500"}
    while True:
        found = service.client.get("/audit", params=query).json()
        seen += [each["seq"] for each in found["items"]]
        if found["next"] is None:
            break
        query["cursor"] = found["next"]
    assert seen[:entries] == [*range(1, entries + 1)]


@pytest.mark.shared_out
def test_a_cursor_fits_its_own_list_only(service: Service, scene: Scene) -> None:
    for _ in range(2):
        teacher(scene)
    found = service.client.get("/audit", params={"limit": "1", "type": "teachers"}).json()
    again = {"limit": "1", "type": "teachers", "cursor": found["next"]}
    assert service.client.get("/audit", params=again).status_code == 200
    for more in ({"type": "events"}, {"cursor": "AAAA.AAAA"}, {"cursor": ""}, {"cursor": "я"}):
        problem(service.client.get("/audit", params=again | more), 400)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("ids=1", "unknown_parameter"),
        ("sort=-at", "unknown_parameter"),
        ("limit=0", "out_of_range"),
        ("limit=501", "out_of_range"),
        ("limit=x", "not_a_number"),
        ("type=teachers&type=events", "repeated"),
        ("id=1", "not_an_id"),
        ("key_id=", "not_an_id"),
        ("from=2020-01-01", "not_an_instant"),
        ("to=2020-01-01T00:00:00", "not_an_instant"),
        ("action=", "blank"),
        ("action=%00", "unreadable"),
    ],
)
@pytest.mark.shared_out
def test_a_filter_that_cannot_be_read_is_refused(client: TestClient, query: str, code: str) -> None:
    problem(client.get(f"/audit?{query}"), 422, code)


@pytest.mark.long
def test_what_is_asked_of_both_doors_is_bounded(client: TestClient) -> None:
    problem(client.get("/audit/verify?deep=true"), 422, "unknown_parameter")
    for address in ("/audit", "/audit/verify"):
        head = client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert client.get(address).headers["cache-control"] == "private, no-store"
        assert client.post(address).status_code == 405


def test_the_entries_of_a_record_are_found_by_index(service: Service) -> None:
    query = Query({"id": NOBODY})
    sql, parameters = page(service.database.dialect, query, b"")
    with service.database.engine.connect() as connection:
        if service.kind == "sqlite":
            plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).all())
            assert "SCAN" not in plan, plan
        else:
            connection.exec_driver_sql("SET enable_seqscan = off")  # the tables are small
            plan = str(connection.exec_driver_sql(f"EXPLAIN {sql}", parameters).all())
            assert "Seq Scan" not in plan, plan
        assert "ix_audit_entries_record_id_seq" in plan, plan
        connection.rollback()


@pytest.mark.long
def test_writers_and_the_recorder_make_one_chain(service: Service, scene: Scene) -> None:
    body = scene.fill(
        {"municipality_id": "$municipality", "last_name": "Ясная", "first_name": "Яна"}
    )
    recorder = running(service).recorder

    def work(_: int) -> None:
        for _step in range(ROUNDS):
            assert scene.client.post("/teachers", json=body).status_code == 201
            recorder.record(Actor("reader"), Act("read", "programs", (str(uuid.uuid4()),)))

    listed(service, [str(uuid.uuid4())])
    before = service.client.get("/audit/verify").json()["entries"]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    listed(service, [str(uuid.uuid4())])
    after = service.client.get("/audit/verify").json()
    assert after["whole"]
    assert after["anchored"] == after["entries"] == before + 2 * THREADS * ROUNDS + 1


@contextmanager
def noted_failures(database: Register) -> Iterator[list[Exception]]:
    """What went wrong when entries were added."""
    failures: list[Exception] = []

    def append(rows: Sequence[Row]) -> None:
        try:
            Register.append(database, rows)
        except Exception as error:
            failures.append(error)
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "append", append)
        yield failures


@pytest.mark.long
def test_the_recorder_outlives_its_database() -> None:
    with Postgres(durable=True) as server:
        database = Register(server.create("outage"), SECRET.encode())
        migrate(database)
        recorder = Recorder(database)
        recorder.start()
        server.stop("immediate")
        with noted_failures(database) as failures:
            for _ in range(3):
                recorder.record(Actor("reader"), Act("read", "teachers", (NOBODY,)))
            until(lambda: len(failures) > 1)
        server.restart()
        recorder.stop()
        found = prove(database)
        database.close()
    assert (found.whole, found.entries) == (True, 3)


@pytest.mark.long
def test_a_full_recorder_refuses_what_it_cannot_keep(database: Register) -> None:
    recorder, each = Recorder(database), 60
    act = Act("read", "teachers", tuple(str(uuid.uuid4()) for _ in range(ROOM // 40 // each)))
    for _ in range(each - 1):
        recorder.record(Actor("reader"), act)
    with pytest.raises(Busy):
        fill(recorder, act)


def fill(recorder: Recorder, act: Act) -> None:
    for _ in range(10):
        recorder.record(Actor("reader"), act)


def test_what_waits_is_written_when_the_recorder_stops(migrated: Register) -> None:
    recorder = Recorder(migrated)
    recorder.start()
    fill(recorder, Act("read", "teachers", (NOBODY,)))
    recorder.stop()
    assert prove(migrated).entries == 10


@pytest.mark.shared_out
def test_an_id_that_is_none_is_refused_where_it_is_said(database: Register) -> None:
    with pytest.raises(ValueError, match="no id"):
        Recorder(database).record(Actor("reader"), Act("read", "teachers", ("x",)))
