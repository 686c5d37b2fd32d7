"""Form: what the declaration of a kind itself demands of its records, whatever their rules say."""

from collections.abc import Iterator, Sequence
from functools import cache

import sqlalchemy as sa

from app.findings import Finding
from app.model.declaration import table_of
from app.model.drafts import Draft
from app.model.faults import ENDS_BEFORE_START, IMMUTABLE, MIXED_SCRIPT
from app.model.resource import Resource
from app.model.text import mixed_script


def faults_of_form(resource: Resource, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Fixed fields that would change, and periods that end too soon."""
    periods = _periods(resource)
    for draft in drafts:
        if draft.stored:
            for name in resource.immutable:
                if draft.moves(name):
                    yield draft.finds(IMMUTABLE, f"/{name}")
            if draft.was("source") and draft.moves("source", "source_key"):
                yield draft.finds(IMMUTABLE, "/source_key")
        if periods:
            yield from _reversed(draft, periods)


Periods = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""By part, or an empty name for the record itself: first days with their last ones."""


def _reversed(draft: Draft, periods: Periods) -> Iterator[Finding]:
    for part, orders in periods:
        for at, row in enumerate(draft.parts[part] if part else [draft.columns]):
            where = f"/{part}/{at}" if part else ""
            for first, last in orders:
                if row[first] and row[last] and row[last] < row[first]:
                    yield draft.finds(ENDS_BEFORE_START, f"{where}/{last}")


@cache
def _periods(resource: Resource) -> Periods:
    tables = {"": resource.table} | {name: table_of(part) for name, part in resource.parts.items()}
    return tuple((name, found) for name, table in tables.items() if (found := _orders(table)))


def _orders(table: sa.Table) -> tuple[tuple[str, str], ...]:
    return tuple(
        constraint.info["order"] for constraint in table.constraints if "order" in constraint.info
    )


def mixed_scripts(resource: Resource, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Lines with a word that mixes Latin and Cyrillic letters."""
    names = _lines(resource.table)
    for draft in drafts:
        for name in names:
            value = draft.columns.get(name)
            if value and draft.moves(name) and mixed_script(value):
                yield draft.finds(MIXED_SCRIPT, f"/{name}")


@cache
def _lines(table: sa.Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.info.get("line"))


def illegal_steps(resource: Resource, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Changes of a state that its workflow does not know."""
    if not (flow := resource.workflow):
        return
    for draft in drafts:
        before, after = draft.was(flow.field), draft.columns[flow.field]
        if after not in flow.steps.get(before, frozenset()):
            yield draft.finds(flow.illegal, f"/{flow.field}", before=before or "", after=after)
