"""The page of the money: what was planned, approved and paid, and why it differs."""

from datetime import date
from typing import Literal

from app.model.grants import Verb
from app.network.rows import FUNDING, FundingRow
from app.pages import paging
from app.pages.page import Context
from app.pages.summaries.summary import Summary
from app.pages.visit import Visit
from app.program.doors import FINANCE
from app.program.finance import ProgramFinance
from app.program.frame import Framed

PARTS: tuple[tuple[Literal["funds", "activities", "recipients", "years"], str, str], ...] = (
    ("funds", "По источникам", "Источник"),
    ("activities", "По мероприятиям", "Мероприятие"),
    ("recipients", "По получателям", "Получатель"),
    ("years", "По годам", "Год"),
)
"""How the money is divided; each name is also the parameter of the page of its table."""
REASONS = "reasons"


def told(visit: Visit, seen: Framed, body: ProgramFinance) -> Context:
    """What the page shows."""
    return {
        "parts": [
            (title, heading, paging.cut(visit, body[name], name=name, at=name), name)
            for name, title, heading in PARTS
        ],
        "reasons": paging.cut(visit, _reasons(visit, seen, body), name=REASONS, at=REASONS),
        "form": visit.form("funding_entries", {"program_id": str(visit.id)}),
    }


Summary(FINANCE, told, pages=(*(name for name, *_ in PARTS), REASONS)).declare()


def _reasons(visit: Visit, seen: Framed, body: ProgramFinance) -> list[FundingRow]:
    """The entries that say why they differ from the plan, the newest first."""
    if not visit.may("funding_entries", Verb.READ):
        return []
    table = FUNDING.table
    rows = FUNDING.where(
        seen.tx,
        table.c.program_id == seen.program_id,
        table.c.entry_date <= date.fromisoformat(body["as_of"]),
        table.c.note.is_not(None),
        seen.tx.seen("funding_entries", table),
    )
    return sorted(rows, key=lambda row: (row.entry_date, row.id), reverse=True)
