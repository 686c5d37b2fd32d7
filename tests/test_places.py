"""Places and titles: which organization, act or plan row a cell of a list means."""

from typing import Any

import pytest

from app.registry.events import events
from tests.scene import MERGE, Scene
from tests.test_import_collections import send
from tests.test_imports import errors, listed, report, row, upload

pytestmark = pytest.mark.shared_out


def closed(scene: Scene, **days: str) -> None:
    path, head = f"/organizations/{scene['$school']}", {"If-Match": "*", "Content-Type": MERGE}
    assert scene.client.patch(path, json=days, headers=head).is_success


def school(scene: Scene, name: str, **more: Any) -> str:
    body = {"municipality_id": "$municipality", "kind": "general_school"}
    names = {"full_name": f"МБОУ «{name}»", "short_name": name}
    return str(scene.make("organizations", body | names, **more)["id"])


def places(scene: Scene) -> set[str]:
    """The organizations from which somebody took part."""
    query = {"event_id": scene["$seminar"]}
    kept = scene.client.get("/participations", params=query).json()["items"]
    return {each["organization_id"] for each in kept}


@pytest.mark.parametrize("day", [{}, {"Дата": ""}, None])
def test_of_two_with_one_name_the_open_one_is_meant(
    seminar: Scene, day: dict[str, str] | None
) -> None:
    closed(seminar, closed_on="2020-08-31")
    heir = school(seminar, "Сельская СОШ", opened_on="2020-09-01")
    said = row()
    query: dict[str, Any] = {}
    if day is None:
        # The day is known from the event alone.
        del said["Дата"], said["Мероприятие"]
        query = {"event_id": seminar["$seminar"], "program_id": None}
    elif day:
        query = {"participated_on": "2020-10-15"}
    found = report(upload(seminar, listed(said | (day or {})), **query))
    assert found["stats"]["created"] == 1, found["rows"]
    assert places(seminar) == {heir}


def test_two_that_are_open_are_asked_about(seminar: Scene) -> None:
    school(seminar, "Сельская СОШ", opened_on="2020-09-01")
    said = report(upload(seminar, listed(row())), 422)
    assert [code for _, code, _ in errors(said)] == ["ambiguous_organization"]
    assert len(said["rows"][0]["candidates"]) == 2


def test_a_closed_school_is_told_with_its_successor(seminar: Scene) -> None:
    closed(seminar, closed_on="2020-08-31", successor_id=seminar["$leader"])
    said = report(upload(seminar, listed(row())), 422)
    (fault,) = said["rows"][0]["errors"]
    assert fault["code"] == "organization_closed"
    assert "Ресурсная СОШ" in fault["detail"] + fault["hint"]


def test_a_name_inside_a_longer_one_is_proposed(seminar: Scene) -> None:
    made = school(seminar, "Заречная СОШ")
    for at in range(4):
        school(seminar, f"Заречная НОШ {at}")
    text = "МБОУ «Заречная СОШ» имени Героя Советского Союза И. И. Иванова"
    said = report(upload(seminar, listed(row(Школа=text))), 422)
    assert said["rows"][0]["candidates"][0]["id"] == made


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("МБОУ СОШ с. Берёзовка", "Берёзовская СОШ"),
        ("СОШ д. Новое Шигалеево", "Ново-Шигалеевская ООШ"),
        ("Средняя школа села Кулаево", "Кулаевская СОШ"),
        ("школа пос. Ильинский", "Ильинская НОШ"),
    ],
)
def test_a_village_proposes_its_school(seminar: Scene, text: str, name: str) -> None:
    made = school(seminar, name)
    said = report(upload(seminar, listed(row(Школа=text))), 422)
    assert [code for _, code, _ in errors(said)] == ["unknown_organization"]
    assert made in {each["id"] for each in said["rows"][0]["candidates"]}


@pytest.mark.parametrize("kept", ["Семинары для учителей", "Семинары для учителей."])
@pytest.mark.parametrize("said", ["Семинары для учителей", "семинары  для учителей."])
def test_a_title_is_found_with_and_without_its_stop(scene: Scene, kept: str, said: str) -> None:
    # Whoever sees every municipality would find the titles of all.
    kept, said = (each.replace("для", f"{scene.oktmo}") for each in (kept, said))
    plan = {"program_id": "$program", "plan_no": "7", "title": kept}
    made = scene.make("activities", plan, direction="organizational", term_text="постоянно")
    sheet = listed(
        {
            "Мероприятие плана": said,
            "Название": "Встреча",
            "Первый день": "15.10.2020",
            "Последний день": "15.10.2020",
            "Состояние": "запланировано",
        }
    )
    found = report(send(scene, events, sheet.encode()))
    assert found["stats"]["created"] == 1, found["rows"]
    held = scene.client.get("/events", params={"activity_id": made["id"]}).json()["items"]
    assert [each["title"] for each in held] == ["Встреча"]


@pytest.mark.parametrize("kept", ["Открытые уроки", "Открытые уроки."])
@pytest.mark.parametrize("said", ["Открытые уроки", "Открытые уроки."])
def test_participants_name_the_plan_row_either_way(seminar: Scene, kept: str, said: str) -> None:
    path, head = f"/activities/{seminar['$activity']}", {"If-Match": "*", "Content-Type": MERGE}
    assert seminar.client.patch(path, json={"title": kept}, headers=head).is_success
    found = report(upload(seminar, listed(row(Мероприятие=said))))
    assert found["stats"]["created"] == 1
