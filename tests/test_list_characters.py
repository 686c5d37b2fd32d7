"""Characters: what no text has is a row's error in every column of every list, CSV and XLSX."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from app.intake.columns import known
from app.model.headings import Heading
from app.model.resource import Resource
from app.registry import RESOURCES
from app.rest.media import CSV, XLSX
from tests.scene import Scene, body_of
from tests.sheets.workbooks import book
from tests.test_import_collections import cell
from tests.test_imports import (
    BASIS,
    errors,
    listed,
    report,
    row,
    stats,
    upload,
)

pytestmark = pytest.mark.shared_out

MANUAL_BREAK = "\v"
"""What Word writes for Shift and Enter."""
NO_TEXTS = (MANUAL_BREAK, "\x1b", "\x7f", "\x85", "\ufdd0", "e" + "\u0301" * 40)
HALF = "\ud800"
"""Half a character: a workbook can hold one as its escape."""

FILES = {"csv": CSV, "xlsx": XLSX}


def each_as_a_file() -> Iterator[Any]:
    """Each kind with each kind of file; daily with one of the two, by turns."""
    for at, resource in enumerate(RESOURCES):
        for number, (name, kind) in enumerate(FILES.items()):
            marks = () if at % 2 == number else pytest.mark.torture
            yield pytest.param(resource, kind, id=f"{resource.name}-{name}", marks=marks)


def columns(resource: Resource) -> list[Heading]:
    """Every column that a list of this kind may have, each once."""
    return list({each.name: each for each in known(resource).values() if each.name}.values())


def rows(resource: Resource, scene: Scene, characters: Sequence[str]) -> list[list[str]]:
    """A record's row for each column and character, which stands there in the middle."""
    body = body_of(resource, scene)
    listed = columns(resource)
    plain = [cell(each, body.get(each.name)) for each in listed]
    return [
        [*plain[:at], f"Ива{bad}нова", *plain[at + 1 :]]
        for bad in characters
        for at in range(len(listed))
    ]


def as_csv(titles: Sequence[str], found: Sequence[Sequence[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows([titles, *found])
    return file.getvalue().encode()


def as_book(titles: Sequence[str], found: Sequence[Sequence[str]]) -> bytes:
    return book([[_xml(each) for each in row] for row in [titles, *found]])


def _xml(text: str) -> str:
    """A text as Excel writes it: what XML lacks stands there as `_x000B_`."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;")
    return "".join(
        f"_x{ord(each):04X}_" if each in {MANUAL_BREAK, "\x1b", HALF} else each for each in plain
    )


def sent(scene: Scene, resource: Resource, content: bytes, kind: str) -> dict[str, Any]:
    persons = any(each.is_personal for each in known(resource).values())
    said = {"mode": "commit", "on_error": "skip", "fill_down": ""}
    said |= BASIS if persons else {}
    headers = {"Content-Type": kind}
    path = f"/imports/{resource.path}"
    return report(scene.client.post(path, params=said, content=content, headers=headers))


@pytest.mark.long
@pytest.mark.parametrize(("resource", "kind"), [*each_as_a_file()])
@pytest.mark.one_database
def test_what_no_text_has_is_an_error_of_its_row(
    scene: Scene, resource: Resource, kind: str
) -> None:
    listed = columns(resource)
    titles = [each.name for each in listed]
    characters = (*NO_TEXTS, HALF) if kind == XLSX else NO_TEXTS
    bad = rows(resource, scene, characters)
    content = (as_book if kind == XLSX else as_csv)(titles, bad)
    said = sent(scene, resource, content, kind)
    assert said["stats"]["rejected"] == said["stats"]["total"] == len(bad)
    told = {
        each["row"]: {error["column"] for error in each["errors"] if error["code"] == "unreadable"}
        for each in said["rows"]
    }
    assert told.keys() == set(range(2, len(bad) + 2))
    for at, (column,) in told.items():
        # A column that lists alone have is told by its title.
        heading = listed[(at - 2) % len(listed)]
        assert column in {heading.name, heading.title}
    back = scene.client.get(f"/imports/{said['id']}/rejected")
    assert back.status_code == 200
    again = sent(scene, resource, back.content, kind)
    assert again["stats"]["rejected"] == len(bad)


@pytest.mark.parametrize(
    "name", ["Иванова\vМария Петровна", "Иванова\x1bМария", "Иванова Мария\x85Петровна"]
)
def test_a_broken_name_costs_its_row_alone(seminar: Scene, name: str) -> None:
    said = report(upload(seminar, listed(row(name), row("Сафинов Артур")), on_error="skip"))
    assert errors(said) == [(2, "unreadable", "ФИО")]
    assert stats(said) == {"created": 1, "rejected": 1}
