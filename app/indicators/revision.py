"""Revisions: what is counted otherwise than in a report that was handed in."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.findings import Finding
from app.indicators import snapshots
from app.indicators.answer import counted
from app.indicators.asking import Asked
from app.indicators.catalogue import INDICATORS
from app.indicators.comparison import compare, outcome_of
from app.indicators.explanation import Names
from app.indicators.facts import load, program_of
from app.indicators.network import Item
from app.indicators.snapshots import SNAPSHOTS
from app.problems import Invalid, NotFound
from app.store.database import Transaction
from app.store.faults import UNKNOWN_REFERENCE


class Side(NamedTuple):
    """One of two answers: the indicators as they were told, and the items behind each."""

    as_of: str
    told: Mapping[str, Any]
    items: Mapping[str, Sequence[Item]]


def revision(
    tx: Transaction,
    program_id: uuid.UUID,
    snapshot_id: uuid.UUID,
    other: uuid.UUID | None,
    today: date,
) -> dict[str, Any]:
    """A report beside another one, or beside today's answer to its own question.

    Raises:
        NotFound: there is no such program or report.
        Invalid: there is no such other report.

    """
    program = program_of(tx, program_id)
    about = snapshots.one(tx, program_id, snapshot_id, SNAPSHOTS.c.indicators)
    before = _frozen(tx, about)
    after = _other(tx, program_id, other) if other else _today(tx, program, about, today)
    facts = load(tx, program, program.start_date)
    changes = {code: compare(code, before.items[code], after.items[code]) for code in INDICATORS}
    names = Names(tx, facts, [change.item for some in changes.values() for change in some])
    return {
        "snapshot_id": str(snapshot_id),
        "with": other and str(other),
        "from": before.as_of,
        "to": after.as_of,
        "items": [
            {
                "code": code,
                "from": before.told[code],
                "to": after.told[code],
                "changes": [
                    {
                        **names.of(change.item),
                        "from_outcome": outcome_of(change.before),
                        "to_outcome": outcome_of(change.after),
                        "from_reason": change.before and change.before.reason,
                        "to_reason": change.after and change.after.reason,
                    }
                    for change in some
                ],
            }
            for code, some in changes.items()
        ],
    }


def _frozen(tx: Transaction, about: Mapping[str, Any]) -> Side:
    told = {each["code"]: each for each in json.loads(about["indicators"])["items"]}
    items = {code: snapshots.frozen(tx, about["id"], code)[1] for code in INDICATORS}
    return Side(about["as_of"].isoformat(), told, items)


def _other(tx: Transaction, program_id: uuid.UUID, other: uuid.UUID) -> Side:
    try:
        return _frozen(tx, snapshots.one(tx, program_id, other, SNAPSHOTS.c.indicators))
    except NotFound:
        raise Invalid(Finding(UNKNOWN_REFERENCE, parameter="with")) from None


def _today(tx: Transaction, program: Any, about: Mapping[str, Any], today: date) -> Side:
    asked = Asked(today, about["as_of"], about["period_start"], about["period_end"])
    answer, measures = counted(tx, program, asked)
    told = {each["code"]: each for each in answer["items"]}
    items = {code: measures[code].items if code in measures else [] for code in INDICATORS}
    return Side(answer["as_of"], told, items)
