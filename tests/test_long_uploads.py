"""Long uploads: a list is accepted at once, its progress is shown, and its report says the end."""

import io
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from app.access import tokens
from app.access.keys import KEYS
from app.access.roles import Role
from app.intake import runs
from app.intake.sheets.writing import write_xlsx
from app.registry import RESOURCES
from app.rest import jobs
from app.rest.media import XLSX
from app.store.uploads import UPLOADS
from tests.conftest import on_postgresql
from tests.holders import Holder, issue
from tests.holding import held
from tests.scene import Scene, Service, in_letters, problem
from tests.test_imports import BASIS, CSV, position
from tests.waiting import recorded, until

pytestmark = pytest.mark.shared_out

ASYNC = {"Prefer": "respond-async"}
PATH = "/imports/teachers"


def listed(scene: Scene, rows: int) -> bytes:
    """A list of teachers; one who has no first name is refused."""
    lines = [f"{scene['$municipality']};Длинная{in_letters(number)};Анна" for number in range(rows)]
    return "\n".join(["municipality_id;Фамилия;Имя", *lines]).encode()


def send(scene: Scene, content: bytes, mode: str = "commit", **headers: str) -> Any:
    """The answer to a list that is to be accepted."""
    query = {"mode": mode, **BASIS}
    said = {**CSV, **ASYNC, **headers}
    return scene.client.post(PATH, params=query, content=content, headers=said)


def report(scene: Scene, answer: Any) -> dict[str, Any]:
    """What the report of an accepted list says now."""
    shown = scene.client.get(answer.headers["location"].removeprefix("/api/v1"))
    assert shown.status_code == 200, shown.text
    said: dict[str, Any] = shown.json()
    return said


def ended(scene: Scene, answer: Any) -> dict[str, Any]:
    """The report of an accepted list after its end."""

    def look() -> dict[str, Any] | None:
        said = report(scene, answer)
        return said if said["status"] != "running" else None

    found = until(look)
    assert found
    return found


def made(scene: Scene) -> int:
    """How many teachers the municipality of the scene has."""
    query = {"municipality_id": scene["$municipality"], "include_total": "true", "limit": "1"}
    return int(scene.client.get("/teachers", params=query).json()["total"])


@pytest.fixture
def slices(monkeypatch: pytest.MonkeyPatch) -> int:
    """Few rows in memory at once, so that a short list has several slices."""
    monkeypatch.setattr(runs, "AT_ONCE", 4)
    return 4


def alike(said: dict[str, Any]) -> dict[str, Any]:
    """A report without what differs between two uploads of one list."""
    rows = [{**each, "id": None} for each in said["rows"]]
    return {**said, "id": None, "rows": rows}


def test_an_accepted_list_shows_its_progress_and_then_its_report(
    service: Service, desk: Scene, slices: int
) -> None:
    content = listed(desk, 10)
    with held() as (reached, let_go):
        answer = send(desk, content)
        assert answer.status_code == 202, answer.text
        assert answer.headers["preference-applied"] == "respond-async"
        first = answer.json()
        assert first["status"] == "running"
        assert first["progress"] == {"total": 10, "read": 0, "written": 0}
        assert answer.headers["location"] == f"/api/v1/imports/{first['id']}"
        reached()
        said = report(desk, answer)
        assert said == {**first, "progress": {"total": 10, "read": 10, "written": 10}}
        assert made(desk) == 0
        items = desk.client.get("/imports").json()["items"]
        assert {each["id"]: each["status"] for each in items}[first["id"]] == "running"
        let_go()
        final = ended(desk, answer)
    assert final["status"] == "committed"
    assert (final["stats"]["created"], made(desk)) == (10, 10)
    assert "progress" not in final


