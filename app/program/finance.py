"""Finance: what was planned, approved and paid by a day, by fund, row of the plan and recipient."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.database.transaction import Transaction
from app.indicators.sheets import Line, amount
from app.network.money import Budget, budget, budgets, rubles
from app.network.rows import FUNDING, FundingRow
from app.program.frame import Answer, Frame, Framed, settled
from app.program.tables import Table
from app.registry.funding_entries import Fund
from app.rest.answers import DecimalText
from app.store.rows import Id


class BudgetSums(TypedDict):
    """Деньги в рублях с двумя знаками."""

    planned: Annotated[DecimalText, Field(description="План")]
    approved: Annotated[DecimalText, Field(description="План с уточнениями")]
    paid: Annotated[DecimalText, Field(description="Исполнено")]
    rest: Annotated[DecimalText, Field(description="Остаток")]
    execution: Annotated[
        str | None, Field(description="Исполнено от уточнённого плана, процент; null: плана нет")
    ]


class BudgetLine(BudgetSums):
    """Часть денег: по источнику, мероприятию, получателю или году."""

    key: Annotated[str | None, Field(description="Чего это часть; null: не указано")]
    name: Annotated[str | None, Field(description="Как это называется")]


class ProgramFinance(Answer):
    """Финансирование: пять разбивок одних и тех же записей."""

    total: BudgetSums
    funds: list[BudgetLine]
    activities: list[BudgetLine]
    recipients: list[BudgetLine]
    years: list[BudgetLine]


NAMES = {fund.value: fund.label for fund in Fund}


def finance(framed: Framed) -> ProgramFinance:
    """The money of a program, of entries dated by the day."""
    head, frame = framed.head, framed.frame
    rows = entries_by(framed.tx, framed.program_id, date.fromisoformat(head["as_of"]))
    if frame is None:
        rows = []
    return {
        **settled(head, rows),
        "total": _sums(budget(rows)),
        "funds": _lines(frame, rows, lambda row: row.fund.value),
        "activities": _lines(frame, rows, lambda row: _key(row.activity_id)),
        "recipients": _lines(frame, rows, lambda row: _key(row.recipient_id)),
        "years": _lines(frame, rows, lambda row: str(row.year)),
    }


def entries_by(tx: Transaction, program_id: Id, day: date) -> list[FundingRow]:
    """The entries about the money of a program that are dated by a day."""
    table = FUNDING.table
    is_wanted = (table.c.program_id == program_id, table.c.entry_date <= day)
    return tx.once((entries_by, program_id, day), lambda: FUNDING.where(tx, *is_wanted))


def table(body: ProgramFinance) -> Table:
    """The answer as a table: the funds, then the other parts, then the total."""
    groups = (
        ("Источник", body["funds"]),
        ("Мероприятие", body["activities"]),
        ("Получатель", body["recipients"]),
        ("Год", body["years"]),
    )
    lines: list[Line] = [
        [title, row["name"] or "не указано", *_cells(row)] for title, rows in groups for row in rows
    ]
    headings = ("Разбивка", "Часть", "План", "Уточнённый", "Исполнено", "%", "Остаток")
    return Table("Финансирование", headings, [*lines, ["Итого", None, *_cells(body["total"])]])


def _cells(row: BudgetSums) -> Line:
    return [
        amount(row["planned"]),
        amount(row["approved"]),
        amount(row["paid"]),
        amount(row["execution"]),
        amount(row["rest"]),
    ]


def _lines(
    frame: Frame | None, rows: list[FundingRow], key_of: Callable[[FundingRow], str | None]
) -> list[BudgetLine]:
    return [
        {"key": key, "name": _name(frame, key), **_sums(sums)}
        for key, sums in budgets(rows, key_of)
    ]


def _name(frame: Frame | None, key: str | None) -> str | None:
    if key is None or frame is None or key in NAMES or key.isdecimal():
        return NAMES.get(key or "", key)
    activity = frame.facts.activities.get(uuid.UUID(key))
    return activity.title if activity else frame.names.get(uuid.UUID(key))


def _key(key: Id | None) -> str | None:
    return str(key) if key else None


def _sums(sums: Budget) -> BudgetSums:
    return {
        "planned": rubles(sums.planned),
        "approved": rubles(sums.approved),
        "paid": rubles(sums.paid),
        "rest": rubles(sums.rest),
        "execution": sums.execution,
    }
