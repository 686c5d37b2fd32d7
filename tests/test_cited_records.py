"""Cited records: a cell names a record by its id, its key, its code, its title or its number."""

from typing import Any

import pytest

from app.access.roles import Role
from app.model.headings import Heading, Kind, headings
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.holders import Holder, issue
from tests.scene import RECIPES, RESOURCE, Scene, Service, body_of
from tests.test_import_collections import send, sheet
from tests.test_imports import report, stats
from tests.test_parts_in_lists import listed

pytestmark = pytest.mark.shared_out

CITING = [
    (resource, heading)
    for resource in RESOURCES
    for heading in headings(resource)
    if heading.kind == Kind.REFERENCE
    and heading.target not in {"teachers", "organizations"}
    and resource.name != "participations"
]
"""Every column that refers to a record; people, organizations and what they took part in are found
in other ways."""


def sent(desk: Scene, name: str, *rows: dict[str, str], **query: str) -> dict[str, Any]:
    """The report of a list with the columns of its first row."""
    content = listed([*rows[0]], *([*row.values()] for row in rows))
    answer = send(desk, RESOURCE[name], content, **query)
    return report(answer, answer.status_code)


def error(said: dict[str, Any], at: int = 0) -> dict[str, Any]:
    """The one error of a row."""
    (found,) = said["rows"][at]["errors"]
    return dict(found)


def one(desk: Scene, name: str, said: dict[str, Any]) -> dict[str, Any]:
    """The record that the only row of a list became."""
    (row,) = said["rows"]
    answer: dict[str, Any] = desk.client.get(f"/{RESOURCE[name].path}/{row['id']}").json()
    return answer


def balance(**more: str) -> dict[str, str]:
    row = {"Организация": "Сельская СОШ", "Вид ресурса": "Физик", "На какой день": "25.08.2020"}
    return row | {"Требуется": "4", "Имеется": "2,5", "Предлагается сети": "0"} | more


@pytest.mark.parametrize(
    ("resource", "column"), CITING, ids=[f"{kind.name}-{column.name}" for kind, column in CITING]
)
@pytest.mark.one_database
def test_a_name_of_nothing_says_what_was_looked_for(
    desk: Scene, resource: Resource, column: Heading
) -> None:
    body = body_of(resource, desk)
    field, _, inner = column.name.partition(".")
    body[field] = [{**body[field][0], inner: "Такого нет"}] if inner else "Такого нет"
    answer = send(desk, resource, sheet(resource, body), mode="dry_run")
    said = report(answer, answer.status_code)
    told = {each["column"]: each for each in said["rows"][0]["errors"]}[column.title]
    assert told["code"] == "unknown_record"
    assert f"«{RESOURCE[str(column.target)].titles.all}»" in told["detail"]
    assert "номеру записи" in told["hint"]


@pytest.mark.parametrize("text", ["Физик", "физик", "physics", " PHYSICS "])
def test_a_resource_type_is_cited_by_title_or_code(desk: Scene, text: str) -> None:
    assert desk["$school"]
    kind = desk["$resource_type"]
    made = one(
        desk,
        "resource_balances",
        sent(desk, "resource_balances", balance(**{"Вид ресурса": text})),
    )
    assert made["resource_type_id"] == kind


def test_an_own_type_and_a_shared_one_of_one_title_are_asked_about(
    service: Service, desk: Scene
) -> None:
    assert desk["$school"]
    admin: Any = Holder(service.client, issue(service.database, Role.ADMIN))
    body = RECIPES["$resource_type"] | {"municipality_id": None, "title": "Библиотека"}
    code = f"library {desk['$municipality']}"
    shared = Scene(admin).make("resource_types", body, code=code)
    own = desk.make("resource_types", RECIPES["$resource_type"], title=shared["title"])
    said = sent(desk, "resource_balances", balance(**{"Вид ресурса": "библиотека"}))
    assert error(said)["code"] == "ambiguous_record"
    names = {each["id"]: each["name"] for each in said["rows"][0]["candidates"]}
    # Other tests share types of the same title.
    assert {shared["id"]: "Библиотека, общий", own["id"]: "Библиотека"}.items() <= names.items()
    said = sent(desk, "resource_balances", balance(**{"Вид ресурса": code}))
    assert one(desk, "resource_balances", said)["resource_type_id"] == shared["id"]


