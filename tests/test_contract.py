"""The contract: what every collection promises, held against each of them on both databases."""

import uuid
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, get_args
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from pydantic import BaseModel
from starlette.testclient import TestClient

from app.access.matrix import grant_of
from app.access.roles import Role
from app.model.declaration import table_of
from app.model.demands import texts
from app.model.graph import reference_columns, target_of
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.scene import (
    COLLECTIONS,
    MERGE,
    NAME_OF,
    NOBODY,
    RESOURCE,
    ROOT,
    Scene,
    Service,
    body_of,
    is_russian,
    pair,
    problem,
)

pytestmark = pytest.mark.shared_out

KIND = [pytest.param(resource, id=resource.name) for resource in RESOURCES]
each_kind = pytest.mark.parametrize("resource", KIND)

NESTED = [
    pytest.param(resource, id=resource.name)
    for resource in RESOURCES
    if resource.parts or resource.embedded
]

REFERENCES = [
    pytest.param(resource, name, id=f"{resource.name}.{name}")
    for resource in RESOURCES
    for name, value in resource.example.items()
    if isinstance(value, str) and value.startswith("$")
]


def leading_out() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every reference that has to stay in its municipality, in a body that leads it out."""
    for resource in RESOURCES:
        for column in bound(resource.table):
            # What a record hangs on says where it is.
            if column.name not in resource.hangs_on:
                name = NAME_OF[target_of(column).name]
                yield resource.name, {column.name: name}, f"/{column.name}"
        for part, row in resource.parts.items():
            for column in bound(table_of(row)):
                name = NAME_OF[target_of(column).name]
                (first, *_) = resource.example[part]
                change = {part: [first | {column.name: name}]}
                yield resource.name, change, f"/{part}/0/{column.name}"


def bound(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns that refer to a record of the same municipality."""
    return [
        each
        for each in reference_columns(table)
        if each.name != "municipality_id" and not each.info.get("beyond")
    ]


SUPPORTED = [{"organization_id": "$school", "role": "supported"}]
ABROAD = [
    *leading_out(),
    ("partnerships", {"members": SUPPORTED, "status": "draft"}, "/members/0/organization_id"),
]
"""References into another municipality; a member that is supported is at home by a rule."""

REFERRERS = {
    name: [
        resource.name
        for resource in RESOURCES
        if name in texts(resource.example)
        # Who deletes a municipality is shown only what an administrator sees.
        and (name != "$municipality" or grant_of(Role.ADMIN, resource.name).read)
    ]
    for name in COLLECTIONS
}
"""The kinds that refer to a record of each name, so that it cannot be deleted."""

OTHERWISE = {"activities": {"plan_no": "11"}}
"""What is kept in another spelling than the examples say it in."""

NEEDED = {"members", "parties"}
"""Parts of which a record must have some."""

INSIDE = {"activities": {"term": {"kind": "annual_window", "month_from": 10, "month_to": 11}}}
"""The objects in a record that the examples leave to be read from a printed text."""


Made = tuple[str, dict[str, Any], Any]
"""A record: its address, the body that made it and the answer."""


def made(scene: Scene, resource: Resource, **more: Any) -> Made:
    """A new record."""
    body = body_of(resource, scene) | more
    answer = scene.client.post(f"/{resource.path}", json=body)
    assert answer.status_code == 201, answer.text
    return f"/{resource.path}/{answer.json()['id']}", body, answer


@pytest.fixture(scope="module")
def kept(service: Service) -> Callable[[Resource], Made]:
    """A record of each kind that tests leave as it is, made when it is first asked for."""
    scene = Scene(service.client)
    return cache(lambda resource: made(scene, resource))


@pytest.fixture(scope="module")
def abroad(service: Service) -> Scene:
    """Records of another municipality."""
    return Scene(service.client)


def shown(record: Any, said: Any) -> Any:
    """What a record shows of the fields that were said, at every depth."""
    if isinstance(said, dict):
        return {name: shown(record[name], each) for name, each in said.items()}
    if isinstance(said, list):
        return [shown(one, each) for one, each in zip(record, said, strict=True)]
    return record


