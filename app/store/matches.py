"""Matches: finds the stored records with the drafts' natural keys, which the drafts then change."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from app.database.slicing import slices
from app.database.transaction import Transaction
from app.findings import Finding
from app.model.drafts import Draft
from app.model.resource import PAIR, Resource
from app.store.keys import holders
from app.store.loading import load_by
from app.store.placing import place


class Prepared(NamedTuple):
    """The result of placing and matching drafts."""

    findings: list[Finding]
    """Findings for unknown references and for values outside the caller's scope."""
    is_free: bool
    """Whether no record has a new draft's natural key, except its source key."""


def prepare(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> Prepared:
    """Place drafts, and turn those with a stored record's natural key into changes of it."""
    findings = place(tx, resource, drafts)
    refused = {finding.at for finding in findings}
    _match_pairs(tx, resource, _new(drafts))
    new = [draft for draft in _new(drafts) if draft.at not in refused]
    return Prepared(findings, is_free=not _match_keys(tx, resource, new))


def _new(drafts: Sequence[Draft]) -> list[Draft]:
    return [draft for draft in drafts if draft.stored is None]


def _match_pairs(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> None:
    """Match drafts by their source keys, each in its own municipality."""
    drafts_of: dict[tuple[object, ...], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.columns["source"]:
            drafts_of[draft.pair].append(draft)
    for part in slices(drafts_of):
        values = dict(zip(PAIR, map(set, zip(*part, strict=True)), strict=True))
        for stored in load_by(tx, resource, **values):
            for draft in drafts_of.get(tuple(stored.columns[name] for name in PAIR), ()):
                draft.holds(stored)


def _match_keys(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> bool:
    """Match drafts by their other natural keys; returns whether any record has one of them."""
    has_holders = False
    for key in resource.natural_keys[1:]:
        holder_of = holders(tx, resource, key, drafts)
        has_holders = has_holders or bool(holder_of)
        for part in slices(set(holder_of.values())):
            stored = {record.id: record for record in load_by(tx, resource, id=part)}
            for draft in _new(drafts):
                if (holder := holder_of.get(draft.id)) in stored:
                    draft.holds(stored[holder])
    return has_holders
