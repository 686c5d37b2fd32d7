"""Lists of the network: timetables, money, balances and results as schools and departments type."""

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from app.findings import FAULTS
from app.intake.cells import Cell, value_of
from app.intake.sheets.writing import write_xlsx
from app.intake.wording import Headings
from app.model.headings import headings
from app.rest.media import XLSX
from tests.scene import RESOURCE, Scene
from tests.test_cited_records import balance, money, result, slot
from tests.test_import_collections import send
from tests.test_imports import report, stats
from tests.test_parts_in_lists import listed

pytestmark = pytest.mark.shared_out

FORMATS = pytest.mark.parametrize("kind", ["csv", "xlsx"])


def loaded(desk: Scene, name: str, kind: str, *rows: Mapping[str, Cell], **query: str) -> Any:
    """The report of a list in a format; what a workbook keeps as a number or a day is one there."""
    titles = [*rows[0]]
    if kind == "csv":
        cells = [["" if cell is None else str(cell) for cell in row.values()] for row in rows]
        answer = send(desk, RESOURCE[name], listed(titles, *cells), **query)
    else:
        book = io.BytesIO()
        write_xlsx([titles, *([*row.values()] for row in rows)], book, "Лист")
        answer = desk.client.post(
            f"/imports/{RESOURCE[name].path}",
            params={"mode": "commit"} | query,
            content=book.getvalue(),
            headers={"Content-Type": XLSX},
        )
    return report(answer, answer.status_code)


def record(desk: Scene, name: str, said: Mapping[str, Any], at: int = 0) -> Any:
    """The record that a row became."""
    assert not said["rows"][at]["errors"], said["rows"][at]["errors"]
    return desk.client.get(f"/{RESOURCE[name].path}/{said['rows'][at]['id']}").json()


def faults(said: Mapping[str, Any], at: int = 0) -> list[str]:
    return [each["code"] for each in said["rows"][at]["errors"]]


def read(name: str, field: str, cell: Cell) -> Any:
    """What the cell of a column says, or the code of its fault."""
    heading = next(each for each in headings(RESOURCE[name]) if each.name == field)
    try:
        return value_of(heading, UTC, cell)
    except PydanticCustomError as error:
        return FAULTS[error.type].code


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("14:00", "14:00"),
        ("9:00", "09:00"),
        ("9.05", "09:05"),
        ("14 ч 30 мин", "14:30"),
        ("14⁰⁰", "14:00"),
        ("08:30:00", "08:30"),
        (0.625, "15:00"),
        (0.5833333333333334, "14:00"),
        (datetime(1899, 12, 30, 15, 0), "15:00"),  # noqa: DTZ001 - a cell has no zone
        (datetime(2020, 9, 1, 15, 45), "15:45"),  # noqa: DTZ001
        # Typed as 14.10, taken for the 14th of October.
        (datetime(2026, 10, 14), "time_lost"),  # noqa: DTZ001
        (date(2026, 10, 14), "time_lost"),
        (14.3, "time_lost"),
        ("24:00", "24:00"),
        ("14", "14"),
        (9, "9"),
    ],
)
def test_a_time_of_day_is_read_in_every_spelling(cell: Cell, value: str) -> None:
    assert read("schedule_slots", "starts", cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *zip(("Пн", "вт.", "СРЕДА", "Чт", "пятница", "сб", "Вс"), range(1, 8), strict=True),
        ("1", 1),
        (7, 7),
        ("Пн,Ср", "several_weekdays"),
        ("пн и ср", "several_weekdays"),
        ("вторник, четверг", "several_weekdays"),
        ("Пн-Пт", "several_weekdays"),
        ("Пн\nСр", "several_weekdays"),
        ("1,3", "several_weekdays"),
        ("8", "not_a_weekday"),
        ("ежедневно", "not_a_weekday"),
    ],
)
def test_a_weekday_is_read_by_name_or_number(cell: Cell, value: object) -> None:
    assert read("schedule_slots", "weekday", cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("чётная", "even"),
        ("четные недели", "even"),
        ("Нечётная", "odd"),
        ("нечет.", "odd"),
        ("каждая", "every"),
        ("еженедельно", "every"),
        ("по нечётным неделям", "odd"),
        ("первая", "not_among"),
    ],
)
def test_a_week_is_read_in_usual_words(cell: str, value: str) -> None:
    assert read("schedule_slots", "parity", cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2020/2021", "2020/2021"),
        ("2020-2021", "2020/2021"),
        ("2020 – 2021 уч. год", "2020/2021"),
        ("2020/21", "2020/2021"),
        ("2020/2021 учебный год", "2020/2021"),
        ("2020/2022", "2020/2022"),
        ("2020", "2020"),
    ],
)
def test_a_school_year_is_read_in_every_spelling(cell: str, value: str) -> None:
    """What is none is left as it is, and refused as in JSON."""
    assert read("network_groups", "academic_year", cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("120 000,00", "120000.00"),
        ("120\u00a0000,00", "120000.00"),
        ("120\u202f000.50", "120000.50"),
        ("120000р.", "120000"),
        ("120 000,00 руб.", "120000.00"),
        ("1 рубль", "1"),
        ("120 000 ₽", "120000"),
        ("120 руб. 5 коп.", "120.05"),
        ("\u221220 000", "-20000"),
        ("–20000", "-20000"),
        (120000.5, "120000.5"),
        ("120 тыс. руб.", "thousands_of_rubles"),
        ("1,2 млн", "thousands_of_rubles"),
        ("120.000", "thousands_or_parts"),
        ("1,500", "thousands_or_parts"),
        ("120 долларов", "number_with_words"),
        ("0,001", "0.001"),
        ("120,000.00", "120000.00"),
        ("1.120.000,5 руб.", "1120000.5"),
        ("1,2.3,4", "1.2.3.4"),
    ],
)
def test_a_sum_is_read_in_rubles(cell: Cell, value: str) -> None:
    assert read("funding_entries", "amount", cell) == value