@each_kind
def test_a_new_record_is_answered_with_its_address_and_etag(
    client: TestClient, kept: Callable[[Resource], Made], resource: Resource
) -> None:
    address, body, answer = kept(resource)
    record = answer.json()
    assert answer.headers["location"] == f"/api/v1{address}"
    assert answer.headers["etag"] == record["etag"] == '"1"'
    assert (record["version"], record["warnings"]) == (1, [])
    assert uuid.UUID(record["id"]).version == 7
    assert record["created_at"] == record["updated_at"]
    assert shown(record, body) == body | OTHERWISE.get(resource.name, {})


@pytest.mark.parametrize("resource", NESTED)
def test_what_is_inside_a_record_is_kept_as_it_was_said(scene: Scene, resource: Resource) -> None:
    address, body, _ = made(scene, resource, **INSIDE.get(resource.name, {}))
    inside = {name: body[name] for name in (*resource.parts, *resource.embedded)}
    assert all(inside.values())
    assert shown(scene.client.get(address).json(), inside) == inside
    # Put in the place of another body, they are kept in the same way.
    fewer = {name: each for name, each in body.items() if name not in inside}
    least = {name: each[:2] for name, each in inside.items() if name in NEEDED}
    headers = {"If-Match": "*"}
    assert scene.client.put(address, json=fewer | least, headers=headers).status_code == 200
    assert scene.client.put(address, json=body, headers=headers).status_code == 200
    assert shown(scene.client.get(address).json(), inside) == inside


def body_of_part(resource: Resource, name: str) -> type[BaseModel]:
    """The model of one item of a list of parts."""
    body: type[BaseModel]
    (body,) = get_args(resource.write.model_fields[name].annotation)
    return body


OPTIONAL = [
    (each, name)
    for each in RESOURCES
    for name, part in each.parts.items()
    if not any(info.is_required() for info in body_of_part(each, name).model_fields.values())
]
"""Parts of which no field is required."""


@pytest.mark.parametrize(
    ("resource", "name"), OPTIONAL, ids=lambda each: getattr(each, "name", each)
)
def test_a_part_that_says_nothing_is_refused(
    standing_scene: Scene, resource: Resource, name: str
) -> None:
    body = body_of(resource, standing_scene) | {name: [{}]}
    answer = standing_scene.client.post(f"/{resource.path}", json=body)
    said = problem(answer, 422, "empty_part")
    assert [each["pointer"] for each in said["errors"]] == [f"/{name}/0"]


@each_kind
def test_an_item_is_what_the_list_shows_of_it(
    client: TestClient, kept: Callable[[Resource], Made], resource: Resource
) -> None:
    address, _, answer = kept(resource)
    record = answer.json()
    item = client.get(address)
    created_at = record["created_at"]
    listed = client.get(
        f"/{resource.path}", params={"created_at_from": created_at, "created_at_to": created_at}
    )
    assert item.text in listed.text
    assert record == item.json() | {"warnings": []}
    assert item.headers["etag"] == item.json()["etag"]


@each_kind
def test_putting_the_same_again_changes_nothing(
    client: TestClient, kept: Callable[[Resource], Made], resource: Resource
) -> None:
    address, body, answer = kept(resource)
    again = client.put(address, json=body, headers={"If-Match": '"1"'})
    assert again.status_code == 200, again.text
    assert again.headers["etag"] == '"1"'
    assert again.json() == answer.json()
    assert "location" not in again.headers


@each_kind
def test_putting_what_was_read_changes_nothing(
    client: TestClient, kept: Callable[[Resource], Made], resource: Resource
) -> None:
    address, _, _ = kept(resource)
    read = client.get(address).json()
    body = {name: value for name, value in read.items() if name in resource.write.model_fields}
    again = client.put(address, json=body, headers={"If-Match": read["etag"]})
    assert again.status_code == 200, again.text
    assert again.json() == read | {"warnings": []}


