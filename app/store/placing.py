"""Placing: a draft laid out over its columns, in the municipality that it belongs to."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from app.database.transaction import Transaction
from app.findings import Finding
from app.model.drafts import Draft
from app.model.faults import IMMUTABLE, MISSING, OTHER_MUNICIPALITY, UNKNOWN_REFERENCE
from app.model.resource import Resource
from app.store.drafts import fold_columns, lay_out
from app.store.references import LOST, Homes, Reference, homes_of, references_of


def place(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> list[Finding]:
    """Lay the drafts out and give each its municipality; unknown references are the findings."""
    for draft in drafts:
        lay_out(resource, draft, tx.secret)
    said = [references_of(resource, draft) for draft in drafts]
    homes = homes_of(tx, resource, drafts, said)
    settled = (
        _settle(tx, resource, draft, references, homes)
        for draft, references in zip(drafts, said, strict=True)
    )
    return list(chain.from_iterable(settled))


def _settle(
    tx: Transaction,
    resource: Resource,
    draft: Draft,
    references: Sequence[Reference],
    homes: Homes,
) -> Iterator[Finding]:
    found = [homes[spot.target].get(record_id, LOST) for spot, record_id in references]
    lost = [spot for (spot, _), home in zip(references, found, strict=True) if home is LOST]
    for spot in lost:
        yield draft.finds(UNKNOWN_REFERENCE, spot.pointer)
    if resource.owns:
        yield from _settle_where_said(tx, resource, draft)
    elif resource.hangs_on:
        _settle_where_it_hangs(resource, draft, references, found)
    else:
        draft.municipality_id = draft.id
    draft.columns["municipality_id"] = draft.municipality_id
    fold_columns(resource, draft)
    yield from tx.caller.strays(resource, draft)
    if lost:
        return
    own = draft.municipality_id
    for (spot, _), home in zip(references, found, strict=True):
        # Most often it is the very same object; ids are slow to compare.
        if home is not own and home != own and spot.is_bound:
            yield draft.finds(OTHER_MUNICIPALITY, spot.pointer)


def _settle_where_it_hangs(
    resource: Resource, draft: Draft, references: Sequence[Reference], found: Sequence[Any]
) -> None:
    """Give a record the municipality of the first of its parents that it names."""
    for name in resource.hangs_on:
        pointer = f"/{name}"
        for (spot, _), home in zip(references, found, strict=True):
            if spot.pointer == pointer:
                draft.municipality_id = None if home is LOST else home
                return


def _settle_where_said(tx: Transaction, resource: Resource, draft: Draft) -> Iterator[Finding]:
    """Give a record the municipality that it names, or has, or else the caller's own."""
    said = getattr(draft.body, "municipality_id", None)
    was = draft.was("municipality_id")
    is_said = "municipality_id" in draft.body.model_fields_set
    draft.municipality_id = said or was or (None if is_said else tx.caller.home)
    if not draft.municipality_id and not resource.is_shareable:
        yield draft.finds(MISSING, "/municipality_id")
    elif draft.stored and said and said != was:
        yield draft.finds(IMMUTABLE, "/municipality_id")
