"""Table of programs: a row for each program, and totals computed from integers."""

from collections.abc import Iterable
from typing import NamedTuple

from app.indicators.catalogue import DEFINITION, INDICATORS
from app.indicators.codes import IndicatorUnit, TargetStatus
from app.indicators.documents import Indicators, IndicatorTotal
from app.indicators.figures import OUTSIDE, figures_from
from app.model.values import spoken_json
from app.registry.program_parts import IndicatorCode


class ProgramAnswer(NamedTuple):
    """A program's answer as JSON, and its integers for the totals."""

    text: str
    sums: tuple[tuple[int, int, int], ...]
    """Numerator, denominator and excluded of each indicator; empty outside the program's period."""

    @property
    def items(self) -> str:
        """The JSON of `items`, cut out of the answer; quotes in texts are escaped."""
        start = self.text.index(_HEAD) + len(_HEAD)
        return self.text[start : self.text.index(_TAIL, start)]


_HEAD, _TAIL = '"items":', ',"uncovered_priority":'


def answer_for(answer: Indicators) -> ProgramAnswer:
    """An answer as it is sent and stored in memory."""
    sums = tuple(
        (entry["numerator"], entry["denominator"] or 0, entry["excluded_count"])
        for entry in answer["items"]
        if entry["numerator"] is not None
    )
    return ProgramAnswer(spoken_json(answer), sums)


def totals(rows: Iterable[ProgramAnswer]) -> list[IndicatorTotal]:
    """Each indicator over all programs: sums of numerators and denominators, not of shares."""
    inside = [entry.sums for entry in rows if entry.sums]
    columns = zip(*inside, strict=True) if inside else ([],) * len(INDICATORS)
    return [
        _total(code, [sum(entry) for entry in zip(*column, strict=True)] or [0, 0, 0], len(inside))
        for code, column in zip(INDICATORS, columns, strict=True)
    ]


def _total(code: IndicatorCode, sums: list[int], programs: int) -> IndicatorTotal:
    numerator, denominator, excluded = sums
    unit = INDICATORS[code].unit
    below = denominator if unit == IndicatorUnit.PERCENT else None
    return {
        "code": code,
        "unit": unit,
        "definition_version": DEFINITION,
        **(figures_from(numerator, below) if programs else OUTSIDE),
        "target": None,
        "target_status": TargetStatus.NOT_APPLICABLE,
        "target_gap": None,
        "excluded_count": excluded,
        "programs": programs,
    }
