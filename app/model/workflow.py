"""Workflow: the states of a record, and the allowed steps between them."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.findings import Fault


@dataclass(frozen=True)
class Workflow:
    """The steps between values of a state field; None is the state before creation."""

    field: str
    steps: Mapping[str | None, frozenset[str]]
    deletable: frozenset[str]
    decided: frozenset[str]
    """States that callers who may write only OWN records cannot set."""
    settled: frozenset[str]
    """States in which callers who may write only OWN records cannot change the record."""
    illegal: Fault
