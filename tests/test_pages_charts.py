"""Charts and words of the pages: pure functions, tried without the service."""

import itertools
import re
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from app.pages import charts, words
from app.pages.charts import Point
from app.pages.timeline import Span, timeline
from app.registry.program_parts import IndicatorCode
from app.words import SPACE

pytestmark = pytest.mark.one_database

QUARTERS = [
    Point("30.06.2020", Decimal("31.82")),
    Point("30.09.2020", None),
    Point("31.12.2020", Decimal("77.58")),
    Point("31.03.2021", Decimal("2.00"), is_chosen=True),
]


def drawn(markup: str) -> ET.Element:
    return ET.fromstring(markup)  # noqa: S314 - our own drawing


def test_a_bar_is_as_long_as_its_share() -> None:
    for value, width in ((Decimal(0), "0"), (Decimal(50), "173"), (Decimal(100), "346")):
        track, bar, target = drawn(charts.bar(value, Decimal(50)))
        assert (track.get("width"), bar.get("width")) == ("346", width)
        assert target.get("x1") == target.get("x2") == "173"
    assert len(drawn(charts.bar(None, None))) == 2


def test_a_bar_does_not_leave_its_track() -> None:
    _, bar, target = drawn(charts.bar(Decimal(250), Decimal(100)))
    assert (bar.get("width"), target.get("x1")) == ("346", "345")


def test_a_series_says_every_number_and_draws_what_there_is() -> None:
    chart = drawn(charts.series("Доля <школ>", QUARTERS, Decimal(50)))
    told = chart.get("aria-label") or ""
    assert told == (
        "Доля <школ> по кварталам: 30.06.2020 – 31,82 %, 30.09.2020 – нет данных, "
        "31.12.2020 – 77,58 %, 31.03.2021 – 2,00 %; цель 50 %"
    )
    bars = [each for each in chart if each.tag == "rect"]
    assert [bar.get("class") for bar in bars] == ["a2", "a2", "a1"]
    texts = [each.text for each in chart if each.tag == "text"]
    assert texts == ["32", "II", "2020", "III", "78", "IV", "2", "I", "2021", "цель 50"]
    heights = [float(bar.get("height") or 0) for bar in bars]
    assert heights == pytest.approx([29.3, 71.4, 1.8], abs=0.05)


def test_a_series_without_points_or_target_is_an_axis() -> None:
    chart = drawn(charts.series("Доля", [], None))
    assert [each.tag for each in chart] == ["line"]


def test_a_drawing_has_no_style_of_its_own() -> None:
    text = charts.series("Доля", QUARTERS, Decimal(50)) + charts.bar(Decimal(1), Decimal(2))
    assert not re.search(r"style=|fill=|stroke=|data:", text)


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "0 школ"),
        (1, "1 школа"),
        (2, "2 школы"),
        (5, "5 школ"),
        (11, "11 школ"),
        (21, "21 школа"),
        (24, "24 школы"),
        (112, "112 школ"),
    ],
)
def test_nouns_follow_their_number(count: int, told: str) -> None:
    assert words.counted(count, "школа", "школы", "школ").replace(SPACE, " ") == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("1242", "1242"),
        ("120000.00", "120 000,00"),
        ("-15.5", "-15,5"),
        (None, "—"),
        (0, "0"),
        ("10000", "10 000"),
        ("-1234567", "-1 234 567"),
    ],
)
def test_numbers_are_written_as_in_russian(value: object, told: str) -> None:
    assert words.number(value).replace(SPACE, " ") == told


def test_shares_and_days() -> None:
    assert words.percent("27.27").replace(SPACE, " ") == "27,27 %"
    assert words.short("50.00").replace(SPACE, " ") == "50 %"
    assert words.short("100").replace(SPACE, " ") == "100 %"
    assert words.day("2021-09-30T10:00:00Z") == "30.09.2021"
    assert words.day(None) == "—"
    assert words.days_between("2021-08-31", "2021-09-30") == 30
    assert words.listed(["а", None, "б", "в"]) == "а, б и в"


def test_every_indicator_says_what_it_counts() -> None:
    assert words.NOUNS.keys() == {*IndicatorCode}
    for code in IndicatorCode:
        assert words.share(code, 1, 21)


def test_what_lacks_stands_in_the_genitive() -> None:
    code = IndicatorCode.ORG_INVOLVEMENT_SHARE
    told = [words.lacking(code, count).replace(SPACE, " ") for count in (1, 3, 5, 21)]
    assert told == ["1 организации", "3 организаций", "5 организаций", "21 организации"]


FIRST, LAST = date(2020, 4, 17), date(2021, 12, 31)


def bars(markup: str) -> list[tuple[int, int]]:
    """Where the bars of a line of time begin and end."""
    shapes = [each for each in drawn(markup) if each.tag == "rect"]
    ends = [(int(each.get("x") or 0), int(each.get("width") or 0)) for each in shapes]
    return [(left, left + width) for left, width in ends]


def test_a_line_of_time_is_to_scale_and_stays_inside() -> None:
    spans = [
        Span("Категория", "ШНОР", FIRST, date(2021, 8, 31), "a1"),
        Span("Партнёрство", "лидер <Первая> СОШ", date(2019, 1, 1), None, "a2"),
        Span("Партнёрство", "лидер Вторая СОШ", date(2021, 12, 30), date(2030, 1, 1), "box"),
        Span("Категория", "ШНСУ", date(2022, 1, 1), None, "a1"),
    ]
    chart = timeline(spans, FIRST, LAST, date(2021, 9, 30))
    share = (date(2021, 8, 31) - FIRST) / (LAST - FIRST)
    assert bars(chart)[0] == (158, round(158 + (1240 - 158) * share))
    assert bars(chart)[1] == (158, 1240)
    assert bars(chart)[2][1] == 1240
    assert len(bars(chart)) == 3, "what begins after the program is in the table alone"
    told = drawn(chart).get("aria-label") or ""
    assert "Категория ШНОР, с 17.04.2020 по 31.08.2021" in told
    assert "лидер <Первая> СОШ, с 01.01.2019, без срока" in told
    texts = [each.text for each in drawn(chart) if each.tag == "text"]
    assert "выбран 30.09.2021" in texts
    assert texts[0] == "17.04.2020"
    assert "январь 2021" in texts
    assert " style=" not in chart


@pytest.mark.parametrize("years", [1, 5, 40])
def test_the_words_of_a_line_of_time_do_not_touch(years: int) -> None:
    last = FIRST.replace(year=FIRST.year + years)
    span = Span("Партнёрство", "очень " * 60, FIRST + (last - FIRST) / 2, last, "a2")
    chart = drawn(timeline([span], FIRST, last, last))
    words_of = [each for each in chart if each.tag == "text"]
    marks = [int(each.get("x") or 0) for each in words_of if each.get("class") == "t2"]
    assert all(after - before >= 100 for before, after in itertools.pairwise(marks))
    assert all(len(each.text or "") * 7.2 <= 1240 for each in words_of)
    empty = timeline([], FIRST, FIRST, LAST)
    assert bars(empty) == []
