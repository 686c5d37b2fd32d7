"""Figures: the indicators beside their targets."""

from app.documents.paper import Cell, ColumnKind, Row, Section, column, row, table
from app.documents.report.source import Source
from app.indicators.codes import LABELS, IndicatorUnit, TargetStatus
from app.indicators.documents import Indicator

_COLUMNS = [
    column("Показатель", 5),
    column("Цель", 1.7),
    column("Числитель", 1.4, ColumnKind.INTEGER),
    column("Знаменатель", 1.6, ColumnKind.INTEGER),
    column("Значение", 1.5, ColumnKind.NUMBER),
    column("Достигнут", 1.5),
]
_REACHED = {TargetStatus.MET: "да", TargetStatus.NOT_MET: "нет", TargetStatus.NOT_APPLICABLE: None}


def section(source: Source) -> Section:
    """Section 3."""
    rows = [_row(entry) for entry in source.state["indicators"]]
    return table("3", "Показатели", _COLUMNS, rows, _outside(source))


def _row(entry: Indicator) -> Row:
    label = LABELS[entry["code"]]
    return row(
        label[:1].upper() + label[1:],
        _target(entry),
        entry["numerator"],
        entry["denominator"],
        _value(entry),
        _REACHED[entry["target_status"]],
    )


def _target(entry: Indicator) -> str | None:
    target = entry["target"]
    if target is None:
        return None
    unit = "\N{NO-BREAK SPACE}%" if entry["unit"] == IndicatorUnit.PERCENT else ""
    return f"не менее {target['value'].replace('.', ',')}{unit}"


def _value(entry: Indicator) -> Cell:
    value = entry["value"]
    if value is None or entry["unit"] != IndicatorUnit.PERCENT:
        return value
    return {"percent": value}


def _outside(source: Source) -> str | None:
    names = [row["name"] for row in source.state["uncovered_priority"] if row["name"]]
    return f"ШНОР и ШНСУ вне сети: {', '.join(names)}." if names else None
