"""Phrases: SQL expressions of what people read for a stored value."""

from collections.abc import Mapping

from app.store.escape import SIGNS

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


def may_run(text: str) -> str:
    """Whether a spreadsheet program may run a text; also true of those that begin with `'`."""
    return f"substr({text}, 1, 1) IN ({_FIRST}, '''')"


def harmless(text: str) -> str:
    """A text that no spreadsheet program runs (`app.store.escape`)."""
    first = f"substr(ltrim({text}, ''''), 1, 1)"
    return f"CASE WHEN {first} IN ({_FIRST}) THEN '''' || {text} ELSE {text} END"


# Stored texts contain no zero byte, and PostgreSQL's literals cannot.
_FIRST = ", ".join(map(literal, SIGNS.replace("\0", "")))
"""Characters with which a formula begins."""
