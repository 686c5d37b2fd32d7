"""Following: cursors that end in time, and news for whoever waits (R10)."""

import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.access.roles import Role
from app.database.transaction import Transaction
from app.feed import endpoints
from app.feed.cursors import Place, unsealed
from app.journal import positions
from app.store.cursors import seal
from tests.follower import Follower, lists, local, told, walk
from tests.process import serving, signed
from tests.running import SECRET
from tests.scene import RESOURCE, Scene, Service, body_of, problem
from tests.waiting import LIMIT, until

FORMER = [
    "municipalities",
    "organizations",
    "organization_aliases",
    "legal_acts",
    "programs",
    "designations",
    "partnerships",
    "activities",
    "events",
    "teachers",
    "employments",
    "headcounts",
    "participations",
    "measures",
    "monitoring_records",
    "resource_types",
    "resource_balances",
    "shared_resources",
    "resource_uses",
    "network_curricula",
    "network_groups",
    "schedule_slots",
    "funding_entries",
    "assessment_results",
    "result_criteria",
    "initiatives",
    "initiative_members",
]
"""All kinds of the releases whose cursors were sealed with their names; 0.2.0 had the first 15."""
ANY = {"If-Match": "*"}


@pytest.fixture
def follower(service: Service, scene: Scene) -> Follower:
    """A coordinator who has everything of a new municipality."""
    made = Follower(local(service, scene))
    made.catch_up()
    return made


@pytest.mark.shared_out
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


@pytest.mark.shared_out
def test_a_damaged_or_foreign_cursor_is_refused(follower: Follower, scene: Scene) -> None:
    cursor = follower.cursor or ""
    foreign = scene.client.get("/municipalities", params={"limit": "1"}).json()["next"]
    other = unsealed(cursor, None, SECRET.encode()).sealed(None, b"other secret")
    for said in ("", "x", "é", cursor[:-1], cursor + "A", "A" + cursor, foreign, other):
        answer = follower.holder.get("/changes", params={"cursor": said})
        assert problem(answer, 400)["type"] == "/problems/invalid-cursor"
    query = {"cursor": cursor, "types": "teachers"}
    assert problem(follower.holder.get("/changes", params=query), 400)
    assert follower.page()["items"] == []


@pytest.mark.shared_out
def test_a_cursor_does_not_depend_on_how_many_kinds_there_are(follower: Follower) -> None:
    """Else each new kind would make a follower's cursor look damaged."""
    place = unsealed(follower.cursor or "", None, SECRET.encode())
    assert follower.cursor == sealed_by_former_release(place, [])


@pytest.mark.shared_out
def test_a_cursor_of_a_release_with_fewer_kinds_has_expired(follower: Follower) -> None:
    place = unsealed(follower.cursor or "", None, SECRET.encode())
    follower.cursor = sealed_by_former_release(place, FORMER[:15])
    expired(follower, "scope_changed")


@pytest.mark.shared_out
def test_a_cursor_that_was_sealed_with_all_kinds_goes_on(follower: Follower) -> None:
    place = unsealed(follower.cursor or "", None, SECRET.encode())
    follower.cursor = sealed_by_former_release(place, FORMER)
    assert follower.page()["items"] == []


def sealed_by_former_release(place: Place, names: list[str]) -> str:
    """The cursor of a release that sealed the names of all its kinds."""
    values = [place.scope, place.epoch, place.position, place.began_at]
    return seal(values, json.dumps(["changes", *names]).encode(), SECRET.encode())


def expired(follower: Follower, code: str) -> None:
    """The cursor does not hold any more; the client begins anew and has everything."""
    answer = follower.holder.get("/changes", params={"cursor": follower.cursor})
    assert problem(answer, 410, code)["type"] == "/problems/cursor-expired"
    anew = Follower(follower.holder)
    anew.catch_up()
    assert anew.records == lists(follower.holder)


def test_after_a_restore_a_follower_begins_anew(service: Service, follower: Follower) -> None:
    service.database.write(
        lambda tx: tx.execute(sa.update(positions.HEADS).values(epoch=uuid.uuid4()))
    )
    expired(follower, "epoch_changed")


def test_a_place_ahead_of_the_feed_tells_of_a_restore_by_hand(follower: Follower) -> None:
    secret = SECRET.encode()
    place = unsealed(follower.cursor or "", None, secret)
    ahead = Place(place.scope, place.epoch, place.position + 1_000_000, place.began_at)
    follower.cursor = ahead.sealed(None, secret)
    expired(follower, "epoch_changed")