def use(**more: str) -> dict[str, str]:
    row = {"Ресурс": "Зал для проверки", "Кто предоставляет": "Ресурсная СОШ"}
    row |= {"Кто пользуется": "Сельская СОШ", "Основание пользования": "совместное пользование"}
    row |= {"Количество в единицах вида ресурса": "2", "Состояние": "действует"}
    return row | {"Первый день": "01.09.2020", "Последний день": "31.12.2020"} | more


def hall_of(desk: Scene, place: str) -> str:
    """Another hall of the same title, of another organization."""
    return str(desk.make("shared_resources", RECIPES["$hall"], organization_id=place)["id"])


def test_of_two_halls_of_one_title_the_providers_is_lent(desk: Scene) -> None:
    halls = [desk["$hall"], hall_of(desk, "$school")]
    query = {"program_id": desk["$program"]}
    made = one(desk, "resource_uses", sent(desk, "resource_uses", use(), **query))
    assert made["resource_id"] == halls[0]


def test_two_halls_of_one_title_are_asked_about(desk: Scene) -> None:
    halls = {desk["$hall"], hall_of(desk, "$school")}
    row = slot() | {"Ресурс": "Зал для проверки"}
    assert desk["$group"]
    said = sent(desk, "schedule_slots", row)
    assert error(said)["code"] == "ambiguous_record"
    names = {each["id"]: each["name"] for each in said["rows"][0]["candidates"]}
    assert names.keys() == halls
    assert "Зал для проверки, Ресурсная СОШ, 01.01.2019" in names.values()


def slot(**more: str) -> dict[str, str]:
    row = {"Группа": "Группа для проверки", "Кто ведёт расписание": "Ресурсная СОШ"}
    row |= {"День недели": "вторник", "Время": "14.00–15.30"}
    return row | {"Первый день": "01.09.2020", "Последний день": "31.12.2020"} | more


@pytest.mark.long
def test_a_group_is_cited_by_title_and_year(desk: Scene) -> None:
    group = desk["$group"]
    for text in (
        "Группа для проверки",
        "группа для проверки (2020-2021)",
        "Группа для проверки 2020/21",
    ):
        said = sent(desk, "schedule_slots", slot(Группа=text), mode="dry_run")
        assert stats(said) == {"created": 1}
    said = sent(desk, "schedule_slots", slot(Группа="Группа для проверки (2021/2022)"))
    assert error(said)["code"] == "unknown_record"
    assert one(desk, "schedule_slots", sent(desk, "schedule_slots", slot()))["group_id"] == group


@pytest.mark.long
@pytest.mark.parametrize("how", ["cell", "column"])
def test_a_use_is_cited_by_resource_and_user_on_the_day(desk: Scene, how: str) -> None:
    body = body_of(RESOURCE["resource_uses"], desk) | {"breaks": []}
    made = desk.make("resource_uses", body)
    desk.make("resource_uses", body, start_date="2021-01-11", end_date="2021-05-31")
    row = slot()
    del row["Группа"]
    if how == "cell":
        row["Пользование ресурсом"] = "Зал для проверки — Сельская СОШ"
    else:
        row |= {"Ресурс": "Зал для проверки", "Кто пользуется": "Сельская СОШ"}
    kept = one(desk, "schedule_slots", sent(desk, "schedule_slots", row))
    assert (kept["use_id"], kept["resource_id"]) == (made["id"], None)
    row |= {"Первый день": "01.06.2021", "Последний день": "30.06.2021"}
    found = error(sent(desk, "schedule_slots", row))
    assert found["code"] == "unknown_record"
    assert "пользователю" in found["hint"]


def result(**more: str) -> dict[str, str]:
    row = {"Единая работа": "Единая работа", "Организация": "Сельская СОШ", "Предмет": "Физика"}
    row |= {"Класс": "9", "Этап": "входная", "По списку": "10"}
    return row | {f"Отметок «{mark}»": "2" for mark in (2, 3, 4, 5)} | more


