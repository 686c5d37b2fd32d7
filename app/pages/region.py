"""The page of a region: every program that the caller sees, against its targets."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.indicators import parameters
from app.indicators.codes import TargetStatus
from app.indicators.counting import counted_programs
from app.indicators.definitions import TITLES
from app.indicators.documents import Indicator, IndicatorTotal
from app.indicators.region import followed, listed_programs, sums_of
from app.indicators.standing import Standing
from app.model.columns import Choice
from app.model.grants import Verb
from app.model.text import alphabetical, fold
from app.pages import paging, words
from app.pages.page import Context, Page
from app.pages.visit import Visit
from app.registry.program_parts import IndicatorCode
from app.registry.programs import programs
from app.rest import queries
from app.rest.showing import record_shown

OVERDUE = IndicatorCode.OVERDUE_WINDOWS


class Order(Choice):
    """What stands first."""

    NAME = "name", "по алфавиту"
    GAP = "gap", "у кого не хватает больше"
    OVERDUE = "overdue", "у кого больше просрочено"


class Line(NamedTuple):
    """A program in the table."""

    program: Standing
    municipality: str
    figures: dict[str, Indicator]
    """By code; empty outside the program's period."""
    has_others: bool
    """Whether the municipality has more programs, so that the name of each is needed."""

    @property
    def overdue(self) -> int:
        """Windows of the plan that have passed."""
        return (self.figures and self.figures[OVERDUE]["numerator"]) or 0

    @property
    def shortest(self) -> Decimal:
        """How far the worst target is from being met, in points of its target."""
        gaps = [_distance(each) for each in self.figures.values()]
        return max(gaps, default=Decimal(0))

    @property
    def is_short(self) -> bool:
        """Whether a target is not met."""
        return any(each["target_status"] == TargetStatus.NOT_MET for each in self.figures.values())


async def show(visit: Visit) -> Context:
    """What the page shows."""
    query = queries.read(visit.request, READERS)
    asked = parameters.when(visit.request, query)
    rows, _ = await counted_programs(
        visit.request, asked, await listed_programs(visit.request, one=False)
    )
    names = await visit.read(_municipalities)
    record_shown(visit.request, programs, [entry.id for entry, _ in rows])
    homes = Counter(entry.municipality_id for entry, _ in rows)
    lines = [
        Line(
            entry,
            names.get(entry.municipality_id, ""),
            {each["code"]: each for each in json.loads(body.text)["items"]} if body.sums else {},
            has_others=homes[entry.municipality_id] > 1,
        )
        for entry, body in rows
    ]
    shown = _chosen(lines, query)
    sums: list[IndicatorTotal] = sums_of(asked, rows)
    with_program = {line.program.municipality_id for line in lines}
    return {
        "day": (asked.as_of or asked.today).isoformat(),
        "left_out": followed(asked, [entry for entry, _ in rows]),
        "over": set() if asked.as_of else {e.id for e, _ in rows if e.end_date < asked.today},
        "shown": paging.cut(visit, shown, MOST),
        "is_whole": len(shown) == len(lines),
        "aims": _aims(lines),
        "totals": {each["code"]: each for each in sums},
        "overdue_code": OVERDUE,
        "municipalities": len(with_program),
        "of": len(names),
        "without": sorted(
            (name for key, name in names.items() if key not in with_program), key=alphabetical
        ),
        "orders": [(each.value, each.label) for each in Order],
    }


MOST = 100
"""Programs on one page."""

READERS: Mapping[str, Callable[[str], object]] = {
    "as_of": queries.day,
    "q": str,
    "sort": queries.choice_of(Order),
    "only": queries.choice_of(TargetStatus),
    paging.PAGE: paging.read,
}

Page(
    address="/region",
    subject="indicators",
    verb=Verb.READ,
    template="region.html",
    show=show,
    section="Регион",
)


def _municipalities(tx: Transaction) -> dict[str, str]:
    table = SQLModel.metadata.tables["municipalities"]
    rows = sa.select(table.c.id, table.c.name).where(tx.seen("municipalities", table))
    return {str(row.id): row.name for row in tx.execute(rows)}


def _chosen(lines: Sequence[Line], query: dict[str, object]) -> list[Line]:
    """The lines that are asked for, in their order."""
    wanted = fold(str(query.get("q", "")))
    found = [
        line
        for line in lines
        if wanted in fold(line.municipality) and (line.is_short or "only" not in query)
    ]
    found.sort(key=lambda line: (line.municipality, line.program.start_date, line.program.id))
    if query.get("sort") == Order.GAP:
        found.sort(key=lambda line: -line.shortest)
    if query.get("sort") == Order.OVERDUE:
        found.sort(key=lambda line: -line.overdue)
    return found


def _aims(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """The indicators that any program has a target for, in the order of the definitions."""
    aimed = {
        code for line in lines for code, each in line.figures.items() if each["target"] is not None
    }
    return [(code, words.capital(TITLES[code].ru)) for code in TITLES if code in aimed]


def _distance(one: Indicator) -> Decimal:
    target, value = one["target"], one["value"]
    if target is None or value is None or one["target_status"] != TargetStatus.NOT_MET:
        return Decimal(0)
    return abs(Decimal(target["value"]) - Decimal(value))