@each_kind
def test_a_patch_changes_what_it_names(scene: Scene, resource: Resource) -> None:
    address, _, answer = made(scene, resource)
    patch = resource.change
    changed = scene.client.patch(
        address, json=patch, headers={"If-Match": '"1"', "Content-Type": MERGE}
    )
    assert changed.status_code == 200, changed.text
    assert changed.headers["etag"] == changed.json()["etag"] == '"2"'
    kept = {"etag": '"2"', "version": 2, "updated_at": changed.json()["updated_at"]}
    assert changed.json() == answer.json() | patch | kept
    assert changed.json()["updated_at"] > answer.json()["updated_at"]
    assert scene.client.get(address).json() == {
        name: value for name, value in changed.json().items() if name != "warnings"
    }


@each_kind
def test_an_empty_patch_changes_nothing(
    client: TestClient, kept: Callable[[Resource], Made], resource: Resource
) -> None:
    address, _, answer = kept(resource)
    again = client.patch(address, json={}, headers={"If-Match": "*"})
    assert again.status_code == 200, again.text
    assert again.json() == answer.json()


@each_kind
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.one_database
def test_a_change_needs_to_say_which_version_it_saw(
    client: TestClient, kept: Callable[[Resource], Made], resource: Resource, method: str
) -> None:
    address, body, _ = kept(resource)
    told = client.request(method, address, json=body)
    assert '"1"' in problem(told, 428)["detail"]
    stale = client.request(method, address, json=body, headers={"If-Match": '"2"'})
    assert problem(stale, 412)["type"] == "/problems/stale"
    assert stale.headers["etag"] == '"1"'
    weak = client.request(method, address, json=body, headers={"If-Match": 'W/"1"'})
    problem(weak, 412)
    for malformed in ("one", '"1', '1"', "0", "1, 2", "01", "1" * 19):
        answer = client.request(method, address, json=body, headers={"If-Match": malformed})
        said = problem(answer, 400, "bad_etag")
        assert said["errors"][0]["header"] == "If-Match"


@each_kind
@pytest.mark.one_database
def test_a_version_may_be_named_without_quotes(scene: Scene, resource: Resource) -> None:
    address, body, _ = made(scene, resource)
    stale = {"If-Match": "2"}
    for method in ("PUT", "PATCH", "DELETE"):
        assert problem(scene.client.request(method, address, json=body, headers=stale), 412)
    change = scene.fill(resource.change)
    changed = scene.client.patch(address, json=change, headers={"If-Match": "1"})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"'), changed.text
    put = scene.client.put(address, json=body, headers={"If-Match": " 2 "})
    assert (put.status_code, put.headers["etag"]) == (200, '"3"'), put.text
    assert scene.client.delete(address, headers={"If-Match": "3"}).status_code == 204


@each_kind
@pytest.mark.one_database
def test_what_is_known_is_not_sent_again(
    client: TestClient, kept: Callable[[Resource], Made], resource: Resource
) -> None:
    address, _, _ = kept(resource)
    for path in (address, f"/{resource.path}?limit=1"):
        etag = client.get(path).headers["etag"]
        known = client.get(path, headers={"If-None-Match": f'"0", {etag}'})
        assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)
        other = client.get(path, headers={"If-None-Match": '"0"'})
        assert other.status_code == 200


@each_kind
@pytest.mark.one_database
def test_head_answers_as_get_without_a_body(
    client: TestClient, kept: Callable[[Resource], Made], resource: Resource
) -> None:
    address, _, _ = kept(resource)
    for path in (address, f"/{resource.path}?limit=1"):
        full, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("etag", "content-length", "content-type"):
            assert head.headers[name] == full.headers[name]


@each_kind
@pytest.mark.one_database
def test_a_body_of_another_kind_is_refused(
    client: TestClient, kept: Callable[[Resource], Made], resource: Resource
) -> None:
    address, _, _ = kept(resource)
    for method, path in (("POST", f"/{resource.path}"), ("PUT", address), ("PATCH", address)):
        headers = {"If-Match": '"1"', "Content-Type": "text/plain"}
        said = problem(client.request(method, path, content="{}", headers=headers), 415)
        assert "application/json" in said["detail"]


