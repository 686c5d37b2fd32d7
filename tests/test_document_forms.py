"""Forms: an authority's workbook, filled with figures; what cannot be filled is named at once."""

import io
import secrets
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from app.access.roles import Role
from tests.holders import Holder, issue
from tests.scene import NOBODY, Scene, Service, problem
from tests.test_documents import DAY
from tests.test_network_doors import XLSX, whole
from tests.test_network_vectors import figure, funded, hall, marked, network, stocked

pytestmark = pytest.mark.shared_out

__all__ = ["funded", "hall", "marked", "network", "stocked", "whole"]


def book(cells: Mapping[str, Any], merged: tuple[str, ...] = ()) -> bytes:
    made = Workbook()
    for place, value in cells.items():
        made.active[place] = value
        made.active[place].font = Font(bold=True, name="Arial")
    for area in merged:
        made.active.merge_cells(area)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def send(scene: Any, form: bytes, program: str, **more: str) -> Any:
    headers = {"Content-Type": XLSX}
    path = f"/programs/{program}/form"
    return scene.request("POST", path, params=DAY | more, content=form, headers=headers)


def filled(scene: Scene, form: bytes) -> Any:
    answer = send(scene.client, form, scene["$program"])
    assert answer.status_code == 200, answer.text
    return load_workbook(io.BytesIO(answer.content)).active


@pytest.mark.long
def test_values_keep_their_types_and_cells_their_style(whole: Scene) -> None:
    page = filled(
        whole,
        book(
            {
                "A1": "Отчёт на {{as_of}}: {{ program.title }}",
                "A2": "{{as_of}}",
                "B2": "{{org_involvement_share.value}}",
                "C2": "{{leader_load.numerator}} из {{ teacher_coverage_share.denominator }}",
                "D2": "{{finance.execution}}",
                "E2": "=B2*2",
                "A3": "без подстановок",
            },
            merged=("A1:E1",),
        ),
    )
    program = whole.client.get(f"/programs/{whole['$program']}").json()
    value = figure(whole, "org_involvement_share", **DAY)[2]
    numerator = figure(whole, "leader_load", **DAY)[0]
    denominator = figure(whole, "teacher_coverage_share", **DAY)[1]
    assert page["A1"].value == f"Отчёт на 28.02.2021: {program['title']}"
    assert f"{page['A2'].value:%Y-%m-%d}" == DAY["as_of"]
    assert page["B2"].value == float(value)
    assert page["C2"].value == f"{numerator} из {denominator}"
    assert page["D2"].value == 0
    assert (page["E2"].value, page["A3"].value) == ("=B2*2", "без подстановок")
    assert [f"{area}" for area in page.merged_cells.ranges] == ["A1:E1"]
    assert all(page[place].font.name == "Arial" for place in ("A1", "A2", "B2", "E2"))


@pytest.mark.long
def test_a_row_is_repeated_and_the_rest_follows(whole: Scene) -> None:
    page = filled(
        whole,
        book(
            {
                "A1": "Организация",
                "A2": "{{each organizations}}{{organizations.name}}",
                "B2": "{{organizations.role}}",
                "C2": "=LEN(A2)",
                "D2": 1,
                "A3": "Всего",
                "C3": "=SUM(C2:C2)",
                "D3": "=SUM(D$2:D$2)+D2",
                "A5": "Подпись {{as_of}}",
            },
            merged=("A5:C5",),
        ),
    )
    report = whole.client.get(f"/programs/{whole['$program']}/report", params=DAY).json()
    rows = [row["cells"] for row in report["sections"][0]["rows"]]
    count = len(rows)
    assert count > 2
    names = [page.cell(row, 1).value for row in range(2, 2 + count)]
    assert all(names)
    assert names == sorted(names)
    assert [page.cell(row, 3).value for row in range(2, 2 + count)] == [
        f"=LEN(A{row})" for row in range(2, 2 + count)
    ]
    total = 2 + count
    assert page.cell(total, 1).value == "Всего"
    assert page.cell(total, 3).value == f"=SUM(C2:C{total - 1})"
    assert page.cell(total, 4).value == f"=SUM(D$2:D${total - 1})+D2"
    assert page.cell(total + 2, 1).value == "Подпись 28.02.2021"
    assert [f"{area}" for area in page.merged_cells.ranges] == [f"A{total + 2}:C{total + 2}"]


