"""Occasions: the event of a list of participants, found again or written."""

from typing import Any

import sqlalchemy as sa
from pydantic_core import PydanticCustomError

from app.database.transaction import Transaction
from app.model.text import fold
from app.model.values import read_day, read_id
from app.pages.orders import Occasion
from app.registry.events import EventKind, EventStatus, events
from app.store import register
from app.store.precondition import ANY
from app.store.register import Written

CORRECTED = ("form", "learner_count")
"""What a form that tells of a stored event again may correct; its other fields find the event."""


def stored(tx: Transaction, occasion: Occasion) -> sa.Row[Any] | None:
    """The event, if it is stored already: the same again is no second event.

    What cannot be stored is not looked for; writing it says what is wrong.
    """
    table = events.table
    columns = (table.c.id, table.c.status, *(table.c[name] for name in CORRECTED))
    query = sa.select(*columns).where(tx.seen("events", table))
    if occasion.event_id:
        return tx.execute(query.where(table.c.id == occasion.event_id)).first()
    body = occasion.event
    names = ("activity_id", "partnership_id", "host_id")
    try:
        day = read_day(body["window_start"])
        ids = {name: read_id(key) if (key := body.get(name)) else None for name in names}
    except PydanticCustomError:
        return None
    is_same = (
        (table.c.kind == EventKind.HELD)
        & (table.c.status != EventStatus.CANCELLED)
        & (table.c.window_start == day)
        & (table.c.title_key == fold(body["title"]))
    )
    for name, key in ids.items():
        is_same &= table.c[name].is_not_distinct_from(key)
    return tx.execute(query.where(is_same).order_by(table.c.id)).first()


def write(tx: Transaction, occasion: Occasion, known: sa.Row[Any] | None) -> Written | None:
    """Create the event, or say of a stored one what was typed; None if it said so before.

    What was left empty stays as it is stored.

    Raises:
        Invalid, NotYours: the event is refused.

    """
    if known is None:
        return register.create(tx, events, dict(occasion.event))
    told = {
        name: value
        for name in CORRECTED
        if (value := occasion.event.get(name)) not in {None, getattr(known, name)}
    }
    if occasion.event and known.status == EventStatus.PLANNED:
        told |= {name: occasion.event[name] for name in ("status", "completed_on")}
    return register.amend(tx, events, known.id, told, ANY) if told else None
