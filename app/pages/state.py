"""The page of a program's state: targets, what is overdue, who is left alone, what changed."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.indicators import parameters
from app.indicators.asking import Asked
from app.indicators.codes import ItemOutcome, Progress, SeriesStep
from app.indicators.definitions import TITLES
from app.indicators.difference import difference
from app.indicators.documents import ExplainedItem, Indicator, IndicatorSeries
from app.indicators.explanation import ItemQuery, explain
from app.indicators.labels import ITEMS
from app.indicators.movements import IndicatorDifference, ItemChange
from app.indicators.reports import PlanRow, PlanWindow, ProgramState
from app.indicators.series import ends, series
from app.indicators.state import EVERY, state
from app.model.grants import Verb
from app.pages import paging, words
from app.pages.charts import Point
from app.pages.days import days_of
from app.pages.done import markable
from app.pages.page import Context, Page
from app.pages.visit import Visit
from app.registry.legal_acts import LegalActKind
from app.registry.program_parts import IndicatorCode
from app.registry.programs import programs
from app.rest.showing import record_shown


class Seen(NamedTuple):
    """Everything that the page shows, from one state of the register."""

    whole: ProgramState
    act: str | None
    lines: dict[str, IndicatorSeries]
    uncovered: list[ExplainedItem]
    categories: dict[str, list[str]]
    moved: IndicatorDifference | None


OVERDUE, UNCOVERED = "overdue", "uncovered"
"""The parameters of the pages of what is overdue, and of those who need a leader."""


class Goal(NamedTuple):
    """An indicator with a target."""

    indicator: Indicator
    title: str
    value: Decimal | None
    target: Decimal
    points: list[Point]


class Overdue(NamedTuple):
    """A window of the plan that has passed."""

    row: PlanRow
    window: PlanWindow
    days: int


async def show(visit: Visit) -> Context:
    """What the page shows."""
    asked = parameters.asked_days(visit.request, dict.fromkeys((OVERDUE, UNCOVERED), paging.read))
    seen = await visit.recalled(asked, lambda tx: _seen(tx, visit.id, asked))
    record_shown(visit.request, programs, [str(visit.id)])
    whole = seen.whole
    return {
        "days": days_of(visit, whole["program"], whole["as_of"]),
        "program": whole["program"],
        "act": seen.act,
        "goals": [_goal(each, seen) for each in whole["indicators"] if each["target"]],
        "others": [each for each in whole["indicators"] if not each["target"]],
        "titles": {code: words.capital(text.ru) for code, text in TITLES.items()},
        "overdue": paging.cut(visit, list(_overdue(whole)), name=OVERDUE, at="over"),
        "uncovered": paging.cut(visit, seen.uncovered, name=UNCOVERED, at="nolead"),
        "categories": seen.categories,
        "changes": _changes(seen.moved) if seen.moved else [],
        "since": seen.moved["from"] if seen.moved else "",
        "no_roster": _no_roster(whole["indicators"]),
        "markable": await markable(visit, whole["plan"]),
        "may_keep": visit.may("snapshots", Verb.CREATE),
    }


Page(
    address="/programs/{id}",
    subject="indicators",
    verb=Verb.READ,
    template="state.html",
    show=show,
    section="Состояние",
    about="programs",
    is_of_record=True,
)


def _seen(tx: Transaction, program_id: uuid.UUID, asked: Asked) -> Seen:
    whole = state(tx, program_id, asked)
    day = date.fromisoformat(whole["as_of"])
    runs = any(each["value_status"] != "outside_program_period" for each in whole["indicators"])
    aimed = [each["code"] for each in whole["indicators"] if each["target"]]
    every = ItemQuery(ItemOutcome.NOT_COUNTED, EVERY, "ru")
    priority = IndicatorCode.ORG_INVOLVEMENT_SHARE_PRIORITY
    uncovered = explain(tx, program_id, priority, asked, every)["items"] if runs else []
    before = _quarter_before(whole["program"], day)
    return Seen(
        whole,
        _act_of(tx, whole["program"]),
        {code: series(tx, program_id, code, SeriesStep.QUARTER, Asked(day)) for code in aimed},
        uncovered,
        categories_of(tx, [str(item["id"]) for item in uncovered], day),
        difference(tx, program_id, before, day, "ru") if runs and before else None,
    )


def _goal(indicator: Indicator, seen: Seen) -> Goal:
    target = indicator["target"]
    assert target  # noqa: S101 - only indicators with a target come here
    day = seen.whole["as_of"]
    return Goal(
        indicator,
        words.capital(TITLES[indicator["code"]].ru),
        _decimal(indicator["value"]),
        Decimal(target["value"]),
        [
            Point(
                words.day(point["as_of"]),
                _decimal(point["value"]) if point["as_of"] <= day else None,
                is_chosen=point["as_of"] == day,
            )
            for point in seen.lines[indicator["code"]]["items"]
        ],
    )


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _overdue(whole: ProgramState) -> Iterator[Overdue]:
    """The windows that have passed, the longest first."""
    found = [
        Overdue(row, window, words.days_between(window["window_end"] or "", whole["as_of"]))
        for row in whole["plan"]
        for window in row["windows"]
        if window["status"] == Progress.OVERDUE
    ]
    yield from sorted(found, key=lambda each: -each.days)


def _quarter_before(program: Mapping[str, object], day: date) -> date | None:
    """The last day of the quarter before, if the program ran then."""
    first = date.fromisoformat(str(program["start_date"]))
    if not first < day:
        return None
    earlier = [end for end in ends(first, day, SeriesStep.QUARTER) if end < day]
    return max(earlier, default=None)


NAMED = 5
"""So many records are named; where more changed for one reason, their number is told."""


class Changed(NamedTuple):
    """What came or went for one reason."""

    cause: str
    kind: str
    records: dict[str, ItemChange]
    """By id; one record can move several indicators."""
    codes: list[str]

    @property
    def are_named(self) -> bool:
        """Whether the records are few enough to be named."""
        return len(self.records) <= NAMED


def _changes(moved: IndicatorDifference) -> list[Changed]:
    """What changed, once for each cause, with the indicators that it moved."""
    grouped: dict[tuple[str, str], Changed] = {}
    for item in moved["items"]:
        for change in item["changes"]:
            if not change["cause_text"] or not change["id"]:
                continue
            key = change["type"], change["cause_text"]
            kind = ITEMS[change["type"]].ru
            one = grouped.setdefault(key, Changed(change["cause_text"], kind, {}, []))
            one.records[change["id"]] = change
            if item["code"] not in one.codes:
                one.codes.append(item["code"])
    return sorted(grouped.values(), key=lambda each: len(each.records))


def _no_roster(indicators: list[Indicator]) -> list[str]:
    return sorted(
        {
            each["name"]
            for indicator in indicators
            for each in indicator["data_quality"]["no_roster"]
            if each["name"]
        }
    )


def _act_of(tx: Transaction, program: Mapping[str, object]) -> str | None:
    """The document that approved the program: «Приказ от 17.04.2020 № 125»."""
    table = SQLModel.metadata.tables["legal_acts"]
    if not (key := program.get("approved_by_id")):
        return None
    rows = sa.select(table.c.kind, table.c.act_date, table.c.number).where(
        table.c.id == uuid.UUID(str(key)), tx.seen("legal_acts", table)
    )
    if not (row := tx.execute(rows).first()):
        return None
    number = f" № {row.number}" if row.number else ""
    kind = words.capital(words.label(LegalActKind, row.kind))
    return f"{kind} от {words.day(row.act_date)}{number}"


def categories_of(tx: Transaction, ids: list[str], day: date) -> dict[str, list[str]]:
    """The categories of organizations on a day, by id."""
    table = SQLModel.metadata.tables["designations"]
    rows = sa.select(table.c.organization_id, table.c.category).where(
        table.c.organization_id.in_(uuid.UUID(each) for each in ids),
        table.c.valid_from <= day,
        table.c.valid_to.is_(None) | (table.c.valid_to >= day),
        tx.seen("designations", table),
    )
    found: dict[str, list[str]] = {}
    for row in tx.execute(rows.order_by(table.c.category)):
        found.setdefault(str(row.organization_id), []).append(row.category)
    return found
