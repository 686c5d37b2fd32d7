"""The answers of a program as files: numbers that a spreadsheet program adds up."""

import csv
import io
import json
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from app.commands.exporting import exported_path
from app.indicators.codes import LABELS
from tests.scene import RESOURCE, Scene, Service, body_of
from tests.waiting import counted, recorded

pytestmark = pytest.mark.shared_out

CSV = {"Accept": "text/csv"}
XLSX = {"Accept": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def test_money_is_a_number_below_zero_too(scene: Scene) -> None:
    """A rest of -5000 was the text "'-5000.00", which no spreadsheet program adds up."""
    entry = {
        "program_id": "$program",
        "entry_date": "2020-09-01",
        "year": 2020,
        "fund": "municipal_budget",
        "recipient_id": "$school",
        "title": "Наборы для опытов",
    }
    scene.make("funding_entries", {**entry, "entry": "plan", "amount": "100000.5"})
    scene.make("funding_entries", {**entry, "entry": "payment", "amount": "105000"})
    total = ["100000,50", "100000,50", "105000,00", "105,00", "-4999,50"]
    assert _rows(scene, "finance")[-1][2:] == total
    assert _cells(scene, "finance")[-1][2:] == [100000.5, 100000.5, 105000, 105, -4999.5]


@pytest.mark.long
def test_quantities_counts_and_hours_are_numbers(scene: Scene) -> None:
    """Excel in Russian made a date of hours written as 12.75."""
    scene.make(
        "resource_balances",
        {
            "organization_id": "$school",
            "resource_type_id": "$resource_type",
            "observed_on": "2020-08-25",
            "needed": "4.5",
            "available": "2",
            "offered": "0",
        },
    )
    scene["$partnership"], scene["$group"]
    assert _rows(scene, "resources")[-1][3:8] == ["4,5", "2", "2,5", "0", "2,5"]
    assert _cells(scene, "resources")[-1][3:8] == [4.5, 2, 2.5, 0, 2.5]
    assert _rows(scene, "curricula")[-1][6:11] == ["34", "0,00", "1", "0", "0"]
    assert _cells(scene, "curricula")[-1][6:11] == [34, 0, 1, 0, 0]


def test_facts_of_monitoring_are_numbers(scene: Scene) -> None:
    record = {
        "measure_id": "$measure",
        "organization_id": "$school",
        "program_id": "$program",
        "period_start": "2020-09-01",
        "period_end": "2020-12-31",
        "observed_on": "2020-12-20",
        "baseline_number": "-3.5",
        "value_number": "3.75",
    }
    scene["$partnership"]
    scene.make("monitoring_records", record)
    row = next(row for row in _rows(scene, "monitoring") if "Средний балл" in row)
    assert row[-4:-1] == ["-3,5", "", "3,75"]
    cells = next(row for row in _cells(scene, "monitoring") if "Средний балл" in row)
    assert cells[-4:-1] == [-3.5, "", 3.75]


@cache
def computed() -> dict[str, dict[str, Any]]:
    """The operations that answer what is counted, by path; reports and their list are no tables."""
    document = json.loads(Path(exported_path()).read_text("utf-8"))
    tags = {"Показатели", "Сводки по программе", "Срезы показателей"}
    reports = {"list_snapshots", "get_snapshot", "create_snapshot", "get_snapshot_report"}
    others = {*reports, "explain_ways"}
    return {
        path: item["get"]
        for path, item in document["paths"].items()
        if "get" in item
        and tags & {*item["get"]["tags"]}
        and item["get"]["operationId"] not in others
    }


VALUES = {
    "{code}": "org_involvement_share",
    "from": "2020-09-01",
    "to": "2020-12-31",
    "step": "quarter",
    "as_of": "2020-12-31",
}


def asked(scene: Scene, path: str, form: dict[str, str], code: str = VALUES["{code}"]) -> Any:
    """The answer of an operation about the program of the scene."""
    operation = computed()[path]
    if "{snapshot_id}" in path:
        report = {"as_of": "2020-12-31", "title": "Отчёт"}
        made = scene.client.post(f"/programs/{scene['$program']}/snapshots", json=report)
        path = path.replace("{snapshot_id}", made.json()["id"])
    path = path.removeprefix("/api/v1").replace("{id}", scene["$program"]).replace("{code}", code)
    names = {each["name"] for each in operation["parameters"] if "name" in each}
    # One municipality: a table of every test's programs takes the time of all others.
    values = {**VALUES, "municipality_id": scene["$municipality"]}
    query = {name: values[name] for name in values.keys() & names}
    if operation["operationId"] == "explain_subject":
        query["organization_id"] = scene["$school"]
    return counted(lambda: scene.client.get(path, params=query, headers=form))


@pytest.mark.parametrize("path", computed())
def test_every_computed_answer_is_a_table_too(scene: Scene, path: str) -> None:
    """A coordinator met 758 lines of JSON: what is counted is printed and put on the table."""
    scene["$partnership"], scene["$leader"]
    assert {CSV["Accept"], XLSX["Accept"]} < computed()[path]["responses"]["200"]["content"].keys()
    sheet, book = asked(scene, path, CSV), asked(scene, path, XLSX)
    assert (sheet.status_code, book.status_code) == (200, 200), sheet.text + book.text
    assert all(
        each.headers["content-disposition"].startswith("attachment") for each in (sheet, book)
    )
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig")), delimiter=";"))
    cells = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0)
    assert cells.to_python()[HEADS] == rows[0]
    assert len(cells.to_python()) == HEADS + len(rows)


