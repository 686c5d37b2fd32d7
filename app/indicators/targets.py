"""Targets: a value against a threshold, in exact integers."""

from decimal import Decimal

MILLION = 10**6
"""A threshold's smallest unit."""


def meets(
    numerator: int, denominator: int | None, threshold: Decimal, *, is_most: bool = False
) -> bool:
    """Whether a share in percent, or a count, is at least a threshold, or at most it."""
    wanted = int(threshold * MILLION) * (1 if denominator is None else denominator)
    reached = numerator * (MILLION if denominator is None else 100 * MILLION)
    return reached <= wanted if is_most else reached >= wanted