@each_kind
def test_unknown_and_read_only_fields_are_named(standing_scene: Scene, resource: Resource) -> None:
    body = body_of(resource, standing_scene) | {"unheard/of": 1, "version": 1, "etag": '"1"'}
    answer = standing_scene.client.post(f"/{resource.path}", json=body)
    said = problem(answer, 422, "unknown_field", "/unheard~1of")
    problem(answer, 422, "read_only", "/version")
    problem(answer, 422, "read_only", "/etag")
    assert len(said["errors"]) == 3


@each_kind
def test_a_missing_field_is_named(client: TestClient, resource: Resource) -> None:
    said = problem(client.post(f"/{resource.path}", json={}), 422, "missing")
    required = {n for n, info in resource.write.model_fields.items() if info.is_required()}
    assert {each["pointer"] for each in said["errors"]} >= {f"/{name}" for name in required}


@each_kind
def test_a_misspelt_filter_shows_nothing(client: TestClient, resource: Resource) -> None:
    answer = client.get(f"/{resource.path}", params={"munisipality_id": NOBODY})
    said = problem(answer, 422, "unknown_parameter")
    assert said["errors"][0]["parameter"] == "munisipality_id"
    twice = problem(client.get(f"/{resource.path}?limit=1&limit=2"), 422, "repeated")
    assert twice["errors"][0]["parameter"] == "limit"
    problem(client.get(f"/{resource.path}/{NOBODY}?limit=1"), 422, "unknown_parameter")


@each_kind
def test_a_foreign_key_creates_then_keeps(scene: Scene, resource: Resource) -> None:
    body = body_of(resource, scene)
    key = uuid.uuid4().hex
    address = f"/{resource.path}/by-key/tests/{key}"
    first = scene.client.put(address, json=body)
    assert first.status_code == 201, first.text
    assert first.headers["location"] == f"/api/v1/{resource.path}/{first.json()['id']}"
    again = scene.client.put(address, json=pair(body, key))
    assert (again.status_code, again.json()) == (200, first.json())
    differs = scene.client.put(address, json=pair(body, "other"))
    problem(differs, 422, "key_differs", "/source_key")
    only_new = scene.client.put(address, json=body, headers={"If-None-Match": "*"})
    problem(only_new, 412)
    assert only_new.headers["etag"] == '"1"'
    changed = scene.client.put(address, json={**body, **resource.change})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert scene.client.get(address).json()["id"] == first.json()["id"]


@each_kind
def test_a_record_made_again_under_its_key_continues_its_version(
    scene: Scene, resource: Resource
) -> None:
    body = body_of(resource, scene)
    address = f"/{resource.path}/by-key/tests/{uuid.uuid4().hex}"
    first = scene.client.put(address, json=body)
    problem(scene.client.delete(address, headers={"If-Match": '"9"'}), 412)
    assert scene.client.delete(address, headers={"If-Match": '"1"'}).status_code == 204
    problem(scene.client.get(address), 404)
    again = scene.client.put(address, json=body)
    assert again.status_code == 201
    assert again.json()["id"] != first.json()["id"]
    assert resource.name == "municipalities" or again.json()["version"] == 3


@each_kind
def test_a_deleted_record_is_gone(scene: Scene, resource: Resource) -> None:
    address, body, _ = made(scene, resource)
    answer = scene.client.delete(address, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.content) == (204, b"")
    headers = {"If-Match": '"1"'}
    problem(scene.client.get(address), 404)
    problem(scene.client.put(address, json=body, headers=headers), 404)
    problem(scene.client.patch(address, json={}, headers=headers), 404)
    problem(scene.client.delete(address, headers=headers), 404)


@pytest.mark.parametrize("name", REFERRERS)
def test_what_others_refer_to_stays(standing_scene: Scene, name: str) -> None:
    address = f"/{RESOURCE[COLLECTIONS[name]].path}/{standing_scene[name]}"
    answer = standing_scene.client.delete(address, headers={"If-Match": "*"})
    said = problem(answer, 409)
    assert said["type"] == "/problems/referenced"
    found = {each["collection"]: each for each in said["referrers"]}
    for referrer in REFERRERS[name]:
        assert standing_scene[referrer] in found[referrer]["ids"]
        assert found[referrer]["count"] == len(found[referrer]["ids"])
    assert standing_scene.client.get(address).status_code == 200


