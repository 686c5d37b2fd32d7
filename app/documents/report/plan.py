"""Plan and facts: the rows of the plan by direction, with their terms and completions."""

from collections.abc import Mapping
from datetime import date

from app.documents.paper import ColumnKind, Row, Section, column, heading, row, table
from app.documents.report.source import Source
from app.indicators.reports import PlanRow, PlanWindow
from app.indicators.state import DIRECTIONS
from app.store.rows import Id

_COLUMNS = [
    column("№", 0.6, ColumnKind.INDEX),
    column("Мероприятие", 4),
    column("Сроки", 1.8),
    column("Ответственные/ участники", 2.6),
    column("Результат", 4.6),
    column("Срок до", 1.45, ColumnKind.DATE),
    column("Факт", 1.45, ColumnKind.DATE),
    column("Отметка об исполнении", 2),
]


def section(source: Source) -> Section:
    """Section 2."""
    rows: list[Row] = []
    direction = None
    for entry in source.state["plan"]:
        if entry["direction"] != direction:
            direction = entry["direction"]
            rows.append(heading(DIRECTIONS[direction]))
        rows += _rows(source.names, entry)
    return table("2", "План и факт", _COLUMNS, rows)


def _rows(names: Mapping[Id, str | None], entry: PlanRow) -> list[Row]:
    """A row for each window; the plan's own words stand in the first."""
    parties = [names.get(Id(party["organization_id"])) or "" for party in entry["parties"]]
    words = [
        entry["plan_no"],
        entry["title"],
        entry["term_text"],
        ";\n".join(filter(None, parties)) or None,
        entry["expected_result"],
    ]
    rows = []
    windows: list[PlanWindow | None] = [*entry["windows"]]
    for window in windows or [None]:
        rows.append(row(*words, *_fact(window)))
        words = ["", "", "", "", ""]
    return rows


def _fact(window: PlanWindow | None) -> tuple[str | None, str | None, str | None]:
    if window is None:
        return None, None, None
    return window["window_end"], window["completed_on"], _remark(window)


def _remark(window: PlanWindow) -> str:
    label = window["status"].label
    until, done = window["window_end"], window["completed_on"]
    if until and done and done > until:
        late = (date.fromisoformat(done) - date.fromisoformat(until)).days
        return f"выполнено с опозданием на {late} дн."
    return label
