"""Series: an indicator over the program's time, ready for a chart."""

import uuid
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from app.database.transaction import Transaction
from app.indicators.asking import Asked, moment_of
from app.indicators.catalogue import INDICATORS, code_of, measure
from app.indicators.codes import SeriesStep
from app.indicators.documents import IndicatorSeries
from app.indicators.facts import Moment, load, program_of
from app.indicators.figures import figures_of, target_of
from app.indicators.network import network_on

LAST_MONTHS = {
    SeriesStep.MONTH: range(1, 13),
    SeriesStep.QUARTER: (3, 6, 9, 12),
    SeriesStep.ACADEMIC_YEAR: (8,),
}
"""The months at whose end a step ends."""


def series(
    tx: Transaction, program_id: uuid.UUID, name: str, step: SeriesStep, asked: Asked
) -> IndicatorSeries:
    """An indicator at the end of each step, counted from the period's start to it.

    Raises:
        NotFound: there is no such program or indicator.
        Invalid: the period ends after the day, or before it starts.

    """
    program = program_of(tx, program_id)
    code = code_of(name)
    _, whole = moment_of(program, asked._replace(as_of=asked.as_of or program.end_date))
    facts = load(tx, program, whole.start if whole else program.start_date)
    target = next((entry for entry in facts.targets if entry.code == code), None)
    unit = INDICATORS[code].unit
    return {
        "code": code,
        "unit": unit,
        "step": step,
        "state_version": facts.state_version,
        "target": target_of(target),
        "items": [
            {
                "as_of": entry.day.isoformat(),
                "period_start": entry.start.isoformat(),
                "period_end": entry.end.isoformat(),
                **figures_of(measure(network_on(tx, program, entry), code), unit),
            }
            for entry in (_points(program.start_date, whole, step) if whole else ())
        ],
    }


def _points(first: date, whole: Moment, step: SeriesStep) -> Iterator[Moment]:
    for day in ends(first, whole.day, step):
        if day >= whole.start:
            yield Moment(day, whole.start, min(day, whole.end))


def ends(first: date, last: date, step: SeriesStep) -> Iterator[date]:
    """The last days of all steps that end before the last day, then the last day itself."""
    end = first.replace(day=monthrange(first.year, first.month)[1])
    while end < last:
        if end.month in LAST_MONTHS[step]:
            yield end
        day = end + timedelta(1)
        end = day.replace(day=monthrange(day.year, day.month)[1])
    yield last
