"""Ways to a target: made true they bring it, and no shorter list of the same does."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.indicators.asking import Asked
from app.indicators.ways.answer import ways
from app.registry.program_parts import COUNTS, IndicatorCode
from tests import deeds
from tests.deeds import Moment
from tests.drawing import PROGRAM, Draw, Row, one
from tests.oracle import State
from tests.oracle_answers import all_figures
from tests.test_indicators import MANY, Place, networks, period, place, questions, read_once

pytestmark = pytest.mark.shared_out
"""All of them read what counts by the same few statements."""

__all__ = ["place"]

CODES = [each.value for each in IndicatorCode if each != IndicatorCode.CONFLICTED_RESOURCES]
DEEDS = "org_active_involvement_share"
INVOLVED = ("org_involvement_share", "org_involvement_share_priority", DEEDS, "leader_load")
FULL = 500
OFTEN = settings(MANY, max_examples=1_000 if settings().max_examples >= FULL else 5)
"""5 networks a day on each database, for each is tried many times; 1,000 with --torture."""


@st.composite
def aims(draw: Draw) -> list[Row]:
    """Draw a target for every indicator that takes one."""
    shares, numbers = one(Decimal(50), Decimal(75), Decimal(100)), one(*map(Decimal, (1, 2, 4, 40)))
    return [
        {
            "code": code,
            "operator": "gte",
            "value": draw(numbers if IndicatorCode(code) in COUNTS else shares),  # type: ignore[call-arg]
        }
        for code in CODES
    ]


def numbers(network: Row, code: str, when: Moment) -> tuple[int, int | None]:
    return all_figures(State(network, *when))[code]


def is_met(network: Row, code: str, when: Moment) -> bool:
    """The target in exact numbers."""
    (value,) = [each["value"] for each in network["program"]["targets"] if each["code"] == code]
    numerator, denominator = numbers(network, code, when)
    if denominator is None:
        return bool(numerator >= value)
    return denominator > 0 and bool(numerator * 100 >= value * denominator)


@pytest.mark.long
@pytest.mark.usefixtures("full")
@OFTEN
@given(network=networks(), asked=questions(), targets=aims())
def test_ways_made_true_bring_the_target(
    place: Place, network: Row, asked: Asked, targets: list[Row]
) -> None:
    network = network | {"program": network["program"] | {"targets": targets}}
    when = Moment(*period(asked))
    answers = dict(zip(CODES, told(place, network, asked, *CODES), strict=True))
    if not network["program"]["start_date"] <= when.day <= network["program"]["end_date"]:
        assert {(each["gap"], each["reaches"]) for each in answers.values()} == {(None, None)}
        return
    for code, answer in answers.items():
        judge(place, network, asked, answer, code)


def told(place: Place, network: Row, asked: Asked, *codes: str) -> list[Any]:
    with read_once(place, network) as tx:
        return [ways(tx, PROGRAM, code, asked, "ru") for code in codes]


def judge(place: Place, network: Row, asked: Asked, answer: Any, code: str) -> None:
    """Go the ways one by one, then look whether fewer would do."""
    when = Moment(*period(asked))
    _, denominator = numbers(network, code, when)
    if denominator == 0:
        assert (answer["gap"], answer["ways"], answer["reaches"]) == (None, [], None)
        return
    assert (answer["gap"] == 0) == is_met(network, code, when)

    def ask(other: Row, of: str) -> Any:
        return told(place, other, asked, of)[0]

    after = network
    for way in answer["ways"]:
        assert not is_met(after, code, when)
        before, after = after, deeds.made_true(after, way, when, ask)
        assert numbers(after, code, when)[0] - numbers(before, code, when)[0] == way["adds"], way
    assert answer["reaches"] == is_met(after, code, when)
    if answer["reaches"]:
        for some in shorter(network, answer["ways"], code, when):
            less = network
            for way in some:
                less = deeds.made_true(less, way, when, ask)
            assert not is_met(less, code, when), some


def shorter(network: Row, taken: list[Any], code: str, when: Moment) -> Iterator[list[Any]]:
    """The list without one of its ways; and all shorter ones where partnerships are concerned."""
    yield from (taken[:at] + taken[at + 1 :] for at in range(len(taken)))
    if code in INVOLVED and len(taken) in {2, 3}:
        universe = list(every_step(State(network, *when), of_deeds=code == DEEDS))
        for size in range(1, len(taken)):
            yield from map(list, combinations(universe, size))


def every_step(state: State, *, of_deeds: bool) -> Iterator[Row]:
    """Whatever could be done about partnerships: designations first, as a coordinator would."""
    people = state.at_home()
    leaders = state.leaders()
    own = {each["id"]: each for each in state.records("partnerships")}
    ours = [each for each in own.values() if each["program_id"] == state.program["id"]]
    leading = {
        key for each in ours for key in state.members(each, ["leader"]) if key in people
    } - state.designated("leader")
    for key in leading:
        yield step("designate_leader", key)
    for each in ours:
        if each["status"] == "draft":
            yield step("sign_partnership", each["id"])
        if each["suspensions"]:
            yield step("resume_partnership", each["id"])
    for key in state.population():
        if of_deeds:
            yield step("take_part", key)
        for leader in (leaders | leading) - {key}:
            yield step("make_partnership", key, leader)


def step(action: str, key: Any, *beside: Any) -> Row:
    return {"action": action, "id": key, "with": [{"id": each} for each in beside], "adds": 0}
