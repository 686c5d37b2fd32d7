"""Differences: every indicator on two days, and what entered and left between them."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.findings import Finding
from app.indicators.asking import Asked, moment_of
from app.indicators.catalogue import INDICATORS
from app.indicators.causes import COLLECTIONS, Causes
from app.indicators.comparison import Change, compare, outcome_of
from app.indicators.explanation import Names
from app.indicators.facts import load, program_of
from app.indicators.figures import indicator, measured
from app.indicators.movements import Caused, IndicatorDifference, ItemChange
from app.indicators.network import network_on
from app.indicators.network_causes import Cause
from app.indicators.reasons import CAUSES
from app.model.faults import ENDS_BEFORE_START
from app.problems import Invalid
from app.store.rows import Id


def difference(
    tx: Transaction, program_id: uuid.UUID, first: date, last: date, language: str
) -> IndicatorDifference:
    """Every indicator on two days, each from the program's start to the day.

    Raises:
        NotFound: there is no such program.
        Invalid: the second day is before the first.

    """
    program = program_of(tx, program_id)
    if last < first:
        raise Invalid(Finding(ENDS_BEFORE_START, parameter="to"))
    facts = load(tx, program, program.start_date)
    moments = [moment_of(program, Asked(day, day))[1] for day in (first, last)]
    before, after = (network_on(tx, program, moment) if moment else None for moment in moments)
    was, now = measured(before), measured(after)
    changes = {
        code: compare(code, *(side[code].items if side else () for side in (was, now)))
        for code in INDICATORS
    }
    everything = [change.item for of_code in changes.values() for change in of_code]
    names, causes = Names(tx, facts, everything), Causes(tx, before, after, first, last)
    caused = {
        code: [(change, causes.of(change)) for change in of_code]
        for code, of_code in changes.items()
    }
    seen = _seen(tx, (cause for of_code in caused.values() for _, cause in of_code if cause))
    return {
        "program_id": str(program_id),
        "from": first.isoformat(),
        "to": last.isoformat(),
        "state_version": facts.state_version,
        "items": [
            {
                "code": code,
                "from": indicator(facts, code, was.get(code)),
                "to": indicator(facts, code, now.get(code)),
                "changes": [
                    _changed(change, names, cause, seen, language) for change, cause in of_code
                ],
            }
            for code, of_code in caused.items()
        ],
    }


def _changed(
    change: Change, names: Names, cause: Cause | None, seen: set[Id], language: str
) -> ItemChange:
    return {
        **names.of(change.item),
        "from_outcome": outcome_of(change.before),
        "to_outcome": outcome_of(change.after),
        **_caused(cause, seen, language),
    }


def _caused(cause: Cause | None, seen: set[Id], language: str) -> Caused:
    """The cause, and the id of its record if the caller sees it."""
    if cause is None:
        return {"cause": None, "cause_text": None, "cause_id": None}
    name, key = cause
    about = str(key) if key in seen else None
    return {"cause": name, "cause_text": CAUSES[name].fill(language, {}), "cause_id": about}


def _seen(tx: Transaction, causes: Iterable[Cause]) -> set[Id]:
    """The ids of those records behind the causes that the caller sees."""
    ids_of: dict[str, set[Id]] = defaultdict(set)
    for name, key in causes:
        ids_of[COLLECTIONS[name]].add(key)
    seen: set[Id] = set()
    for collection, ids in ids_of.items():
        table = SQLModel.metadata.tables[collection]
        rows = sa.select(table.c.id).where(table.c.id.in_(ids), tx.seen(collection, table))
        seen.update(tx.execute(rows).scalars())
    return seen
