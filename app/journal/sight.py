"""Sight: which state of the register a request may be answered from, and which one it was shown.

A replica lags behind. Whoever asks must not see less than they wrote or were shown before, so they
say what they have seen, and are told what they see (0039).
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from app.journal.since import State

NOTHING = State()
"""What somebody has seen who has seen nothing yet."""

UNKNOWN = State("unknown", 0)
"""A state that no replica reaches, as no register has such an epoch."""


def _nothing() -> State:
    return NOTHING


@dataclass
class Sight:
    """What one request may see."""

    seen: State | None = None
    """What the caller has seen; None if they do not say, so nobody knows."""
    of_key: Callable[[], State] = field(default=_nothing)
    """What this process has shown to others with the same key."""
    shown: State | None = None
    """The state that is shown; None while nothing was read that tells its state."""

    def reached_by(self, state: State) -> bool:
        """Whether a state has everything that the answer must not lack."""
        needed = (self.seen or UNKNOWN, self.of_key(), self.shown or NOTHING)
        return all(one == NOTHING or state.reaches(one) for one in needed)

    def show(self, state: State) -> None:
        """Note that a state is shown, beside what was shown already."""
        self.shown = later(self.shown or state, state)


def later(one: State, other: State) -> State:
    """The later one of two states; of two registers neither is."""
    if one == NOTHING or other.reaches(one):
        return other
    return one if other == NOTHING or one.reaches(other) else UNKNOWN


SIGHT: ContextVar[Sight | None] = ContextVar("sight", default=None)
"""The sight of the request that is being answered."""
