"""Matching: finds the stored record of each row, by the key it names or else by its content."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.database.slicing import MANY, slices
from app.database.transaction import Transaction
from app.intake.bodies import body_of
from app.intake.cells import as_id
from app.intake.documents import Candidate
from app.intake.faults import AMBIGUOUS_RECORD, UNKNOWN_RECORD
from app.intake.lines import Line
from app.model.drafts import Draft, Stored
from app.model.headings import ID
from app.model.resource import Resource
from app.store.layout import fold_columns
from app.store.loading import load, load_by


def find_named(tx: Transaction, resource: Resource, lines: Sequence[Line]) -> None:
    """Make rows that name a record, by id or source key, changes of that record."""
    by_id: dict[Any, list[Line]] = defaultdict(list)
    for line in lines:
        if key := as_id(line.fields.get("id")):
            by_id[key].append(line)
    for part in slices(by_id):
        for stored in load_by(tx, resource, id=part):
            for line in by_id[stored.id]:
                _merge(resource, line, stored)
    for line in lines:
        if line.fields.get("id") and line.draft is None:
            values = {"where": resource.titles.all, "by": "номеру записи", "cell": ""}
            line.refuse(UNKNOWN_RECORD, ID.title, **values)
    _find_by_pair(tx, resource, [line for line in lines if line.is_open and not line.draft])


def _find_by_pair(tx: Transaction, resource: Resource, lines: Sequence[Line]) -> None:
    table = resource.table
    named = [line for line in lines if line.fields.get("source") and line.fields.get("source_key")]
    records: dict[tuple[str, str], list[Stored]] = {}
    # Listing all municipalities keeps the index in use, as it begins with the municipality.
    every = sa.select(sa.table("municipalities", sa.column("id")).c.id)
    for part in slices(named):
        condition = (
            table.c.municipality_id.in_([tx.caller.home] if tx.caller.home else every)
            & table.c.source.in_({line.fields["source"] for line in part})
            & table.c.source_key.in_({line.fields["source_key"] for line in part})
        )
        for stored in load(tx, resource, condition):
            pair = (stored.columns["source"], stored.columns["source_key"])
            records.setdefault(pair, []).append(stored)
    for line in named:
        own = _in_town(line, records.get((line.fields["source"], line.fields["source_key"]), []))
        if len(own) > 1:
            line.refuse(AMBIGUOUS_RECORD, ID.title, where=resource.titles.all)
            line.candidates += tuple(Candidate(id=str(stored.id)) for stored in own)
        elif own:
            _merge(resource, line, own[0])


def _in_town(line: Line, records: Sequence[Stored]) -> list[Stored]:
    """The records in the municipality that a row names, if it names one."""
    town = line.fields.get("municipality_id")
    return [stored for stored in records if town in {None, stored.columns["municipality_id"]}]


def _merge(resource: Resource, line: Line, stored: Stored) -> None:
    """Make a row a change of a stored record; fields without a column in the list stay."""
    kept = body_of(resource, stored)
    for name in resource.embedded.keys() & line.fields.keys():
        line.fields[name] = (kept[name] or {}) | line.fields[name]
    names = [name for name in kept if name not in resource.remembers]
    line.fields = {name: kept[name] for name in names} | line.fields
    line.draft = Draft(_NO_BODY, stored)


_NO_BODY: Any = None


def find_alike(tx: Transaction, resource: Resource, lines: Sequence[Line]) -> None:
    """Find the records of rows that name none: a record of which a row says nothing new."""
    # A row with a natural key that no record has matches none. Comparing it anyway would compare
    # the list of a large event with every record that it has just made.
    left = [line for line in lines if is_new(line) and not _says_key(resource, line)]
    _find_alike(tx, resource, left)
    merge_again(resource, [line for line in left if not is_new(line)])


def _find_alike(tx: Transaction, resource: Resource, lines: Sequence[Line]) -> None:
    """A record of which a row says nothing new is that row's record."""
    drafts = [line.draft for line in lines if line.draft]
    place = next(iter(resource.hangs_on), "municipality_id")
    alike: dict[Any, list[Stored]] = {}
    for part in slices({draft.columns[place] for draft in drafts} - {None}):
        condition = sa.and_(resource.table.c[place].in_(part), _same_words(resource, drafts))
        for stored in load(tx, resource, condition):
            alike.setdefault(stored.columns[place], []).append(stored)
    for line in lines:
        if draft := line.draft:
            if not (own := alike.get(draft.columns[place])):
                continue
            names = _columns_said(resource, line, draft)
            for at, stored in enumerate(own):
                if all(stored.columns[name] == draft.columns[name] for name in names):
                    draft.holds(own.pop(at))
                    break


def _says_key(resource: Resource, line: Line) -> bool:
    """Whether a row has a complete natural key, besides the source key."""
    fields, draft = line.fields, line.draft
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


def _columns_said(resource: Resource, line: Line, draft: Draft) -> set[str]:
    fields = resource.write.model_fields.keys() & line.fields.keys() - resource.parts.keys()
    objects = fields & resource.embedded.keys()
    names = {f"{name}_{inner}" for name in objects for inner in line.fields[name] or ()}
    names |= {column for name in fields - objects for column in resource.kept_in[name]}
    return names & draft.columns.keys()


def merge_again(resource: Resource, lines: Iterable[Line]) -> None:
    """Where a record was found, restore the fields that the list does not have."""
    for line in lines:
        draft = line.draft
        if not line.is_open or draft is None or draft.stored is None:
            continue
        names = {name for name in line.fields if name in resource.write.model_fields}
        if "municipality_id" not in names:
            draft.municipality_id = draft.stored.columns["municipality_id"]
            draft.columns["municipality_id"] = draft.municipality_id
        for name in resource.write.model_fields.keys() - names:
            if name in resource.remembers:
                draft.parts[name] = resource.remembers[name](draft)
            elif name in resource.parts:
                draft.parts[name] = draft.stored.parts[name]
            for column in resource.kept_in[name] & draft.columns.keys():
                draft.columns[column] = draft.stored.columns[column]
        _complete(resource, line, draft, draft.stored)
        fold_columns(resource, draft)


def _complete(resource: Resource, line: Line, draft: Draft, stored: Stored) -> None:
    """Keep the fields of parts and objects for which the list has no columns."""
    for name in resource.embedded.keys() & line.fields.keys():
        for inner in resource.embedded[name].model_fields.keys() - (line.fields[name] or {}).keys():
            draft.columns[f"{name}_{inner}"] = stored.columns[f"{name}_{inner}"]
    for name in resource.parts.keys() & line.fields.keys():
        columns = [*next(iter(line.fields[name]), ())]
        draft.parts[name] = [*_completed(draft.parts[name], stored.parts[name], columns)]


def _completed(
    parts: Iterable[dict[str, Any]], stored: Sequence[dict[str, Any]], columns: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Each part, or the stored part that is equal to it in these columns."""
    left = list(stored)
    for part in parts:
        same = (at for at, kept in enumerate(left) if all(kept[n] == part[n] for n in columns))
        at = next(same, None)
        yield part if at is None else left.pop(at)


def is_new(line: Line) -> bool:
    """Whether a row is about no stored record."""
    return line.draft is not None and line.draft.stored is None
