"""Strangers: who comes without a valid key is put into the trail once a minute, with a count.

The trail cannot be shortened at will, so nobody without a key may lengthen it as they like: neither
from one address nor from many.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.journal.trail import Act
from app.model.caller import Actor
from app.rest.throttle import MINUTE

NOBODY = "nobody"
"""The role, in the trail, of who has no valid key."""

NAMED = 100
"""Addresses, with and without keys apart, that have an entry of their own in a minute."""


@dataclass(slots=True)
class _Refusals:
    actor: Actor
    subject: str
    at: datetime
    since: float
    count: int = 0


class Strangers:
    """Refusals by address, for one minute from the first; in one process's event loop."""

    def __init__(self, named: int = NAMED) -> None:
        self._named = named
        self._open: dict[tuple[str | None, bool], _Refusals] = {}

    def add(self, actor: Actor, subject: str, now: float, *, wrong_key: bool) -> bool:
        """Count a refusal; whether its address is named in the trail."""
        name: tuple[str | None, bool] = (actor.address_hash, wrong_key)
        if name not in self._open and len(self._open) >= self._named:
            # All others are one: they have no room, and no address.
            name = (None, wrong_key)
            actor = Actor(NOBODY, request_id=actor.request_id)
        fresh = _Refusals(actor, subject, datetime.now(UTC), now)
        found = self._open.setdefault(name, fresh)
        found.count += 1
        return name[0] is not None

    def tell(self, record: Callable[[Actor, Act, datetime], None], now: float) -> None:
        """Put down those whose minute is over.

        Raises:
            Busy: there is no room; what is left is told next time.

        """
        over = [name for name, each in self._open.items() if each.since <= now - MINUTE]
        for name in over:
            found = self._open[name]
            # The name of the field that was wrong: without a key there was none.
            fields = ("authorization",) if name[1] else ()
            act = Act("authenticate", found.subject, (), fields, "denied", found.count)
            record(found.actor, act, found.at)
            del self._open[name]