@pytest.mark.parametrize(
    ("name", "field", "cell", "value"),
    [
        ("resource_balances", "needed", "8 ставок", "number_with_words"),
        ("resource_balances", "needed", "8р.", "number_with_words"),
        ("resource_balances", "needed", "2,5", "2.5"),
        ("assessment_results", "mark_5", "н/я", "not_a_number_cell"),
        ("assessment_results", "mark_5", "5 чел.", "number_with_words"),
        ("assessment_results", "grade", "9А", "number_with_words"),
        ("assessment_results", "grade", "9 класс", 9),
        ("network_groups", "grade_from", "10-й кл.", 10),
        ("funding_entries", "year", "2021 г.", 2021),
        ("funding_entries", "year", "21 г.", "number_with_words"),
        ("assessment_results", "mark_5", "2,5", "not_a_number_cell"),
        ("assessment_results", "mark_5", "27.0", 27),
        ("assessment_results", "mark_5", "27,00", 27),
        ("assessment_results", "mark_5", "-3.0", -3),
        ("assessment_results", "mark_5", "27.5", "not_a_number_cell"),
        ("assessment_results", "mark_5", "1.000", "not_a_number_cell"),
        ("assessment_results", "mark_5", "1,000", "not_a_number_cell"),
        ("assessment_results", "mark_5", "1.0.0", "not_a_number_cell"),
        ("assessment_results", "grade", "9.0", 9),
        ("funding_entries", "year", "2021.0", 2021),
        ("assessment_results", "mark_5", "20%", "percent_cell"),
        ("assessment_results", "mark_5", "-1", -1),
        ("assessment_results", "stage", "Входной контроль", "baseline"),
        ("funding_entries", "fund", "муниципальный бюджет", "municipal_budget"),
        ("funding_entries", "entry", "касса", "payment"),
    ],
)
def test_what_is_more_than_a_number_is_refused_with_a_cure(
    name: str, field: str, cell: str, value: object
) -> None:
    assert read(name, field, cell) == value


@pytest.mark.parametrize(
    ("name", "title", "field"),
    [
        ("resource_balances", "Требуется", "needed"),
        ("resource_balances", "Потребность, ед.", "needed"),
        ("resource_balances", "Имеется в наличии", "available"),
        ("resource_balances", "Предлагается", "offered"),
        ("resource_balances", "Предлагается сети (ед.)", "offered"),
        ("resource_balances", "Имеется, тыс. руб.", ""),
        ("resource_balances", "Ресурс", "resource_type_id"),
        ("schedule_slots", "День недели", "weekday"),
        ("schedule_slots", "Время", "time"),
        ("schedule_slots", "Время занятий", "time"),
        ("schedule_slots", "Время начала", "starts"),
        ("schedule_slots", "Неделя", "parity"),
        ("schedule_slots", "Кто пользуется", "user"),
        ("funding_entries", "Сумма", "amount"),
        ("funding_entries", "Сумма, руб.", "amount"),
        ("funding_entries", "Сумма (рублей)", "amount"),
        ("funding_entries", "Сумма, тыс. руб.", ""),
        ("funding_entries", "Источник финансирования", "fund"),
        ("funding_entries", "Наименование расходов", "title"),
        ("funding_entries", "Мероприятие", "activity_id"),
        ("funding_entries", "Мероприятие по плану", "activity_id"),
        ("monitoring_records", "Мероприятие", "activity_id"),
        ("result_criteria", "Мероприятие", "activity_id"),
        ("activities", "Мероприятие", "title"),
        ("activities", "Мероприятие по плану", ""),
        # Of events it may be their own title: asked.
        ("events", "Мероприятие", "activity_id title"),
        ("shared_resources", "Наименование ресурса", "title"),
        ("initiative_members", "Победителей", "winners"),
        ("initiative_members", "Кол-во призёров", "prize_winners"),
        ("initiative_members", "Призеры", "prize_winners"),
        ("assessment_results", "«5»", "mark_5"),
        ("assessment_results", "Отметок «2»", "mark_2"),
        ("assessment_results", 'Получили "4"', "mark_4"),
        ("assessment_results", "Кол-во обучающихся по списку", "listed"),
        ("network_groups", "Уч. год", "academic_year"),
        ("participations", "Время", ""),
        ("participations", "ФИО, сумма", ""),
    ],
)
def test_a_heading_of_the_network_is_known(name: str, title: str, field: str) -> None:
    found = Headings(RESOURCE[name]).meanings(title)
    assert " ".join(each.name for each in found or ()) == field


