"""Targets: a value against a threshold, in exact integers."""

MILLION = 10**6
"""Thresholds are compared in millionths."""


def weighed(denominator: int | None, millionths: int) -> tuple[int, int]:
    """The weight of one in the numerator, and what a threshold requires, in the same unit.

    A share in percent has a denominator, a count has none.
    """
    if denominator is None:
        return MILLION, millionths
    return 100 * MILLION, millionths * denominator
