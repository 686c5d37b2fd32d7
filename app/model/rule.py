"""Rules: the form of a truth that a kind of record keeps, and what it may ask while it looks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import sqlalchemy as sa

from app.acts import Actor
from app.findings import Finding
from app.model.drafts import Draft
from app.model.grants import Granted


class Onlooker(Protocol):
    """Whoever writes, as far as a rule asks."""

    @property
    def actor(self) -> Actor:
        """Who it is."""

    def sees(self, resource: Granted, row: Mapping[str, object]) -> bool:
        """Whether they see a row that stands beside a record of theirs."""


class Inquiry(Protocol):
    """What a rule may ask of the transaction in which it looks; it never writes."""

    @property
    def today(self) -> date:
        """The day of the transaction in its zone."""

    @property
    def caller(self) -> Onlooker:
        """On whose behalf the drafts are written."""

    def execute(
        self, statement: sa.Select[*tuple[object, ...]], rows: Mapping[str, object] | None = None
    ) -> sa.CursorResult[Any]:
        """The rows of a query."""


Judge = Callable[[Inquiry, Sequence[Draft]], Iterable[Finding]]
"""Reads what it needs for all drafts at once and yields one finding for each that breaks it."""
