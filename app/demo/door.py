"""The door of the demo data: many bodies become drafts, a batch of them one transaction."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from app.database.database import Database
from app.database.transaction import Transaction
from app.model.resource import Resource
from app.problems import Invalid
from app.store import batch
from app.store.drafts import Draft, slices
from app.store.placing import place

if TYPE_CHECKING:
    from app.findings import Finding

T = TypeVar("T")

SOURCE = "demo"

Bodies = Mapping[str, Mapping[str, Any]]
"""What is said of each record, by its key."""


class Door:
    """Writes into one municipality and counts what it made."""

    def __init__(self, database: Database, municipality_id: uuid.UUID, prefix: str) -> None:
        self.municipality_id = municipality_id
        self.made = 0
        self._making = 0
        self._database = database
        self._prefix = prefix

    def put(self, resource: Resource, bodies: Bodies) -> dict[str, uuid.UUID]:
        """Create what is missing; what exists stays. The ids come back by key, in order."""
        ids: dict[str, uuid.UUID] = {}
        for keys in slices(bodies):
            some = {key: bodies[key] for key in keys}
            ids |= self.run(partial(self.create, resource=resource, bodies=some))
        return ids

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Read one consistent state."""
        return self._database.read(work)

    def run(self, work: Callable[[Transaction], T]) -> T:
        """Run work in one transaction; what it makes counts once it is kept."""

        def counted(tx: Transaction) -> T:
            self._making = 0  # A transaction that lost a race is run again.
            return work(tx)

        result = self._database.write(counted)
        self.made += self._making
        return result

    def count(self, made: int) -> None:
        """Count records that the running transaction makes."""
        self._making += made

    def create(self, tx: Transaction, resource: Resource, bodies: Bodies) -> dict[str, uuid.UUID]:
        """Create what is missing of these inside a transaction."""
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

    def _body(self, resource: Resource, key: str, said: Mapping[str, Any]) -> Any:
        home = {"municipality_id": self.municipality_id} if resource.owns else {}
        pair = {"source": SOURCE, "source_key": key}
        return resource.write.model_validate({**said, **home, **pair}, strict=False)

    def _stored(
        self, tx: Transaction, resource: Resource, keys: Sequence[str]
    ) -> dict[str, uuid.UUID]:
        table = resource.table
        rows = tx.execute(
            sa.select(table.c.source_key, table.c.id)
            .where(table.c.municipality_id == self.municipality_id, table.c.source == SOURCE)
            .where(table.c.source_key.in_(keys))
        )
        return {row.source_key: row.id for row in rows}


def keep(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> None:
    """Write drafts that must be faultless.

    Raises:
        Invalid: with every fault: the generator is wrong, not the data.

    """
    for some in slices(drafts):
        findings: list[Finding] = place(tx, resource, some)
        if not findings:
            verdict = batch.check(tx, resource, some)
            taken = [finding for finding, _ in verdict.taken]
            findings = [*verdict.faults, *verdict.illegal, *taken]
        if findings:
            raise Invalid(*findings)
        batch.keep(tx, resource, some)
