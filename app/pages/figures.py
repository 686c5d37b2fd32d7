"""Figures: what a list changed in the indicators, counted outside the transaction that writes it.

Counting takes longer than writing a short list, and on SQLite nobody else writes meanwhile.
"""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from typing_extensions import TypedDict

from app.database.transaction import Transaction
from app.indicators.answer import indicators
from app.indicators.asking import Asked
from app.indicators.documents import Indicator
from app.indicators.standing import Standing, standing_of
from app.journal.positions import ENTRIES, SHARED
from app.pages.orders import Order
from app.pages.running import nearest
from app.registry.programs import programs


class Value(TypedDict):
    """What an indicator was or is."""

    numerator: int | None
    denominator: int | None
    value: str | None


class Figure(TypedDict):
    """An indicator that a list has changed."""

    code: str
    before: Value
    after: Value


class Before(NamedTuple):
    """The indicators of a program before a list."""

    program: Standing
    """The program, with the state from which they were counted."""
    day: date
    figures: Mapping[str, Value]


class Effect(NamedTuple):
    """A list that was written."""

    before: Before
    """What was just before it."""
    records: int
    """How many records it has made or changed."""


def program_of(tx: Transaction, order: Order) -> uuid.UUID | None:
    """The program that a list is about: what it says itself, else what runs in its municipality.

    Raises:
        Invalid: a reference for all rows names no record that the caller sees.

    """
    home = order.home(tx)
    if order.occasion:
        return order.occasion.program_id
    if "program_id" in order.standing:
        return order.standing["program_id"]
    table = programs.table
    query = (
        sa.select(table.c.id)
        .where(table.c.municipality_id == home, tx.seen(programs.name, table))
        .order_by(*nearest(tx.today))
        .limit(1)
    )
    found: uuid.UUID | None = tx.execute(query).scalar() if home else None
    return found


def before(tx: Transaction, program_id: uuid.UUID, day: date) -> Before:
    """The indicators of a program as they are.

    Raises:
        NotFound: there is no such program.

    """
    return Before(standing_of(tx, program_id), day, _figures(tx, program_id, day))


def just_before(tx: Transaction, known: Before) -> Before:
    """The indicators as they are when a writing transaction begins: what is known, if it holds."""
    program_id = uuid.UUID(known.program.id)
    if standing_of(tx, program_id).state == known.program.state:
        return known
    return before(tx, program_id, known.day)


def effect(tx: Transaction, was: Before) -> Effect:
    """What has to be known of a list to tell its effect after the commit."""
    here = {was.program.municipality_id, None}
    entries = {(row.collection, row.record_id) for row in tx.entries if row.municipality_id in here}
    return Effect(was, len(entries))


def moved(tx: Transaction, done: Effect) -> list[Figure] | None:
    """The indicators that a committed list has changed.

    None if somebody else changed something together with it: nobody can say then what was its part.
    """
    was, program_id = done.before, uuid.UUID(done.before.program.id)
    if not done.records:
        return []
    if _changes_since(tx, was.program) != done.records:
        return None
    now = _figures(tx, program_id, was.day)
    pairs = ((code, was.figures[code], now[code]) for code in now)
    return [{"code": code, "before": old, "after": new} for code, old, new in pairs if old != new]


def _changes_since(tx: Transaction, was: Standing) -> int | None:
    """How many records of the municipality have changed; None if others have, that matter too."""
    now = standing_of(tx, uuid.UUID(was.id))
    (epoch, position, beside) = was.state
    if (epoch, beside) != (now.state[0], now.state[2]):
        return None
    here = ENTRIES.c.municipality_id.in_((uuid.UUID(was.municipality_id), SHARED))
    later = sa.select(sa.func.count()).where(here, ENTRIES.c.position > position)
    return int(tx.execute(later).scalar_one())


def _figures(tx: Transaction, program_id: uuid.UUID, day: date) -> dict[str, Value]:
    every = indicators(tx, program_id, Asked(day))["items"]
    return {each["code"]: _value(each) for each in every}


def _value(one: Indicator) -> Value:
    return {
        "numerator": one["numerator"],
        "denominator": one["denominator"],
        "value": one["value"],
    }
