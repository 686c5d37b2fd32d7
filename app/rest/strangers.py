"""Strangers: refusals of callers without a valid key, one entry a minute with their count.

The trail cannot be shortened at will, so callers without a key must not be able to lengthen it,
neither from one address nor from many.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.acts import Act, Actor
from app.rest.throttle import MINUTE

NOBODY = "nobody"
"""The role, in the trail, of a caller without a valid key."""

NAMED = 100
"""Addresses with an entry of their own in one minute, counted apart for wrong and missing keys."""


@dataclass(slots=True)
class _Refusals:
    actor: Actor
    subject: str
    at: datetime
    since: float
    count: int = 0


class Strangers:
    """Counts refusals by address, for a minute from the first; used in one event loop."""

    def __init__(self, named: int = NAMED) -> None:
        self._named = named
        self._open: dict[tuple[str | None, bool], _Refusals] = {}

    def add(self, actor: Actor, subject: str, now: float, *, wrong_key: bool) -> bool:
        """Count a refusal; returns whether its address gets an entry of its own."""
        name: tuple[str | None, bool] = (actor.address_hash, wrong_key)
        if name not in self._open and len(self._open) >= self._named:
            # All further addresses share one entry, without an address.
            name = (None, wrong_key)
            actor = Actor(NOBODY, request_id=actor.request_id)
        first = _Refusals(actor, subject, datetime.now(UTC), now)
        refusals = self._open.setdefault(name, first)
        refusals.count += 1
        return name[0] is not None

    def flush(self, record: Callable[[Actor, Act, datetime], None], now: float) -> None:
        """Record the refusals whose minute is over.

        Raises:
            Busy: the recorder is full; the rest is recorded next time.

        """
        over = [name for name, refusals in self._open.items() if refusals.since <= now - MINUTE]
        for name in over:
            refusals = self._open[name]
            # A wrong key counts as a fault in this field; without a key there is no field.
            fields = ("authorization",) if name[1] else ()
            act = Act("authenticate", refusals.subject, (), fields, "denied", refusals.count)
            record(refusals.actor, act, refusals.at)
            del self._open[name]
