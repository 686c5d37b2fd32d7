"""The page of a program's plan: the rows of the order with their windows, as the order has them."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from app.database.transaction import Transaction
from app.indicators import parameters
from app.indicators.codes import Progress
from app.indicators.reports import PlanRow, PlanWindow, ProgramState
from app.indicators.state import names_of, state
from app.model.grants import Verb
from app.pages import paging, words
from app.pages.days import days_of
from app.pages.done import markable
from app.pages.page import Context, Page
from app.pages.visit import Visit
from app.registry.activities import Direction
from app.registry.program_parts import IndicatorCode
from app.registry.programs import programs
from app.rest import queries
from app.rest.showing import record_shown

DONE = frozenset({Progress.COMPLETED, Progress.COMPLETED_LATE})

CHIPS = (
    ("", "Весь план", frozenset(Progress)),
    (Progress.OVERDUE, "Просрочено", frozenset({Progress.OVERDUE})),
    (Progress.OPEN, "Идёт", frozenset({Progress.OPEN})),
    (Progress.COMPLETED, "Выполнено", DONE),
)
"""The selections above the table: the parameter `status`, its word, the statuses."""


MOST = 100
"""Rows of the plan on one page."""


class Line(NamedTuple):
    """A row of the plan as it stands in the table."""

    row: PlanRow
    windows: list[PlanWindow]
    parties: list[str]
    inherits: str | None
    """The number of the row that it is merged with, if that stands above it."""
    span: int
    """How many lines of the table show its term, its parties and its result: its own windows, and
    those of the rows that are merged with it."""


async def show(visit: Visit) -> Context:
    """What the page shows."""
    more = {"status": queries.choice_of(Progress), paging.PAGE: paging.read}
    asked = parameters.asked_days(visit.request, more)
    chosen = visit.query("status")

    def work(tx: Transaction) -> tuple[ProgramState, dict[str, str]]:
        whole = state(tx, visit.id, asked)
        return whole, names_of(tx, whole)

    whole, names = await visit.recalled(asked, work)
    record_shown(visit.request, programs, [str(visit.id)])
    statuses = [window["status"] for row in whole["plan"] for window in row["windows"]]
    wanted = next((kinds for code, _, kinds in CHIPS if code == chosen), frozenset({chosen}))
    # A row without windows stands in the whole plan only.
    rows = [
        row
        for row in whole["plan"]
        if not chosen or any(window["status"] in wanted for window in row["windows"])
    ]
    shown = paging.cut(visit, rows, MOST)
    return {
        "days": days_of(visit, whole["program"], whole["as_of"]),
        "program": whole["program"],
        "shown": shown,
        "groups": list(_groups(shown.items, names, wanted, is_whole=not chosen)),
        "chips": [
            (
                word,
                sum(each in kinds for each in statuses),
                visit.same(status=code, page=""),
                code == chosen,
            )
            for code, word, kinds in CHIPS
        ],
        "due": _due(whole),
        "markable": await markable(visit, whole["plan"]),
        "may_generate": visit.may("plan_windows", Verb.CREATE),
        "may_add": visit.may("activities", Verb.CREATE),
        "late_by": lambda window: words.days_between(window["window_end"], whole["as_of"]),
    }


Page(
    address="/programs/{id}/plan",
    subject="indicators",
    verb=Verb.READ,
    template="plan.html",
    show=show,
    section="План",
    about="programs",
)


class Due(NamedTuple):
    """The windows that are due by the day, how many are done, on time, and overdue."""

    all: int
    done: int
    on_time: int
    overdue: int


def _due(whole: ProgramState) -> Due:
    by_code = {each["code"]: each for each in whole["indicators"]}
    done = by_code[IndicatorCode.PLAN_COMPLETION_SHARE]
    on_time = by_code[IndicatorCode.PLAN_ON_TIME_SHARE]
    overdue = by_code[IndicatorCode.OVERDUE_WINDOWS]
    return Due(
        done["denominator"] or 0,
        done["numerator"] or 0,
        on_time["numerator"] or 0,
        overdue["numerator"] or 0,
    )


def _groups(
    plan: Sequence[PlanRow], names: dict[str, str], wanted: frozenset[object], *, is_whole: bool
) -> Iterator[tuple[str, list[Line]]]:
    """The rows by direction, in the order of the plan."""
    for direction, rows in groupby(plan, key=lambda row: row["direction"]):
        lines = list(_lines(list(rows), names, wanted, is_whole=is_whole))
        if lines:
            yield words.label(Direction, direction), lines


def _lines(
    rows: list[PlanRow], names: dict[str, str], wanted: frozenset[object], *, is_whole: bool
) -> Iterator[Line]:
    shown = [
        (row, [window for window in row["windows"] if window["status"] in wanted]) for row in rows
    ]
    # A row without windows stands in the whole plan only.
    kept = [(row, windows) for row, windows in shown if windows or is_whole]
    heads = {row["id"]: row["plan_no"] for row, _ in kept}
    last = None
    for place, (row, windows) in enumerate(kept):
        merged = row["inherits_from_id"]
        follows = merged is not None and merged == last
        last = merged if follows else row["id"]
        yield Line(
            row,
            windows,
            [names.get(party["organization_id"], "") for party in row["parties"]],
            heads[str(merged)] if follows else None,
            0 if follows else _span(kept, place),
        )


def _span(kept: list[tuple[PlanRow, list[PlanWindow]]], place: int) -> int:
    """The lines of a row and of the rows after it that are merged with it."""
    first = kept[place][0]["id"]
    span = max(len(kept[place][1]), 1)
    for row, windows in kept[place + 1 :]:
        if row["inherits_from_id"] != first:
            break
        span += max(len(windows), 1)
    return span
