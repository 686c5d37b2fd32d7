"""The page of monitoring: who has reported for a period, and what waits for a decision."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.indicators.asking import Asked
from app.indicators.monitoring import monitoring
from app.indicators.reports import ProgramMonitoring, ReportedMeasure, ReportedRecord
from app.model.grants import Verb
from app.model.text import alphabetical
from app.model.values import read_day
from app.pages import marks, paging, words
from app.pages.conflict import record_of
from app.pages.marks import Shape
from app.pages.page import Context, Page
from app.pages.visit import Visit
from app.registry.measures import ValueKind
from app.registry.monitoring import MonitoringState, monitoring_records
from app.registry.programs import programs
from app.rest import queries
from app.rest.showing import record_shown
from app.words import SPACE

NOTHING = "none"
"""The state of an organization without any report."""

STATES = {
    MonitoringState.RETURNED: (Shape.BAD, "возвращено"),
    NOTHING: (Shape.NONE, "не сдано"),
    MonitoringState.SUBMITTED: (Shape.OPEN, "на проверке"),
    MonitoringState.DRAFT: (Shape.PLAN, "черновик"),
    MonitoringState.ACCEPTED: (Shape.OK, "принято"),
}
"""The shape and the word of each state, in the order of the table."""

CHIPS = {
    "": "Все",
    MonitoringState.RETURNED: "Возвращено",
    NOTHING: "Не сдали",
    MonitoringState.SUBMITTED: "На проверке",
    MonitoringState.DRAFT: "Черновики",
    MonitoringState.ACCEPTED: "Принято",
}

WAITING = "waiting"
"""The parameter of the page of those that wait for a decision."""

BETWEEN = ".."
"""Stands between the days of a period in the address: `2021-01-01..2021-05-31`."""

SHOWN = 160
"""Characters of a text that are shown."""


class Line(NamedTuple):
    """A report of an organization, or that it has none."""

    organization_id: str
    name: str
    state: str
    record: ReportedRecord | None
    measure: str
    value: str
    span: str
    """Where the value began and where it is to be."""
    version: int
    reason: str


class Seen(NamedTuple):
    """The reports of a period, from one state of the register."""

    told: ProgramMonitoring
    program: dict[str, object]
    first: date | None
    """The period that is shown, with the days of it that are still to come."""
    last: date | None
    periods: list[tuple[str, str]]
    notes: dict[str, tuple[int, str]]
    """The version and the reason of each record."""


async def show(visit: Visit) -> Context:
    """What the page shows."""
    readers: dict[str, queries.Reader] = {
        "period": _period,
        "state": queries.one_of(*(code for code in CHIPS if code)),
        paging.PAGE: paging.read,
        WAITING: paging.read,
    }
    query = queries.read(visit.request, readers)
    seen = await visit.read(lambda tx: _seen(tx, visit, query.get("period")))
    record_shown(visit.request, programs, [str(visit.id)])
    lines = sorted(_lines(visit, seen), key=_order)
    chosen = query.get("state", "")
    decides = visit.may(monitoring_records.name, Verb.CHANGE) and not visit.caller.own
    days = _days(seen)
    period = BETWEEN.join(days.values())
    return {
        "seen": seen,
        "told": seen.told,
        "program": seen.program,
        "period": period,
        "shown": paging.cut(
            visit, [line for line in lines if chosen in {"", line.state}], at="lines"
        ),
        "waiting": paging.cut(
            visit,
            [line for line in lines if decides and line.state == MonitoringState.SUBMITTED],
            name=WAITING,
            at=WAITING,
        ),
        "silent": sorted(_silent(lines), key=alphabetical),
        "chips": _chips(visit, lines, chosen),
        "state_of": lambda line: marks.mark(*STATES[line.state]),
        "may_tell": lambda line: line.state == NOTHING and _may_tell(visit),
        "form_of": lambda line: _form(visit, days, line),
        "new_form": _new_form(visit),
        "may_change": visit.may(monitoring_records.name, Verb.CHANGE),
        "is_own": bool(visit.caller.own),
        "download": visit.at(
            "/data/monitoring-records.xlsx",
            {"program_id": str(visit.id), **_within(days)},
        ),
    }


Page(
    address="/programs/{id}/monitoring",
    subject="monitoring_records",
    verb=Verb.READ,
    template="monitoring.html",
    show=show,
    section="Мониторинг",
    about="programs",
)


def _chips(visit: Visit, lines: Sequence[Line], chosen: str) -> list[tuple[str, int, str, bool]]:
    """The states to choose from: the word, the number, the address, and whether it is chosen."""
    counts = Counter(line.state for line in lines)
    return [
        (
            word,
            counts[code] if code else len(lines),
            visit.same(state=code, page=""),
            code == chosen,
        )
        for code, word in CHIPS.items()
        if not code or counts[code] or code == chosen
    ]


def _period(text: str) -> tuple[date, date]:
    first, _, last = text.partition(BETWEEN)
    return read_day(first), read_day(last)


def _seen(tx: Transaction, visit: Visit, period: tuple[date, date] | None) -> Seen:
    program = record_of(tx, programs, visit.id)
    found = _periods(tx, visit.id)
    day = min(visit.today, date.fromisoformat(str(program["end_date"])))
    first, last = period or next((each for each in found if each[1] <= day), (None, None))
    # A period that has not begun is shown as it will be on its first day.
    coming = first if first and first > day else None
    asked = Asked(visit.today, coming, first, last and min(last, coming or day))
    told = monitoring(tx, visit.id, asked)
    return Seen(
        told,
        program,
        first or _read(told["period_start"]),
        last or _read(told["period_end"]),
        periods=[(f"{a}{BETWEEN}{b}", f"{words.day(a)} – {words.day(b)}") for a, b in found],
        notes=_notes(tx, visit.id),
    )


def _periods(tx: Transaction, program_id: uuid.UUID) -> list[tuple[date, date]]:
    """The periods that records tell of, the latest first."""
    table = monitoring_records.table
    days = (table.c.period_start, table.c.period_end)
    query = sa.select(*days).where(
        table.c.program_id == program_id, tx.seen(monitoring_records.name, table)
    )
    rows = tx.execute(query.distinct()).all()
    return sorted(((row.period_start, row.period_end) for row in rows), reverse=True)


def _notes(tx: Transaction, program_id: uuid.UUID) -> dict[str, tuple[int, str]]:
    table = SQLModel.metadata.tables["monitoring_records"]
    query = sa.select(table.c.id, table.c.version, table.c.reason).where(
        table.c.program_id == program_id, tx.seen(monitoring_records.name, table)
    )
    return {str(row.id): (row.version, row.reason or "") for row in tx.execute(query)}


def _lines(visit: Visit, seen: Seen) -> Iterator[Line]:
    """The reports of those who must report; an organization is shown its own."""
    measures = {each["id"]: each for each in seen.told["measures"]}
    own = {str(key) for key in visit.caller.own}
    for item in seen.told["items"]:
        key, name = item["organization_id"], item["name"] or words.NOTHING
        if own and key not in own:
            continue
        if not item["records"]:
            yield Line(key, name, NOTHING, None, "", "", "", 0, "")
        for record in item["records"]:
            about = measures.get(record["measure_id"])
            version, reason = seen.notes.get(record["id"], (0, ""))
            yield Line(
                key,
                name,
                record["state"],
                record,
                about["title"] if about else "",
                _value(record, about),
                _span(record),
                version,
                reason,
            )


def _silent(lines: Iterable[Line]) -> Iterable[str]:
    """The names of the organizations without a report; two of them may have one."""
    return {line.organization_id: line.name for line in lines if line.state == NOTHING}.values()


def _value(record: ReportedRecord, about: ReportedMeasure | None) -> str:
    """The value with its unit; a text stays as it is, also where it looks like a number."""
    actual = record["actual"]
    if actual is None:
        return words.NOTHING
    if about and about["value_kind"] == ValueKind.NUMBER:
        return f"{words.number(actual)}{SPACE}{about['unit'] or ''}".rstrip()
    return actual if len(actual) <= SHOWN else f"{actual[:SHOWN]}…"


def _span(record: ReportedRecord) -> str:
    ends = [words.number(record[name]) for name in ("baseline", "target")]
    return " – ".join(ends) if set(ends) != {words.NOTHING} else words.NOTHING


def _order(line: Line) -> tuple[int, tuple[str, str], str]:
    return [*STATES].index(line.state), alphabetical(line.name), line.measure


def _may_tell(visit: Visit) -> bool:
    return visit.may(monitoring_records.name, Verb.CREATE)


def _new_form(visit: Visit) -> str:
    """The form of a report on any measure and period; empty without the right."""
    given = {"program_id": str(visit.id)}
    if len(visit.caller.own) == 1:
        given["organization_id"] = str(*visit.caller.own)
    return visit.form(monitoring_records.name, given)


def _form(visit: Visit, days: Mapping[str, str], line: Line) -> str:
    """The form of a new record of an organization for the period."""
    given = {"program_id": str(visit.id), "organization_id": line.organization_id, **days}
    return visit.form(monitoring_records.name, given)


def _days(seen: Seen) -> dict[str, str]:
    """The first and the last day of the period; empty outside of the program."""
    if not seen.first or not seen.last:
        return {}
    return {"period_start": seen.first.isoformat(), "period_end": seen.last.isoformat()}


def _within(days: Mapping[str, str]) -> dict[str, str]:
    """The same period as a filter of the list."""
    if not days:
        return {}
    return {"period_start_to": days["period_end"], "period_end_from": days["period_start"]}


def _read(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None