def test_an_event_is_cited_by_title_and_day(desk: Scene) -> None:
    assert desk["$school"]
    event = desk["$assessment"]
    later = RECIPES["$assessment"] | dict.fromkeys(
        ("window_start", "window_end", "completed_on"), "2020-11-20"
    )
    desk.make("events", later)
    said = sent(desk, "assessment_results", result())
    assert error(said)["code"] == "ambiguous_record"
    assert len(said["rows"][0]["candidates"]) == 2
    for text in ("Единая работа 15.10.2020", "Единая работа, 15 октября 2020 г."):
        said = sent(desk, "assessment_results", result(**{"Единая работа": text}))
        assert one(desk, "assessment_results", said)["event_id"] == event
    said = sent(
        desk, "assessment_results", result(**{"Единая работа": "Единая работа от 16.10.2020"})
    )
    assert error(said)["code"] == "unknown_record"


@pytest.mark.parametrize(
    "text", ["7", "№ 7", "№7 от 20.08.2020", "договор № 7", "7 от 20 августа 2020 г."]
)
def test_an_act_is_cited_by_number_and_date(desk: Scene, text: str) -> None:
    assert desk["$program"]
    assert desk["$school"]
    contract = desk["$contract"]
    if text in {"№7 от 20.08.2020", "договор № 7"}:
        desk.make("legal_acts", RECIPES["$act"], number="7")
    row = money(**{"Документ-основание": text})
    said = sent(desk, "funding_entries", row, program_id=desk["$program"])
    assert one(desk, "funding_entries", said)["act_id"] == contract


def money(**more: str) -> dict[str, str]:
    row = {"Вид записи": "план", "Дата записи": "01.09.2020", "Финансовый год": "2020"}
    row |= {"Сумма": "120 000,00", "Источник": "местный бюджет", "Получатель": "Сельская СОШ"}
    return row | {"Назначение": "Оборудование"} | more


@pytest.mark.parametrize("text", ["1", "1.", "№ 1", "п. 1", "Семинары"])
def test_an_activity_is_cited_by_its_number_in_the_program(desk: Scene, text: str) -> None:
    assert desk["$school"]
    activity = desk["$activity"]
    other = desk.make("programs", RECIPES["$program"], title="Другая")["id"]
    desk.make("activities", RECIPES["$activity"], program_id=other)
    said = sent(
        desk, "funding_entries", money(**{"Мероприятие плана": text}), program_id=desk["$program"]
    )
    assert one(desk, "funding_entries", said)["activity_id"] == activity


@pytest.mark.long
def test_measures_curricula_partnerships_and_initiatives_are_cited_by_title(desk: Scene) -> None:
    assert desk["$school"]
    query = {"program_id": desk["$program"]}
    ids = {name: desk[f"${name}"] for name in ("curriculum", "initiative", "measure")}
    desk.make("partnerships", RECIPES["$partnership"], title="Физика вместе")
    row = money(**{"Сетевая программа": "физика для проверки", "Партнёрство": "Физика вместе"})
    made = one(desk, "funding_entries", sent(desk, "funding_entries", row, **query))
    assert made["curriculum_id"] == ids["curriculum"]
    assert made["partnership_id"]
    member = {"Инициатива": "Конкурс для проверки", "Организация": "Сельская СОШ"}
    member |= {
        "Роль": "участник",
        "Первый день": "01.10.2020",
        "Победителей": "1",
        "Обучающихся": "3",
    }
    made = one(desk, "initiative_members", sent(desk, "initiative_members", member))
    assert made["initiative_id"] == ids["initiative"]
    criterion = {"Строка": "1", "Уровень": "муниципальный", "Чем подтверждается": "мониторинг"}
    criterion |= {"Показатель мониторинга": "mean_mark", "Порог": "3,5"}
    made = one(desk, "result_criteria", sent(desk, "result_criteria", criterion, **query))
    assert made["measure_id"] == ids["measure"]