@pytest.mark.long
@FORMATS
@pytest.mark.parametrize("text", ["14.00–15.30", "14:00-15:30", "с 14.00 до 15.30", "14⁰⁰ - 15³⁰"])
def test_a_time_of_two_halves_is_split(desk: Scene, kind: str, text: str) -> None:
    assert desk["$group"]
    row = slot(Время=text) | {"Неделя": "чётная", "День недели": "Вт"}
    made = record(desk, "schedule_slots", loaded(desk, "schedule_slots", kind, row))
    assert (made["starts"], made["ends"]) == ("14:00", "15:30")
    assert (made["weekday"], made["parity"]) == (2, "even")
    again = loaded(desk, "schedule_slots", kind, row)
    assert stats(again) == {"unchanged": 1}


@FORMATS
@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("Время", "14.00", "not_times"),
        ("Время", "24.00–25.00", "not_a_time"),
        ("Время", "15.30–14.00", "ends_not_later"),
        ("День недели", "Пн,Ср", "several_weekdays"),
        ("День недели", "8", "not_a_weekday"),
    ],
)
def test_a_slot_that_is_none_is_refused(
    desk: Scene, kind: str, column: str, cell: str, code: str
) -> None:
    assert desk["$group"]
    said = loaded(desk, "schedule_slots", kind, slot(**{column: cell}))
    assert code in faults(said)
    assert said["rows"][0]["errors"][0]["hint"] or code == "not_a_time"


def test_json_reads_no_other_spelling(desk: Scene) -> None:
    body = desk.fill(RESOURCE["schedule_slots"].example)
    for change in ({"starts": "9:00"}, {"weekday": "вторник"}, {"weekday": "2"}):
        answer = desk.client.post("/schedule-slots", json=body | change)
        assert answer.status_code == 422, change


@FORMATS
def test_a_workbook_keeps_a_time_as_a_part_of_a_day(desk: Scene, kind: str) -> None:
    assert desk["$group"]
    row: dict[str, Cell] = {**slot()}
    del row["Время"]
    row |= {"Начало": 0.375 if kind == "xlsx" else "9:00", "Конец": "9.45"}
    made = record(desk, "schedule_slots", loaded(desk, "schedule_slots", kind, row))
    assert (made["starts"], made["ends"]) == ("09:00", "09:45")


@FORMATS
def test_a_sum_is_kept_to_the_kopeck(desk: Scene, kind: str) -> None:
    assert desk["$school"]
    query = {"program_id": desk["$program"]}
    rows = [
        money(Назначение="А", Сумма="120\u202f000,50 руб."),
        money(Назначение="Б", Сумма="0,001"),
        money(Назначение="В", Сумма="0"),
        money(Назначение="Г", Сумма="120 тыс."),
    ]
    said = loaded(desk, "funding_entries", kind, *rows, on_error="skip", **query)
    told = {each["row"]: each for each in said["rows"]}
    codes = {at: [error["code"] for error in told[at]["errors"]] for at in told}
    assert codes[3] == ["not_a_decimal"]
    assert codes[5] == ["thousands_of_rubles"]
    assert len(codes[4]) == 1
    made = desk.client.get(f"/funding-entries/{told[2]['id']}").json()
    assert made["amount"] == "120000.5"