@pytest.mark.parametrize("mode", ["dry_run", "commit"])
def test_the_report_is_that_of_the_same_list_sent_without_the_preference(
    service: Service, scene: Scene, mode: str
) -> None:
    content = listed(scene, 3) + "\n;;Без фамилии;\n".encode()
    before = position(service)
    answer = send(scene, content, mode)
    assert answer.status_code == 202, answer.text
    later = ended(scene, answer)
    plain = scene.client.post(PATH, params={"mode": mode, **BASIS}, content=content, headers=CSV)
    said = plain.json() if mode == "dry_run" else problem(plain, 422)["report"]
    assert alike(later) == alike(said)
    assert position(service) == before
    rejected = scene.client.get(f"/imports/{later['id']}/rejected")
    assert rejected.status_code == 200
    assert "Без фамилии" in rejected.content.decode("utf-8-sig")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_total_counts_every_row_after_the_header(scene: Scene, kind: str) -> None:
    home = scene["$municipality"]
    rows: list[list[Any]] = [["municipality_id", "Фамилия", "Имя"], [home, "Ясная", "Яна"]]
    rows += [[None, None, None], [home, "Тихая", "Яна"]]
    content = "\n".join(";".join(cell or "" for cell in each) for each in rows).encode()
    headers = CSV
    if kind == "xlsx":
        book = io.BytesIO()
        write_xlsx(rows, book, "Лист")
        content, headers = book.getvalue(), {"Content-Type": XLSX}
    answer = send(scene, content, "dry_run", **headers)
    total = answer.json()["progress"]["total"]
    assert (total, ended(scene, answer)["stats"]["total"]) == (3, 3)


@pytest.mark.parametrize("resource", [pytest.param(each, id=each.name) for each in RESOURCES])
def test_every_collection_accepts_a_list(scene: Scene, resource: Any) -> None:
    template = scene.client.get(f"/imports/{resource.path}/template.xlsx").content
    query = {"mode": "dry_run"}
    path, headers = f"/imports/{resource.path}", {"Content-Type": XLSX}
    answer = scene.client.post(path, params=query, content=template, headers={**headers, **ASYNC})
    plain = scene.client.post(path, params=query, content=template, headers=headers)
    if plain.status_code != 200:
        assert (answer.status_code, answer.json()["errors"]) == (422, plain.json()["errors"])
        return
    assert answer.status_code == 202, answer.text
    assert alike(ended(scene, answer)) == alike(plain.json())


def test_what_can_be_known_before_is_refused_at_once(scene: Scene) -> None:
    query = {"mode": "commit", **BASIS}
    post = scene.client.post
    problem(post(PATH, params=query, content=b"a;b\n1;2", headers={**CSV, **ASYNC}), 422)
    problem(post(PATH, params={}, content=listed(scene, 1), headers={**CSV, **ASYNC}), 422)
    json_type = {"Content-Type": "application/json"}
    problem(post(PATH, params=query, content=b"{}", headers={**json_type, **ASYNC}), 415)
    nobody = {"Authorization": "Bearer sn_wrong"}
    problem(post(PATH, params=query, content=b"", headers={**CSV, **ASYNC, **nobody}), 401)
    unknown = {**query, "event_id": str(uuid.uuid4())}
    answer = post(
        "/imports/participations",
        params=unknown,
        content="ФИО;Школа".encode(),
        headers={**CSV, **ASYNC},
    )
    problem(answer, 422, "unknown-reference")


@pytest.mark.long
def test_other_preferences_are_ignored(scene: Scene) -> None:
    content = listed(scene, 1)
    for prefer in ("", "wait=10", "return=minimal", "respond-asynchronously"):
        assert send(scene, content, "dry_run", Prefer=prefer).status_code == 200, prefer
    for prefer in ("Respond-Async, wait=10", "wait=1,respond-async;x=1", 'respond-async=""'):
        answer = send(scene, content, "dry_run", Prefer=prefer)
        assert answer.status_code == 202, prefer
        ended(scene, answer)


def test_a_repeat_is_answered_with_the_same_list(scene: Scene) -> None:
    content, named = listed(scene, 2), {"Idempotency-Key": uuid.uuid4().hex}
    with held() as (reached, let_go):
        first = send(scene, content, **named)
        reached()
        let_go()
        ended(scene, first)
    again = send(scene, content, **named)
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    problem(send(scene, listed(scene, 3), **named), 422)
    assert made(scene) == 2


def test_after_a_rejection_the_key_is_free_for_the_corrected_list(scene: Scene) -> None:
    named = {"Idempotency-Key": uuid.uuid4().hex}
    wrong = send(scene, listed(scene, 2) + b"\n;;X;", **named)
    assert ended(scene, wrong)["status"] == "rejected"
    right = send(scene, listed(scene, 2), **named)
    assert right.headers["location"] != wrong.headers["location"]
    assert ended(scene, right)["status"] == "committed"
    assert made(scene) == 2


