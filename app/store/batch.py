"""The one door for writes: a batch of drafts becomes rows, their parts and their journal.

Data's way: place (references resolved, municipality known) → match (what is stored) → check
(rules, keys) → keep (rows, parts, journal). A single PUT is a batch of one.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.problems import Finding, Stale
from app.store import journal
from app.store.drafts import (
    Draft,
    Stored,
    changed_fields,
    fold_columns,
    lay_out,
    load,
    slices,
    stamp,
)
from app.store.faults import (
    ENDS_BEFORE_START,
    IMMUTABLE,
    MISSING,
    MIXED_SCRIPT,
    OTHER_MUNICIPALITY,
    UNKNOWN_REFERENCE,
)
from app.store.keys import taken
from app.store.record import Part
from app.store.references import homes_of, references_of, target_of
from app.store.resource import PAIR, Resource, table_of
from app.store.text import mixed_script

if TYPE_CHECKING:
    from app.store.database import Transaction


@dataclass
class Verdict:
    """What was found in a batch: faults that forbid a row, keys that are taken, warnings."""

    faults: list[Finding] = field(default_factory=list)
    illegal: list[Finding] = field(default_factory=list)
    taken: list[tuple[Finding, uuid.UUID | None]] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def place(tx: "Transaction", resource: Resource, drafts: Sequence[Draft]) -> list[Finding]:
    """Lay the drafts out and give each its municipality; unknown references are the findings."""
    for draft in drafts:
        lay_out(resource, draft, tx.secret)
    homes = homes_of(tx, resource, drafts)
    return list(chain.from_iterable(_settle(tx, resource, draft, homes) for draft in drafts))


def match(tx: "Transaction", resource: Resource, drafts: Sequence[Draft]) -> None:
    """Find what is stored under the drafts' foreign pairs, each in its own municipality."""
    table = resource.table
    wanted = {_pair(draft): draft for draft in drafts if draft.columns["source"]}
    for some in slices(wanted):
        homes, sources, keys = (set(values) for values in zip(*some, strict=True))
        condition = (
            table.c.municipality_id.in_(homes)
            & table.c.source.in_(sources)
            & table.c.source_key.in_(keys)
        )
        for stored in load(tx, resource, condition):
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
        verdict.taken += taken(tx, resource, key, changed)
    return verdict


def keep(tx: "Transaction", resource: Resource, drafts: Sequence[Draft]) -> list[Draft]:
    """Write the drafts that change something, with their journal; those written come back."""
    changed = [draft for draft in drafts if draft.is_changed]
    made = [draft for draft in changed if draft.stored is None]
    _continue_versions(tx, resource, made)
    for draft in changed:
        stamp(tx, resource, draft)
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
            "delete",
        )
    )


def _settle(
    tx: "Transaction",
    resource: Resource,
    draft: Draft,
    homes: dict[tuple[str, uuid.UUID], uuid.UUID | None],
) -> Iterator[Finding]:
    references = list(references_of(resource, draft))
    lost = [
        spot for spot, column, value in references if (target_of(column).name, value) not in homes
    ]
    yield from (draft.finds(UNKNOWN_REFERENCE, spot) for spot in lost)
    if resource.name == "municipalities":
        draft.municipality_id = draft.id
    elif resource.owns:
        said = getattr(draft.body, "municipality_id", None)
        was = draft.was("municipality_id")
        is_said = "municipality_id" in draft.body.model_fields_set
        draft.municipality_id = said or was or (None if is_said else tx.caller.home)
        if not draft.municipality_id and not resource.table.c.municipality_id.info.get("shared"):
            yield draft.finds(MISSING, "/municipality_id")
        elif draft.stored and said and said != was:
            yield draft.finds(IMMUTABLE, "/municipality_id")
    else:
        spoken = {spot.removeprefix("/"): (column, value) for spot, column, value in references}
        for name in resource.hangs_on:
            if name in spoken:
                column, value = spoken[name]
                draft.municipality_id = homes.get((target_of(column).name, value))
                break
    draft.columns["municipality_id"] = draft.municipality_id
    fold_columns(resource, draft)
    yield from tx.caller.strays(resource.name, draft)
    if not lost:
        yield from (
            draft.finds(OTHER_MUNICIPALITY, spot)
            for spot, column, value in references
            if not column.info.get("beyond")
            and column.name != "municipality_id"
            and homes[target_of(column).name, value] != draft.municipality_id
        )


def _pair(draft: Draft) -> tuple[Any, ...]:
    return tuple(draft.columns[name] for name in PAIR)


