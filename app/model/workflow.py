"""Workflow: the states that a record goes through, and the steps between them."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.findings import Fault


@dataclass(frozen=True)
class Workflow:
    """The steps between the values of a state field; None stands for a record not yet made."""

    field: str
    steps: Mapping[str | None, frozenset[str]]
    deletable: frozenset[str]
    decided: frozenset[str]
    """States that somebody else gives than whoever may write OWN records only."""
    settled: frozenset[str]
    """States in which whoever may write OWN records only does not change one any more."""
    illegal: Fault
