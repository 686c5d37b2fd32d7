"""Over time: differences, series and single subjects agree with what is explained on each day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.indicators.answer import indicators
from app.indicators.asking import Asked
from app.indicators.catalogue import INDICATORS
from app.indicators.difference import difference
from app.indicators.explanation import Wanted, explain
from app.indicators.series import Step, ends, series
from app.indicators.subject import Subject, explain_subject
from tests.test_indicators import (
    DAYS,
    EVERYTHING,
    MANY,
    PROGRAM,
    Place,
    Row,
    networks,
    place,
    stored,
)

__all__ = ["place"]

TODAY = date(2021, 12, 31)
SOME = settings(MANY, max_examples=MANY.max_examples // 2)
SOME_DAYS = DAYS | st.sampled_from([date(2020, 1, 1), date(2021, 12, 1)])


def outcomes(items: Sequence[Row]) -> dict[tuple[str, str], str]:
    return {(each["type"], each["id"]): each["outcome"] for each in items if each["id"]}


@pytest.mark.usefixtures("full")
@SOME
@given(network=networks(), days=st.tuples(SOME_DAYS, SOME_DAYS).map(sorted))
def test_a_difference_leads_from_one_day_to_the_other(
    place: Place, network: Row, days: list[date]
) -> None:
    first, last = days
    with stored(place, network) as tx:
        found = difference(tx, PROGRAM, first, last, "ru")["items"]
        assert [each["code"] for each in found] == list(INDICATORS)
        for side, day in (("from", first), ("to", last)):
            told = indicators(tx, PROGRAM, Asked(TODAY, day))["items"]
            assert [each[side] for each in found] == told
        for each in found:
            before, after = (
                outcomes(explain(tx, PROGRAM, each["code"], Asked(TODAY, day), EVERYTHING)["items"])
                for day in days
            )
            for change in each["changes"]:
                key = change["type"], change["id"]
                assert before.pop(key, None) == change["from_outcome"] != change["to_outcome"]
                if change["to_outcome"]:
                    before[key] = change["to_outcome"]
                assert change["cause"], change
                assert change["cause_text"]
                assert change["cause_id"]
            assert before == after


@pytest.mark.usefixtures("full")
@SOME
@given(network=networks(), step=st.sampled_from(Step))
def test_a_series_tells_what_each_day_tells(place: Place, network: Row, step: Step) -> None:
    with stored(place, network) as tx:
        by_day: dict[str, list[Row]] = {}
        for code in INDICATORS:
            found = series(tx, PROGRAM, code, step, Asked(TODAY))
            for point in found["items"]:
                day = date.fromisoformat(point["as_of"])
                if point["as_of"] not in by_day:
                    answer = indicators(tx, PROGRAM, Asked(TODAY, day))
                    by_day[point["as_of"]] = answer["items"]
                told = next(each for each in by_day[point["as_of"]] if each["code"] == code)
                names = ("numerator", "denominator", "value", "value_status")
                assert {name: point[name] for name in names} == {name: told[name] for name in names}
    assert max(by_day) == network["program"]["end_date"].isoformat()


@pytest.mark.usefixtures("full")
@SOME
@given(network=networks(), day=DAYS)
def test_a_subject_stands_where_it_is_explained(place: Place, network: Row, day: date) -> None:
    asked = Asked(TODAY, day)
    kinds = {name: network[name] for name in ("organizations", "teachers")}
    with stored(place, network) as tx:
        explained = {
            code: explain(tx, PROGRAM, code, asked, EVERYTHING)["items"] for code in INDICATORS
        }
        runs = any(explained.values())
        for kind, rows in kinds.items():
            for row in rows:
                items = explain_subject(tx, PROGRAM, Subject(kind, row["id"]), asked, "ru")["items"]
                for code in INDICATORS if runs else ():
                    mine = [each for each in items if each["code"] == code]
                    owned = {
                        (each["outcome"], each["reason"])
                        for each in explained[code]
                        if str(row["id"]) in {each["id"], each.get("organization_id")}
                    }
                    assert mine
                    assert all(each["reason_text"] for each in mine)
                    said = {(each["outcome"], each["reason"]) for each in mine if each["outcome"]}
                    assert said == owned


@pytest.mark.usefixtures("full")
@SOME
@given(network=networks(), limit=st.integers(1, 4))
def test_pages_of_an_explanation_are_one_whole(place: Place, network: Row, limit: int) -> None:
    asked = Asked(TODAY, date(2020, 12, 31))
    with stored(place, network) as tx:
        for code in ("org_involvement_share", "teacher_coverage_share"):
            whole = explain(tx, PROGRAM, code, asked, EVERYTHING)["items"]
            walked: list[Any] = []
            cursor: str | None = None
            while True:
                page = explain(tx, PROGRAM, code, asked, Wanted(None, limit, "ru", cursor))
                assert len(page["items"]) <= limit
                walked += page["items"]
                cursor = page["next"]
                if cursor is None:
                    break
            assert walked == whole


def test_steps_end_where_people_expect_it() -> None:
    first, last = date(2020, 4, 17), date(2021, 12, 31)
    years = [date(2020, 8, 31), date(2021, 8, 31), last]
    assert list(ends(first, last, Step.ACADEMIC_YEAR)) == years
    quarters = [each.isoformat() for each in ends(first, last, Step.QUARTER)]
    assert quarters[:2] == ["2020-06-30", "2020-09-30"]
    assert quarters[-2:] == ["2021-09-30", "2021-12-31"]
    assert len(list(ends(first, last, Step.MONTH))) == 21
    assert list(ends(first, first, Step.MONTH)) == [first]
