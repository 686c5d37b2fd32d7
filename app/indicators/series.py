"""Series: an indicator over the program's time, ready for a chart."""

import uuid
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from app.indicators.asking import Asked, moment_of
from app.indicators.catalogue import INDICATORS
from app.indicators.facts import Moment, load, program_of
from app.indicators.figures import target_of, told
from app.indicators.network import Network
from app.problems import NotFound
from app.store.columns import Choice
from app.store.database import Transaction


class Step(Choice):
    """What lies between two points of a series."""

    MONTH = "month", "месяц"
    QUARTER = "quarter", "квартал"
    ACADEMIC_YEAR = "academic_year", "учебный год"


LAST_MONTHS = {Step.MONTH: range(1, 13), Step.QUARTER: (3, 6, 9, 12), Step.ACADEMIC_YEAR: (8,)}
"""The months with which steps end."""


def series(
    tx: Transaction, program_id: uuid.UUID, code: str, step: Step, asked: Asked
) -> dict[str, Any]:
    """An indicator at the end of each step, counted from the period's start to it.

    Raises:
        NotFound: there is no such program or indicator.
        Invalid: the period ends after the day, or before it starts.

    """
    program = program_of(tx, program_id)
    if code not in INDICATORS:
        raise NotFound
    _, whole = moment_of(program, asked._replace(as_of=asked.as_of or program.end_date))
    facts = load(tx, program, whole.start if whole else program.start_date)
    target = next((each for each in facts.targets if str(each.code) == code), None)
    unit = INDICATORS[code].unit
    return {
        "code": code,
        "unit": unit,
        "step": step.value,
        "state_version": facts.state_version,
        "target": target_of(target),
        "items": [
            {
                "as_of": each.day.isoformat(),
                "period_start": each.start.isoformat(),
                "period_end": each.end.isoformat(),
                **told(INDICATORS[code].measure(Network(facts, each)), unit),
            }
            for each in (_points(program.start_date, whole, step) if whole else ())
        ],
    }


def _points(first: date, whole: Moment, step: Step) -> Iterator[Moment]:
    for day in ends(first, whole.day, step):
        if day >= whole.start:
            yield Moment(day, whole.start, min(day, whole.end))


def ends(first: date, last: date, step: Step) -> Iterator[date]:
    """The last days of the steps that end before the last day, and that day."""
    day = first
    while day < last:
        end = day.replace(day=monthrange(day.year, day.month)[1])
        if end < last and end.month in LAST_MONTHS[step]:
            yield end
        day = end + timedelta(1)
    yield last
