"""A walk with the kinds that do not stay, in the copy of the house to which they were added."""

import pytest

from app.model.resource import Resource
from app.registry import RESOURCES
from tests.scene import MERGE, RESOURCE, Scene, body_of
from tests.test_import_collections import send
from tests.test_imports import report

LIST = """ФИО;Организация;Название;День;Сумма;Примечание
Пробная Вера;{school};Грамота;15.10.2020;1500,5;Пробная Вера ведёт шахматы
"""
pytestmark = pytest.mark.one_database

TOYS = [each for each in RESOURCES if each.name in {"clubs", "awards"}]


@pytest.mark.parametrize("resource", TOYS, ids=lambda each: each.name)
def test_it_is_made_changed_found_and_deleted(scene: Scene, resource: Resource) -> None:
    made = scene.make(resource.name, body_of(resource, scene))
    path = f"/{resource.path}/{made['id']}"
    head = {"If-Match": "*", "Content-Type": MERGE}
    changed = scene.client.patch(path, json=dict(resource.change), headers=head)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    if resource.period:
        day = {"valid_on": resource.example[resource.period[0]]}
        listed = scene.client.get(f"/{resource.path}", params=day).json()["items"]
        assert made["id"] in {each["id"] for each in listed}
    assert scene.client.delete(path, headers={"If-Match": "*"}).status_code == 204


def test_a_list_names_its_people_and_they_can_be_merged_and_erased(scene: Scene) -> None:
    one = scene["$teacher"]
    content = LIST.format(school=scene["$school"]).encode()
    (row,) = report(send(scene, RESOURCE["awards"], content))["rows"]
    award, club = f"/awards/{row['id']}", scene.make("clubs", RESOURCE["clubs"].example)
    assert scene.client.get(award).json()["teacher_id"] == one
    name = {"last_name": "Пробная", "first_name": "Вера"}
    into = scene.make("teachers", {"municipality_id": "$municipality", **name})["id"]
    merged = scene.client.post(f"/teachers/{one}/merge", json={"into_id": into}).json()
    assert (merged["awards"]["moved"], merged["clubs"]["moved"]) == ([row["id"]], [club["id"]])
    leaders = scene.client.get(f"/clubs/{club['id']}").json()["leaders"]
    assert [each["teacher_id"] for each in leaders] == [into]
    told = scene.client.get(f"/teachers/{into}/access-report").json()["records"]
    assert [each["id"] for each in (*told["awards"], *told["clubs"])] == [row["id"], club["id"]]
    erased = scene.client.post(f"/teachers/{into}/erasure", json={"reason": "Отзыв согласия"})
    assert erased.status_code == 200, erased.text
    left = scene.client.get(award).json()
    assert (left["note"], left["title"], left["teacher_id"]) == (None, "Грамота", into)
