"""Rules: the form of a rule that a kind of record keeps, and what it may ask while it runs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import sqlalchemy as sa

from app.acts import Actor
from app.findings import Finding
from app.model.drafts import Draft
from app.model.grants import Granted


class Onlooker(Protocol):
    """Whoever writes, as far as rules need it."""

    @property
    def actor(self) -> Actor:
        """The actor for the audit trail."""

    def sees(self, resource: Granted, row: Mapping[str, object]) -> bool:
        """Whether they see this row."""


class Inquiry(Protocol):
    """What a rule may ask of its transaction; it never writes."""

    @property
    def today(self) -> date:
        """The day of the transaction in the configured time zone."""

    @property
    def caller(self) -> Onlooker:
        """On whose behalf the drafts are written."""

    def execute(
        self, statement: sa.Select[*tuple[object, ...]], rows: Mapping[str, object] | None = None
    ) -> sa.CursorResult[Any]:
        """Run a query."""


Judge = Callable[[Inquiry, Sequence[Draft]], Iterable[Finding]]
"""A rule: reads what it needs for all drafts at once, yields a finding for each violation."""
