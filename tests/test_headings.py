"""Headings: known by their words; what is ambiguous is asked about, and can be named."""

import json
from typing import Any

import pytest

from app.intake.wording import Headings
from app.registry import RESOURCES
from app.rest.media import XLSX
from tests.scene import RESOURCE, Scene, problem
from tests.test_imports import BASIS, CSV, report, stats, upload, xlsx

pytestmark = pytest.mark.one_database
"""What a heading says is decided before a row is kept."""

SCHOOL = "МБОУ «Сельская СОШ»"


def named(scene: Scene, *titles: str) -> str:
    """A list of one participant under these headings: who, where and when."""
    return f"{';'.join(titles)}\nИвановская Мария Петровна;{SCHOOL};15.10.2020\n"


@pytest.mark.parametrize(
    "titles",
    [
        ("ФИО слушателя", "ОУ", "Дата"),
        ("Ф.И.О. педагогического работника", "Образовательное учреждение", "Дата"),
        ("Слушатель", "ОУ (краткое наименование)", "Когда"),
        ("ФИО (полностью) *", "Место работы педагога", "Дата проведения (дд.мм.гггг)"),
        ("Фамилия, имя, отчество сотрудника", "Полное наименование ОО", "Дата проведения семинара"),
        ("Ф И О учителя", "Наименование образовательной организации", "Дата участия:"),
    ],
)
def test_headings_of_participants_are_known_by_their_words(
    seminar: Scene, titles: tuple[str, ...]
) -> None:
    said = report(upload(seminar, named(seminar, *titles), event_id=seminar["$seminar"]))
    assert stats(said) == {"created": 1}


@pytest.mark.parametrize("title", ["ФИО", "Педагог (ФИО полностью)", "Фамилия Имя Отчество"])
def test_one_column_of_names_makes_a_list_of_teachers(scene: Scene, title: str) -> None:
    query = {"mode": "commit", **BASIS}
    home = scene["$municipality"]
    text = f"{title};Муниципалитет\nСпискова Анна Борисовна;{home}\nСписков Иван Ильич;{home}\n"
    sent = scene.client.post("/imports/teachers", params=query, content=text.encode(), headers=CSV)
    assert stats(report(sent)) == {"created": 2}
    found = scene.client.get("/teachers", params={"municipality_id": home, "q": "Списков"})
    assert {each["patronymic"] for each in found.json()["items"]} == {"Борисовна", "Ильич"}


PARTS = ("Фамилия", "Имя", "Отчество")


@pytest.mark.parametrize("over", ["ФИО", "Ф.И.О. педагога", "Педагог", "Фамилия, имя, отчество"])
def test_a_heading_over_the_three_parts_of_a_name_is_no_fourth(scene: Scene, over: str) -> None:
    ends = ("Муниципалитет", "Должность")
    home = scene["$municipality"]
    rows = [
        ("№", over, "", "", *ends),
        ("", *PARTS, "", ""),
        ("1", "Спискова", "Анна", "Борисовна", home, "учитель"),
    ]
    text = "\n".join(map(";".join, rows)).encode()
    for body, head in ((text, CSV), (xlsx(rows), {"Content-Type": XLSX})):
        query = {"mode": "dry_run"}
        sent = scene.client.post("/imports/teachers", params=query, content=body, headers=head)
        assert stats(report(sent)) == {"created": 1}


@pytest.mark.parametrize(
    ("kind", "title", "fields"),
    [
        ("participations", "Образовательная организация участника", "organization_id"),
        ("participations", "Занимаемая должность педагога", "position"),
        ("participations", "Отметка об участии", "attendance"),
        ("participations", "Кол-во часов (академических)", "hours"),
        ("participations", "ФИО директора", ""),
        ("participations", "ФИО ребёнка", ""),
        ("participations", "ФИО Фамилия", "last_name"),
        ("participations", "Ф.И.О. педагога Отчество", "patronymic"),
        ("participations", "Педагог (фамилия, имя)", "person"),
        ("participations", "Фамилия слушателя", "last_name"),
        ("participations", "Отчество (при наличии)", "patronymic"),
        ("participations", "Имя ребёнка", ""),
        ("participations", "Дата рождения", ""),
        ("participations", "Директор школы", ""),
        ("participations", "Телефон учителя", ""),
        ("participations", "Школа, дата", "organization_id participated_on"),
        ("participations", "Педагог (школа)", "person organization_id"),
        ("participations", "ФИО, должность", "person position"),
        ("employments", "Дата", "valid_from valid_to"),
        ("employments", "Сотрудник", "person"),
        ("events", "Дата проведения", "window_start window_end completed_on"),
        ("headcounts", "Школа (полностью)", "organization_id"),
        ("headcounts", "Дата", "observed_on"),
        ("organizations", "Наименование учреждения", "full_name short_name"),
        ("organizations", "Полное наименование ОУ", "full_name"),
        ("organizations", "Краткое название школы", "short_name"),
        ("measures", "Школа", ""),
        ("participations", "Иванова Мария Петровна", ""),
    ],
)
def test_what_a_heading_says(kind: str, title: str, fields: str) -> None:
    found = Headings(RESOURCE[kind]).meanings(title)
    assert " ".join(each.name for each in found or ()) == fields


