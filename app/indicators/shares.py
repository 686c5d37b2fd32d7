"""Shares: the value of an indicator, computed from integers."""

from app.indicators.documents import BreakdownEntry


def value_of(numerator: int, denominator: int | None) -> str | None:
    """A share in percent, or a count; None if the denominator is zero."""
    if denominator is None:
        return str(numerator)
    return percent(numerator, denominator) if denominator else None


def percent(numerator: int, denominator: int) -> str:
    """A share in percent with two places, half up."""
    hundredths = (numerator * 20_000 + denominator) // (2 * denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def entry(key: str | None, numerator: int, denominator: int | None) -> BreakdownEntry:
    """One part of an indicator with its value."""
    return {
        "key": key,
        "numerator": numerator,
        "denominator": denominator,
        "value": value_of(numerator, denominator),
    }
