"""Figures: the indicators of a program before and after a list, as far as it moved them."""

import uuid
from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from typing_extensions import TypedDict

from app.database.transaction import Transaction
from app.indicators.answer import indicators
from app.indicators.asking import Asked as Day
from app.indicators.documents import Indicator
from app.pages.orders import Order
from app.registry.programs import programs

Figures = Mapping[str, Indicator]


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


def program_of(tx: Transaction, order: Order) -> uuid.UUID | None:
    """The program that a list is about: what it says itself, else the newest of its municipality.

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
        .order_by(table.c.start_date.desc(), table.c.id)
        .limit(1)
    )
    found: uuid.UUID | None = tx.execute(query).scalar() if home else None
    return found


def figures(tx: Transaction, program_id: uuid.UUID | None, today: date) -> Figures:
    """The indicators of a program today; nothing without a program."""
    if program_id is None:
        return {}
    every = indicators(tx, program_id, Day(today))["items"]
    return {each["code"]: each for each in every}


def moved(before: Figures, after: Figures) -> list[Figure]:
    """The indicators that differ."""
    pairs = ((code, _value(before[code]), _value(after[code])) for code in after)
    return [{"code": code, "before": was, "after": now} for code, was, now in pairs if was != now]


def _value(one: Indicator) -> Value:
    return {
        "numerator": one["numerator"],
        "denominator": one["denominator"],
        "value": one["value"],
    }