def test_a_field_is_known_by_its_own_name_and_title() -> None:
    for resource in RESOURCES:
        for each in Headings(resource).listed:
            assert Headings(resource).meanings(each.name)
            assert Headings(resource).meanings(each.title)


def send(scene: Scene, text: str, **more: Any) -> Any:
    query = {"mode": "dry_run", "event_id": scene["$seminar"], **more}
    return scene.client.post(
        "/imports/participations", params=query, content=text.encode(), headers=CSV
    )


def test_an_ambiguous_heading_is_asked_about_and_can_be_named(seminar: Scene) -> None:
    text = named(seminar, "ФИО", "Школа, дата", "День участия")
    said = problem(send(seminar, text), 422, "ambiguous_column")
    told = next(each["detail"] for each in said["errors"] if each["code"] == "ambiguous_column")
    assert "B «Школа, дата»" in told
    assert "organization_id, participated_on" in told
    assert "columns=" in told
    columns = json.dumps({"Школа, дата": "organization_id"})
    assert stats(report(send(seminar, text, columns=columns, create_teachers="true"))) == {
        "created": 1
    }


def test_two_columns_of_one_meaning_are_asked_about(seminar: Scene) -> None:
    text = "ФИО;Школа;ОУ;Дата\nИвановская Мария;Сельская СОШ;Сельская СОШ;15.10.2020\n"
    said = problem(send(seminar, text), 422, "column_twice")
    assert "B «Школа», C «ОУ»" in said["errors"][0]["detail"]
    columns = json.dumps({"ОУ": ""})
    query = {"columns": columns, "create_teachers": "true"}
    assert stats(report(send(seminar, text, **query))) == {"created": 1}


def test_a_list_that_is_not_understood_says_what_was_understood(seminar: Scene) -> None:
    text = named(seminar, "Кто был", "ОУ", "Дата")
    said = problem(send(seminar, text), 422, "missing_column")
    told = " ".join(each["detail"] for each in said["errors"])
    assert "Понятны: B «ОУ», C «Дата»." in told
    assert "Не поняты: A." in told
    assert 'columns={"' in told
    columns = json.dumps({"Кто был": "person"})
    query = {"columns": columns, "create_teachers": "true"}
    assert stats(report(send(seminar, text, **query))) == {"created": 1}


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_columns_of_another_list_are_not_read_as_one(seminar: Scene, delimiter: str) -> None:
    # Under another delimiter «ФИО;Школа» is one heading, and it begins as that of persons does.
    rows = (("ФИО", "Школа"), ("Иванова Анна Ивановна", "Сельская СОШ"))
    text = "\n".join(map(delimiter.join, rows))
    answer = seminar.client.post(
        "/imports/teachers", params={"mode": "dry_run", **BASIS}, content=text, headers=CSV
    )
    said = problem(answer, 422, "no_header")
    assert "Понятны: A «ФИО». Не поняты: B «Школа»." in said["errors"][0]["detail"]


def test_a_list_without_a_known_heading_says_so_too(seminar: Scene) -> None:
    text = named(seminar, "Кто был", "Откуда", "Число")
    said = problem(send(seminar, text), 422, "no_header")
    assert "Не поняты: A, B, C" in said["errors"][0]["detail"]
    assert "Ивановская" not in str(said)
    columns = {"Кто был": "person", "Откуда": "organization_id", "Число": "participated_on"}
    query = {"columns": json.dumps(columns), "create_teachers": "true"}
    assert stats(report(send(seminar, text, **query))) == {"created": 1}


@pytest.mark.parametrize(
    "columns",
    ["[]", "x", '{"ОУ": 1}', '{"ОУ": "colour"}', '{"ОУ": "id", "ОУ": "id"}', '{"": "id"}'],
)
def test_columns_that_mean_nothing_are_refused(seminar: Scene, columns: str) -> None:
    said = problem(send(seminar, named(seminar, "ФИО", "ОУ", "Дата"), columns=columns), 422)
    assert [each["parameter"] for each in said["errors"]] == ["columns"]


def test_a_named_heading_that_the_list_lacks_is_told(seminar: Scene) -> None:
    text = named(seminar, "ФИО", "ОУ", "Дата")
    said = problem(
        send(seminar, text, columns='{"Школа": "organization_id"}'), 422, "no_such_heading"
    )
    assert said["errors"][0]["parameter"] == "columns"


