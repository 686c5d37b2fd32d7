"""Answers: every indicator of a program from one state."""

import uuid
from datetime import date

from app.database.transaction import Transaction
from app.indicators.asking import Asked, moment_of
from app.indicators.catalogue import INDICATORS
from app.indicators.codes import NOT_COUNTED
from app.indicators.documents import Indicators
from app.indicators.facts import load, program_of
from app.indicators.figures import indicator, measured
from app.indicators.network import Measure, network_on
from app.indicators.rows import ProgramRow
from app.registry.program_parts import IndicatorCode
from app.store.rows import Id


def indicators(tx: Transaction, program_id: uuid.UUID, asked: Asked) -> Indicators:
    """Every indicator of a program.

    Raises:
        NotFound: there is no such program.
        Invalid: the period ends after the day, or before it starts.

    """
    return counted(tx, program_of(tx, program_id), asked)[0]


def counted(
    tx: Transaction, program: ProgramRow, asked: Asked
) -> tuple[Indicators, dict[IndicatorCode, Measure]]:
    """Every indicator of a program, and what each counted."""
    day, moment = moment_of(program, asked)
    facts = load(tx, program, moment.start if moment else program.start_date)
    measures = measured(network_on(tx, program, moment) if moment else None)
    answer: Indicators = {
        "program_id": str(program.id),
        "as_of": day.isoformat(),
        "period_start": _day_text(moment.start if moment else asked.period_start),
        "period_end": _day_text(moment.end if moment else asked.period_end),
        "state_version": facts.state_version,
        "items": [indicator(facts, code, measures.get(code)) for code in INDICATORS],
        "uncovered_priority": [
            {"id": str(key), "name": facts.names[key]}
            for key in _uncovered(measures.get(IndicatorCode.ORG_INVOLVEMENT_SHARE_PRIORITY))
        ],
    }
    return answer, measures


def _uncovered(priority: Measure | None) -> list[Id]:
    items = priority.items if priority else []
    return sorted(
        item.id for item in items if item.outcome == NOT_COUNTED and isinstance(item.id, Id)
    )


def _day_text(day: date | None) -> str | None:
    return day.isoformat() if day else None
