"""Terms: the «Сроки» of the order's plan are understood, and give the windows counted by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.registry.terms import Term, TermKind, Window, parse_term, windows

PLAN = [
    "Октябрь-ноябрь 2020",
    "Октябрь-ноябрь 2020",  # row 2 inherits the term of row 1
    "Ежегодно (сентябрь - октябрь)",
    "Ежегодно (август)",
    "В течении всего периода",
    "Ежегодно (июль-август)",
    "Ежегодно (май-июнь)",
    "Ежегодно (июль-август)",
    "В течении всего периода",
    "В течении всего периода",
]
CALENDAR_YEARS = date(2020, 4, 17), date(2021, 12, 31)
SCHOOL_YEAR = date(2020, 9, 1), date(2021, 8, 31)
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
KINDS = st.sampled_from(TermKind)
MONTHS = st.integers(1, 12)


def test_the_plan_has_fifteen_windows_of_which_seven_are_due_in_2020() -> None:
    found = [window for text in PLAN for window in windows(parse_term(text), *CALENDAR_YEARS)]
    assert len(found) == 15
    assert sum(window.end <= date(2020, 12, 31) for window in found) == 7


def test_the_plan_has_ten_windows_in_a_school_year() -> None:
    assert sum(len(windows(parse_term(text), *SCHOOL_YEAR)) for text in PLAN) == 10


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Октябрь-ноябрь 2020", "2020-10-01", "2020-11-30"),
        ("октябрь 2020 – январь 2021", "2020-10-01", "2021-01-31"),
        ("ОКТЯБРЬ — НОЯБРЬ 2020 г.", "2020-10-01", "2020-11-30"),
        ("октябрь 2020г. - ноябрь 2020г.", "2020-10-01", "2020-11-30"),
        ("с мая по июнь 2021 года", "2021-05-01", "2021-06-30"),
        ("август 2021", "2021-08-01", "2021-08-31"),
        ("в октябре 2020 года", "2020-10-01", "2020-10-31"),
        ("10.2020", "2020-10-01", "2020-10-31"),
        ("15.10.2020", "2020-10-15", "2020-10-15"),
        ("1.9.2020 г.", "2020-09-01", "2020-09-01"),
        ("15 октября 2020 г.", "2020-10-15", "2020-10-15"),
        ("15-20 октября 2020", "2020-10-15", "2020-10-20"),
        ("15-20.10.2020", "2020-10-15", "2020-10-20"),
        ("с 15 по 20 октября 2020", "2020-10-15", "2020-10-20"),
        ("25 октября - 3 ноября 2020", "2020-10-25", "2020-11-03"),
        ("25.10-03.11.2020", "2020-10-25", "2020-11-03"),
        ("с 01.10.2020 по 30.11.2020", "2020-10-01", "2020-11-30"),
        ("IV квартал 2020", "2020-10-01", "2020-12-31"),
        ("1-й квартал 2021 г.", "2021-01-01", "2021-03-31"),
        ("III-IV квартал 2020", "2020-07-01", "2020-12-31"),
        ("2021 год", "2021-01-01", "2021-12-31"),
        ("2020-2021 годы", "2020-01-01", "2021-12-31"),
        ("февраль 2020", "2020-02-01", "2020-02-29"),
        ("февраль 2021", "2021-02-01", "2021-02-28"),
        ("29.02.2020", "2020-02-29", "2020-02-29"),
    ],
)
def test_a_dated_term_is_a_fixed_window(text: str, start: str, end: str) -> None:
    days = date.fromisoformat(start), date.fromisoformat(end)
    assert parse_term(text) == Term(TermKind.FIXED_WINDOW, *days)


@pytest.mark.parametrize(
    ("text", "month_from", "month_to"),
    [
        ("Ежегодно (сентябрь - октябрь)", 9, 10),
        ("ежегодно, май-июнь", 5, 6),
        ("май–июнь ежегодно", 5, 6),
        ("Ежегодно (август)", 8, 8),
        ("ежегодно в марте", 3, 3),
        ("ежегодно, IV квартал", 10, 12),
        ("ежегодно (декабрь-февраль)", 12, 2),
        ("ежегодно", 1, 12),
    ],
)
def test_a_yearly_term_is_an_annual_window(text: str, month_from: int, month_to: int) -> None:
    assert parse_term(text) == Term(TermKind.ANNUAL_WINDOW, None, None, month_from, month_to)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("В течении всего периода", TermKind.WHOLE_PERIOD),
        ("в\u00a0течение  всего периода реализации программы", TermKind.WHOLE_PERIOD),
        ("Срок: постоянно", TermKind.PERMANENT),
        ("на постоянной основе", TermKind.PERMANENT),
        ("в течение учебного года", TermKind.ACADEMIC_YEAR),
        ("ежегодно, в течение всего учебного года", TermKind.ACADEMIC_YEAR),
    ],
)
def test_a_term_without_dates_is_known_by_its_words(text: str, kind: TermKind) -> None:
    assert parse_term(text) == Term(kind)


@pytest.mark.parametrize(
    "text",
    ["в течение (2020-2021) учебного года", "2020/2021 учебный год", "на 2020/21 уч. год"],
)
def test_a_named_school_year_is_that_year_only(text: str) -> None:
    term = parse_term(text)
    assert term == Term(TermKind.ACADEMIC_YEAR, *SCHOOL_YEAR)
    assert windows(term, *CALENDAR_YEARS) == [Window("2020/2021", *SCHOOL_YEAR)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "по мере необходимости",
        "до 01.06.2021",
        "с октября 2020",
        "май",
        "август, декабрь 2020",
        "29.02.2021",
        "31 апреля 2021",
        "0 мая 2021",
        "01.13.2020",
        "15-ноябрь 2020",
        "20-15 октября 2020",
        "ноябрь-январь 2021",
        "2020-2021",
        "2020-2022 учебный год",
        "ежегодно до 1 сентября",
        "ежегодно (октябрь 2020)",
        "9" * 5000,
    ],
)
def test_what_is_not_understood_is_left_to_people(text: str) -> None:
    assert parse_term(text) == Term(TermKind.UNPARSED)


@pytest.mark.long
@given(st.text() | st.text("0123456789.-– гквартлIV()"))
def test_no_text_breaks_the_reading(text: str) -> None:
    term = parse_term(text)
    assert (term.start_date is None) == (term.end_date is None)


@given(DAYS, st.sampled_from(["%d.%m.%Y", "%d.%m.%Y г.", "(%d.%m.%Y)"]))
def test_a_day_is_read_as_it_was_written(day: date, form: str) -> None:
    assert parse_term(day.strftime(form)) == Term(TermKind.FIXED_WINDOW, day, day)


def test_a_window_over_new_year_is_named_by_its_first_month() -> None:
    term = parse_term("ежегодно (декабрь - февраль)")
    assert windows(term, date(2020, 1, 15), date(2021, 1, 20)) == [
        Window("2019", date(2020, 1, 15), date(2020, 2, 29)),
        Window("2020", date(2020, 12, 1), date(2021, 1, 20)),
    ]


def test_a_program_has_every_school_year_that_it_meets() -> None:
    found = windows(Term(TermKind.ACADEMIC_YEAR), *CALENDAR_YEARS)
    assert found == [
        Window("2019/2020", date(2020, 4, 17), date(2020, 8, 31)),
        Window("2020/2021", date(2020, 9, 1), date(2021, 8, 31)),
        Window("2021/2022", date(2021, 9, 1), date(2021, 12, 31)),
    ]


def test_the_whole_period_is_one_window() -> None:
    found = windows(Term(TermKind.WHOLE_PERIOD), *CALENDAR_YEARS)
    assert found == [Window("once", *CALENDAR_YEARS)]


@pytest.mark.parametrize("kind", [TermKind.PERMANENT, TermKind.UNPARSED])
def test_a_term_without_a_due_day_makes_no_windows(kind: TermKind) -> None:
    assert windows(Term(kind), *CALENDAR_YEARS) == []


@given(KINDS, MONTHS, MONTHS, DAYS, st.integers(0, 4000))
def test_windows_lie_inside_the_program_and_have_names_of_their_own(
    kind: TermKind, month_from: int, month_to: int, start: date, length: int
) -> None:
    end = start + timedelta(days=length)
    found = windows(Term(kind, None, None, month_from, month_to), start, end)
    assert all(start <= window.start <= window.end <= end for window in found)
    assert len({window.occurrence for window in found}) == len(found)


@pytest.mark.parametrize("kind", TermKind)
def test_a_program_may_touch_the_ends_of_the_calendar(kind: TermKind) -> None:
    term = Term(kind, None, None, 11, 2)
    for start, end in ((date.min, date(2, 1, 1)), (date(9998, 1, 1), date.max)):
        assert all(window.end <= end for window in windows(term, start, end))
