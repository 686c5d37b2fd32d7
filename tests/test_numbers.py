"""Numbers: an ИНН or СНИЛС in any spelling is found, and a percent is what its cell shows."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import xlsxwriter

from app.intake import numbers
from app.rest.media import XLSX
from tests.scene import MERGE, Scene
from tests.test_imports import CSV, errors, listed, report, row, upload

pytestmark = pytest.mark.shared_out

INN, KPP = "1633990011", "163301001"

SPELLINGS = [
    INN,
    f"ИНН {INN}",
    f"ИНН: {INN}",
    f"инн № {INN}",
    "1 633 990 011",
    "1633\u00a0990\u00a0011",
    "1633-990-011",
    f"{INN}/{KPP}",
    f"{INN} / {KPP}",
    f"ИНН/КПП {INN}/{KPP}",
    f"ИНН/КПП: {INN} {KPP}",
    f"ИНН {INN}, КПП {KPP}",
]


def codes(said: Mapping[str, Any]) -> list[str]:
    return [code for _, code, _ in errors(said)]


def with_inn(seminar: Scene) -> Scene:
    head = {"If-Match": "*", "Content-Type": MERGE}
    answer = seminar.client.patch(
        f"/organizations/{seminar['$school']}", json={"inn": INN}, headers=head
    )
    assert answer.is_success, answer.text
    return seminar


def test_a_school_is_found_by_its_inn_in_any_spelling(seminar: Scene) -> None:
    with_inn(seminar)
    surnames = "АБВГДЕЖЗИКЛМ"
    rows = [
        row(f"{letter}лександрова Мария Петровна", Школа=text)
        for letter, text in zip(surnames, SPELLINGS, strict=True)
    ]
    found = report(upload(seminar, listed(*rows)))
    assert found["stats"]["created"] == len(SPELLINGS)


@pytest.mark.parametrize(
    "text", ["1633990012", "163399001", f"{INN}1", f"школа {INN}", f"{INN}/{INN}"]
)
def test_another_number_is_nobody(seminar: Scene, text: str) -> None:
    said = report(upload(with_inn(seminar), listed(row(Школа=text))), 422)
    assert codes(said) == ["unknown_organization"]


def test_a_kpp_tells_units_apart(seminar: Scene) -> None:
    with_inn(seminar)
    unit = {"municipality_id": "$municipality", "kind": "preschool", "parent_id": "$school"}
    unit |= {"full_name": "Детский сад при школе", "short_name": "Сад", "inn": INN, "kpp": KPP}
    made = seminar.make("organizations", unit)
    rows = [
        row("Ясная Анна Ивановна", Школа=f"{INN}/{KPP}"),
        row("Белая Анна Ильинична", Школа=INN),
    ]
    report(upload(seminar, listed(*rows)))
    query = {"event_id": seminar["$seminar"]}
    kept = seminar.client.get("/participations", params=query).json()["items"]
    assert {each["organization_id"] for each in kept} == {made["id"], seminar["$school"]}
    other = report(upload(seminar, listed(row(Школа=f"{INN}/163301999"))))
    assert other["stats"]["created"] == 1, "the legal person has no КПП of its own to differ by"


SNILS = [
    "134 940 005 39",
    "112\u2011233\u2011445 95",
    "112-233-446  96",
    "СНИЛС 112-233-447 97",
    "112\u00a0233\u00a0448\u00a098",
    "112–233–449–99",
]


def test_a_snils_is_taken_with_any_blanks_and_dashes(scene: Scene) -> None:
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow(["Муниципалитет", "Фамилия", "Имя", "СНИЛС"])
    home = scene["$municipality"]
    names = ("Анна", "Инна", "Ольга", "Вера", "Нина", "Дина")
    for name, text in zip(names, SNILS, strict=True):
        writer.writerow([home, "Снилсова", name, text])
    query = {"mode": "commit", "processing_basis": "consent"}
    answer = scene.client.post(
        "/imports/teachers",
        params=query,
        content=sheet.getvalue().encode(),
        headers=CSV,
    )
    assert report(answer)["stats"]["created"] == len(SNILS)


def test_a_cell_of_numbers_has_lost_its_zeros() -> None:
    assert numbers.plain("00112233", 11) == "00112233"
    assert numbers.plain("112-233-445 95", 11) == "11223344595"
    assert numbers.plain("не 112-233-445 95", 11) == "не 112-233-445 95"


def book(columns: Sequence[str], *rows: Sequence[tuple[Any, str | None]]) -> bytes:
    """A workbook whose cells have formats."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as workbook:
        page = workbook.add_worksheet("Список")
        page.write_row(0, 0, columns)
        for number, cells in enumerate(rows, 1):
            for at, (value, form) in enumerate(cells):
                page.write(number, at, value, workbook.add_format({"num_format": form or ""}))
    return file.getvalue()


