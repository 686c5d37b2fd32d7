"""The pages for people: what they link to is there, and what they explain can happen."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import app.registry  # noqa: F401 - the kinds declare their faults on import
from app.findings import FAULTS
from app.pages import words
from tests.pictures import FOLDER, PICTURES
from tests.process import ROOT

PAGES = sorted((ROOT / "docs/ru").glob("*.md"))
LINK = re.compile(r"\]\(([^)#:]*)(?:#([^)]*))?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for file, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), file
        if anchor:
            assert anchor in _anchors(target), f"{file}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_row_that_says_what_to_do_is_about_a_fault_that_exists(page: Path) -> None:
    rows = re.findall(r"^\| [^|]*\(`(\w+)`\) \| ", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(rows) <= set(FAULTS)


def test_every_picture_of_a_page_is_made_and_shown() -> None:
    made = {f"{each.name}.png" for each in PICTURES}
    assert {file.name for file in FOLDER.glob("page-*.png")} == made
    shown = (ROOT / "docs/ru/pages.md").read_text(encoding="utf-8")
    assert {name for name in made if f"(img/{name})" not in shown} == set()


def _anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        ("2026-01-01T22:30:00.000000Z", "02.01.2026"),
        ("2026-01-01T20:30:00.000000Z", "01.01.2026"),
        (datetime(2026, 1, 1, 22, 30, tzinfo=UTC), "02.01.2026"),
        (None, "—"),
    ],
)
def test_the_day_of_a_moment_is_that_of_the_time_zone(moment: Any, wanted: str) -> None:
    assert words.day_of(moment, ZoneInfo("Europe/Moscow")) == wanted


@pytest.mark.one_database
def test_no_page_cuts_a_day_out_of_a_moment() -> None:
    """Moments are told in UTC, and their day is that of the time zone."""
    for path in (Path(words.__file__).parent / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(_at|_before)(\.date\(\))?\|day", text), path.name