@pytest.mark.parametrize("key", ["школа", "a b", "№5", "17:2", "x" * 129])
def test_a_key_that_no_record_can_have_is_said_to_be_none(scene: Scene, key: str) -> None:
    resource = RESOURCE["teachers"]
    address = f"/{resource.path}/by-key/tests/{quote(key)}"
    answer = scene.client.put(address, json=body_of(resource, scene))
    (error,) = problem(answer, 422, "not_a_key")["errors"]
    assert error["parameter"] == "source_key"
    problem(scene.client.get(address), 404)
    problem(scene.client.delete(address), 404)


@each_kind
@pytest.mark.one_database
def test_an_address_that_names_nothing_is_not_found(client: TestClient, resource: Resource) -> None:
    for path in ("seven", f"{NOBODY}0", NOBODY, "", f"{NOBODY}/", "by-key/a", "by-key/a/%20"):
        said = problem(client.get(f"{ROOT}/api/v1/{resource.path}/{path}"), 404)
        assert said["type"] == "/problems/not-found"


@each_kind
@pytest.mark.one_database
def test_another_method_is_told_which_there_are(client: TestClient, resource: Resource) -> None:
    allowed = {
        "": "GET, HEAD, POST",
        f"/{NOBODY}": "DELETE, GET, HEAD, PATCH, PUT",
        "/by-key/a/b": "DELETE, GET, HEAD, PUT",
    }
    for path, methods in allowed.items():
        for method in ("OPTIONS", "TRACE", "PURGE"):
            answer = client.request(method, f"/{resource.path}{path}")
            problem(answer, 405)
            assert answer.headers["allow"] == methods


@each_kind
@pytest.mark.one_database
def test_a_problem_is_told_in_the_language_of_its_reader(
    client: TestClient, resource: Resource
) -> None:
    for accepted, russian in (("", True), ("de", True), ("ru;q=0.2, en", False), ("en", False)):
        answer = client.post(
            f"/{resource.path}", json={"no": 1}, headers={"Accept-Language": accepted}
        )
        said = problem(answer, 422)
        texts = [said["title"], said["detail"], *(each["detail"] for each in said["errors"])]
        assert all(is_russian(text) is russian for text in texts)
        assert answer.headers["content-language"] == ("ru" if russian else "en")


@pytest.mark.parametrize(("resource", "name"), REFERENCES)
def test_a_reference_to_nothing_is_named(
    standing_scene: Scene, resource: Resource, name: str
) -> None:
    body = body_of(resource, standing_scene) | {name: NOBODY}
    answer = standing_scene.client.post(f"/{resource.path}", json=body)
    problem(answer, 422, "unknown-reference", f"/{name}")


@pytest.mark.long
@pytest.mark.parametrize(("collection", "change", "pointer"), ABROAD)
def test_a_reference_stays_in_its_municipality(
    standing_scene: Scene, abroad: Scene, collection: str, change: dict[str, Any], pointer: str
) -> None:
    resource = RESOURCE[collection]
    body = body_of(resource, standing_scene) | abroad.fill(change)
    answer = standing_scene.client.post(f"/{resource.path}", json=body)
    problem(answer, 422, "other-municipality", pointer)


@each_kind
def test_a_taken_key_is_answered_with_its_holder(scene: Scene, resource: Resource) -> None:
    _, body, first = made(scene, resource, **pair({}, uuid.uuid4().hex))
    apart: dict[str, dict[str, Any]] = {
        "designations": {"valid_from": "2020-01-01", "category": "low_results"},
        "schedule_slots": {"weekday": 3},
        "initiative_members": {"valid_from": "2020-11-01", "valid_to": None},
    }
    body |= apart.get(resource.name, resource.change)
    if resource.name == "municipalities":
        del body["source"], body["source_key"]
    said = problem(scene.client.post(f"/{resource.path}", json=body), 409, "key_taken")
    assert said["type"] == "/problems/already-exists"
    assert said["existing"] == f"/api/v1/{resource.path}/{first.json()['id']}"
