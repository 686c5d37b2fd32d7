"""A program that takes a typed number for a day: «10-12» becomes 10 December, in every list."""

import io
from datetime import date
from typing import Any

import pytest

from app.intake.sheets.writing import write_xlsx
from app.model.headings import ID, Heading, Kind, headings
from app.model.resource import Resource
from app.registry import RESOURCES
from app.rest.media import XLSX
from tests.scene import Scene, body_of
from tests.test_import_collections import cell
from tests.test_list_characters import sent

pytestmark = pytest.mark.shared_out

TURNED = date(2026, 12, 10)


def texts(resource: Resource) -> list[Heading]:
    """The columns of texts of a kind's list; numbers that are read by their digits are others."""
    digits = {"inn", "kpp", "ogrn", "oktmo", "snils", ID.name}
    return [
        each
        for each in headings(resource)
        if each.kind == Kind.TEXT and each.name not in digits and not each.is_personal
    ]


KINDS = [each for each in RESOURCES if texts(each)]


@pytest.mark.parametrize("resource", KINDS, ids=lambda each: each.name)
@pytest.mark.one_database
def test_a_number_that_became_a_day_is_refused_and_a_text_is_told(
    scene: Scene, resource: Resource
) -> None:
    body, columns = body_of(resource, scene), headings(resource)
    plain: list[Any] = [cell(each, body.get(each.name)) for each in columns]
    turned = texts(resource)
    rows: list[list[Any]] = []
    for each in turned:
        at = columns.index(each)
        rows.append([*plain[:at], TURNED, *plain[at + 1 :]])
    file = io.BytesIO()
    write_xlsx([[each.title for each in columns], *rows], file, "Список")
    said = sent(scene, resource, file.getvalue(), XLSX)
    told = {
        each["row"]: {(one["code"], one["column"]) for one in each["errors"] + each["infos"]}
        for each in said["rows"]
    }
    for at, heading in enumerate(turned, 2):
        is_term = heading.name.endswith("term_text")
        expected = {("day_in_code" if heading.is_code else "day_in_text", heading.title)}
        assert ({*told.get(at, ())} & expected == set()) == is_term, (heading.name, told.get(at))


def test_what_numbers_a_record_is_known_as_such() -> None:
    named = {each.name for kind in RESOURCES for each in headings(kind) if each.is_code}
    endings = ("_no", ".no", "number", "source_key", "code", "clause")
    # The numbers of parts that are counted are numbers already.
    texts_alone = {
        each.name for kind in RESOURCES for each in headings(kind) if each.kind == Kind.TEXT
    }
    assert {each for each in texts_alone if each.endswith(endings)} <= named
