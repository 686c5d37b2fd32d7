"""Plans: the rows of a program's plan in order, each with its effective term."""

import uuid

import sqlalchemy as sa

from app.model.rule import Inquiry
from app.registry.activities import activities
from app.registry.terms import Term, TermKind


def plan_of(tx: Inquiry, program_id: uuid.UUID) -> list[tuple[sa.Row[*tuple[object, ...]], Term]]:
    """The rows of a plan in order, each with its own or its inherited term."""
    table = activities.table
    rows = tx.execute(
        sa.select(table)
        .where(table.c.program_id == program_id)
        .order_by(table.c.position.is_(None), table.c.position, table.c.id)
    ).all()
    terms = {row.id: _term(row) for row in rows}
    return [(row, terms.get(row.inherits_from_id, terms[row.id])) for row in rows]


def _term(row: sa.Row[*tuple[object, ...]]) -> Term:
    return Term(
        row.term_kind or TermKind.UNPARSED,
        row.term_start_date,
        row.term_end_date,
        row.term_month_from,
        row.term_month_to,
    )
