"""Completion: gives a row the fields that its list does not have, from its stored record."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from app.model.drafts import Draft, Row, Stored
from app.model.match_keys import fold_columns
from app.model.resource import Resource
from app.store.bodies import body_of


def take_over(resource: Resource, row: Row, stored: Stored) -> None:
    """Make a row a change of the record that it names; fields without a column stay."""
    kept = body_of(resource, stored)
    for name in resource.embedded.keys() & row.fields.keys():
        row.fields[name] = (kept[name] or {}) | row.fields[name]
    names = [name for name in kept if name not in resource.remembers]
    row.fields = {name: kept[name] for name in names} | row.fields
    row.draft = Draft(_NO_BODY, stored)


_NO_BODY: Any = None


def complete(resource: Resource, rows: Iterable[Row]) -> None:
    """Restore the fields without a column in the drafts that are changes of stored records."""
    for row in rows:
        draft = row.draft
        if draft is None or draft.stored is None:
            continue
        names = {name for name in row.fields if name in resource.write.model_fields}
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
        _complete_nested(resource, row, draft, draft.stored)
        fold_columns(resource, draft)


def _complete_nested(resource: Resource, row: Row, draft: Draft, stored: Stored) -> None:
    """Keep the fields of parts and objects for which the list has no columns."""
    for name in resource.embedded.keys() & row.fields.keys():
        for inner in resource.embedded[name].model_fields.keys() - (row.fields[name] or {}).keys():
            draft.columns[f"{name}_{inner}"] = stored.columns[f"{name}_{inner}"]
    for name in resource.parts.keys() & row.fields.keys():
        columns = [*next(iter(row.fields[name]), ())]
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
