"""The trail: who did what, chained so that it cannot be bent unseen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done or refused: names of fields, never their values."""

    action: str
    type: str | None = None
    ids: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    outcome: str = "ok"
