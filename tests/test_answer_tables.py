"""The answers of a program as files: numbers that a spreadsheet program adds up."""

import csv
import io

from python_calamine import CalamineWorkbook

from tests.scene import Scene

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
