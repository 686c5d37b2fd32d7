"""Monitoring: the reports of a period, their targets, and the exits from categories."""

from collections import Counter
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.indicators.asking import Asked, moment_of
from app.indicators.catalogue import measure
from app.indicators.codes import COUNTED, IndicatorUnit, ItemOutcome
from app.indicators.facts import PRIORITY, Facts, Moment, load, program_of
from app.indicators.figures import figures_of
from app.indicators.network import Measure, network_on
from app.indicators.reports import (
    CategoryExit,
    ProgramMonitoring,
    ReportedMeasure,
    ReportedRecord,
)
from app.indicators.rows import RECORDS, RecordRow
from app.indicators.sheets import Line, amount
from app.model.text import alphabetical
from app.model.values import spoken_decimal
from app.registry.designations import ExitReason
from app.registry.measures import ValueKind, measures
from app.registry.monitoring import MonitoringState, monitoring_records
from app.registry.program_parts import IndicatorCode
from app.store.rows import Id

COMPLETENESS = IndicatorCode.MONITORING_COMPLETENESS_SHARE


def monitoring(tx: Transaction, program_id: Id, asked: Asked) -> ProgramMonitoring:
    """The reports of a period: by organization and measure, and the organizations without any.

    Raises:
        NotFound: there is no such program.
        Invalid: the period ends after the day, or before it starts.

    """
    program = program_of(tx, program_id)
    day, moment = moment_of(program, asked)
    facts = load(tx, program, moment.start if moment else program.start_date)
    network = network_on(tx, program, moment) if moment else None
    counted = measure(network, COMPLETENESS) if network else Measure([])
    rows = _records(tx, program_id, moment) if moment else []
    return {
        "program_id": str(program_id),
        "as_of": day.isoformat(),
        "period_start": moment.start.isoformat() if moment else None,
        "period_end": moment.end.isoformat() if moment else None,
        "state_version": facts.state_version,
        "completeness": figures_of(counted, IndicatorUnit.PERCENT) if moment else None,
        "states": dict.fromkeys(MonitoringState, 0) | Counter(row.state for row in rows),
        "measures": _measures(tx, {row.measure_id for row in rows}),
        "items": [
            {
                "organization_id": str(key),
                "name": facts.names[key],
                "reported": outcome == COUNTED,
                "records": [_record(row, day) for row in rows if row.organization_id == key],
            }
            for key, outcome in _expected(facts, counted)
        ],
        "others": [_record(row, day) for row in rows if _is_other(row, counted)],
        "exits": _exits(facts, moment) if moment else [],
    }


def _expected(facts: Facts, counted: Measure) -> list[tuple[Id, ItemOutcome]]:
    """The organizations that must report, by name."""
    organizations = [(item.id, item.outcome) for item in counted.items if isinstance(item.id, Id)]
    return sorted(organizations, key=lambda row: (alphabetical(facts.names[row[0]]), row[0]))


def _records(tx: Transaction, program_id: Id, moment: Moment) -> list[RecordRow]:
    """The records of a period that the caller sees."""
    table = RECORDS.table
    query = RECORDS.columns.where(
        table.c.program_id == program_id,
        table.c.period_start <= moment.end,
        table.c.period_end >= moment.start,
        tx.seen(monitoring_records.name, table),
    )
    return RECORDS.read(tx, query.order_by(table.c.period_start, table.c.id))


def _measures(tx: Transaction, ids: set[Id]) -> list[ReportedMeasure]:
    table = measures.table
    rows = tx.execute(sa.select(table).where(table.c.id.in_(ids)).order_by(table.c.code))
    return [
        {
            "id": str(row.id),
            "code": row.code,
            "title": row.title,
            "unit": row.unit,
            "value_kind": row.value_kind,
        }
        for row in rows
    ]


def _record(row: RecordRow, day: date) -> ReportedRecord:
    """A record on a day; a value that was observed later is left out."""
    is_known = row.observed_on <= day
    number, text = (row.value_number, row.value_text) if is_known else (None, None)
    return {
        "id": str(row.id),
        "measure_id": str(row.measure_id),
        "organization_id": str(row.organization_id) if row.organization_id else None,
        "partnership_id": str(row.partnership_id) if row.partnership_id else None,
        "activity_id": str(row.activity_id) if row.activity_id else None,
        "period_start": row.period_start.isoformat(),
        "period_end": row.period_end.isoformat(),
        "state": row.state,
        "baseline": _number(row.baseline_number),
        "target": _number(row.target_number),
        "actual": text if number is None else spoken_decimal(number),
        "reached": reached(row.baseline_number, row.target_number, number),
    }


def reached(
    baseline: Decimal | None, target: Decimal | None, actual: Decimal | None
) -> bool | None:
    """Whether a value has reached its target; downwards if the target is below the baseline."""
    if target is None or actual is None:
        return None
    return actual <= target if baseline is not None and target < baseline else actual >= target


def _is_other(row: RecordRow, counted: Measure) -> bool:
    """Whether a record is not from an organization that must report."""
    return row.organization_id not in {item.id for item in counted.items}


def _number(value: Decimal | None) -> str | None:
    return None if value is None else spoken_decimal(value)


def _exits(facts: Facts, moment: Moment) -> list[CategoryExit]:
    """The exits from a category by the effective mode in the period, the earliest first."""
    units = {key for key, entry in facts.organizations.items() if entry.parent_id}
    exits = [
        (row.valid_to, row)
        for row in facts.designations
        if row.category in PRIORITY
        and row.exit_reason == ExitReason.EFFECTIVE_MODE
        and row.valid_to
        and moment.flows(row.valid_to)
        and row.organization_id not in units
    ]
    return [
        {
            "designation_id": str(entry.id),
            "organization_id": str(entry.organization_id),
            "name": facts.names[entry.organization_id],
            "category": entry.category,
            "act_id": str(entry.act_id) if entry.act_id else None,
            "valid_from": entry.valid_from.isoformat(),
            "valid_to": last.isoformat(),
            "days": (last - entry.valid_from).days + 1,
        }
        for last, entry in sorted(exits, key=lambda pair: (pair[0], pair[1].id))
    ]


TITLES = (
    "Организация",
    "Отчиталась",
    "Показатель",
    "Единица",
    "Период с",
    "Период по",
    "Состояние",
    "Было",
    "Цель",
    "Факт",
    "Цель достигнута",
)
"""A line for each record, and one for each organization without records."""


_YES = {True: "да", False: "нет", None: None}


def table_of_reports(answer: ProgramMonitoring) -> list[Line]:
    """The reports of a period as lines of a table."""
    about = {measure["id"]: measure for measure in answer["measures"]}
    lines: list[Line] = []
    for organization in answer["items"]:
        head: Line = [organization["name"], _YES[organization["reported"]]]
        lines += [
            [*head, *_cells(record, about[record["measure_id"]])]
            for record in organization["records"]
        ]
        if not organization["records"]:
            lines.append([*head, *[None] * (len(TITLES) - len(head))])
    return lines


def _cells(record: ReportedRecord, measure: ReportedMeasure) -> Line:
    return [
        measure["title"],
        measure["unit"],
        date.fromisoformat(record["period_start"]),
        date.fromisoformat(record["period_end"]),
        record["state"].label,
        amount(record["baseline"]),
        amount(record["target"]),
        amount(record["actual"]) if measure["value_kind"] == ValueKind.NUMBER else record["actual"],
        _YES[record["reached"]],
    ]
