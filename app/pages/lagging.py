"""Lagging: how many changes followers have not asked for, read once for all of them."""

import uuid
from collections.abc import Collection, Iterator
from typing import NamedTuple

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.journal.positions import ENTRIES, SHARED

FAR = 10_000
"""Changes that a follower is told to be behind at most; they are not counted further."""


class Place(NamedTuple):
    """Where a follower stands."""

    position: int
    home: uuid.UUID | None
    """The municipality whose changes it gets; None for all of them."""


def behind(tx: Transaction, places: Collection[Place]) -> dict[Place, int]:
    """How many changes of its scope lie behind each place, at most `FAR` + 1.

    The newest changes are read once. Only whoever stands before them all is counted alone.
    """
    if not places:
        return {}
    newest = _newest(tx, min(place.position for place in places))
    return {
        place: sum(_within(place, newest)) if _is_reached(place, newest) else _alone(tx, place)
        for place in places
    }


Change = tuple[int, uuid.UUID]


def _newest(tx: Transaction, position: int) -> list[Change]:
    """The positions and municipalities of the newest changes, down to a position."""
    query = (
        sa.select(ENTRIES.c.position, ENTRIES.c.municipality_id)
        .where(ENTRIES.c.position > position)
        .order_by(ENTRIES.c.position.desc())
        .limit(FAR + 1)
    )
    return [(row.position, row.municipality_id) for row in tx.execute(query)]


def _is_reached(place: Place, newest: list[Change]) -> bool:
    """Whether everything behind a place was read."""
    return len(newest) <= FAR or newest[-1][0] <= place.position + 1


def _within(place: Place, newest: list[Change]) -> Iterator[bool]:
    for position, home in newest:
        if position <= place.position:
            return
        yield place.home is None or home in {place.home, SHARED}


def _alone(tx: Transaction, place: Place) -> int:
    missed = sa.select(ENTRIES.c.position).where(ENTRIES.c.position > place.position)
    if place.home:
        missed = missed.where(ENTRIES.c.municipality_id.in_([place.home, SHARED]))
    count = sa.select(sa.func.count()).select_from(missed.limit(FAR + 1).subquery())
    return int(tx.execute(count).scalar_one())
