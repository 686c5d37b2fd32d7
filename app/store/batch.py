"""The one door for writes: a batch of drafts becomes rows, their parts and their journal.

Data's way: `placing.place` (references resolved, municipality known) → match (what is stored) →
check (rules, keys) → keep (rows, parts, journal). A single PUT is a batch of one.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from app.acts import Entry
from app.database.among import among
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.findings import Finding
from app.journal import positions
from app.model.declaration import table_of
from app.model.drafts import Draft, Stored
from app.model.graph import target_of
from app.model.record import Part
from app.model.resource import PAIR, Resource
from app.problems import Stale
from app.store import heirs
from app.store.drafts import changed_fields, load_by, stamp
from app.store.form import faults_of_form, illegal_steps, mixed_scripts
from app.store.keys import taken


@dataclass
class Verdict:
    """What was found in a batch: faults that forbid a row, keys that are taken, warnings."""

    faults: list[Finding] = field(default_factory=list)
    illegal: list[Finding] = field(default_factory=list)
    taken: list[tuple[Finding, uuid.UUID | None]] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def match(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> None:
    """Find what is stored under the drafts' foreign pairs, each in its own municipality."""
    wanted: dict[tuple[Any, ...], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.columns["source"]:
            wanted[_pair(draft)].append(draft)
    for some in slices(wanted):
        values = dict(zip(PAIR, map(set, zip(*some, strict=True)), strict=True))
        for stored in load_by(tx, resource, **values):
            for draft in wanted.get(tuple(stored.columns[name] for name in PAIR), ()):
                draft.holds(stored)


def check(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> Verdict:
    """Hold the drafts that change something against the rules of their kind."""
    verdict = hold_to_rules(tx, resource, drafts)
    verdict.warnings += remarks(tx, resource, drafts)
    changed = [draft for draft in drafts if draft.is_changed]
    # The database refuses a key that is taken. One new record is not asked about before: if it is
    # refused, the transaction is run again, and then it is.
    if len(changed) > 1 or tx.has_lost or any(draft.stored for draft in changed):
        verdict.taken += rivals(tx, resource, changed)
    verdict.taken += heirs.taken(tx, resource, changed)
    return verdict


def hold_to_rules(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> Verdict:
    """What the rules forbid of the drafts that change something; natural keys are not looked at.

    Where a kind has no guards, its rules look at one draft at a time.
    """
    changed = [draft for draft in drafts if draft.is_changed]
    verdict = Verdict()
    if not changed:
        return verdict
    _take_turns(tx, resource, changed)
    verdict.faults += faults_of_form(resource, changed)
    for judge in resource.judges:
        verdict.faults += judge(tx, changed)
    verdict.illegal += illegal_steps(resource, changed)
    return verdict


def remarks(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> list[Finding]:
    """What the writers of drafts that change something should know."""
    changed = [draft for draft in drafts if draft.is_changed]
    found: list[Finding] = []
    for remark in resource.remarking if changed else ():
        found += remark(tx, changed)
    return [*found, *mixed_scripts(resource, changed)]


def rivals(
    tx: Transaction, resource: Resource, drafts: Sequence[Draft], *, is_free: bool = False
) -> list[tuple[Finding, uuid.UUID | None]]:
    """The drafts whose natural keys are another record's, with that record if the caller sees it.

    If it `is_free`, nobody has the drafts' natural keys, but for their foreign pairs.
    """
    changed = [draft for draft in drafts if draft.is_changed]
    found: list[tuple[Finding, uuid.UUID | None]] = []
    for key in resource.natural_keys if changed else ():
        is_asked = not is_free or key.columns == PAIR
        found += taken(tx, resource, key, changed, is_asked=is_asked)
    return found


def keep(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> list[Draft]:
    """Write the drafts that change something, with their journal; those written come back."""
    changed = [draft for draft in drafts if draft.is_changed]
    made = [draft for draft in changed if draft.stored is None]
    is_alone = len(made) == 1 and made[0].columns["source"] is not None
    if not is_alone:
        _continue_versions(tx, resource, made)
    for draft in changed:
        stamp(tx, resource, draft)
        if draft.stored:
            draft.version += 1
    if is_alone:
        _insert_alone(tx, resource, made[0])
    elif made:
        tx.insert(resource.table, [_row(draft, tx.now) for draft in made])
    _update(tx, resource.table, [draft for draft in changed if draft.stored])
    for name, part in resource.parts.items():
        _keep_parts(tx, name, part, changed)
    tx.entries.extend([_entry(resource, draft) for draft in changed])
    return changed


def remove(tx: Transaction, resource: Resource, stored: Stored) -> None:
    """Delete a record with its parts; the journal keeps its key and last version."""
    for part in resource.parts.values():
        table = table_of(part)
        tx.execute(sa.delete(table).where(table.c.owner_id == stored.id))
    tx.execute(sa.delete(resource.table).where(resource.table.c.id == stored.id))
    if resource.has_heirs:
        heirs.forget(tx, stored.id)
    tx.shares.clear()
    columns = stored.columns
    tx.entries.append(
        Entry(
            resource.name,
            str(stored.id),
            _text(columns["municipality_id"]),
            stored.version + 1,
            columns["source"],
            columns["source_key"],
            "delete",
        )
    )


def _pair(draft: Draft) -> tuple[Any, ...]:
    return tuple(draft.columns[name] for name in PAIR)


def _take_turns(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> None:
    """Lock what the rules compare siblings on, always in the order of ids."""
    for name in resource.guards:
        target = target_of(resource.table.c[name])
        ids = sorted({draft.columns[name] for draft in drafts} - {None})
        for some in slices(ids):
            tx.execute(_turn(target), {"ids": some})


@cache
def _turn(table: sa.Table) -> sa.Select[Any]:
    guarded = sa.select(table.c.id).where(among(table.c.id, "ids")).order_by(table.c.id)
    return guarded.with_for_update(key_share=True)


def _continue_versions(tx: Transaction, resource: Resource, made: Sequence[Draft]) -> None:
    """A record made again under a deleted one's key continues its version."""
    keyed = [draft for draft in made if draft.columns["source"]]
    if not keyed:
        return
    keys = [_pair(draft) for draft in keyed]
    versions = positions.deleted_versions(tx.connection, resource.name, keys, tx.secret)
    for draft in keyed:
        draft.version = versions.get(_pair(draft), 0) + 1


def _insert_alone(tx: Transaction, resource: Resource, draft: Draft) -> None:
    """Put in a record under a foreign key, its version found in the same message."""
    home, *pair = _pair(draft)
    gone = {"gone_home": home or positions.SHARED, "gone_source": pair[0], "gone_key": pair[1]}
    gone["gone_hash"] = positions.erased_key(tx.secret, *pair)
    row = _row(draft, tx.now)
    del row["version"]
    found = tx.execute(_continuing(resource.table), {**row, **gone})
    draft.version = found.scalar_one()


@cache
def _continuing(table: sa.Table) -> sa.Insert:
    version = positions.next_version(table.name)
    return sa.insert(table).values(version=version).returning(table.c.version)


def _row(draft: Draft, now: datetime) -> dict[str, Any]:
    kept = {"id": draft.id, "version": draft.version, "created_at": now, "updated_at": now}
    return draft.columns | kept


def _update(tx: Transaction, table: sa.Table, drafts: Sequence[Draft]) -> None:
    """Compare and swap: the versions that were read are those that are replaced."""
    # One statement for those that set the same columns: some note when a state was reached.
    alike: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
    for draft in drafts:
        kept = {"version": draft.version, "updated_at": tx.now}
        which = {"its_id": draft.id, "its_version": draft.version - 1}
        alike[frozenset(draft.columns)].append(draft.columns | kept | which)
    for rows in alike.values():
        if tx.execute(_changing(table), rows).rowcount != len(rows):
            raise Stale


@cache
def _changing(table: sa.Table) -> sa.Update:
    return sa.update(table).where(
        table.c.id == sa.bindparam("its_id"), table.c.version == sa.bindparam("its_version")
    )


def _keep_parts(tx: Transaction, name: str, part: type[Part], drafts: Sequence[Draft]) -> None:
    table = table_of(part)
    moved = [draft for draft in drafts if not draft.stored or _moves_part(draft, name)]
    for some in slices(draft.id for draft in moved if draft.stored):
        tx.execute(sa.delete(table).where(among(table.c.owner_id, "owners")), {"owners": some})
    rows = [
        {**item, "owner_id": draft.id, "place": at, "municipality_id": draft.municipality_id}
        for draft in moved
        for at, item in enumerate(draft.parts[name])
    ]
    if rows:
        tx.insert(table, rows)


def _moves_part(draft: Draft, name: str) -> bool:
    return draft.stored is not None and draft.stored.parts[name] != draft.parts[name]


def _entry(resource: Resource, draft: Draft) -> Entry:
    columns = draft.columns
    return Entry(
        resource.name,
        str(draft.id),
        _text(draft.municipality_id),
        draft.version,
        columns["source"],
        columns["source_key"],
        "update" if draft.stored else "create",
        changed_fields(resource, draft),
    )


@lru_cache(1_000)
def _text(municipality_id: uuid.UUID | None) -> str | None:
    return str(municipality_id) if municipality_id else None
