"""Checking: checks drafts against the form of their kind, its rules and natural keys."""

import uuid
from collections.abc import Iterator, Sequence
from functools import cache

import sqlalchemy as sa

from app.database.among import among
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.findings import Finding
from app.model.declaration import table_of
from app.model.drafts import Draft
from app.model.faults import EMPTY_PART, ENDS_BEFORE_START, IMMUTABLE, MIXED_SCRIPT
from app.model.graph import target_of
from app.model.resource import PAIR, Resource
from app.model.text import mixed_script
from app.store import heirs
from app.store.keys import taken
from app.store.verdict import Verdict


def check(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> Verdict:
    """Check changed drafts against the rules and natural keys of their kind."""
    verdict = hold_to_rules(tx, resource, drafts)
    verdict.warnings += remarks(tx, resource, drafts)
    changed = [draft for draft in drafts if draft.is_changed]
    # The database refuses a taken key anyway, so for one new record the query is saved. If it is
    # refused, the transaction is retried, and then the query is made.
    if len(changed) > 1 or tx.has_lost or any(draft.stored for draft in changed):
        verdict.taken += _rivals(tx, resource, changed)
    verdict.taken += heirs.taken(tx, resource, changed)
    return verdict


def hold_to_rules(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> Verdict:
    """The findings of the rules for changed drafts; natural keys are not checked.

    The rules of a kind without guards look at one draft at a time.
    """
    changed = [draft for draft in drafts if draft.is_changed]
    verdict = Verdict()
    if not changed:
        return verdict
    _take_turns(tx, resource, changed)
    verdict.faults += _faults_of_form(resource, changed)
    for rule in resource.judges:
        verdict.faults += rule(tx, changed)
    verdict.illegal += _illegal_steps(resource, changed)
    return verdict


def judge(
    tx: Transaction,
    resource: Resource,
    drafts: Sequence[Draft],
    *,
    by_rules: bool = True,
    is_free: bool = False,
) -> Verdict:
    """The findings for drafts of a list: rules and natural keys.

    With `is_free`, no record has the drafts' natural keys, except their source keys.
    """
    verdict = hold_to_rules(tx, resource, drafts) if by_rules else Verdict()
    verdict.taken += _rivals(tx, resource, drafts, is_free=is_free)
    return verdict


def remarks(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> list[Finding]:
    """Warnings for changed drafts."""
    changed = [draft for draft in drafts if draft.is_changed]
    warnings: list[Finding] = []
    for remark in resource.remarking if changed else ():
        warnings += remark(tx, changed)
    return [*warnings, *_mixed_scripts(resource, changed)]


def _rivals(
    tx: Transaction, resource: Resource, drafts: Sequence[Draft], *, is_free: bool = False
) -> list[tuple[Finding, uuid.UUID | None]]:
    """Drafts whose natural key another record has, with its id if the caller can see it."""
    changed = [draft for draft in drafts if draft.is_changed]
    rivals: list[tuple[Finding, uuid.UUID | None]] = []
    for key in resource.natural_keys if changed else ():
        is_asked = not is_free or key.columns == PAIR
        rivals += taken(tx, resource, key, changed, is_asked=is_asked)
    return rivals


def _take_turns(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> None:
    """Lock the records on which rules compare siblings, always in the order of ids."""
    for name in resource.guards:
        target = target_of(resource.table.c[name])
        ids = sorted({draft.columns[name] for draft in drafts} - {None})
        for part in slices(ids):
            tx.execute(_turn(target), {"ids": part})


@cache
def _turn(table: sa.Table) -> sa.Select[*tuple[object, ...]]:
    guarded = sa.select(table.c.id).where(among(table.c.id, "ids")).order_by(table.c.id)
    return guarded.with_for_update(key_share=True)


def _faults_of_form(resource: Resource, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Findings for empty parts, for changed immutable fields and for periods that end too early."""
    periods = _periods(resource)
    for draft in drafts:
        yield from _empty_parts(draft)
        if draft.stored:
            for name in resource.immutable:
                if draft.moves(name):
                    yield draft.finds(IMMUTABLE, f"/{name}")
            if draft.was("source") and draft.moves("source", "source_key"):
                yield draft.finds(IMMUTABLE, "/source_key")
        if periods:
            yield from _reversed(draft, periods)


Periods = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""First and last days, by part; an empty name stands for the record itself."""


def _reversed(draft: Draft, periods: Periods) -> Iterator[Finding]:
    for part, orders in periods:
        for at, row in enumerate(draft.parts[part] if part else [draft.columns]):
            where = f"/{part}/{at}" if part else ""
            for first, last in orders:
                if row[first] and row[last] and row[last] < row[first]:
                    yield draft.finds(ENDS_BEFORE_START, f"{where}/{last}")


def _empty_parts(draft: Draft) -> Iterator[Finding]:
    """Parts that say nothing: lists could not show them, and no reader could use them."""
    for name, rows in draft.parts.items():
        for at, row in enumerate(rows):
            if not any(value not in (None, []) for value in row.values()):
                yield draft.finds(EMPTY_PART, f"/{name}/{at}")


@cache
def _periods(resource: Resource) -> Periods:
    tables = {"": resource.table} | {name: table_of(part) for name, part in resource.parts.items()}
    return tuple((name, orders) for name, table in tables.items() if (orders := _orders(table)))


def _orders(table: sa.Table) -> tuple[tuple[str, str], ...]:
    return tuple(
        constraint.info["order"] for constraint in table.constraints if "order" in constraint.info
    )


def _mixed_scripts(resource: Resource, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Findings for lines with a word that mixes Latin and Cyrillic letters."""
    names = _lines(resource.table)
    for draft in drafts:
        for name in names:
            value = draft.columns.get(name)
            if value and draft.moves(name) and mixed_script(value):
                yield draft.finds(MIXED_SCRIPT, f"/{name}")


@cache
def _lines(table: sa.Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.info.get("line"))


def _illegal_steps(resource: Resource, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Findings for state changes that the workflow does not have."""
    if not (flow := resource.workflow):
        return
    for draft in drafts:
        before, after = draft.was(flow.field), draft.columns[flow.field]
        if after not in flow.steps.get(before, frozenset()):
            yield draft.finds(flow.illegal, f"/{flow.field}", before=before or "", after=after)
