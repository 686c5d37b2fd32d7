"""Days: one spelling of a day or another, the paper's day is what is kept."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic_core import PydanticCustomError

from app.intake import days
from tests.scene import Scene
from tests.test_imports import listed, report, row, upload

pytestmark = pytest.mark.shared_out

MOSCOW = ZoneInfo("Europe/Moscow")

THE_13TH = [
    "13.10.2020",
    "13.10.2020 г.",
    "13. 10. 2020",
    "13.10.2020\u00a0г.",
    "2020-10-13",
    "2020-10-13T00:00:00",
    "44117",
    "13 октября 2020",
    "13 октября 2020 года",
    "„13“ октября 2020 г.",
    "«13» октября 2020 г.",
    '"13" октября 2020 г.',
    "13 окт. 2020",
    "13 окт 2020 г.",
    "13-окт-2020",
    "13 Октябрь 2020",
    "13.10.2020 0:00:00",
    "13.10.2020 10:30",
    "13.10.2020, 10:30",
    "13.10.2020 в 10:30",
    "13.10.2020 10:00-12:30",
    "2020-10-12T21:00:00Z",
    "2020-10-12T21:00:00.000Z",
    "2020-10-13T00:00:00+03:00",
    "2020-10-13T02:59:59+0500",
]
FROM_THE_13TH = [
    "13-14.10.2020",
    "13.10-14.10.2020",
    "13.10.2020 - 14.10.2020",
    "13.10.2020 г. – 14.10.2020 г.",
    "13-14 октября 2020",
    "13 – 16 окт. 2020 г.",
    "13, 14 октября 2020 г.",
    "13 и 14 октября 2020",
    "с 13 по 16 октября 2020 г.",
    "13 октября - 2 ноября 2020",
    "13 октября 2020 г. - 12 января 2021 г.",
    "2020-10-13 - 2020-10-14",
]
UNREADABLE = [
    "завтра",
    "октябрь 2020",
    "10.2020",
    "13/10/2020",
    "13-10-2020",
    "32.10.2020",
    "30.02.2020",
    "13.13.2020",
    "2020-13-01",
    "14-13.10.2020",
    "14 октября - 13 октября 2020",
    "2020-10-12T99:00:00Z",
    "0.0.0000",
    "9" * 30,
]
TWO_DIGITS = ["13.10.20", "13-14.10.20", "13 октября 20", "13 окт. 20 г.", "13.10.20 10:30"]


@pytest.mark.parametrize("text", THE_13TH)
def test_a_day_is_the_paper_s_day(text: str) -> None:
    assert days.read(text, MOSCOW) == (date(2020, 10, 13), False)


@pytest.mark.parametrize("text", FROM_THE_13TH)
def test_of_several_days_the_first_counts(text: str) -> None:
    assert days.read(text, MOSCOW) == (date(2020, 10, 13), True)


@pytest.mark.parametrize("text", UNREADABLE + TWO_DIGITS)
def test_no_day_is_guessed_at(text: str) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        days.read(text, MOSCOW)
    assert refused.value.type == ("two_digit_year" if text in TWO_DIGITS else "not_a_date")


def test_an_instant_is_a_day_of_the_zone() -> None:
    instant = "2020-10-12T21:00:00Z"
    assert days.read(instant, ZoneInfo("Asia/Vladivostok"))[0] == date(2020, 10, 13)
    assert days.read(instant, ZoneInfo("Europe/Kaliningrad"))[0] == date(2020, 10, 12)


def test_a_cell_of_a_book_is_its_day() -> None:
    assert days.read(date(2020, 10, 13), MOSCOW) == (date(2020, 10, 13), False)
    assert days.read(datetime(2020, 10, 13, 9, 30), MOSCOW) == (date(2020, 10, 13), False)  # noqa: DTZ001 - a cell's


def test_a_list_tells_that_the_first_day_was_taken(seminar: Scene) -> None:
    spellings = ("15-16 октября 2020 г.", "15.10.2020 0:00:00", "2020-10-14T21:00:00Z")
    names = ("Иванова Мария Петровна", "Петрова Анна Ивановна", "Сидоров Пётр Ильич")
    rows = [row(name, Дата=day) for name, day in zip(names, spellings, strict=True)]
    found = report(upload(seminar, listed(*rows)))
    infos = [[each["code"] for each in one["infos"]] for one in found["rows"]]
    assert found["stats"]["created"] == 3
    assert ["first_day_taken" in each for each in infos] == [True, False, False]
    kept = seminar.client.get("/participations", params={"event_id": seminar["$seminar"]}).json()
    assert {each["participated_on"] for each in kept["items"]} == {"2020-10-15"}
