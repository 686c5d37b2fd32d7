"""Phrases: what people read for a stored value, also as SQL expressions."""

from collections.abc import Mapping

FLAGS = {"true": "да", "false": "нет"}
"""The words of a flag in lists."""


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def labelled(text: str, labels: Mapping[str, str]) -> str:
    """The label of an enumeration's value."""
    cases = (f"WHEN {literal(value)} THEN {literal(label)}" for value, label in labels.items())
    return f"CASE {text} {' '.join(cases)} END"


def printed_day(day: str) -> str:
    """A day as ДД.ММ.ГГГГ."""
    parts = (f"substr(CAST({day} AS TEXT), {which})" for which in ("9", "6, 2", "1, 4"))
    return " || '.' || ".join(parts)


def day_as_printed(text: str) -> str:
    """A day, ГГГГ-ММ-ДД, as ДД.ММ.ГГГГ."""
    return f"{text[8:]}.{text[5:7]}.{text[:4]}"
