"""Keys over HTTP: shown once, issued within the rules, replaced in time, taken back."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.access import keys
from app.access.roles import Role
from app.access.tokens import hash_of, read
from app.model.values import spoken_instant
from tests.holders import Holder, issue
from tests.scene import NOBODY, RESOURCE, Scene, Service, body_of, problem
from tests.waiting import until

pytestmark = pytest.mark.shared_out

READER = {"role": "reader", "owner": "Отдел статистики"}


def made(service: Service, **more: Any) -> dict[str, Any]:
    answer = service.client.post("/keys", json=READER | more)
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


def ids(service: Service) -> list[UUID]:
    return [key.id for key in service.database.read(keys.listed)]


def ahead(**time: float) -> str:
    return spoken_instant(datetime.now(UTC) + timedelta(**time))


def test_a_key_is_shown_once_and_works(service: Service, scene: Scene) -> None:
    answer = service.client.post("/keys", json=READER | {"municipality_id": scene["$municipality"]})
    said = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/keys/{said['id']}"
    assert answer.headers["cache-control"] == "private, no-store"
    assert read(said["key"]) == said["kid"]
    assert Holder(service.client, said["key"]).get("/programs").status_code == 200
    again = service.client.get(answer.headers["location"].removeprefix("/api/v1")).json()
    assert again.keys() == said.keys() - {"key"}
    token = said["key"]
    for shown in (again, service.client.get("/keys", params={"limit": 500}).json()):
        assert not any(secret in str(shown) for secret in (token, hash_of(token)))


@pytest.mark.long
def test_a_list_walks_through_all_keys_once(service: Service) -> None:
    ours = [made(service)["id"] for _ in range(3)]
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = service.client.get("/keys", params={"limit": 2, **cursor}).json()
        found += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert len(found) == len(set(found))
    assert found == sorted(found)
    assert set(ours) <= set(found)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?limit=0", 422),
        ("?limit=501", 422),
        ("?limit=1&limit=2", 422),
        ("?owner=x", 422),
        ("?cursor=abc", 400),
        ("?cursor=", 400),
        ("?limit=٣", 422),
    ],
)
def test_a_query_that_means_nothing_is_refused(service: Service, query: str, status: int) -> None:
    problem(service.client.get(f"/keys{query}"), status)


def test_a_cursor_of_another_list_is_refused(service: Service) -> None:
    made(service)
    cursor = service.client.get("/audit", params={"limit": 1}).json()["next"]
    assert cursor
    problem(service.client.get("/keys", params={"cursor": cursor}), 400)


def test_a_known_state_is_not_sent_again(service: Service) -> None:
    path = f"/keys/{made(service)['id']}"
    etag = service.client.get(path).headers["etag"]
    assert service.client.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert service.client.head(path).headers["etag"] == etag


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "missing", "/owner"),
        (READER | {"role": "king"}, "not_a_choice", "/role"),
        (READER | {"owner": " "}, "blank", "/owner"),
        (READER | {"owner": "я" * 201}, "too_long", "/owner"),
        (READER | {"owner": 5}, "wrong_type", "/owner"),
        (READER | {"secret": "x"}, "unknown_field", "/secret"),
        (READER | {"kid": "x"}, "read_only", "/kid"),
        (READER | {"id": NOBODY}, "read_only", "/id"),
        (READER | {"revoked_at": None}, "read_only", "/revoked_at"),
        (READER | {"municipality_id": NOBODY}, "unknown-reference", "/municipality_id"),
        (READER | {"municipality_id": "1"}, "not_an_id", "/municipality_id"),
        (READER | {"organization_id": NOBODY}, "not_of_this_role", "/organization_id"),
        (READER | {"role": "org"}, "missing", "/organization_id"),
        (READER | {"role": "sync", "source": "a b"}, "not_a_key", "/source"),
        (READER | {"role": "sync"}, "source_required", "/source"),
        (READER | {"role": "sync", "source": None}, "source_required", "/source"),
        (READER | {"expires_at": "2020-01-01T00:00:00Z"}, "no_such_expiry", "/expires_at"),
        (READER | {"expires_at": "2999-01-01T00:00:00Z"}, "no_such_expiry", "/expires_at"),
        (READER | {"expires_at": "2030-01-01"}, "not_an_instant", "/expires_at"),
        ([], "wrong_type", ""),
    ],
)
@pytest.mark.one_database
def test_a_wrong_wish_is_refused_at_its_place(
    service: Service, body: Any, code: str, pointer: str
) -> None:
    before = ids(service)
    problem(service.client.post("/keys", json=body), 422, code, pointer)
    assert ids(service) == before


def test_an_organizations_key_gets_its_municipality(service: Service, scene: Scene) -> None:
    said = made(service, role="org", organization_id=scene["$school"])
    assert said["municipality_id"] == scene["$municipality"]


def test_a_rotation_gives_a_second_key_of_the_same_kind(service: Service) -> None:
    old = made(service, role="sync", source="gis", expires_at=ahead(days=30))
    until = ahead(days=7)
    answer = service.client.post(f"/keys/{old['id']}/rotation", json={"old_valid_until": until})
    new = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/keys/{new['id']}"
    same = ("role", "owner", "source", "municipality_id", "organization_id")
    assert [new[name] for name in same] == [old[name] for name in same]
    assert new["rotated_from"] == old["id"]
    assert service.client.get(f"/keys/{old['id']}").json()["expires_at"] == until
    for token in (old["key"], new["key"]):
        assert Holder(service.client, token).get("/programs").status_code == 200


def test_a_write_is_repeated_once_with_the_successors_of_its_key(
    service: Service, scene: Scene
) -> None:
    """The answer was lost, and the client has taken a new key meanwhile."""
    key = made(service, role="coordinator", municipality_id=scene["$municipality"])
    body = body_of(RESOURCE["events"], scene)
    said, created = {"Idempotency-Key": uuid4().hex}, set()
    for _ in range(3):
        holder = Holder(service.client, key["key"])
        answer = holder.request("POST", "/events", json=body, headers=said)
        assert answer.status_code == 201, answer.text
        created.add(answer.json()["id"])
        until_then = {"old_valid_until": ahead(days=1)}
        old, key = key, service.client.post(f"/keys/{key['id']}/rotation", json=until_then).json()
        # A chain has two active keys at most.
        assert service.client.delete(f"/keys/{old['id']}").status_code == 204
    assert len(created) == 1


def test_a_chain_has_two_active_keys_at_most(service: Service) -> None:
    path = f"/keys/{made(service)['id']}/rotation"
    body = {"old_valid_until": ahead(days=1)}
    assert service.client.post(path, json=body).status_code == 201
    problem(service.client.post(path, json=body), 409, "two_active_keys")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing"),
        ({"old_valid_until": "2020-01-01T00:00:00Z"}, "not_ahead"),
        ({"old_valid_until": None}, "not_an_instant"),
        ({"old_valid_until": "2999-01-01T00:00:00Z", "role": "admin"}, "unknown_field"),
    ],
)
def test_a_wrong_rotation_is_refused_and_an_unknown_key_first(
    service: Service, body: dict[str, Any], code: str
) -> None:
    problem(service.client.post(f"/keys/{made(service)['id']}/rotation", json=body), 422, code)
    problem(service.client.post(f"/keys/{NOBODY}/rotation", json=body), 404)


def test_a_revoked_key_is_soon_refused(service: Service) -> None:
    said = made(service)
    holder = Holder(service.client, said["key"])
    assert holder.get("/programs").status_code == 200
    for _ in range(2):
        assert service.client.delete(f"/keys/{said['id']}").status_code == 204
    until(lambda: holder.get("/programs").status_code != 200)
    problem(holder.get("/programs"), 401)
    assert service.client.get(f"/keys/{said['id']}").json()["revoked_at"]
    problem(service.client.post(f"/keys/{said['id']}/rotation", json=_week()), 409, "key_ended")


@pytest.mark.long
def test_the_last_key_of_an_administrator_is_not_revoked(own_service: Service) -> None:
    client = own_service.client
    active = [key["id"] for key in listed(client) if key["role"] == "admin"]
    new = client.post("/keys", json=READER | {"role": "admin"}).json()
    holder = Holder(client, new["key"])
    for each in active:
        assert holder.request("DELETE", f"/keys/{each}").status_code == 204
    for _ in range(2):
        problem(holder.request("DELETE", f"/keys/{new['id']}"), 409, "last_administrator")
    assert holder.get(f"/keys/{new['id']}").json()["revoked_at"] is None
    other = holder.request("POST", "/keys", json=READER | {"role": "admin"}).json()
    assert holder.request("DELETE", f"/keys/{new['id']}").status_code == 204
    last = Holder(client, other["key"])
    assert last.request("DELETE", f"/keys/{new['id']}").status_code == 204
    problem(last.request("DELETE", f"/keys/{other['id']}"), 409, "last_administrator")


def listed(client: Any) -> list[Any]:
    items: list[Any] = client.get("/keys", params={"limit": 500}).json()["items"]
    return items


def _week() -> dict[str, str]:
    return {"old_valid_until": ahead(days=7)}


def test_the_last_use_is_seen_by_the_administrator(service: Service) -> None:
    said = made(service)
    assert said["last_used_at"] is None
    before = spoken_instant(datetime.now(UTC))
    assert Holder(service.client, said["key"]).get("/programs").status_code == 200
    at = until(lambda: service.client.get(f"/keys/{said['id']}").json()["last_used_at"])
    assert before <= at <= spoken_instant(datetime.now(UTC))


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("name", [NOBODY, "17", "%00"])
def test_a_key_that_never_was_is_not_found(service: Service, method: str, name: str) -> None:
    problem(service.client.request(method, f"/keys/{name}"), 404)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_the_administrator_sees_keys(service: Service, scene: Scene, role: Role) -> None:
    scope = {"organization_id": scene["$school"]} if role is Role.ORG else {}
    holder = Holder(service.client, issue(service.database, role, **scope))
    before = service.database.read(keys.listed)
    for method, path, body in (
        ("GET", "/keys", None),
        ("GET", f"/keys/{NOBODY}", None),
        ("POST", "/keys", READER | {"role": "admin"}),
        ("POST", f"/keys/{before[0].id}/rotation", _week()),
        ("DELETE", f"/keys/{before[0].id}", None),
    ):
        problem(holder.request(method, path, json=body), 403)
    assert {key.id: key.revoked_at for key in service.database.read(keys.listed)} == {
        key.id: key.revoked_at for key in before
    }


def test_an_organization_with_a_key_cannot_vanish(service: Service, scene: Scene) -> None:
    made(service, role="org", organization_id=scene["$school"])
    path = f"/organizations/{scene['$school']}"
    refused = service.client.delete(path, headers={"If-Match": "*"})
    assert problem(refused, 422)["type"] == "/problems/conflict-elsewhere"
    assert service.client.get(path).status_code == 200


def test_a_municipality_with_a_key_names_it_to_the_administrator(
    service: Service, scene: Scene
) -> None:
    key = made(service, municipality_id=scene["$municipality"])
    path = f"/municipalities/{scene['$municipality']}"
    said = problem(service.client.delete(path, headers={"If-Match": "*"}), 409)
    assert said["referrers"] == [{"collection": "api_keys", "count": 1, "ids": [key["id"]]}]


def test_every_act_on_a_key_is_in_the_trail(service: Service) -> None:
    old = made(service)
    new = service.client.post(f"/keys/{old['id']}/rotation", json=_week()).json()
    service.client.delete(f"/keys/{old['id']}")
    entries = service.client.get("/audit", params={"id": old["id"]}).json()["items"]
    acts = [(each["action"], each["type"], each["ids"]) for each in entries]
    assert acts[0] == ("issue_key", "keys", [old["id"]])
    assert (acts[1][:2], set(acts[1][2])) == (("rotate_key", "keys"), {old["id"], new["id"]})
    assert acts[2] == ("revoke_key", "keys", [old["id"]])
    assert {each["role"] for each in entries} == {"admin"}
    assert READER["owner"] not in str([each["fields"] for each in entries])


@pytest.mark.long
def test_the_document_says_how_to_come_in(service: Service) -> None:
    document = service.client.get("http://testserver/openapi.json").json()
    (scheme,) = document["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert document["security"] == [{"key": []}]
    start = service.client.get("http://testserver/docs/start.js").text
    assert "persistAuthorization: false" in start
