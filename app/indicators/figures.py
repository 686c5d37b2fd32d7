"""Figures: what was counted, told as an indicator with its value and against its target."""

from typing import Any

from app.indicators.catalogue import DEFINITION, INDICATORS
from app.indicators.facts import Facts
from app.indicators.network import COUNTED, EXCLUDED, NOT_COUNTED, Measure, Network
from app.store.values import spoken_decimal

MILLION = 10**6
"""A target's smallest unit."""


def measured(on_day: Network | None) -> dict[str, Measure]:
    """What every indicator counted on a day; nothing outside the program's period."""
    return {code: each.measure(on_day) for code, each in INDICATORS.items()} if on_day else {}


def indicator(facts: Facts, code: str, counted: Measure | None) -> dict[str, Any]:
    """An indicator as it is told; what was not counted lies outside the program's period."""
    unit, measure = INDICATORS[code].unit, counted or Measure([], [])
    target = next((each for each in facts.targets if str(each.code) == code), None)
    answer: dict[str, Any] = {"code": code, "unit": unit, "definition_version": DEFINITION}
    answer |= told(measure, unit) if counted else OUTSIDE
    answer |= _against(target, answer["numerator"], answer["denominator"])
    answer["breakdown"] = _breakdown(measure, unit)
    answer["excluded_count"] = measure.sum(EXCLUDED)
    answer["data_quality"] = {
        "no_roster": [{"id": str(key), "name": facts.names[key]} for key in measure.no_roster],
        "flags": [{"code": flag, "id": str(key)} for flag, key in measure.flags],
    }
    return answer | ({"additive": False} if code == "teacher_coverage_share" else {})


OUTSIDE = dict.fromkeys(("numerator", "denominator", "value")) | {
    "value_status": "outside_program_period"
}
"""What is told of a day on which the program does not run."""


def told(measure: Measure, unit: str) -> dict[str, Any]:
    """The figures of what was counted, and its value."""
    numerator, denominator = figures(measure, unit)
    return {
        "numerator": numerator,
        "denominator": denominator,
        "value": value_of(numerator, denominator),
        "value_status": "no_population" if denominator == 0 else "ok",
    }


def target_of(target: Any) -> dict[str, str] | None:
    """A program's target as it is told."""
    if target is None:
        return None
    return {"operator": str(target.operator), "value": spoken_decimal(target.value)}


def _against(target: Any, numerator: int | None, denominator: int | None) -> dict[str, Any]:
    scaled = int(target.value * MILLION) if target and numerator is not None else None
    status, gap = target_status(numerator or 0, denominator, scaled)
    return {"target": target_of(target), "target_status": status, "target_gap": gap}


def figures(measure: Measure, unit: str) -> tuple[int, int | None]:
    """The numerator and the denominator of what was counted; a count has none."""
    denominator = measure.sum(COUNTED, NOT_COUNTED) if unit == "percent" else None
    return measure.sum(COUNTED), denominator


def value_of(numerator: int, denominator: int | None) -> str | None:
    """A share in percent, or a count; null where there is nobody to count among."""
    if denominator is None:
        return str(numerator)
    return percent(numerator, denominator) if denominator else None


def _breakdown(measure: Measure, unit: str) -> list[dict[str, Any]]:
    if measure.breakdown is not None:
        return [
            each
            if "value" in each
            else each | {"value": value_of(each["numerator"], each["denominator"])}
            for each in measure.breakdown
        ]
    entries = []
    inside = [item for item in measure.items if item.outcome != EXCLUDED]
    for key in sorted({item.group for item in inside}, key=lambda key: key or "~"):
        group = Measure([item for item in inside if item.group == key])
        numerator, denominator = figures(group, unit)
        entry = {"key": key, "numerator": numerator, "denominator": denominator}
        entry["value"] = value_of(numerator, denominator)
        entries.append(entry)
    return entries


def target_status(
    numerator: int, denominator: int | None, target: int | None
) -> tuple[str, int | None]:
    """Whether a target (in millionths) is met, in exact integers, and how many are missing."""
    if target is None or denominator == 0:
        return "not_applicable", None
    wanted = target * (1 if denominator is None else denominator)
    unit = MILLION if denominator is None else 100 * MILLION
    gap = max(0, -(-wanted // unit) - numerator)
    return ("met" if numerator * unit >= wanted else "not_met"), gap


def percent(numerator: int, denominator: int) -> str:
    """A share in percent with two places, half up."""
    hundredths = (numerator * 20_000 + denominator) // (2 * denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