@pytest.mark.long
@pytest.mark.shared_out
def test_another_scope_or_role_begins_anew(
    service: Service, scene: Scene, follower: Follower
) -> None:
    elsewhere = Scene(service.client)
    for holder in (local(service, elsewhere), local(service, scene, Role.READER)):
        expired(Follower(holder, cursor=follower.cursor), "scope_changed")
    same = Follower(local(service, scene, Role.SYNC), cursor=follower.cursor, seq=follower.seq)
    assert same.catch_up() == follower.catch_up()


def purge(tx: Transaction) -> int:
    return positions.purge(tx.connection, tx.now)


@pytest.mark.long
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
    service.database.write(lambda tx: positions.purge(tx.connection, tx.now - positions.KEPT))
    assert told(follower)[-1] == (made["id"], "delete", 2)


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> str:
    """A time to wait that no test lives to see: an answer comes because of something else."""
    monkeypatch.setattr(endpoints, "PATIENCE", 10**6)
    return str(10**6)


def test_a_follower_who_waits_is_told_at_once(
    scene: Scene, follower: Follower, endless: str
) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(follower.page, wait=endless)
        school = scene["$school"]
        page = waiting.result()
    assert [item["id"] for item in page["items"]] == [school]


def test_a_follower_who_waits_in_vain_gets_an_empty_page(scene: Scene, service: Service) -> None:
    follower = Follower(local(service, scene), types=["organizations"])
    assert follower.catch_up() == []
    page = follower.page(wait="1")
    assert (page["items"], page["has_more"]) == ([], False)


def test_what_is_out_of_scope_wakes_nobody(scene: Scene, service: Service, endless: str) -> None:
    follower = Follower(local(service, scene), types=["organizations"])
    follower.catch_up()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(follower.page, wait=endless)
        assert Scene(service.client)["$school"]
        school = scene["$school"]
        page = waiting.result()
    assert [item["id"] for item in page["items"]] == [school]


def test_who_loses_the_key_while_waiting_is_told_nothing(
    service: Service, scene: Scene, endless: str
) -> None:
    follower = Follower(local(service, scene))
    follower.catch_up()
    with ThreadPoolExecutor() as pool:
        query = {"wait": endless, "cursor": follower.cursor}
        waiting = pool.submit(follower.holder.get, "/changes", params=query)
        home, found = scene["$municipality"], walk(scene.client, "/keys")
        (mine,) = [each["id"] for each in found if each["municipality_id"] == home]
        assert scene.client.delete(f"/keys/{mine}").status_code == 204
        until(lambda: follower.holder.get("/programs").status_code == 401)
        assert scene["$school"]
        problem(waiting.result(), 401)


async def leave(app: Any, key: str, query: str) -> None:
    """Ask and hang up; it is over when the service has ended its work on it."""

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
    await app(scope | {"scheme": "http"}, receive, send)


def test_nobody_waits_for_a_client_who_has_gone(
    service: Service, follower: Follower, endless: str
) -> None:
    query, portal = f"wait={endless}&cursor={follower.cursor}", service.client.portal
    assert portal
    portal.call(leave, service.client.app, follower.holder.key, query)


@pytest.mark.long
def test_a_service_that_stops_waits_for_no_news(tmp_path: Path, *, full: bool) -> None:
    sent = threading.Event()

    def trace(event: str, _: object) -> None:
        if event == "http11.send_request_body.complete":
            sent.set()

    with ThreadPoolExecutor() as pool:
        with serving(tmp_path) as base:
            address, headers = f"{base}/api/v1/changes", signed(tmp_path)
            query = {"cursor": httpx.get(address, headers=headers).json()["next_cursor"]}
            query |= {"wait": str(endpoints.PATIENCE)}
            asked: dict[str, Any] = {"params": query, "headers": headers, "timeout": 2 * LIMIT}
            asked["extensions"] = {"trace": trace}
            waiting = pool.submit(ask, address, asked)
            assert sent.wait(LIMIT)
            # It is accepted after the other one, which is waiting by then.
            assert httpx.get(f"{base}/ready").is_success
            start = time.monotonic()
        assert not full or time.monotonic() - start < 5
        assert waiting.result().json()["items"] == []


def ask(address: str, asked: dict[str, Any]) -> httpx.Response:
    """The answer to a GET."""
    with httpx.Client(timeout=asked.pop("timeout")) as client:
        return client.get(address, **asked)
