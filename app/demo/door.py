"""The door of the demo data: writes many records, one transaction a batch."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa

from app.database.database import Database
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.findings import Finding
from app.model.drafts import Draft
from app.model.record import DEMO
from app.model.resource import Resource
from app.problems import Invalid
from app.store import checking, keeping
from app.store.placing import place

T = TypeVar("T")

Bodies = Mapping[str, Mapping[str, Any]]
"""The fields of each record, by its source key."""


class Door:
    """Writes into one municipality and counts the records it creates."""

    def __init__(self, database: Database, municipality_id: uuid.UUID, prefix: str) -> None:
        self.municipality_id = municipality_id
        self.made = 0
        self._making = 0
        self._database = database
        self._prefix = prefix

    def put(self, resource: Resource, bodies: Bodies) -> dict[str, uuid.UUID]:
        """Create the records that do not exist yet; returns all ids by key, in order."""
        ids: dict[str, uuid.UUID] = {}
        for keys in slices(bodies):
            part = {key: bodies[key] for key in keys}
            ids |= self.run(partial(self.create, resource=resource, bodies=part))
        return ids

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Read one consistent state."""
        return self._database.read(work)

    def run(self, work: Callable[[Transaction], T]) -> T:
        """Run work in one transaction; the records it creates are counted after the commit."""

        def counted(tx: Transaction) -> T:
            self._making = 0  # The database retries a transaction that lost a race.
            return work(tx)

        result = self._database.write(counted)
        self.made += self._making
        return result

    def count(self, made: int) -> None:
        """Count records that the running transaction creates."""
        self._making += made

    def create(self, tx: Transaction, resource: Resource, bodies: Bodies) -> dict[str, uuid.UUID]:
        """Create the records that do not exist yet, inside a transaction."""
        keys = {key: f"{self._prefix}{key}" for key in bodies}
        stored = self._stored(tx, resource, list(keys.values()))
        drafts = {
            key: Draft(self._body(resource, keys[key], body), at=at)
            for at, (key, body) in enumerate(bodies.items())
            if keys[key] not in stored
        }
        keep(tx, resource, list(drafts.values()))
        self.count(len(drafts))
        return {key: stored.get(keys[key]) or drafts[key].id for key in bodies}

    def _body(self, resource: Resource, key: str, fields: Mapping[str, object]) -> Any:
        home = {"municipality_id": self.municipality_id} if resource.owns else {}
        pair = {"source": DEMO, "source_key": key}
        return resource.write.model_validate({**fields, **home, **pair}, strict=False)

    def _stored(
        self, tx: Transaction, resource: Resource, keys: Sequence[str]
    ) -> dict[str, uuid.UUID]:
        table = resource.table
        rows = tx.execute(
            sa.select(table.c.source_key, table.c.id)
            .where(table.c.municipality_id == self.municipality_id, table.c.source == DEMO)
            .where(table.c.source_key.in_(keys))
        )
        return {row.source_key: row.id for row in rows}


def keep(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> None:
    """Write drafts that must pass every check.

    Raises:
        Invalid: with all findings; the generator is at fault.

    """
    for part in slices(drafts):
        findings: list[Finding] = place(tx, resource, part)
        if not findings:
            verdict = checking.check(tx, resource, part)
            taken = [finding for finding, _ in verdict.taken]
            findings = [*verdict.faults, *verdict.illegal, *taken]
        if findings:
            raise Invalid(*findings)
        keeping.keep(tx, resource, part)
