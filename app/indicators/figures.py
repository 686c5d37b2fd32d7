"""Figures: an indicator computed from its items, with its value and its target."""

from app.indicators.catalogue import DEFINITION, INDICATORS, measure
from app.indicators.codes import (
    COUNTED,
    EXCLUDED,
    NOT_COUNTED,
    IndicatorUnit,
    TargetStatus,
    ValueStatus,
)
from app.indicators.documents import (
    AgainstTarget,
    BreakdownEntry,
    DataQuality,
    Figures,
    Indicator,
    IndicatorTarget,
)
from app.indicators.facts import Facts
from app.indicators.network import Measure, Network
from app.indicators.rows import TargetRow
from app.indicators.shares import entry, value_of
from app.indicators.targets import MILLION, weighed
from app.model.values import spoken_decimal
from app.registry.program_parts import IndicatorCode


def measured(on_day: Network | None) -> dict[IndicatorCode, Measure]:
    """The measure of every indicator on a day; empty outside the program's period."""
    return {code: measure(on_day, code) for code in INDICATORS} if on_day else {}


def indicator(facts: Facts, code: IndicatorCode, counted: Measure | None) -> Indicator:
    """An indicator in an answer; `counted` is null outside the program's period."""
    unit, measure = INDICATORS[code].unit, counted or Measure([], [])
    figures = figures_of(measure, unit) if counted else OUTSIDE
    target = next((entry for entry in facts.targets if entry.code == code), None)
    against = _against(target, figures["numerator"], figures["denominator"])
    answer: Indicator = {
        "code": code,
        "unit": unit,
        "definition_version": DEFINITION,
        "numerator": figures["numerator"],
        "denominator": figures["denominator"],
        "value": figures["value"],
        "value_status": figures["value_status"],
        "target": against["target"],
        "target_status": against["target_status"],
        "target_gap": against["target_gap"],
        "breakdown": _breakdown(measure, unit),
        "excluded_count": measure.sum(EXCLUDED),
        "data_quality": _data_quality(facts, measure),
    }
    if code == IndicatorCode.TEACHER_COVERAGE_SHARE:
        answer["additive"] = False
    return answer


OUTSIDE: Figures = {
    "numerator": None,
    "denominator": None,
    "value": None,
    "value_status": ValueStatus.OUTSIDE_PROGRAM_PERIOD,
}
"""The figures of a day on which the program does not run."""


def figures_of(measure: Measure, unit: IndicatorUnit) -> Figures:
    """The figures of a measure, with the value."""
    return figures_from(*counts(measure, unit))


def figures_from(numerator: int, denominator: int | None) -> Figures:
    """The figures of two integers, with the value."""
    return {
        "numerator": numerator,
        "denominator": denominator,
        "value": value_of(numerator, denominator),
        "value_status": ValueStatus.NO_POPULATION if denominator == 0 else ValueStatus.OK,
    }


def target_of(target: TargetRow | None) -> IndicatorTarget | None:
    """A program's target in an answer."""
    if target is None:
        return None
    return {"operator": target.operator, "value": spoken_decimal(target.value)}


def _data_quality(facts: Facts, measure: Measure) -> DataQuality:
    return {
        "no_roster": [{"id": str(key), "name": facts.names[key]} for key in measure.no_roster],
        "flags": [{"code": flag, "id": str(key)} for flag, key in measure.flags],
    }


def _against(
    target: TargetRow | None, numerator: int | None, denominator: int | None
) -> AgainstTarget:
    scaled = int(target.value * MILLION) if target and numerator is not None else None
    status, gap = target_status(numerator or 0, denominator, scaled)
    return {"target": target_of(target), "target_status": status, "target_gap": gap}


def counts(measure: Measure, unit: IndicatorUnit) -> tuple[int, int | None]:
    """The numerator and the denominator of a measure; counts have no denominator."""
    denominator = measure.sum(COUNTED, NOT_COUNTED) if unit == IndicatorUnit.PERCENT else None
    return measure.sum(COUNTED), denominator


def _breakdown(measure: Measure, unit: IndicatorUnit) -> list[BreakdownEntry]:
    if measure.breakdown is not None:
        return measure.breakdown
    entries = []
    inside = [item for item in measure.items if item.outcome != EXCLUDED]
    for key in sorted({item.group for item in inside}, key=lambda key: key or "~"):
        group = Measure([item for item in inside if item.group == key])
        entries.append(entry(key, *counts(group, unit)))
    return entries


def target_status(
    numerator: int, denominator: int | None, target: int | None
) -> tuple[TargetStatus, int | None]:
    """Whether a target (in millionths) is met, in exact integers, and how many are missing."""
    if target is None or denominator == 0:
        return TargetStatus.NOT_APPLICABLE, None
    unit, required = weighed(denominator, target)
    gap = max(0, -(-required // unit) - numerator)
    is_met = numerator * unit >= required
    return (TargetStatus.MET if is_met else TargetStatus.NOT_MET), gap
