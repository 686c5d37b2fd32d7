"""Answers: every indicator of a program from one state."""

import uuid
from datetime import date
from typing import Any

from app.indicators import network
from app.indicators.asking import Asked, moment_of
from app.indicators.catalogue import INDICATORS
from app.indicators.facts import Id, load, program_of
from app.indicators.figures import indicator
from app.indicators.network import NOT_COUNTED, Network
from app.store.database import Transaction


def indicators(tx: Transaction, program_id: uuid.UUID, asked: Asked) -> dict[str, Any]:
    """Every indicator of a program.

    Raises:
        NotFound: there is no such program.
        Invalid: the period ends after the day, or before it starts.

    """
    program = program_of(tx, program_id)
    day, moment = moment_of(program, asked)
    facts = load(tx, program, moment.start if moment else program.start_date)
    on_day = Network(facts, moment) if moment else None
    priority = network.priority_involvement(on_day).items if on_day else []
    uncovered = sorted(
        item.id for item in priority if item.outcome == NOT_COUNTED and isinstance(item.id, Id)
    )
    return {
        "program_id": str(program_id),
        "as_of": day.isoformat(),
        "period_start": _spoken(moment.start if moment else asked.period_start),
        "period_end": _spoken(moment.end if moment else asked.period_end),
        "state_version": facts.state_version,
        "items": [indicator(facts, on_day, code) for code in INDICATORS],
        "uncovered_priority": [{"id": str(key), "name": facts.names[key]} for key in uncovered],
    }


def _spoken(day: date | None) -> str | None:
    return day.isoformat() if day else None