def measured(scene: Scene, unit: str | None) -> dict[str, str]:
    """A record's references, by the titles of a list's columns."""
    measure = {"municipality_id": "$municipality", "code": "share", "title": "Доля"}
    measure |= {"value_kind": "number"}
    made = scene.make("measures", measure, unit=unit)
    return {"program_id": scene["$program"], "measure_id": made["id"]}


def observe(scene: Scene, unit: str | None, *cells: tuple[Any, str | None]) -> dict[str, Any]:
    """The report of a workbook with one observation a row."""
    ids = measured(scene, unit)
    days = ("01.09.2020", "31.12.2020", "25.12.2020")
    columns = [*ids, "period_start", "period_end", "observed_on", "organization_id", "value_number"]
    schools = (scene["$school"], scene["$leader"], scene["$authority"])
    rows = [
        [*((each, None) for each in (*ids.values(), *days, school)), cell]
        for school, cell in zip(schools, cells, strict=False)
    ]
    answer = scene.client.post(
        "/imports/monitoring-records",
        params={"mode": "commit", "on_error": "skip"},
        content=book(columns, *rows),
        headers={"Content-Type": XLSX},
    )
    return report(answer)


@pytest.mark.parametrize("unit", ["%", "процент"])
@pytest.mark.one_database
def test_a_percent_is_what_the_cell_shows(scene: Scene, unit: str) -> None:
    cells = ((0.75, "0%"), (0.7567, "0.00%"), (1 / 3, '# ##0.0"%"%'))
    said = observe(scene, unit, *cells)
    assert said["stats"]["created"] == 3
    query = {"program_id": scene["$program"]}
    kept = scene.client.get("/monitoring-records", params=query).json()["items"]
    assert sorted(each["value_number"] for each in kept) == ["33.3", "75", "75.67"]


@pytest.mark.parametrize("unit", ["балл", None])
@pytest.mark.one_database
def test_a_percent_of_another_unit_is_refused(scene: Scene, unit: str | None) -> None:
    said = observe(scene, unit, (0.75, "0%"), ("75%", None), (0.75, "0.00"))
    assert codes(said) == ["percent_cell", "percent_cell"]
    assert said["stats"]["created"] == 1


def test_a_text_of_percent_is_read_alike(scene: Scene) -> None:
    said = observe(scene, "%", ("75%", None), ("75,5 %", None), (75, '0"%"'))
    assert said["stats"]["created"] == 3
    query = {"program_id": scene["$program"]}
    kept = scene.client.get("/monitoring-records", params=query).json()["items"]
    assert sorted(each["value_number"] for each in kept) == ["75", "75", "75.5"]


def test_hours_are_no_percent(seminar: Scene) -> None:
    said = report(upload(seminar, listed(row(Часы="75%"))), 422)
    assert codes(said) == ["percent_cell"]


def test_a_quote_after_a_blank_opens_a_cell(seminar: Scene) -> None:
    head = "ФИО; Школа; Дата; Мероприятие; Присутствие\n"
    good = '  "Кавычкина Анна Ивановна";   "Сельская СОШ"; "15.10.2020"; 1; +\n'
    said = report(upload(seminar, head + good))
    assert said["stats"]["created"] == 1
    query = {"municipality_id": seminar["$municipality"], "q": "Кавычкина"}
    (found,) = seminar.client.get("/teachers", params=query).json()["items"]
    assert found["last_name"] == "Кавычкина"