@pytest.mark.long
def test_a_list_without_rows_leaves_one_blank(scene: Scene) -> None:
    page = filled(scene, book({"A1": "{{each property}}{{property.resource}}", "A2": "Итого"}))
    assert (page["A1"].value, page["A2"].value) == (None, "Итого")


@pytest.mark.long
def test_what_is_unknown_is_named_with_its_cells(whole: Scene) -> None:
    form = book(
        {
            "A1": "{{unknown}}",
            "B2": "{{plan.99.title}} {{plan.1.completed_on}}",
            "C3": "{{organizations.name}}",
            "D4": "{{each pupils}}",
            "E5": '="{{as_of}}"',
            "A7": "{{each plan}}",
            "A8": "",
        },
        merged=("B7:B8",),
    )
    told = problem(send(whole.client, form, whole["$program"]), 422)["errors"]
    places = {(each["code"], each["detail"].split()[1].strip(":").split("!")[1]) for each in told}
    assert places >= {
        ("unknown_placeholder", "A1"),
        ("unknown_placeholder", "B2"),
        ("unknown_placeholder", "C3"),
        ("unknown_placeholder", "D4"),
        ("placeholder_in_formula", "E5"),
        ("repeated_row_is_merged", "A7"),
    }


@pytest.mark.long
def test_every_listed_placeholder_can_be_filled(whole: Scene) -> None:
    path = f"/programs/{whole['$program']}/form/placeholders"
    items = whole.client.get(path, params=DAY).json()["items"]
    assert all(each["about"] for each in items)
    names = [each["name"] for each in items]
    assert len(set(names)) == len(names)
    lists = [name.removeprefix("each ") for name in names if name.startswith("each ")]
    cells: dict[str, str] = {}
    for row, each in enumerate(lists, 1):
        fields = [name for name in names if name.startswith(f"{each}.") and name.count(".") == 1]
        text = "".join(f"{{{{{name}}}}}" for name in fields)
        cells[f"A{row}"] = f"{{{{each {each}}}}}{text}"
    single = [name for name in names if name.split(".")[0] not in lists and "each" not in name]
    for row, name in enumerate(single, len(lists) + 1):
        cells[f"A{row}"] = f"{{{{{name}}}}}"
    assert send(whole.client, book(cells), whole["$program"]).status_code == 200


@pytest.mark.long
def test_a_text_is_no_formula(whole: Scene) -> None:
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    path, body = f"/programs/{whole['$program']}", {"title": "=1+1"}
    assert whole.client.patch(path, json=body, headers=headers).status_code == 200
    page = filled(whole, book({"A1": "{{program.title}}"}))
    assert (page["A1"].value, page["A1"].data_type) == ("=1+1", "s")


@pytest.mark.long
def test_what_is_no_form_is_refused(whole: Scene, service: Service) -> None:
    form = book({"A1": "{{as_of}}"})
    for part, code in (
        ("xl/vbaProject.bin", "macros"),
        ("xl/media/image1.png", "form_has_pictures"),
    ):
        assert code in send(whole.client, _with(form, part), whole["$program"]).text
    big = send(whole.client, bytes(51 << 20), whole["$program"])
    assert big.status_code == 413
    assert send(whole.client, b"nothing", whole["$program"]).status_code in {415, 422}
    problem(send(whole.client, form, NOBODY), 404)
    auditor = Holder(service.client, issue(service.database, Role.AUDITOR))
    problem(send(auditor, form, whole["$program"]), 403)


@pytest.mark.long
@pytest.mark.one_database
def test_a_form_of_forty_megabytes_is_answered(whole: Scene) -> None:
    """It is filled or refused, and the service goes on."""
    form = _with(book({"A1": "{{as_of}}"}), "docProps/large.bin", secrets.token_bytes(40 << 20))
    assert send(whole.client, form, whole["$program"]).status_code in {200, 413, 422}
    assert filled(whole, book({"A1": "{{program.title}}"}))["A1"].value


def _with(form: bytes, part: str, content: bytes = b"x") -> bytes:
    file = io.BytesIO(form)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(part, content)
    return file.getvalue()


@pytest.mark.long
@pytest.mark.parametrize("day", ["2019-01-01", "2021-02-28"])
def test_a_form_is_filled_for_a_day(whole: Scene, day: str) -> None:
    form = book({"A1": "{{as_of}}", "A2": "{{each plan}}{{plan.title}}"})
    answer = send(whole.client, form, whole["$program"], as_of=day)
    page = load_workbook(io.BytesIO(answer.content)).active
    assert f"{page['A1'].value:%Y-%m-%d}" == day
