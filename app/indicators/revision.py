"""Revisions: what is counted differently today than in a frozen report."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from app.database.transaction import Transaction
from app.findings import Finding
from app.indicators import snapshots
from app.indicators.answer import counted
from app.indicators.asking import Asked
from app.indicators.catalogue import INDICATORS
from app.indicators.comparison import compare, outcome_of
from app.indicators.documents import Indicator
from app.indicators.explanation import Names
from app.indicators.facts import load, program_of
from app.indicators.movements import SnapshotRevision
from app.indicators.network import Item
from app.indicators.rows import ProgramRow
from app.indicators.snapshots import Report
from app.model.faults import UNKNOWN_REFERENCE
from app.problems import Invalid, NotFound
from app.registry.program_parts import IndicatorCode


class Side(NamedTuple):
    """One side of the comparison: its indicators and their items."""

    as_of: str
    indicators: Mapping[IndicatorCode, Indicator]
    items: Mapping[IndicatorCode, Sequence[Item]]


def revision(
    tx: Transaction,
    program_id: uuid.UUID,
    snapshot_id: uuid.UUID,
    other: uuid.UUID | None,
    today: date,
) -> SnapshotRevision:
    """A report compared with another one, or with today's answer to the same question.

    Raises:
        NotFound: there is no such program or report.
        Invalid: there is no such other report.

    """
    program = program_of(tx, program_id)
    report = snapshots.one(tx, program_id, snapshot_id)
    before = _frozen(tx, report)
    after = _other(tx, program_id, other) if other else _today(tx, program, report, today)
    facts = load(tx, program, program.start_date)
    changes = {code: compare(code, before.items[code], after.items[code]) for code in INDICATORS}
    names = Names(tx, facts, [change.item for of_code in changes.values() for change in of_code])
    return {
        "snapshot_id": str(snapshot_id),
        "with": str(other) if other else None,
        "from": before.as_of,
        "to": after.as_of,
        "items": [
            {
                "code": code,
                "from": before.indicators[code],
                "to": after.indicators[code],
                "changes": [
                    {
                        **names.of(change.item),
                        "from_outcome": outcome_of(change.before),
                        "to_outcome": outcome_of(change.after),
                        "from_reason": change.before.reason if change.before else None,
                        "to_reason": change.after.reason if change.after else None,
                    }
                    for change in of_code
                ],
            }
            for code, of_code in changes.items()
        ],
    }


def _frozen(tx: Transaction, report: Report) -> Side:
    answer = json.loads(snapshots.indicators_of(tx, report))
    indicators = {item["code"]: item for item in answer["items"]}
    items = {code: snapshots.frozen(tx, report.id, code).items for code in INDICATORS}
    return Side(report.as_of.isoformat(), indicators, items)


def _other(tx: Transaction, program_id: uuid.UUID, other: uuid.UUID) -> Side:
    try:
        return _frozen(tx, snapshots.one(tx, program_id, other))
    except NotFound:
        raise Invalid(Finding(UNKNOWN_REFERENCE, parameter="with")) from None


def _today(tx: Transaction, program: ProgramRow, report: Report, today: date) -> Side:
    asked = Asked(today, report.as_of, report.period_start, report.period_end)
    answer, measures = counted(tx, program, asked)
    indicators = {item["code"]: item for item in answer["items"]}
    items = {code: measures[code].items if code in measures else [] for code in INDICATORS}
    return Side(answer["as_of"], indicators, items)
