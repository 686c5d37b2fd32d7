"""Position groups: whom a list of participants lets in as a teacher, as a head or as another."""

from typing import Any

import pytest

from app.intake.staff import POSITION
from tests.scene import RESOURCE, Scene
from tests.test_import_collections import send
from tests.test_imports import errors, listed, participations, report, row, stats, upload
from tests.test_network_vectors import figure

pytestmark = pytest.mark.shared_out

HEADS = (
    "директор",
    "Директор школы",
    "и.о. директора",
    "И. о. директора",
    "врио директора",
    "исполняющая обязанности директора",
    "заведующая",
    "Заведующая детским садом",
    "зав. филиалом",
    "руководитель",
    "Руководитель образовательной организации",
    "заместитель директора по УВР",
    "зам. директора по ВР",
    "завуч",
)
OTHERS = (
    "Главный бухгалтер",
    "секретарь директора",
    "водитель",
    "повар",
    "завхоз",
    "заведующий хозяйством",
    "зав. библиотекой",
    "лаборант",
    "сторож",
    "уборщик служебных помещений",
    "дворник",
    "медицинская сестра",
    "библиотекарь",
    "помощник воспитателя",
    "заместитель главного бухгалтера",
)
TEACHING = (
    "учитель физики",
    "директор, учитель истории",
    "Директор (учитель химии)",
    "учитель, заместитель директора",
    "педагог-библиотекарь",
    "советник директора по воспитанию",
    "музыкальный руководитель",
    "руководитель физического воспитания",
    "методист",
    "зав. кабинетом",
    "хореограф",
    "",
)

GROUP = dict.fromkeys(HEADS, "head") | dict.fromkeys(OTHERS, "other")
GROUP |= dict.fromkeys(TEACHING, "teaching")


def jobs_of(scene: Scene) -> dict[str, dict[str, Any]]:
    """The employments of the scene's school by their positions."""
    query = {"organization_id": scene["$school"], "limit": "500"}
    items = scene.client.get("/employments", params=query).json()["items"]
    return {each["position"] or "": each for each in items}


@pytest.mark.long
def test_a_newcomer_has_the_group_that_the_position_says(seminar: Scene) -> None:
    letters = "абвгдежзиклмнопрстуфхцчшщэюя"
    surnames = [f"Нов{first}{second}ин" for first in "аеиоу" for second in letters]
    rows = [
        row(f"{name} Вера Ильинична", **{POSITION: position})
        for name, position in zip(surnames, GROUP, strict=False)
    ]
    said = report(upload(seminar, listed(*rows)))
    assert stats(said) == {"created": len(GROUP)}
    assert {name: job["position_group"] for name, job in jobs_of(seminar).items()} == GROUP
    for answer, group in zip(said["rows"], GROUP.values(), strict=True):
        infos = {each["code"]: each for each in answer["infos"]}
        assert ("position_group_taken" in infos) == (group != "teaching")
        if group == "head":
            assert infos["position_group_taken"]["column"] == POSITION
            assert "руководитель" in infos["position_group_taken"]["detail"]


def test_a_position_behind_the_name_says_the_group_too(seminar: Scene) -> None:
    said = report(upload(seminar, listed(row("Гареевская Алсу Маратовна, директор"))))
    codes = {each["code"] for each in said["rows"][0]["infos"]}
    assert codes == {"position_taken", "teacher_created", "position_group_taken"}
    assert jobs_of(seminar)["директор"]["position_group"] == "head"


def test_a_head_among_the_participants_is_no_teacher_of_the_share(seminar: Scene) -> None:
    def share() -> tuple[Any, ...]:
        return figure(seminar, "teacher_coverage_share", as_of="2020-12-31")

    before = share()
    report(upload(seminar, listed(row("Гареевская Алсу Маратовна", **{POSITION: "директор"}))))
    assert len(participations(seminar)) == 1
    assert share() == before
    report(upload(seminar, listed(row("Северова Марта Олеговна", **{POSITION: "учитель"}))))
    assert share() != before


def test_a_list_of_jobs_says_the_group_itself(seminar: Scene) -> None:
    """No default there: a row without the group is refused."""
    jobs = RESOURCE["employments"]
    teacher = seminar.make(
        "teachers",
        {"municipality_id": "$municipality", "last_name": "Новикова", "first_name": "Вера"},
    )
    cells = {
        "Педагог": teacher["id"],
        "Место работы": seminar["$school"],
        "Основное место работы": "да",
        "Первый день": "01.09.2020",
    }
    said = send(seminar, jobs, listed(cells).encode())
    assert said.status_code == 422, said.text
    assert "Группа должностей" in said.text
    empty = send(seminar, jobs, listed({**cells, "Группа должностей": ""}).encode())
    assert errors(report(empty, 422)) == [(2, "missing", "Группа должностей")]


def test_a_row_with_an_id_is_no_signature(scene: Scene) -> None:
    """«директор» ends many lists, but nobody signs with the number of a record."""
    other = {"municipality_id": "$municipality", "last_name": "Иная", "first_name": "Инна"}
    people = (scene["$teacher"], scene.make("teachers", other)["id"])
    rows = [
        {"Педагог": key, "Место работы": scene["$leader"], "Должность": position}
        | {"Группа должностей": group, "Основное место работы": "нет", "Первый день": "01.09.2020"}
        for key, position, group in zip(
            people, ("методист", "директор"), ("педагогический работник", ""), strict=True
        )
    ]
    said = report(send(scene, RESOURCE["employments"], listed(*rows).encode(), on_error="skip"))
    assert stats(said) == {"created": 1, "rejected": 1}
    assert [error[:2] for error in errors(said)] == [(3, "missing")]
