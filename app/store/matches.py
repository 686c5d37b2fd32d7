"""Matches: what is stored under the natural keys of drafts, which are then changes of it."""

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
    """What was found while drafts were placed and matched."""

    findings: list[Finding]
    """Drafts whose references are unknown, or that lie outside of the caller's scope."""
    is_free: bool
    """Whether nobody has a natural key of a draft that is new, but for its foreign pair."""


def prepare(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> Prepared:
    """Place drafts, and take those whose natural keys a stored record has as changes of it."""
    findings = place(tx, resource, drafts)
    refused = {finding.at for finding in findings}
    _match_pairs(tx, resource, _new(drafts))
    new = [draft for draft in _new(drafts) if draft.at not in refused]
    return Prepared(findings, is_free=not _match_keys(tx, resource, new))


def _new(drafts: Sequence[Draft]) -> list[Draft]:
    return [draft for draft in drafts if draft.stored is None]


def _match_pairs(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> None:
    """Find what is stored under the drafts' foreign pairs, each in its own municipality."""
    wanted: dict[tuple[object, ...], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.columns["source"]:
            wanted[draft.pair].append(draft)
    for some in slices(wanted):
        values = dict(zip(PAIR, map(set, zip(*some, strict=True)), strict=True))
        for stored in load_by(tx, resource, **values):
            for draft in wanted.get(tuple(stored.columns[name] for name in PAIR), ()):
                draft.holds(stored)


def _match_keys(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> bool:
    """Find what is stored under the drafts' other natural keys; whether anybody has one of them."""
    has_holders = False
    for key in resource.natural_keys[1:]:
        held = holders(tx, resource, key, drafts)
        has_holders = has_holders or bool(held)
        for some in slices(set(held.values())):
            stored = {each.id: each for each in load_by(tx, resource, id=some)}
            for draft in _new(drafts):
                if (holder := held.get(draft.id)) in stored:
                    draft.holds(stored[holder])
    return has_holders
