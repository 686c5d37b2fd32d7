"""What an answer shows of every indicator, from the figures that the oracle counts."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.oracle import Figures, State
from tests.oracle_network import network_figures


def all_figures(state: State) -> dict[str, Figures]:
    first = state.figures()
    return first | network_figures(state, first)


def expected(
    network: Mapping[str, Any], day: date, start: date, end: date
) -> dict[str, dict[str, Any]]:
    """Numerator, denominator, value and value_status of every indicator, by its code."""
    state = State(network, day, start, end)
    inside = state.program["start_date"] <= day <= state.program["end_date"]
    return {
        code: shown(*figures) if inside else dict.fromkeys(SHOWN) | {"value_status": OUTSIDE}
        for code, figures in all_figures(state).items()
    }


OUTSIDE = "outside_program_period"
SHOWN = ("numerator", "denominator", "value", "value_status")


def shown(numerator: int, denominator: int | None) -> dict[str, Any]:
    value, status = str(numerator), "ok"
    if denominator is not None:
        value = percents(numerator, denominator) if denominator else ""
        status = "ok" if denominator else "no_population"
    return dict(zip(SHOWN, (numerator, denominator, value or None, status), strict=True))


def percents(numerator: int, denominator: int) -> str:
    share = Decimal(numerator * 100) / Decimal(denominator)
    return str(share.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
