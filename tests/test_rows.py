"""Rows: what is about a record becomes one, whatever stands around it; CSV and XLSX alike."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from app.intake import runs
from app.intake.sheets.writing import write_xlsx
from tests.scene import RECIPES, Scene
from tests.test_imports import BASIS, CSV, errors, report, stats

pytestmark = pytest.mark.one_database
"""Which rows a list has is decided before any is kept."""

DAY, SCHOOL = "15.10.2020", "Сельская СОШ"
HEAD = ("ФИО", "Школа", "Дата")
FIRST = ("Гареевская Алсу Маратовна", SCHOOL, DAY)
LAST = ("Сафинов Артур Рашитович", SCHOOL, DAY)
EMPTY = ("", "", "")

Rows = Sequence[Sequence[Any]]


def in_csv(rows: Rows) -> tuple[bytes, dict[str, str]]:
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows(rows)
    return file.getvalue().encode(), CSV


def in_xlsx(rows: Rows) -> tuple[bytes, dict[str, str]]:
    file = io.BytesIO()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    write_xlsx([[cell or None for cell in row] for row in rows], file, "Лист 1")
    return file.getvalue(), {"Content-Type": kind}


Form = Callable[[Rows], tuple[bytes, dict[str, str]]]


@pytest.fixture(params=[in_csv, in_xlsx])
def form(request: pytest.FixtureRequest) -> Form:
    made: Form = request.param
    return made


def sent(
    scene: Scene, form: Form, rows: Rows, collection: str = "participations", **query: Any
) -> dict[str, Any]:
    """The report of a list whose bad rows are skipped."""
    said = {"mode": "commit", "on_error": "skip", **BASIS}
    if collection == "participations":
        said |= {"event_id": scene["$seminar"], "create_teachers": "true"}
    content, headers = form(rows)
    path = f"/imports/{collection}"
    return report(scene.client.post(path, params=said | query, content=content, headers=headers))


def blank(said: dict[str, Any]) -> list[tuple[int, str]]:
    """Rows that were left out, and why."""
    rows = [each for each in said["rows"] if each["outcome"] == "blank"]
    return [(each["row"], info["code"]) for each in rows for info in each["infos"]]


RECORDS = [
    ("М.П. Ивановская", "initials"),
    ("М. П. Ивановская", "initials"),
    ("Директоренко Анна Ивановна", ""),
    ("Ответственнова Инна Львовна", ""),
    ("Итогова Вера Львовна", ""),
    ("Всеголодова Вера Львовна", ""),
    ("Исполнителева Вера Львовна", ""),
    ("Датаева Анна Ивановна", ""),
    ("Секретарь Анна Ивановна", "not_a_name"),
    ("Итого по школе", "not_a_name"),
]


@pytest.mark.parametrize(("name", "code"), RECORDS)
def test_a_row_with_what_makes_a_record_is_a_row(
    seminar: Scene, form: Form, name: str, code: str
) -> None:
    said = sent(seminar, form, [HEAD, (name, SCHOOL, DAY), FIRST])
    assert blank(said) == []
    assert [each for _, each, _ in errors(said)] == ([code] if code else [])
    # So it is where the organization stands above, as a merged cell does.
    said = sent(seminar, form, [HEAD, LAST, (name, "", DAY), FIRST])
    assert [each for each in blank(said) if "Итого" not in name] == []


@pytest.mark.parametrize(
    "lines",
    [
        [("Итого: 1", "", "")],
        [("Всего", "", "25")],
        [("", "Итого по школе", "")],
        [("М.П.", "", "")],
        [("МП", "", "")],
        [("Общее количество участников", "", "")],
        [("Исп. Петрова А.А., тел. 3-03-54", "", "")],
        [("Секретарь ______ Иванова", "", "")],
        [("Секретарь", "________", "Иванова И.И.")],
        [("Методист Иванова И.И.", "", "")],
        [("Зам. директора по УВР", "", "Иванова И.И.")],
        [("Директор школы:", "", "Хасанова Г.Р.")],
        [("15 октября 2020 г.", "", "")],
        [("* дистанционно", "", "")],
        [EMPTY, ("Директор", "", ""), EMPTY, ("Исполнитель Петрова", "", "")],
    ],
)
def test_what_closes_a_list_is_no_row(
    seminar: Scene, form: Form, lines: list[tuple[str, ...]]
) -> None:
    said = sent(seminar, form, [HEAD, FIRST, *lines])
    told = [line for line in lines if line is not EMPTY]
    assert stats(said) == {"created": 1, "blank": len(lines)}
    assert [code for _, code in blank(said)] == ["totals_row"] * len(told)


def test_a_position_before_a_full_name_below_its_school_is_a_row(
    seminar: Scene, form: Form
) -> None:
    head = ("Школа", "Должность", "ФИО")
    rows = [head, (SCHOOL, "учитель", FIRST[0]), ("", "учитель физики", LAST[0])]
    rows += [("", "директор", "Хасанова Гузель Рашитовна"), ("", "директор", "Хасанова Г.Р.")]
    said = sent(seminar, form, rows)
    assert stats(said) == {"created": 3, "blank": 1}
    signed = [*rows[:3], ("", "", ""), ("", "директор", "Хасанова Гузель Рашитовна")]
    assert stats(sent(seminar, form, signed)) == {"unchanged": 2, "blank": 2}
    apart: Rows = [
        ("Школа", "Должность", "Фамилия", "Имя", "Отчество"),
        (SCHOOL, "учитель", *FIRST[0].split()),
        ("", "методист", *LAST[0].split()),
    ]
    assert stats(sent(seminar, form, apart)) == {"unchanged": 2}


def test_words_of_a_total_are_no_name(seminar: Scene, form: Form) -> None:
    rows = [("Фамилия", "Имя", "Отчество"), tuple(FIRST[0].split())]
    rows += [("Общее", "количество", "участников"), ("", "", "25")]
    said = sent(seminar, form, rows, organization_id=seminar["$school"])
    assert stats(said)["created"] == 1


def test_a_signature_in_the_middle_is_a_row_that_is_told(seminar: Scene, form: Form) -> None:
    said = sent(seminar, form, [HEAD, FIRST, ("Методист Петрова Анна", "", DAY), LAST])
    assert errors(said) == [(3, "not_a_name", "ФИО")]
    assert stats(said) == {"created": 2, "rejected": 1}


def test_one_column_of_names_has_totals_too(seminar: Scene, form: Form) -> None:
    names = [["ФИО"], ["Спискова Анна Борисовна"], ["Итого: 1"], ["Директор Иванова И.И."]]
    said = sent(seminar, form, names, organization_id=seminar["$school"])
    assert stats(said) == {"created": 1, "blank": 2}
    rows = [("ФИО", "Дата"), ("М.П. Ивановская", DAY), ("Итогова Вера Львовна", DAY)]
    said = sent(seminar, form, rows, organization_id=seminar["$school"])
    assert errors(said) == [(2, "initials", "ФИО")]
    assert stats(said) == {"created": 1, "rejected": 1}


def test_nothing_is_filled_down_over_what_is_no_row(seminar: Scene, form: Form) -> None:
    merged = [HEAD, FIRST, ("Сафинов Артур Рашитович", "", DAY)]
    assert stats(sent(seminar, form, merged)) == {"created": 2}
    names = ("Смирнова Анна Ивановна", "Кузнецова Инна Ильинична")
    for between in (EMPTY, ("Итого", "", "2")):
        said = sent(seminar, form, [HEAD, FIRST, between, *((name, "", DAY) for name in names)])
        assert [code for _, code, _ in errors(said)] == ["empty_cell"] * 2
        assert stats(said) == {"unchanged": 1, "blank": 1, "rejected": 2}


def test_a_header_on_page_two_is_no_row(seminar: Scene, form: Form) -> None:
    signed = ("Директор", "", "Иванова И.И.")
    other = ("Смирнова Анна Ивановна", "", DAY)
    said = sent(seminar, form, [HEAD, FIRST, signed, HEAD, LAST, HEAD, other])
    assert stats(said) == {"created": 3, "blank": 3}
    assert [code for _, code in blank(said)] == ["totals_row", "header_again", "header_again"]
    tall = [("ФИО", "", "", "Школа"), ("Фамилия", "Имя", "Отчество", ""), ("Ким", "Ли", "", SCHOOL)]
    said = sent(seminar, form, [*tall, *tall[:2], ("Пак", "Ён", "", SCHOOL)])
    assert stats(said) == {"created": 2, "blank": 2}


def test_a_number_alone_is_no_row(seminar: Scene, form: Form) -> None:
    rows = [("№", *HEAD), ("1", *FIRST), ("2", *LAST), ("3", *EMPTY), ("4", *EMPTY)]
    said = sent(seminar, form, rows)
    assert stats(said) == {"created": 2, "blank": 2}
    assert [code for _, code in blank(said)] == ["nothing_read"] * 2


LOST = ["#REF!", "#ССЫЛКА!", "#Н/Д", "#N/A", "#ЗНАЧ!", "#DIV/0!", "#ДЕЛ/0!", "#ИМЯ?", "Err:502"]


@pytest.mark.parametrize("shown", LOST)
@pytest.mark.parametrize("at", range(len(HEAD)), ids=HEAD)
def test_an_error_of_a_formula_is_told_where_it_stands(
    seminar: Scene, form: Form, at: int, shown: str
) -> None:
    bad = [*LAST]
    bad[at] = shown
    said = sent(seminar, form, [HEAD, FIRST, bad])
    assert errors(said) == [(3, "error_cell", HEAD[at])]
    assert stats(said) == {"created": 1, "rejected": 1}


def test_an_error_is_never_filled_from_above(seminar: Scene, form: Form) -> None:
    rows = [HEAD, FIRST, ("Смирнова Анна Ивановна", "#Н/Д", DAY), ("Пак Ли Ильич", "", DAY)]
    said = sent(seminar, form, rows)
    assert errors(said) == [(3, "error_cell", "Школа"), (4, "error_cell", "Школа")]


def test_rows_are_told_alike_wherever_they_are_cut(
    seminar: Scene, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [HEAD, FIRST, EMPTY, LAST, HEAD, ("Ким Анна Ильинична", "", DAY), ("Итого", "", "3")]
    whole = sent(seminar, form, rows, mode="dry_run")
    monkeypatch.setattr(runs, "AT_ONCE", 1)
    cut = sent(seminar, form, rows, mode="dry_run")
    assert (cut["stats"], cut["rows"]) == (whole["stats"], whole["rows"])
    assert stats(whole) == {"created": 3, "blank": 3}


def test_other_lists_close_alike(seminar: Scene, form: Form) -> None:
    heads = ("Организация", "На какой день", "Число педагогов")
    rows = [
        heads,
        (seminar["$school"], DAY, "24"),
        ("Итого", "", "24"),
        ("Директор", "", "Хасанова Г.Р."),
    ]
    content, headers = form(rows)
    query = {"mode": "commit", "on_error": "skip"}
    answer = seminar.client.post(
        "/imports/headcounts", params=query, content=content, headers=headers
    )
    said = report(answer)
    assert errors(said) == []
    assert stats(said) == {"created": 1, "blank": 2}


def test_a_name_of_a_file_is_one_line_of_text(seminar: Scene) -> None:
    content, _ = in_xlsx([HEAD, FIRST])
    name = "Спис\u202eок " + "х" * 600 + ".xlsx"
    query = {"mode": "dry_run", "event_id": seminar["$seminar"], "create_teachers": "true"}
    answer = seminar.client.post(
        "/imports/participations", params=query, files={"file": (name, content)}
    )
    assert report(answer)["file"]["name"] == ("Список " + "х" * 600)[:500]


OF_HEADINGS = {"not_a_name", "name_unreadable"}
"""What a heading among the names of persons is refused for."""

ELSEWHERE = [
    [("", "Другая СОШ", "")],
    [("МБОУ «Другая СОШ»", "", "")],
    [("Школа: Другая СОШ", "", "")],
    [("", "Сельская СОШ", ""), ("", "Другая СОШ", "")],
    # No organization of the register has these names.
    [("МБОУ «Берёзкинская СОШ»", "", "")],
    [("", "СОШ № 7", "")],
    [("", "Гимназия № 3 г. Сызрани", "")],
    [("Образовательная организация: МКОУ «Лесная ООШ» муниципального района Сельский", "", "")],
    [("", "Муниципальное бюджетное общеобразовательное учреждение «Дальняя школа»", "")],
]


@pytest.mark.parametrize("heads", ELSEWHERE, ids=str)
def test_rows_below_another_school_are_not_of_the_one_given(
    seminar: Scene, form: Form, heads: Rows
) -> None:
    seminar.make("organizations", RECIPES["$school"], short_name="Другая СОШ", full_name="Другая")
    rows = [("№", "ФИО", "Предмет"), ("1", FIRST[0], ""), *heads]
    rows += [("1", "Новикова Анна Ивановна", ""), ("", "Сельская СОШ", ""), ("1", LAST[0], "")]
    said = sent(seminar, form, rows, organization_id=seminar["$school"])
    found = [each[:2] for each in errors(said) if each[1] not in OF_HEADINGS]
    assert found == [(len(heads) + 3, "under_another_organization")]
    assert stats(said)["created"] == 2


SAME = [
    ("Сельская СОШ", ""),
    ("", "МБОУ СОШ с. Сельского м.р. Лесной Самарской области"),
    ("Муниципальное бюджетное общеобразовательное учреждение Сельская средняя школа", ""),
    ("Школа молодого учителя", ""),
    ("Секция «Лицей будущего»", ""),
    ("", "Учителя начальной школы"),
    ("Математика", ""),
]


@pytest.mark.parametrize("head", SAME, ids=str)
def test_rows_below_the_school_given_are_its_own(
    seminar: Scene, form: Form, head: tuple[str, str]
) -> None:
    rows = [("№", "ФИО"), (head), ("1", FIRST[0]), ("2", LAST[0])]
    said = sent(seminar, form, rows, organization_id=seminar["$school"])
    assert [each for each in errors(said) if each[1] not in OF_HEADINGS] == []
    assert stats(said)["created"] == 2


TITLES = [
    ("Сельская СОШ", None),
    ("Список педагогов Сельской СОШ на 12.03.2020", None),
    ("Список участников семинара", None),
    ("Другая СОШ", "under_another_organization"),
    ("Организация: МБОУ «Берёзкинская СОШ»", "under_another_organization"),
    ("Список педагогов МБОУ «Другая СОШ» на 12.03.2020", "title_of_another_organization"),
    ("Список педагогов МБОУ «Берёзкинская СОШ»", "title_of_another_organization"),
]


@pytest.mark.parametrize("header_row", [None, 3])
@pytest.mark.parametrize(("title", "code"), TITLES)
def test_a_title_of_another_school_is_told(
    seminar: Scene, form: Form, title: str, code: str | None, header_row: int | None
) -> None:
    seminar.make("organizations", RECIPES["$school"], short_name="Другая СОШ", full_name="Другая")
    rows = [(title, ""), ("", ""), ("№", "ФИО"), ("1", FIRST[0])]
    given: dict[str, Any] = {"header_row": header_row} if header_row else {}
    said = sent(seminar, form, rows, organization_id=seminar["$school"], **given)
    found = [each[1] for each in errors(said)] + [info["code"] for info in said["infos"]]
    told = {each for each in found if each.endswith("_another_organization")}
    assert told == ({code} if code else set())


DITTOS = ['"', "-//-", "— ″ —", '- " -', "//", "''", "То же", "там же", "»"]


@pytest.mark.parametrize("ditto", DITTOS)
def test_a_ditto_mark_repeats_the_cell_above(seminar: Scene, form: Form, ditto: str) -> None:
    seminar.make("organizations", RECIPES["$school"], short_name="Другая СОШ", full_name="Другая")
    rows = [(*HEAD, "Должность"), (*FIRST, "учитель"), ("Сафинов Артур Рашитович", *[ditto] * 3)]
    rows += [("Ким Анна Ивановна", "Другая СОШ", DAY, ""), ("Пак Анна Ивановна", *[ditto] * 3)]
    rows += [("Югай Анна Ивановна", ditto, ditto, "")]
    said = sent(seminar, form, rows)
    assert errors(said) == [(5, "nothing_above", "Должность")]
    query = {"event_id": seminar["$seminar"]}
    found = seminar.client.get("/participations", params=query).json()["items"]
    ids = [each["organization_id"] for each in found]
    assert sorted(map(ids.count, {*ids})) == [2, 2]
    said = sent(seminar, form, [HEAD, ("Пак Анна Ивановна", ditto, DAY)])
    assert [code for _, code, _ in errors(said)] == ["nothing_above"]


def test_the_file_of_refused_rows_fills_nothing_down(seminar: Scene) -> None:
    rows = [HEAD, ("Ким Анна", SCHOOL, "32.13.2020"), ("Итого", "", ""), ("Пак Ян Ильич", "", DAY)]
    said = sent(seminar, in_csv, rows)
    again = seminar.client.get(f"/imports/{said['id']}/rejected").content
    query = {"event_id": seminar["$seminar"], "mode": "commit", "on_error": "skip", **BASIS}
    answer = seminar.client.post(
        "/imports/participations",
        params=query | {"create_teachers": "true"},
        content=again,
        headers=CSV,
    )
    assert [code for _, code, _ in errors(report(answer))] == ["not_a_date", "empty_cell"]
