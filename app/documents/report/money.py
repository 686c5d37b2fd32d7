"""Money: what was planned, approved and paid, by fund."""

from app.documents.paper import Cell, ColumnKind, Row, RowKind, Section, column, row, table
from app.documents.report.source import Source
from app.program.finance import BudgetSums, entries_by
from app.program.frame import AnswerStatus

_MONEY = ColumnKind.MONEY
_COLUMNS = [
    column("Источник", 2.6),
    column("План", 1.6, _MONEY),
    column("Уточнённый план", 1.6, _MONEY),
    column("Исполнено", 1.6, _MONEY),
    column("%", 0.95, _MONEY),
    column("Остаток", 1.6, _MONEY),
    column("Причина отклонения", 2.6),
]


def section(source: Source) -> Section:
    """Section 7."""
    answer, reasons = source.finance, _reasons(source)
    rows: list[Row] = [
        row(_capital(fund["name"]), *_cells(fund), reasons.get(fund["key"]))
        for fund in answer["funds"]
    ]
    if rows and answer["value_status"] == AnswerStatus.OK:
        rows.append({"kind": RowKind.TOTAL, "cells": ["Всего", *_cells(answer["total"]), None]})
    note = f"Суммы нарастающим итогом на {source.day:%d.%m.%Y}." if rows else None
    return table("7", "Финансирование (п. 9 плана), руб.", _COLUMNS, rows, note)


def _cells(sums: BudgetSums) -> list[Cell]:
    return [sums["planned"], sums["approved"], sums["paid"], sums["execution"], sums["rest"]]


def _reasons(source: Source) -> dict[str | None, str]:
    """By fund: the notes of its entries, each once."""
    rows = entries_by(source.tx, source.program_id, source.day)
    notes: dict[str | None, dict[str, None]] = {}
    for entry in sorted(rows, key=lambda entry: (entry.entry_date, entry.id)):
        if entry.note:
            notes.setdefault(entry.fund.value, {})[entry.note] = None
    return {fund: "; ".join(texts) for fund, texts in notes.items()}


def _capital(text: str | None) -> str | None:
    return text and text[:1].upper() + text[1:]