@pytest.mark.parametrize("path", computed())
def test_a_table_is_laid_out_for_printing(scene: Scene, path: str) -> None:
    scene["$partnership"], scene["$leader"]
    with ZipFile(io.BytesIO(asked(scene, path, XLSX).content)) as book:
        page, names = book.read("xl/worksheets/sheet1.xml"), book.read("xl/workbook.xml")
        texts, styles = book.read("xl/sharedStrings.xml"), book.read("xl/styles.xml")
    assert b'paperSize="9" ' in page
    assert b'orientation="landscape"' in page
    assert b'fitToHeight="0"' in page  # as many pages as it takes, one page wide
    assert b"<pageSetUpPr fitToPage" in page
    assert b"$3:$3</definedName>" in names  # headings on every page
    assert b"Print_Titles" in names
    assert b'wrapText="1"' in styles
    # The week that holds the day.
    days = "неделя 28.12.2020–03.01.2021" if path.endswith("/timetable") else "на 31.12.2020"
    assert days.encode() in texts
    if path != "/api/v1/indicators":
        program = scene.client.get(f"/programs/{scene['$program']}").json()["title"]
        assert program.encode() in texts


@pytest.mark.parametrize("code", LABELS)
def test_every_indicator_is_explained_in_a_table(scene: Scene, code: str) -> None:
    """A name such as «Полнота мониторинга: что учтено» is none that a sheet may have."""
    (path,) = (path for path in computed() if path.endswith("}/indicators/{code}/explain"))
    assert asked(scene, path, XLSX, code).status_code == 200


@pytest.mark.parametrize("form", [CSV, XLSX])
def test_a_name_is_no_formula_in_a_table(scene: Scene, form: dict[str, str]) -> None:
    school = scene.client.get(f"/organizations/{scene['$school']}")
    renamed = scene.client.patch(
        f"/organizations/{scene['$school']}",
        json={"short_name": "=HYPERLINK(1)"},
        headers={"If-Match": school.headers["etag"]},
    )
    assert renamed.status_code == 200, renamed.text
    (path,) = (path for path in computed() if path.endswith("}/indicators/{code}/explain"))
    body = asked(scene, path, form).content
    if form is CSV:
        assert "'=HYPERLINK(1)" in body.decode("utf-8-sig")
    else:
        with ZipFile(io.BytesIO(body)) as book:
            assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
            assert b"=HYPERLINK(1)" in book.read("xl/sharedStrings.xml")


@pytest.mark.parametrize("form", [CSV, XLSX])
def test_a_table_of_teachers_is_put_down_with_each(
    service: Service, scene: Scene, form: dict[str, str]
) -> None:
    scene["$partnership"], scene.make("employments", body_of(RESOURCE["employments"], scene))
    (path,) = (path for path in computed() if path.endswith("}/indicators/{code}/explain"))
    before = reads(service, scene)
    answer = asked(scene, path, form, "teacher_coverage_share")
    assert answer.status_code == 200
    assert reads(service, scene) == before + 1


def reads(service: Service, scene: Scene) -> int:
    """How often the trail says that this teacher's name was shown to the coordinator."""
    recorded(service)
    report = scene.client.get(f"/teachers/{scene['$teacher']}/access-report").json()
    accesses = [(entry["role"], entry["action"]) for entry in report["accesses"]]
    return accesses.count(("coordinator", "read"))


@pytest.mark.parametrize("name", ["limit", "cursor"])
@pytest.mark.one_database
def test_a_table_has_no_pages(scene: Scene, name: str) -> None:
    for path in (f"/programs/{scene['$program']}/indicators/leader_load/explain", "/indicators"):
        answer = scene.client.get(path, params={name: "1"}, headers=CSV)
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, name)


HEADS = 2
"""Rows above the headings of a printed table."""


def _rows(scene: Scene, name: str) -> list[list[str]]:
    text = _file(scene, name, CSV).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def _cells(scene: Scene, name: str) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(_file(scene, name, XLSX)))
    return [list(row) for row in book.get_sheet_by_index(0).to_python()]


def _file(scene: Scene, name: str, form: dict[str, str]) -> bytes:
    address = f"/programs/{scene['$program']}/{name}"
    answer = scene.client.get(address, params={"as_of": "2020-12-31"}, headers=form)
    assert answer.status_code == 200, answer.text
    return answer.content