@FORMATS
def test_totals_are_no_records(desk: Scene, kind: str) -> None:
    assert desk["$resource_type"]
    assert desk["$school"]
    total = dict.fromkeys(balance(), None) | {"Организация": "Итого"}
    total |= {"Требуется": "4", "Имеется": "2,5", "Предлагается сети": "0"}
    said = loaded(desk, "resource_balances", kind, balance(), total)
    assert stats(said) == {"created": 1, "blank": 1}
    assert desk["$assessment"]
    total = dict.fromkeys(result(), None) | {"Предмет": "Всего по школе", "По списку": "10"}
    total |= {f"Отметок «{mark}»": "2" for mark in (2, 3, 4, 5)}
    said = loaded(desk, "assessment_results", kind, result(), total)
    assert stats(said) == {"created": 1, "blank": 1}
    total = dict.fromkeys(money(), None) | {"Вид записи": "ИТОГО:", "Сумма": "120 000,00"}
    said = loaded(desk, "funding_entries", kind, money(), total, program_id=desk["$program"])
    assert stats(said) == {"created": 1, "blank": 1}


@FORMATS
@pytest.mark.parametrize("title", ["Учитель химии", "Учитель-логопед", "Методист", "Комиссия"])
def test_a_kind_of_worker_below_its_school_is_no_signature(
    desk: Scene, kind: str, title: str
) -> None:
    assert desk["$resource_type"]
    assert desk["$school"]
    worker = {"code": "worker", "title": title, "kind": "staff", "unit": "ставка"}
    desk.make("resource_types", worker, municipality_id="$municipality")
    below = balance() | {"Организация": None, "Вид ресурса": title}
    said = loaded(desk, "resource_balances", kind, balance(), below)
    assert stats(said) == {"created": 2}
    # What lacks a number is told, and not taken for a signature.
    lacking = below | {"Требуется": None, "На какой день": "26.08.2020"}
    signed = dict.fromkeys(balance(), None) | {"Вид ресурса": f"{title} Петрова И. И."}
    said = loaded(
        desk, "resource_balances", kind, lacking | {"Организация": "Сельская СОШ"}, signed
    )
    assert stats(said) == {"rejected": 1, "blank": 1}


@FORMATS
@pytest.mark.parametrize("zeros", [".0", ",0", ",00"])
def test_whole_numbers_with_a_fraction_of_zeros_are_read(
    desk: Scene, kind: str, zeros: str
) -> None:
    """So pandas writes a column of whole numbers, once a cell of it is empty."""
    assert desk["$school"]
    assert desk["$assessment"]
    plain = result()
    cells = {name: f"{cell}{zeros}" for name, cell in plain.items() if str(cell).isdecimal()}
    assert len(cells) > 1
    assert stats(loaded(desk, "assessment_results", kind, plain | cells)) == {"created": 1}


@FORMATS
@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"Отметок «5»": "н/я"}, "not_a_number_cell"),
        ({"Отметок «5»": "1.000"}, "not_a_number_cell"),
        ({"Отметок «5»": "2.5"}, "not_a_number_cell"),
        ({"Отметок «5»": "-1"}, "out_of_range"),
        ({"Отметок «5»": "20%"}, "percent_cell"),
        ({"Отметок «5»": "9"}, "more_marks_than_learners"),
        ({"Класс": "9А"}, "number_with_words"),
    ],
)
def test_marks_that_are_none_are_refused(
    desk: Scene, kind: str, cells: dict[str, str], code: str
) -> None:
    assert desk["$school"]
    assert desk["$assessment"]
    said = loaded(desk, "assessment_results", kind, result(**cells))
    assert faults(said) == [code]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("resource_balances", "needed"),
        ("assessment_results", "mark_5"),
        ("funding_entries", "amount"),
    ],
)
def test_a_number_that_became_a_day_says_so(name: str, field: str) -> None:
    # 1.5, typed in a Russian Excel.
    assert read(name, field, date(2026, 5, 1)) == "day_in_number"


@FORMATS
def test_an_empty_column_of_a_template_is_none(desk: Scene, kind: str) -> None:
    assert desk["$resource_type"]
    row = balance() | {"Организация": None, "Организация (ид.)": None}
    said = loaded(desk, "resource_balances", kind, row, organization_id=desk["$school"])
    assert record(desk, "resource_balances", said)["organization_id"] == desk["$school"]
    assert [each["code"] for each in said["infos"]] == ["parameter_taken"]
    paid = {"Программа": None} | money()
    said = loaded(desk, "funding_entries", kind, paid, program_id=desk["$program"])
    assert record(desk, "funding_entries", said)["program_id"] == desk["$program"]
    # Where any row names an organization, an empty cell says nothing of the others.
    rows = row | {"На какой день": "26.08.2020"}, balance() | {"Организация": "Сельская СОШ"}
    said = loaded(desk, "resource_balances", kind, *rows, organization_id=desk["$school"])
    assert faults(said) == ["missing"]
