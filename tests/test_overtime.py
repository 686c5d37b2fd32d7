"""Over time: differences, series and single subjects agree with what is explained on each day."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.indicators.answer import indicators
from app.indicators.asking import Asked
from app.indicators.catalogue import INDICATORS
from app.indicators.codes import SeriesStep, SubjectType
from app.indicators.difference import difference
from app.indicators.documents import ExplainedItem
from app.indicators.explanation import ItemQuery, explain
from app.indicators.series import ends, series
from app.indicators.subject import Subject, explain_subject
from tests.drawing import DAYS, HOME, PROGRAM, Row, key, numbered
from tests.test_indicators import EVERYTHING, MANY, Place, networks, place, read_once, stored

pytestmark = pytest.mark.shared_out
"""All of them read what counts by the same few statements."""

__all__ = ["place"]

SCHOOL, NURSERY = key(1, 0), key(1, 1)
TEACHER, COLLEAGUE = key(6, 0), key(6, 1)
AUTUMN = date(2020, 9, 1)
SINCE: Row = {"valid_from": AUTUMN, "valid_to": None}
UNTIL: Row = {"valid_from": date(2020, 4, 17), "valid_to": date(2020, 8, 31)}
ALWAYS: Row = {"valid_from": date(2020, 4, 17), "valid_to": None}
TEACHING = {"position_group": "teaching"}
TODAY = date(2021, 12, 31)
SOME = settings(MANY, max_examples=MANY.max_examples // 2)
SOME_DAYS = DAYS | st.sampled_from([date(2020, 1, 1), date(2021, 12, 1)])


def outcomes(items: Sequence[ExplainedItem]) -> dict[tuple[str, str | None], str]:
    return {(each["type"], each["id"]): each["outcome"] for each in items if each["id"]}


@pytest.mark.long
@pytest.mark.usefixtures("full")
@SOME
@given(network=networks(), days=st.tuples(SOME_DAYS, SOME_DAYS).map(sorted))
def test_a_difference_leads_from_one_day_to_the_other(
    place: Place, network: Row, days: list[date]
) -> None:
    first, last = days
    with read_once(place, network) as tx:
        found = difference(tx, PROGRAM, first, last, "ru")["items"]
        assert [each["code"] for each in found] == list(INDICATORS)
        for side, day in (("from", first), ("to", last)):
            told = indicators(tx, PROGRAM, Asked(TODAY, day))["items"]
            assert [dict(each)[side] for each in found] == told
        for each in found:
            before, after = (
                outcomes(explain(tx, PROGRAM, each["code"], Asked(TODAY, day), EVERYTHING)["items"])
                for day in days
            )
            for change in each["changes"]:
                key: tuple[str, str | None] = change["type"], change["id"]
                assert before.pop(key, None) == change["from_outcome"] != change["to_outcome"]
                if change["to_outcome"]:
                    before[key] = change["to_outcome"]
                assert change["cause"], change
                assert change["cause_text"]
                assert change["cause_id"]
            assert before == after


def small(**others: Any) -> Row:
    """Build a network in which a school off every roster declares a headcount."""
    kept = {"opened_on": None, "closed_on": None, "parent_id": None, "municipality_id": HOME}
    school = {"id": SCHOOL, "kind": "general_school"} | kept | others.get("school", {})
    nursery = {"id": NURSERY, "kind": "preschool"} | kept
    event = {"id": key(5, 0), "activity_id": key(4, 0), "kind": "held", "status": "completed"}
    attendance = {"teacher_id": TEACHER, "event_id": event["id"], "organization_id": SCHOOL}
    return {
        "program": {
            "id": PROGRAM,
            "municipality_id": HOME,
            "start_date": date(2020, 4, 17),
            "end_date": date(2021, 8, 31),
            "leader_rule": "excluded",
            "preschools_in_population": False,
        },
        "organizations": [school, nursery],
        "designations": numbered(2, others.get("designations", [])),
        "partnerships": [],
        "activities": numbered(4, [{"program_id": PROGRAM, "direction": "regulatory"}]),
        "events": [event | {"completed_on": date(2020, 5, 10)}],
        "teachers": numbered(6, [{"municipality_id": HOME}] * 2),
        "employments": numbered(7, others.get("employments", [])),
        "headcounts": numbered(
            8,
            [
                {
                    "organization_id": SCHOOL,
                    "observed_on": others.get("declared", date(2020, 5, 1)),
                    "teachers": 3,
                }
            ],
        ),
        "participations": numbered(
            9, [attendance | {"status": "attended", "participated_on": date(2020, 5, 10)}]
        ),
        "monitoring_records": [],
    }


def teaches(teacher: UUID, organization: UUID, days: Row) -> Row:
    return {"teacher_id": teacher, "organization_id": organization, **days, **TEACHING}


@pytest.mark.long
@pytest.mark.parametrize(
    ("others", "outcomes", "cause", "about"),
    [
        pytest.param(
            {"declared": AUTUMN},
            (None, "counted"),
            *("headcount_observed", key(8, 0)),
            id="a headcount is declared",
        ),
        pytest.param(
            {"employments": [teaches(COLLEAGUE, SCHOOL, SINCE)]},
            ("counted", None),
            *("employment_started", key(7, 0)),
            id="a colleague makes a roster",
        ),
        pytest.param(
            {"employments": [teaches(COLLEAGUE, SCHOOL, UNTIL)]},
            (None, "counted"),
            *("employment_ended", key(7, 0)),
            id="the last colleague leaves the roster",
        ),
        pytest.param(
            {"school": {"opened_on": AUTUMN}},
            (None, "counted"),
            *("organization_opened", SCHOOL),
            id="the school opens",
        ),
        pytest.param(
            {"school": {"closed_on": date(2020, 8, 31)}},
            ("counted", None),
            *("organization_closed", SCHOOL),
            id="the school closes",
        ),
        pytest.param(
            {
                "employments": [
                    teaches(TEACHER, SCHOOL, UNTIL | {"valid_to": date(2020, 5, 20)}),
                    teaches(COLLEAGUE, SCHOOL, ALWAYS),
                    teaches(TEACHER, NURSERY, ALWAYS),
                ],
                "designations": [{"organization_id": NURSERY, "category": "leader", **SINCE}],
            },
            ("excluded", "counted"),
            *("designation_given", key(2, 0)),
            id="who has left works for a leader",
        ),
    ],
)
def test_what_befalls_a_school_is_why_its_teachers_come_and_go(
    place: Place, others: Row, outcomes: tuple[str | None, str | None], cause: str, about: UUID
) -> None:
    network = small(**others)
    with stored(place, network) as tx:
        found = difference(tx, PROGRAM, date(2020, 6, 1), date(2020, 12, 31), "ru")["items"]
    (change,) = (
        each
        for item in found
        if item["code"] == "teacher_coverage_share"
        for each in item["changes"]
        if each["id"] == str(TEACHER)
    )
    assert (change["from_outcome"], change["to_outcome"]) == outcomes
    assert (change["cause"], change["cause_id"]) == (cause, str(about))


@pytest.mark.long
@pytest.mark.usefixtures("full")
@SOME
@given(network=networks(), step=st.sampled_from(SeriesStep))
def test_a_series_tells_what_each_day_tells(place: Place, network: Row, step: SeriesStep) -> None:
    with read_once(place, network) as tx:
        by_day: dict[str, list[Row]] = {}
        for code in INDICATORS:
            found = series(tx, PROGRAM, code, step, Asked(TODAY))
            for point in found["items"]:
                day = date.fromisoformat(point["as_of"])
                if point["as_of"] not in by_day:
                    answer = indicators(tx, PROGRAM, Asked(TODAY, day))
                    by_day[point["as_of"]] = [dict(item) for item in answer["items"]]
                told = next(each for each in by_day[point["as_of"]] if each["code"] == code)
                names = ("numerator", "denominator", "value", "value_status")
                assert {name: dict(point)[name] for name in names} == {
                    name: told[name] for name in names
                }
    assert max(by_day) == network["program"]["end_date"].isoformat()


@pytest.mark.long
@pytest.mark.usefixtures("full")
@SOME
@given(network=networks(), day=DAYS)
def test_a_subject_stands_where_it_is_explained(place: Place, network: Row, day: date) -> None:
    asked = Asked(TODAY, day)
    kinds: dict[SubjectType, list[Row]] = {
        "organizations": network["organizations"],
        "teachers": network["teachers"],
    }
    with read_once(place, network) as tx:
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


@pytest.mark.long
@pytest.mark.usefixtures("full")
@SOME
@given(network=networks(), limit=st.integers(1, 4))
def test_pages_of_an_explanation_are_one_whole(place: Place, network: Row, limit: int) -> None:
    asked = Asked(TODAY, date(2020, 12, 31))
    with read_once(place, network) as tx:
        for code in ("org_involvement_share", "teacher_coverage_share"):
            whole = explain(tx, PROGRAM, code, asked, EVERYTHING)["items"]
            walked: list[Any] = []
            cursor: str | None = None
            while True:
                page = explain(tx, PROGRAM, code, asked, ItemQuery(None, limit, "ru", cursor))
                assert len(page["items"]) <= limit
                walked += page["items"]
                cursor = page["next"]
                if cursor is None:
                    break
            assert walked == whole


def test_steps_end_where_people_expect_it() -> None:
    first, last = date(2020, 4, 17), date(2021, 12, 31)
    years = [date(2020, 8, 31), date(2021, 8, 31), last]
    assert list(ends(first, last, SeriesStep.ACADEMIC_YEAR)) == years
    quarters = [each.isoformat() for each in ends(first, last, SeriesStep.QUARTER)]
    assert quarters[:2] == ["2020-06-30", "2020-09-30"]
    assert quarters[-2:] == ["2021-09-30", "2021-12-31"]
    assert len(list(ends(first, last, SeriesStep.MONTH))) == 21
    assert list(ends(first, first, SeriesStep.MONTH)) == [first]