def test_several_rows_that_may_be_the_header_are_asked_about(seminar: Scene) -> None:
    blank = ";;\n" * 5
    text = f"Педагог;ОУ;Дата\n{blank}{named(seminar, 'ФИО слушателя', 'Школа', 'Когда')}"
    said = problem(send(seminar, text), 422, "several_headers")
    assert "1, 7" in said["errors"][0]["detail"]
    query = {"header_row": "7", "create_teachers": "true"}
    assert stats(report(send(seminar, text, **query))) == {"created": 1}


def test_a_heading_that_is_a_name_is_not_repeated(seminar: Scene) -> None:
    name = "Канарейкина Мария Петровна"
    text = f"{name};ФИО;{name}\n+;Ивановская Мария;15.10.2020\n"
    said = problem(send(seminar, text), 422)
    assert "Канарейкина" not in json.dumps(said, ensure_ascii=False)


def test_what_was_filled_and_taken_is_told(seminar: Scene) -> None:
    text = "ФИО;Школа\nИвановская Мария;Сельская СОШ\nСафинов Артур;\n"
    query = {"event_id": seminar["$seminar"], "on_error": "skip"}
    infos = {each["code"]: each for each in report(upload(seminar, text, **query))["infos"]}
    assert infos["filled_down"]["detail"] == (
        "Пустых ячеек столбца B «Школа», в которых повторено значение сверху: 1."
    )
    assert "event_id" in infos["parameter_taken"]["detail"]
    assert "День участия" in infos["event_day_taken"]["detail"]
    assert infos["usual_taken"]["detail"].startswith("Столбца «")


def test_no_day_is_told_as_taken_where_no_event_is_named(seminar: Scene) -> None:
    text = "ФИО;Школа\nИвановская Мария;Сельская СОШ\n"
    said = report(upload(seminar, text, activity_id=seminar["$activity"], mode="dry_run"))
    assert "event_day_taken" not in [each["code"] for each in said["infos"]]
    (group,) = said["groups"]
    assert group["detail"] == "В списке нет столбца «День участия»."


def test_a_column_that_is_missing_is_told_as_such(seminar: Scene, scene: Scene) -> None:
    body = f"Имя;Муниципалитет\nМария;{scene['$municipality']}\n".encode()
    query = {"mode": "dry_run"}
    sent = scene.client.post("/imports/teachers", params=query, content=body, headers=CSV)
    problem(sent, 422, "missing_column")
    schools = (seminar["$school"], seminar["$leader"])
    lines = "".join(f"{each};01.09.2020\n" for each in schools)
    body = f"Организация;На какой день\n{lines}".encode()
    sent = scene.client.post("/imports/headcounts", params=query, content=body, headers=CSV)
    (group,) = report(sent)["groups"]
    assert (group["code"], group["count"]) == ("missing_column", 2)
    assert group["detail"] == "В списке нет столбца «Число педагогов»."
    text = "ФИО;Школа;Дата\nИвановская Мария;Сельская СОШ;15.10.2020\n"
    problem(upload(seminar, text), 422, "missing_column")


def codes(row: dict[str, Any]) -> list[str]:
    return [each["code"] for each in row["errors"]]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_refused_rows_are_read_again_as_they_were(seminar: Scene, kind: str) -> None:
    rows = [["ФИО", "Школа", "Дата", "Присутствие"]]
    marks = ["+", "-", "'+", "=1+1", "'а", " + ", "+7"]
    rows += [["Ивановская Мария", "СОШ им. Тукая", "15.10.2020", mark] for mark in marks]
    content = xlsx(rows) if kind == "xlsx" else "\n".join(map(";".join, rows)).encode()
    query = {"mode": "dry_run", "event_id": seminar["$seminar"]}
    headers = {"Content-Type": XLSX if kind == "xlsx" else CSV["Content-Type"]}
    told = []
    for _ in range(2):
        path = "/imports/participations"
        sent = seminar.client.post(path, params=query, content=content, headers=headers)
        said = report(sent)
        told.append([(each["row"], codes(each)) for each in said["rows"]])
        content = seminar.client.get(f"/imports/{said['id']}/rejected").content
    assert told[0] == told[1]
    if kind == "csv":
        assert b";+;" in content
        assert b";-;" in content


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_pointer_names_a_hundred_characters(scene: Scene, method: str) -> None:
    path = "/teachers" if method == "POST" else f"/teachers/{scene['$teacher']}"
    body = {"я" * 5_000: None}
    sent = scene.client.request(method, path, json=body, headers={"If-Match": "*"})
    found = [each for each in problem(sent, 422)["errors"] if each["code"] == "unknown_field"]
    assert [each["pointer"] for each in found] == ["/" + "я" * 100]
