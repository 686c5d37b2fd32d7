"""Patches: null clears a field that there is; of any other field it is refused, at every depth."""

from typing import Any

import pytest
import sqlalchemy as sa

from app.model.graph import target_of
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.scene import MERGE, NAME_OF, RESOURCE, Scene, body_of, pair, problem

pytestmark = pytest.mark.shared_out

KIND = [pytest.param(resource, id=resource.name) for resource in RESOURCES]
each_kind = pytest.mark.parametrize("resource", KIND)

NESTED = [
    pytest.param(resource, name, id=f"{resource.name}.{name}")
    for resource in RESOURCES
    for name in (*resource.embedded, *resource.parts)
]


def patched(scene: Scene, resource: Resource, patch: dict[str, Any]) -> Any:
    """The answer to a patch of a new record, which must stay as it was."""
    made = scene.client.post(f"/{resource.path}", json=body_of(resource, scene))
    assert made.status_code == 201, made.text
    address = f"/{resource.path}/{made.json()['id']}"
    headers = {"If-Match": '"1"', "Content-Type": MERGE}
    answer = scene.client.patch(address, json=patch, headers=headers)
    assert scene.client.get(address).headers["etag"] == '"1"'
    return answer


@each_kind
@pytest.mark.parametrize("value", [None, {"deep": None}, 1])
@pytest.mark.one_database
def test_a_patch_names_no_unknown_field(scene: Scene, resource: Resource, value: Any) -> None:
    answer = patched(scene, resource, {"un/heard": value})
    assert len(problem(answer, 422, "unknown_field", "/un~1heard")["errors"]) == 1


@each_kind
def test_a_patch_clears_no_field_that_the_service_keeps(scene: Scene, resource: Resource) -> None:
    kept = [name for name in resource.read.model_fields if name not in resource.write.model_fields]
    said = problem(patched(scene, resource, dict.fromkeys(kept)), 422, "read_only")
    found = {(each["code"], each["pointer"]) for each in said["errors"]}
    assert found == {("read_only", f"/{name}") for name in kept}


@pytest.mark.parametrize(("resource", "name"), NESTED)
@pytest.mark.one_database
def test_a_patch_names_no_unknown_field_inside(scene: Scene, resource: Resource, name: str) -> None:
    is_list = name in resource.parts
    inside = {"colour": None}
    answer = patched(scene, resource, {name: [inside] if is_list else inside})
    place = f"/{name}/0/colour" if is_list else f"/{name}/colour"
    problem(answer, 422, "unknown_field", place)


@each_kind
def test_a_patch_does_not_take_a_foreign_key_away(scene: Scene, resource: Resource) -> None:
    made = scene.make(resource.name, pair(body_of(resource, scene), "taken"))
    answer = scene.client.patch(
        f"/{resource.path}/{made['id']}",
        json={"source": None, "source_key": None},
        headers={"If-Match": "*", "Content-Type": MERGE},
    )
    problem(answer, 422, "immutable", "/source_key")


FIXED = [(resource, name) for resource in RESOURCES for name in resource.immutable]


@pytest.mark.parametrize(("resource", "name"), FIXED, ids=[f"{r.name}-{n}" for r, n in FIXED])
def test_what_a_record_was_made_for_stays(scene: Scene, resource: Resource, name: str) -> None:
    column, value = resource.table.c[name], resource.example.get(name)
    other = f"{value} иначе"
    if column.foreign_keys:
        shared = ("$municipality", "$measure", "$resource_type", "$hall_type")
        beside = Scene(scene.client, {each: scene[each] for each in shared})
        kind = target_of(column).name
        other = beside[NAME_OF[kind]] if kind in NAME_OF else _example(beside, kind)
    elif isinstance(column.type, sa.Enum):
        other = next(each for each in column.type.enums if each != value)
    problem(patched(scene, resource, {name: other}), 422, "immutable", f"/{name}")


def _example(scene: Scene, kind: str) -> str:
    return str(scene.make(kind, body_of(RESOURCE[kind], scene))["id"])


def test_a_patch_clears_a_field_that_is_written_only(scene: Scene) -> None:
    home = {"municipality_id": scene["$municipality"], "snils": "112-233-445 95"}
    named = {"last_name": "Пробная", "first_name": "Вера"}
    made = scene.make("teachers", home | named)
    answer = scene.client.patch(
        f"/teachers/{made['id']}", json={"snils": None}, headers={"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    scene.make("teachers", home | named | {"first_name": "Анна"})