# On SQLite the list is its only writer: the key is revoked before it or after it.
@on_postgresql
def test_a_key_that_is_revoked_meanwhile_writes_nothing(service: Service, scene: Scene) -> None:
    token = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    client: Any = Holder(service.client, token)
    with held("INSERT INTO teachers") as (reached, let_go):
        answer = send(Scene(client, scene.ids), listed(scene, 9))
        reached()
        assert service.client.delete(f"/keys/{id_of(service, token)}").status_code == 204
        let_go()
        said = ended(scene, answer)
    assert (said["status"], said["problem"]["status"]) == ("rejected", 401)
    assert made(scene) == 0


@on_postgresql
def test_nor_does_a_list_whose_sender_waits_for_its_end(service: Service, scene: Scene) -> None:
    token = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    client: Any = Holder(service.client, token)
    with held("INSERT INTO teachers") as (reached, let_go), ThreadPoolExecutor() as pool:
        sending = pool.submit(send, Scene(client, scene.ids), listed(scene, 9), Prefer="wait=60")
        reached()
        assert service.client.delete(f"/keys/{id_of(service, token)}").status_code == 204
        let_go()
        assert sending.result().status_code == 401
    assert made(scene) == 0


def id_of(service: Service, token: str) -> str:
    """The id of a key: the list has more of them than one page shows."""
    wanted = sa.select(KEYS.c.id).where(KEYS.c.kid == tokens.read(token))
    return str(service.database.read(lambda tx: tx.execute(wanted).scalar_one()))


def test_the_trail_tells_acceptance_and_end(service: Service, scene: Scene) -> None:
    answer = send(scene, listed(scene, 2))
    said = ended(scene, answer)
    recorded(service)
    query = {"id": said["id"], "action": "import"}
    items = service.client.get("/audit", params=query).json()["items"]
    assert sorted(each["outcome"] for each in items) == ["committed", "running"]
    assert {each["type"] for each in items} == {"teachers"}
    assert len({(each["key_id"], each["request_id"]) for each in items}) == 1


@pytest.mark.long
# On SQLite nobody else can store that another is accepted while a list is written.
@on_postgresql
def test_no_more_lists_are_accepted_than_may_wait(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST", 1)
    named = {"Idempotency-Key": uuid.uuid4().hex}
    with held() as (reached, let_go):
        first = send(scene, listed(scene, 1), **named)
        reached()
        assert problem(send(scene, listed(scene, 1)), 503)["cause"] == "queue_full"
        assert send(scene, listed(scene, 1), **named).content == first.content
        let_go()
        assert ended(scene, first)["status"] == "committed"
    assert ended(scene, send(scene, listed(scene, 1)))["status"] == "committed"


def test_whoever_does_not_see_a_list_does_not_see_its_progress(
    service: Service, scene: Scene, desk: Scene
) -> None:
    elsewhere = Scene(service.client)["$municipality"]
    key = issue(service.database, Role.COORDINATOR, municipality_id=elsewhere)
    with held() as (reached, let_go):
        answer = send(desk, listed(desk, 1))
        reached()
        assert report(scene, answer)["status"] == "running"
        path = f"/imports/{answer.json()['id']}"
        problem(Holder(service.client, key).get(path), 404)
        let_go()
        ended(scene, answer)


def test_a_list_whose_process_died_is_rejected_by_its_reader(
    service: Service, scene: Scene
) -> None:
    """As a copy of the register finds it: the row is there, and nobody carries it out."""
    answer = send(scene, listed(scene, 1), "dry_run")
    said = ended(scene, answer)
    body = json.dumps({**answer.json()}, ensure_ascii=False)
    left = {"status": "running", "report": body, "progress": "{}"}
    here = sa.update(UPLOADS).where(UPLOADS.c.id == uuid.UUID(said["id"]))
    service.database.write(lambda tx: tx.execute(here.values(**left)))
    items = scene.client.get("/imports").json()["items"]
    assert {each["id"]: each["status"] for each in items}[said["id"]] == "rejected"
    shown = report(scene, answer)
    assert shown["problem"]["type"] == "/problems/import-interrupted"
    assert shown["problem"]["cause"] == "draining"
    assert "ещё раз" in shown["problem"]["detail"]
