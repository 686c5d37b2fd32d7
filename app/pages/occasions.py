"""Occasions: the event of a list of participants, found again or written."""

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.model.text import fold
from app.pages.orders import Occasion
from app.registry.events import EventKind, EventStatus, events
from app.store import register
from app.store.precondition import ANY
from app.store.register import Written


def stored(tx: Transaction, occasion: Occasion) -> sa.Row[Any] | None:
    """The event, if it is stored already: the same again is no second event."""
    table = events.table
    query = sa.select(table.c.id, table.c.status).where(tx.seen("events", table))
    if occasion.event_id:
        return tx.execute(query.where(table.c.id == occasion.event_id)).first()
    body = occasion.event
    is_same = (
        (table.c.kind == EventKind.HELD)
        & (table.c.status != EventStatus.CANCELLED)
        & (table.c.window_start == date.fromisoformat(body["window_start"]))
        & (table.c.title_key == fold(body["title"]))
    )
    for name in ("activity_id", "partnership_id", "host_id"):
        key = body.get(name)
        is_same &= table.c[name].is_not_distinct_from(uuid.UUID(key) if key else None)
    return tx.execute(query.where(is_same).order_by(table.c.id)).first()


def write(tx: Transaction, occasion: Occasion, known: sa.Row[Any] | None) -> Written | None:
    """Create the event, or say of a stored one that it was held; None if it said so before.

    Raises:
        Invalid: the event is refused.

    """
    if known is None:
        return register.create(tx, events, dict(occasion.event))
    if occasion.event and known.status == EventStatus.PLANNED:
        held = {name: occasion.event[name] for name in ("status", "completed_on")}
        return register.amend(tx, events, known.id, held, ANY)
    return None