def _take_turns(tx: "Transaction", resource: Resource, drafts: Sequence[Draft]) -> None:
    """Lock what the rules compare siblings on, always in the order of ids."""
    for name in resource.guards:
        target = target_of(resource.table.c[name])
        ids = sorted({draft.columns[name] for draft in drafts} - {None})
        for some in slices(ids):
            guarded = sa.select(target.c.id).where(target.c.id.in_(some)).order_by(target.c.id)
            tx.execute(guarded.with_for_update(key_share=True))


def _of_form(resource: Resource, draft: Draft) -> Iterator[Finding]:
    """Faults that the declaration itself names: fixed fields, and periods that end too soon."""
    if draft.stored:
        for name in resource.immutable:
            if draft.moves(name):
                yield draft.finds(IMMUTABLE, f"/{name}")
        if draft.was("source") and draft.moves("source", "source_key"):
            yield draft.finds(IMMUTABLE, "/source_key")
    yield from _reversed_periods(resource, draft)


def _reversed_periods(resource: Resource, draft: Draft) -> Iterator[Finding]:
    lists = [("", resource.table, [draft.columns])]
    lists += [
        (f"/{name}", table_of(part), draft.parts[name]) for name, part in resource.parts.items()
    ]
    for prefix, table, rows in lists:
        for at, row in enumerate(rows):
            where = f"{prefix}/{at}" if prefix else ""
            for first, last in _orders(table):
                if row[first] and row[last] and row[last] < row[first]:
                    yield draft.finds(ENDS_BEFORE_START, f"{where}/{last}")


@cache
def _orders(table: sa.Table) -> tuple[tuple[str, str], ...]:
    return tuple(
        constraint.info["order"] for constraint in table.constraints if "order" in constraint.info
    )


def _scripts(resource: Resource, draft: Draft) -> Iterator[Finding]:
    for column in resource.table.columns:
        value = draft.columns.get(column.name)
        if column.info.get("line") and value and draft.moves(column.name) and mixed_script(value):
            yield draft.finds(MIXED_SCRIPT, f"/{column.name}")


def _illegal_steps(resource: Resource, drafts: Sequence[Draft]) -> Iterator[Finding]:
    if not (flow := resource.workflow):
        return
    for draft in drafts:
        before, after = draft.was(flow.field), draft.columns[flow.field]
        if after not in flow.steps.get(before, frozenset()):
            yield draft.finds(flow.illegal, f"/{flow.field}", before=before or "", after=after)


def _continue_versions(tx: "Transaction", resource: Resource, made: Sequence[Draft]) -> None:
    """A record made again under a deleted one's key continues its version."""
    keyed = [draft for draft in made if draft.columns["source"]]
    keys = [_pair(draft) for draft in keyed]
    versions = journal.deleted_versions(tx.connection, resource.name, keys)
    for draft in keyed:
        draft.version = versions.get(_pair(draft), 0) + 1


def _row(draft: Draft, **times: Any) -> dict[str, Any]:
    return {**draft.columns, "id": draft.id, "version": draft.version, **times}


def _update(tx: "Transaction", table: sa.Table, draft: Draft) -> None:
    """Compare and swap: the version that was read is the one that is replaced."""
    changed = sa.update(table).where(table.c.id == draft.id, table.c.version == draft.version - 1)
    values = {**draft.columns, "version": draft.version, "updated_at": tx.now}
    if tx.execute(changed.values(values)).rowcount != 1:
        raise Stale


def _keep_parts(tx: "Transaction", name: str, part: type[Part], drafts: Sequence[Draft]) -> None:
    table = table_of(part)
    moved = [draft for draft in drafts if not draft.stored or _moves_part(draft, name)]
    for some in slices(draft.id for draft in moved if draft.stored):
        tx.execute(sa.delete(table).where(table.c.owner_id.in_(some)))
    rows = [
        {**item, "owner_id": draft.id, "place": at, "municipality_id": draft.municipality_id}
        for draft in moved
        for at, item in enumerate(draft.parts[name])
    ]
    if rows:
        tx.execute(sa.insert(table), rows)


def _moves_part(draft: Draft, name: str) -> bool:
    return draft.stored is not None and draft.stored.parts[name] != draft.parts[name]


def _entry(resource: Resource, draft: Draft) -> journal.Entry:
    columns = draft.columns
    return journal.Entry(
        resource.name,
        draft.id,
        draft.municipality_id,
        draft.version,
        columns["source"],
        columns["source_key"],
        "update" if draft.stored else "create",
        changed_fields(resource, draft),
    )
