"""Batches: records of one kind that are written together, such as the rows of a list.

Whoever writes a list asks the store three times: `prepare` loads what its rows need and makes
drafts of them, `judge` says what speaks against the drafts, and `keep` writes them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.findings import Finding
from app.model.drafts import Draft, Row, Stored
from app.model.resource import Resource
from app.model.values import json_value
from app.problems import Invalid
from app.store import checking, keeping
from app.store.bodies import body_of, row_body
from app.store.completion import complete
from app.store.following import follow
from app.store.loading import load
from app.store.matches import Misnamed, find_alike, find_named, match_keys, match_pairs
from app.store.placing import place
from app.store.verdict import Verdict


class Beside(NamedTuple):
    """Stored records of another kind that are loaded with a batch."""

    resource: Resource
    condition: sa.ColumnElement[bool]


@dataclass
class Prepared:
    """The rows of a list as drafts, and what speaks against each of them alone."""

    rows: Sequence[Row]
    misnamed: list[Misnamed]
    """Rows that name no record, or several."""
    beside: list[Stored]
    """The stored records of another kind that were asked for."""
    refused: list[Finding] = field(default_factory=list)
    """Findings about bodies and references; they refuse their rows."""
    foreign: set[int] = field(default_factory=set)
    """Rows that would change a record as the caller may not, by position."""
    faults: list[Finding] = field(default_factory=list)
    """Findings of rules that look at one draft at a time."""
    is_free: bool = False
    """Whether no record has the natural keys of new rows, except their source keys."""

    @property
    def shut(self) -> set[int]:
        """The positions of the rows that something has refused."""
        return {row.at for row in self.misnamed} | {finding.at for finding in self.refused}

    @property
    def open(self) -> list[Row]:
        """The rows that nothing has refused so far."""
        shut = self.shut
        return [row for at, row in enumerate(self.rows) if at not in shut]

    @property
    def drafts(self) -> list[Draft]:
        """The drafts of the open rows."""
        return [row.draft for row in self.open if row.draft]


def prepare(
    tx: Transaction,
    resource: Resource,
    rows: Sequence[Row],
    new_ids: Sequence[uuid.UUID],
    beside: Beside | None = None,
) -> Prepared:
    """Make drafts of rows, each a change of the stored record that the row is about, if any.

    `new_ids` are the ids of the records that the rows create, one for each row.
    """
    batch = Prepared(rows, find_named(tx, resource, rows), load(tx, *beside) if beside else [])
    _draft(resource, batch, new_ids)
    drafted = batch.drafts
    batch.refused += place(tx, resource, drafted)
    match_pairs(tx, resource, drafted)
    batch.is_free = not match_keys(tx, resource, batch.drafts)
    complete(resource, batch.open)
    find_alike(tx, resource, batch.open)
    follow(resource, batch.drafts)
    _judge_alone(tx, resource, batch)
    return batch


def _draft(resource: Resource, batch: Prepared, new_ids: Sequence[uuid.UUID]) -> None:
    """Read the bodies of the open rows."""
    shut = batch.shut
    for at, (row, new_id) in enumerate(zip(batch.rows, new_ids, strict=True)):
        if at in shut:
            continue
        try:
            body = row_body(resource, row)
        except Invalid as problem:
            batch.refused += (replace(finding, at=at) for finding in problem.findings)
        else:
            row.draft = Draft(body, row.draft.stored if row.draft else None, new_id, at=at)


def _judge_alone(tx: Transaction, resource: Resource, batch: Prepared) -> None:
    """Find what speaks against single drafts, whichever of the others are written."""
    for row in batch.open:
        if row.draft and not _is_allowed(tx, resource, row, row.draft):
            batch.foreign.add(row.draft.at)
    if not resource.guards:
        verdict = checking.hold_to_rules(tx, resource, batch.drafts)
        batch.faults += (*verdict.faults, *verdict.illegal)


def _is_allowed(tx: Transaction, resource: Resource, row: Row, draft: Draft) -> bool:
    """Whether the caller may change a stored record as a row does."""
    stored = draft.stored
    if stored is None or not draft.is_changed:
        return True
    now = body_of(resource, Stored(draft.columns, draft.parts))
    nested = resource.parts.keys() | resource.embedded.keys()
    # A list may have only some fields of parts and objects.
    fields = {
        name: now[name] if name in nested else json_value(value)
        for name, value in row.fields.items()
    }
    return tx.caller.may_touch(resource, stored.columns) and not any(
        tx.caller.overreach(resource, lambda: body_of(resource, stored), fields)
    )


@dataclass
class Batch:
    """Drafts of one kind, as they are judged and written."""

    resource: Resource
    drafts: Sequence[Draft]
    is_placed: bool = False
    by_rules: bool = True
    """Whether rules are still to be applied, or only natural keys."""
    is_free: bool = False
    """Whether no record has the natural keys of the drafts, except their source keys."""

    def __post_init__(self) -> None:
        for at, draft in enumerate(self.drafts):
            draft.at = at


def judge(tx: Transaction, batch: Batch) -> Verdict:
    """What speaks against drafts, also against one another; unknown references alone, if any."""
    if not batch.is_placed:
        if findings := place(tx, batch.resource, batch.drafts):
            return Verdict(findings)
        batch.is_placed = True
    resource, drafts = batch.resource, batch.drafts
    return checking.judge(tx, resource, drafts, by_rules=batch.by_rules, is_free=batch.is_free)


class Kept(NamedTuple):
    """The drafts that changed something, and the warnings about them."""

    drafts: list[Draft]
    warnings: list[Finding]


def keep(tx: Transaction, batch: Batch) -> Kept:
    """Write drafts that were judged."""
    if not batch.is_placed:
        place(tx, batch.resource, batch.drafts)
    warnings = checking.remarks(tx, batch.resource, batch.drafts)
    return Kept(keeping.keep(tx, batch.resource, batch.drafts), warnings)
