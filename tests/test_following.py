"""Following: cursors that end in time, and news for whoever waits (R10)."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.access.roles import Role
from app.feed.cursors import Place, unsealed
from app.registry import RESOURCES
from app.store import journal
from app.store.database import Transaction
from tests.conftest import SECRET
from tests.follower import Follower, lists, local, told
from tests.process import serving, signed
from tests.scene import RESOURCE, Scene, Service, body_of, problem

NAMES = [each.name for each in RESOURCES]
ANY = {"If-Match": "*"}


@pytest.fixture
def follower(service: Service, scene: Scene) -> Follower:
    """A coordinator who has everything of a new municipality."""
    made = Follower(local(service, scene))
    made.catch_up()
    return made


def test_a_parameter_that_is_not_known_is_refused(follower: Follower) -> None:
    for name, value, code in (
        ("limit", "0", "out_of_range"),
        ("limit", "1001", "out_of_range"),
        ("wait", "31", "out_of_range"),
        ("wait", "soon", "not_a_number"),
        ("types", "organisations", "not_a_choice"),
        ("types", "", "not_a_choice"),
        ("since", "1", "unknown_parameter"),
    ):
        said = problem(follower.holder.get("/changes", params={name: value}), 422, code)
        assert said["errors"][0]["parameter"] == name


def test_a_damaged_or_foreign_cursor_is_refused(follower: Follower, scene: Scene) -> None:
    cursor = follower.cursor or ""
    foreign = scene.client.get("/municipalities", params={"limit": "1"}).json()["next"]
    other = unsealed(cursor, NAMES, SECRET.encode()).sealed(NAMES, b"other secret")
    for said in ("", "x", "é", cursor[:-1], cursor + "A", "A" + cursor, foreign, other):
        answer = follower.holder.get("/changes", params={"cursor": said})
        assert problem(answer, 400)["type"] == "/problems/invalid-cursor"
    query = {"cursor": cursor, "types": "teachers"}
    assert problem(follower.holder.get("/changes", params=query), 400)
    assert follower.page()["items"] == []


def expired(follower: Follower, code: str) -> None:
    """The cursor does not hold any more; the client begins anew and has everything."""
    answer = follower.holder.get("/changes", params={"cursor": follower.cursor})
    assert problem(answer, 410, code)["type"] == "/problems/cursor-expired"
    anew = Follower(follower.holder)
    anew.catch_up()
    assert anew.records == lists(follower.holder)


def test_after_a_restore_a_follower_begins_anew(service: Service, follower: Follower) -> None:
    service.database.write(
        lambda tx: tx.execute(sa.update(journal.HEADS).values(epoch=uuid.uuid4()))
    )
    expired(follower, "epoch_changed")


def test_a_place_ahead_of_the_feed_tells_of_a_restore_by_hand(follower: Follower) -> None:
    secret = SECRET.encode()
    place = unsealed(follower.cursor or "", NAMES, secret)
    ahead = Place(place.scope, place.epoch, place.position + 1_000_000, place.began_at)
    follower.cursor = ahead.sealed(NAMES, secret)
    expired(follower, "epoch_changed")


def test_another_scope_or_role_begins_anew(
    service: Service, scene: Scene, follower: Follower
) -> None:
    elsewhere = Scene(service.client)
    for holder in (local(service, elsewhere), local(service, scene, Role.READER)):
        expired(Follower(holder, cursor=follower.cursor), "scope_changed")
    same = Follower(local(service, scene, Role.SYNC), cursor=follower.cursor, seq=follower.seq)
    assert same.catch_up() == follower.catch_up()


def purge(tx: Transaction) -> int:
    return journal.purge(tx.connection, tx.now)


def test_who_missed_a_purged_delete_begins_anew(
    service: Service, scene: Scene, follower: Follower
) -> None:
    late, on_time = follower, Follower(local(service, scene))
    made = scene.make("organizations", body_of(RESOURCE["organizations"], scene))
    for each in (late, on_time):
        each.catch_up()
    scene.client.delete(f"/organizations/{made['id']}", headers=ANY)
    assert told(on_time) == [(made["id"], "delete", 2)]
    began = Follower(late.holder, limit=1)
    began.page()
    assert service.database.write(purge) > 0
    assert on_time.catch_up() == []
    # A load that began after the delete never saw the record: it goes on.
    began.catch_up()
    assert began.records == on_time.records == lists(late.holder)
    expired(late, "purged")


def test_deletes_stay_for_their_time(service: Service, scene: Scene, follower: Follower) -> None:
    made = scene.make("organizations", body_of(RESOURCE["organizations"], scene))
    scene.client.delete(f"/organizations/{made['id']}", headers=ANY)
    service.database.write(lambda tx: journal.purge(tx.connection, tx.now - journal.KEPT))
    assert told(follower)[-1] == (made["id"], "delete", 2)


def test_a_follower_who_waits_is_told_at_once(scene: Scene, follower: Follower) -> None:
    with ThreadPoolExecutor() as pool:
        start = time.monotonic()
        waiting = pool.submit(follower.page, wait="20")
        time.sleep(0.7)
        assert not waiting.done()
        school = scene["$school"]
        page = waiting.result()
        assert time.monotonic() - start < 5
    assert [item["id"] for item in page["items"]] == [school]


def test_a_follower_who_waits_in_vain_gets_an_empty_page(scene: Scene, service: Service) -> None:
    follower = Follower(local(service, scene), types=["organizations"])
    elsewhere = Scene(service.client)
    assert elsewhere["$municipality"]
    before = follower.catch_up()
    start = time.monotonic()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(follower.page, wait="2")
        time.sleep(0.5)
        assert elsewhere["$school"]  # out of scope, it wakes nobody
        page = waiting.result()
    assert 2 <= time.monotonic() - start < 4
    assert (before, page["items"], page["has_more"]) == ([], [], False)


def test_who_loses_the_key_while_waiting_is_told_nothing(service: Service, scene: Scene) -> None:
    follower = Follower(local(service, scene))
    follower.catch_up()
    with ThreadPoolExecutor() as pool:
        query = {"wait": "20", "cursor": follower.cursor}
        waiting = pool.submit(follower.holder.get, "/changes", params=query)
        time.sleep(0.5)
        found = scene.client.get("/keys", params={"limit": "500"}).json()["items"]
        mine = max(found, key=lambda each: each["created_at"])
        assert scene.client.delete(f"/keys/{mine['id']}").status_code == 204
        time.sleep(1)
        assert scene["$school"]
        problem(waiting.result(), 401)


async def leave(app: Any, key: str, query: str) -> float:
    """Ask and hang up; how many seconds the service goes on."""

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(_: object) -> None:
        """Nobody listens."""

    headers = [(b"host", b"testserver"), (b"authorization", f"Bearer {key}".encode())]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/api/v1/changes"}
    scope |= {
        "headers": headers,
        "query_string": query.encode(),
        "client": ("testclient", 1),
        "root_path": "",
    }
    start = time.monotonic()
    await app(scope | {"scheme": "http"}, receive, send)
    return time.monotonic() - start


def test_nobody_waits_for_a_client_who_has_gone(service: Service, follower: Follower) -> None:
    query, portal = f"wait=20&cursor={follower.cursor}", service.client.portal
    assert portal
    assert portal.call(leave, service.client.app, follower.holder.key, query) < 5


def test_a_service_that_stops_waits_for_no_news(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        with serving(tmp_path) as base:
            address, headers = f"{base}/api/v1/changes", signed(tmp_path)
            query = {"cursor": httpx.get(address, headers=headers).json()["next_cursor"]}
            query |= {"wait": "30"}
            waiting = pool.submit(httpx.get, address, params=query, headers=headers, timeout=40)
            time.sleep(1)
            assert not waiting.done()
            start = time.monotonic()
        assert time.monotonic() - start < 5
        assert waiting.result().json()["items"] == []
