"""The one door for writes: a batch of drafts becomes rows, their parts and their journal.

Data's way: place (references resolved, municipality known) → match (what is stored) → check
(rules, keys) → keep (rows, parts, journal). A single PUT is a batch of one.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.problems import Finding
from app.store import journal
from app.store.drafts import Draft, Stored, lay_out, load, slices, stamp
from app.store.faults import (
    ENDS_BEFORE_START,
    IMMUTABLE,
    KEY_TAKEN,
    MISSING,
    MIXED_SCRIPT,
    OTHER_MUNICIPALITY,
    TWICE_IN_BATCH,
    UNKNOWN_REFERENCE,
)
from app.store.record import Part
from app.store.resource import PAIR, NaturalKey, Resource, table_of
from app.store.text import mixed_script

if TYPE_CHECKING:
    from app.store.database import Transaction


@dataclass
class Verdict:
    """What was found in a batch: faults that forbid a row, keys that are taken, warnings."""

    faults: list[Finding] = field(default_factory=list)
    illegal: list[Finding] = field(default_factory=list)
    taken: list[tuple[Finding, uuid.UUID]] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def place(tx: "Transaction", resource: Resource, drafts: Sequence[Draft]) -> list[Finding]:
    """Lay the drafts out and give each its municipality; unknown references are the findings."""
    for draft in drafts:
        lay_out(resource, draft, tx.secret)
    homes = _homes(tx, resource, drafts)
    return list(chain.from_iterable(_settle(resource, draft, homes) for draft in drafts))


def match(tx: "Transaction", resource: Resource, drafts: Sequence[Draft]) -> None:
    """Find what is stored under the drafts' foreign pairs, each in its own municipality."""
    table = resource.table
    wanted = {_pair(draft): draft for draft in drafts if draft.columns["source"]}
    for some in slices({key for _, _, key in wanted}):
        for stored in load(tx, resource, table.c.source_key.in_(some)):
            if draft := wanted.get(tuple(stored.columns[name] for name in PAIR)):
                draft.holds(stored)


def check(tx: "Transaction", resource: Resource, drafts: Sequence[Draft]) -> Verdict:
    """Hold the drafts that change something against the rules of their kind."""
    changed = [draft for draft in drafts if draft.is_changed]
    verdict = Verdict()
    if not changed:
        return verdict
    _take_turns(tx, resource, changed)
    verdict.faults += chain.from_iterable(_of_form(resource, draft) for draft in changed)
    for rule in resource.rules:
        verdict.faults += rule(tx, changed)
    for rule in resource.remarks:
        verdict.warnings += rule(tx, changed)
    verdict.warnings += chain.from_iterable(_scripts(resource, draft) for draft in changed)
    verdict.illegal += _illegal_steps(resource, changed)
    for key in resource.natural_keys:
        verdict.taken += _taken(tx, resource, key, changed)
    return verdict


def keep(tx: "Transaction", resource: Resource, drafts: Sequence[Draft]) -> list[Draft]:
    """Write the drafts that change something, with their journal; those written come back."""
    changed = [draft for draft in drafts if draft.is_changed]
    made = [draft for draft in changed if draft.stored is None]
    _continue_versions(tx, resource, made)
    for draft in changed:
        stamp(resource, draft, tx.now)
        if draft.stored:
            draft.version += 1
    if made:
        rows = [_row(draft, created_at=tx.now, updated_at=tx.now) for draft in made]
        tx.execute(sa.insert(resource.table), rows)
    for draft in changed:
        if draft.stored:
            _update(tx, resource.table, draft)
    for name, part in resource.parts.items():
        _keep_parts(tx, name, part, changed)
    tx.entries += [_entry(resource, draft) for draft in changed]
    return changed


