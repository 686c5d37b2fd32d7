"""Funding rules: the sign of an amount, the year of an entry, and payments beside the plan."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.slicing import slices
from app.findings import Finding, fault
from app.model.drafts import Draft
from app.model.rule import Inquiry
from app.registry.programs import programs
from app.store.lookups import columns_of
from app.words import rubles

NOT_POSITIVE = fault(
    "not_positive",
    "Сумма плана должна быть больше нуля. Уменьшение записывают как уточнение (change) с минусом.",
    "A plan is above zero. A decrease is a change with a negative amount.",
)
NO_AMOUNT = fault(
    "no_amount",
    "Сумма не может быть нулём. Возврат или уменьшение записывают с минусом.",
    "The amount cannot be zero. A return or a decrease is negative.",
)
OTHER_YEAR = fault(
    "other_year",
    "День кассового расхода не в указанном году. Исправьте дату или год.",
    "The day of the payment does not lie in the year. Correct the date or the year.",
)
YEAR_OUTSIDE_PROGRAM = fault(
    "year_outside_program",
    "В этом году программа не действует. Проверьте год.",
    "The program does not run in this year. Check it.",
)
ABOVE_PLAN = fault(
    "above_plan",
    "Израсходовано {paid} руб. при плане с уточнениями {approved} руб. Проверьте сумму или внесите "
    "уточнение.",
    "Paid are {paid} rubles, the plan with its changes is {approved}. Check the amount, or enter a "
    "change of the plan.",
)

LINE = ("program_id", "year", "fund", "recipient_id", "activity_id")
"""Columns of the entries that make up one line of the plan."""

Key = tuple[Any, ...]


def amount_has_its_sign(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A plan is above zero; changes and payments are not zero."""
    for draft in drafts:
        if draft.columns["entry"] == "plan" and draft.columns["amount"] <= 0:
            yield draft.finds(NOT_POSITIVE, "/amount")
        elif draft.columns["amount"] == 0:
            yield draft.finds(NO_AMOUNT, "/amount")


def year_is_the_programs(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """The program runs in the year of an entry; a payment is made in it."""
    ids = (draft.columns["program_id"] for draft in drafts)
    found = columns_of(tx, programs.table, ids, "start_date", "end_date")
    for draft in drafts:
        year = draft.columns["year"]
        program = found.get(draft.columns["program_id"])
        if program and not program.start_date.year <= year <= program.end_date.year:
            yield draft.finds(YEAR_OUTSIDE_PROGRAM, "/year")
        if draft.columns["entry"] == "payment" and draft.columns["entry_date"].year != year:
            yield draft.finds(OTHER_YEAR, "/entry_date")


def payments_keep_to_the_plan(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """What is paid of a line is not above its plan with all changes.

    A decrease of the plan tells of it too, not only the payment.
    """
    approved, paid = _sums(tx, drafts)
    for draft in drafts:
        line = _line(draft.columns)
        if paid[line] > max(approved[line], 0):
            sums = {"paid": rubles(paid[line]), "approved": rubles(approved[line])}
            yield draft.finds(ABOVE_PLAN, "/amount", **sums)


def _sums(tx: Inquiry, drafts: Sequence[Draft]) -> tuple[Counter[Key], Counter[Key]]:
    """Approved and paid of the programs of the drafts, by line, with the drafts as they will be."""
    # By name: the module of the entries imports this one.
    table = SQLModel.metadata.tables["funding_entries"]
    drafted = {draft.id for draft in drafts}
    approved: Counter[Key] = Counter()
    paid: Counter[Key] = Counter()
    columns = [table.c[name] for name in ("id", "entry", "amount", *LINE)]
    stored: list[Mapping[str, Any]] = []
    for some in slices({draft.columns["recipient_id"] for draft in drafts}):
        rows = tx.execute(sa.select(*columns).where(table.c.recipient_id.in_(some))).mappings()
        stored += [dict(row) for row in rows if row["id"] not in drafted]
    for row in [*stored, *(draft.columns for draft in drafts)]:
        sums = paid if row["entry"] == "payment" else approved
        sums[_line(row)] += row["amount"]
    return approved, paid


def _line(columns: Mapping[str, Any]) -> Key:
    return tuple(columns[name] for name in LINE)
