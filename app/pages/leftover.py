"""Leftover: the lists of a session that are checked and not written, with the way back to each."""

from typing import NamedTuple

from app.pages.orders import Order
from app.pages.visit import Visit
from app.store import drafts


class Leftover(NamedTuple):
    """A list that waits for its sender."""

    address: str
    name: str
    about: str
    """What it is a list of."""


async def leftovers(visit: Visit) -> list[Leftover]:
    """The lists that wait in the session, the latest first."""
    found = await visit.read(lambda tx: drafts.unwritten(tx, visit.session.id_hash))
    return [
        Leftover(f"/uploads/{draft.id}", draft.name or "список", _about(Order.of_json(draft.said)))
        for draft in found
    ]


def _about(order: Order) -> str:
    event = dict(order.occasion.event) if order.occasion else {}
    return str(event.get("title") or order.resource.titles.all)