def referrers(
    tx: "Transaction", resource: Resource, record_id: uuid.UUID
) -> list[tuple[str, int, list[uuid.UUID]]]:
    """Who refers to a record: collection, count and up to 20 ids of each."""
    found = []
    for collection, column in _references_to(resource.table):
        table = column.table
        owner = table.c.get("owner_id", table.c.id if "id" in table.c else None)
        condition = column == record_id
        if column.name == "municipality_id" and table is resource.table:
            condition &= table.c.id != record_id
        rows = sa.select(owner).where(condition).distinct()
        if count := tx.execute(sa.select(sa.func.count()).select_from(rows.subquery())).scalar_one():
            some = tx.execute(rows.order_by(owner).limit(20)).scalars().all()
            found.append((collection, int(count), list(some)))
    return _by_collection(found)


def remove(tx: "Transaction", resource: Resource, stored: Stored) -> None:
    """Delete a record with its parts; the journal keeps its key and last version."""
    for part in resource.parts.values():
        table = table_of(part)
        tx.execute(sa.delete(table).where(table.c.owner_id == stored.id))
    tx.execute(sa.delete(resource.table).where(resource.table.c.id == stored.id))
    columns = stored.columns
    tx.entries.append(
        journal.Entry(
            resource.name,
            stored.id,
            columns["municipality_id"],
            stored.version + 1,
            columns["source"],
            columns["source_key"],
            deleted=True,
        )
    )


def _homes(
    tx: "Transaction", resource: Resource, drafts: Sequence[Draft]
) -> dict[tuple[str, uuid.UUID], uuid.UUID | None]:
    """The municipality of every record that the drafts refer to, one query per collection."""
    wanted: dict[sa.Table, set[uuid.UUID]] = defaultdict(set)
    for draft in drafts:
        for _, column, value in _references(resource, draft):
            wanted[_target(column)].add(value)
    homes: dict[tuple[str, uuid.UUID], uuid.UUID | None] = {}
    for target, ids in wanted.items():
        for some in slices(ids):
            # A share of the row: whoever deletes it meanwhile waits, and then finds the reference.
            rows = tx.execute(
                sa.select(target.c.id, target.c.municipality_id)
                .where(target.c.id.in_(some))
                .with_for_update(key_share=True, read=True)
            )
            homes |= {(target.name, row.id): row.municipality_id for row in rows}
    batch = {draft.id for draft in drafts}
    for draft in drafts:
        for _, column, value in _references(resource, draft):
            if value in batch and _target(column) is resource.table:
                homes.setdefault((resource.name, value), draft.municipality_id)
    return homes


def _settle(
    resource: Resource, draft: Draft, homes: dict[tuple[str, uuid.UUID], uuid.UUID | None]
) -> Iterator[Finding]:
    references = list(_references(resource, draft))
    lost = [spot for spot, column, value in references if (_target(column).name, value) not in homes]
    yield from (draft.finds(UNKNOWN_REFERENCE, spot) for spot in lost)
    if resource.name == "municipalities":
        draft.municipality_id = draft.id
    elif resource.owns:
        said = getattr(draft.body, "municipality_id", None)
        was = draft.was("municipality_id")
        draft.municipality_id = said or was
        if not draft.municipality_id and not resource.table.c.municipality_id.info.get("shared"):
            yield draft.finds(MISSING, "/municipality_id")
        elif draft.stored and said and said != was:
            yield draft.finds(IMMUTABLE, "/municipality_id")
    else:
        spoken = {spot.removeprefix("/"): (column, value) for spot, column, value in references}
        for name in resource.hangs_on:
            if name in spoken:
                column, value = spoken[name]
                draft.municipality_id = homes.get((_target(column).name, value))
                break
    if lost:
        return
    for spot, column, value in references:
        home = homes[_target(column).name, value]
        if not column.info.get("beyond") and home != draft.municipality_id:
            if not column.name == "municipality_id":
                yield draft.finds(OTHER_MUNICIPALITY, spot)
    draft.columns["municipality_id"] = draft.municipality_id
    lay_out(resource, draft, b"") if False else _refold(resource, draft)


def _refold(resource: Resource, draft: Draft) -> None:
    from app.store.columns import fold_values

    for column in resource.table.columns:
        if "municipality_id" in (names := column.info.get("folds", ())):
            draft.columns[column.name] = fold_values([draft.columns[name] for name in names])
