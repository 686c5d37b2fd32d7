"""Matches: finds the stored record that a row is about, by its key or else by its content.

A row may name its record by id or source key. Else it is about the record that has its natural
key, or about one of which it says nothing new.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from app.database.slicing import MANY, slices
from app.database.transaction import Transaction
from app.model.drafts import Draft, Row, Stored
from app.model.resource import PAIR, Resource
from app.store.completion import complete, take_over
from app.store.keys import holders
from app.store.loading import load, load_by


class Misnamed(NamedTuple):
    """A row that does not name one record: its position, and the records that it may mean."""

    at: int
    ids: list[uuid.UUID]


def find_named(tx: Transaction, resource: Resource, rows: Sequence[Row]) -> list[Misnamed]:
    """Make rows that name a record, by id or source key, changes of that record."""
    by_id: dict[uuid.UUID, list[Row]] = defaultdict(list)
    for row in rows:
        if key := row.named_id:
            by_id[key].append(row)
    for part in slices(by_id):
        for stored in load_by(tx, resource, id=part):
            for row in by_id[stored.id]:
                take_over(resource, row, stored)
    lost = [
        Misnamed(at, [])
        for at, row in enumerate(rows)
        if row.fields.get("id") and row.draft is None
    ]
    shut = {each.at for each in lost}
    left = {at: row for at, row in enumerate(rows) if at not in shut and not row.draft}
    return lost + _find_by_pair(tx, resource, left)


def _find_by_pair(tx: Transaction, resource: Resource, rows: Mapping[int, Row]) -> list[Misnamed]:
    table = resource.table
    named = {
        at: row
        for at, row in rows.items()
        if row.fields.get("source") and row.fields.get("source_key")
    }
    records: dict[tuple[str, str], list[Stored]] = {}
    # Listing all municipalities keeps the index in use, as it begins with the municipality.
    every = sa.select(sa.table("municipalities", sa.column("id")).c.id)
    for part in slices(named.values()):
        condition = (
            table.c.municipality_id.in_([tx.caller.home] if tx.caller.home else every)
            & table.c.source.in_({row.fields["source"] for row in part})
            & table.c.source_key.in_({row.fields["source_key"] for row in part})
        )
        for stored in load(tx, resource, condition):
            pair = (stored.columns["source"], stored.columns["source_key"])
            records.setdefault(pair, []).append(stored)
    several = []
    for at, row in named.items():
        own = _in_town(row, records.get((row.fields["source"], row.fields["source_key"]), []))
        if len(own) > 1:
            several.append(Misnamed(at, [stored.id for stored in own]))
        elif own:
            take_over(resource, row, own[0])
    return several


def _in_town(row: Row, records: Sequence[Stored]) -> list[Stored]:
    """The records in the municipality that a row names, if it names one."""
    town = row.fields.get("municipality_id")
    return [stored for stored in records if town in {None, stored.columns["municipality_id"]}]


def match_pairs(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> None:
    """Match new drafts by their source keys, each in its own municipality."""
    drafts_of: dict[tuple[object, ...], list[Draft]] = defaultdict(list)
    for draft in _new(drafts):
        if draft.columns["source"]:
            drafts_of[draft.pair].append(draft)
    for part in slices(drafts_of):
        values = dict(zip(PAIR, map(set, zip(*part, strict=True)), strict=True))
        for stored in load_by(tx, resource, **values):
            for draft in drafts_of.get(tuple(stored.columns[name] for name in PAIR), ()):
                draft.holds(stored)


def match_keys(tx: Transaction, resource: Resource, drafts: Sequence[Draft]) -> bool:
    """Match new drafts by their other natural keys; returns whether any record has one of them."""
    has_holders, new = False, _new(drafts)
    for key in resource.natural_keys[1:]:
        holder_of = holders(tx, resource, key, new)
        has_holders = has_holders or bool(holder_of)
        for part in slices(set(holder_of.values())):
            stored = {record.id: record for record in load_by(tx, resource, id=part)}
            for draft in _new(new):
                if (holder := holder_of.get(draft.id)) in stored:
                    draft.holds(stored[holder])
    return has_holders


def _new(drafts: Sequence[Draft]) -> list[Draft]:
    return [draft for draft in drafts if draft.is_new]


def find_alike(tx: Transaction, resource: Resource, rows: Sequence[Row]) -> None:
    """Find the records of new rows by content: a record of which a row says nothing new is its."""
    # A row with a natural key that no record has matches none. Comparing it anyway would compare
    # the list of a large event with every record that it has just made.
    left = [row for row in rows if _is_new(row) and not _says_key(resource, row)]
    _match_alike(tx, resource, left)
    complete(resource, left)


def _is_new(row: Row) -> bool:
    return row.draft is not None and row.draft.is_new


def _match_alike(tx: Transaction, resource: Resource, rows: Sequence[Row]) -> None:
    drafts = [row.draft for row in rows if row.draft]
    place = next(iter(resource.hangs_on), "municipality_id")
    alike: dict[object, list[Stored]] = {}
    for part in slices({draft.columns[place] for draft in drafts} - {None}):
        condition = sa.and_(resource.table.c[place].in_(part), _same_words(resource, drafts))
        for stored in load(tx, resource, condition):
            alike.setdefault(stored.columns[place], []).append(stored)
    for row in rows:
        if draft := row.draft:
            if not (own := alike.get(draft.columns[place])):
                continue
            names = _columns_said(resource, row, draft)
            for at, stored in enumerate(own):
                if all(stored.columns[name] == draft.columns[name] for name in names):
                    draft.holds(own.pop(at))
                    break


def _says_key(resource: Resource, row: Row) -> bool:
    """Whether a row has a complete natural key, besides the source key."""
    fields, draft = row.fields, row.draft
    for key in resource.natural_keys[1:]:
        is_exempt = key.unless and draft and draft.columns[key.unless] is not None
        if not is_exempt and all(_says(resource, fields, column) for column in key.columns):
            return True
    return False


def _says(resource: Resource, fields: Mapping[str, object], column: str) -> bool:
    """Whether a row has the value of a column, or all columns of those that a match key folds."""
    if folded := resource.folds(column):
        # In a folded key two absent values are equal; most municipalities are derived.
        return all(name in fields or name == "municipality_id" for name in folded)
    return fields.get(column) is not None


def _same_words(resource: Resource, drafts: Sequence[Draft]) -> sa.ColumnElement[bool]:
    """Preselect records by their search keys, so that not a whole municipality is loaded."""
    words = {draft.columns.get("search_key") for draft in drafts}
    if "search_key" not in resource.table.c or len(words) > MANY:
        return sa.true()
    return resource.table.c.search_key.in_(words)


def _columns_said(resource: Resource, row: Row, draft: Draft) -> set[str]:
    fields = resource.write.model_fields.keys() & row.fields.keys() - resource.parts.keys()
    objects = fields & resource.embedded.keys()
    names = {f"{name}_{inner}" for name in objects for inner in row.fields[name] or ()}
    names |= {column for name in fields - objects for column in resource.kept_in[name]}
    return names & draft.columns.keys()
