"""Layout: a body spread over the columns and parts of its record, derived columns included."""

from functools import cache
from typing import NamedTuple

from app.model.columns import Set, fold_values
from app.model.drafts import Draft
from app.model.resource import Resource
from app.model.values import digest, keyed_hash


def lay_out(resource: Resource, draft: Draft, secret: bytes) -> None:
    """Spread a body over the columns and parts of the record, derived columns included."""
    body, plan = draft.body, _plan(resource)
    said, columns = body.__dict__, draft.columns
    columns |= {name: said[name] for name in plan.fields}
    for name in plan.sets:
        columns[name] = sorted(set(said[name]))
    for name in resource.parts:
        draft.parts[name] = [dict(item) for item in said[name]]
    for name in resource.remembers.keys() - body.model_fields_set if draft.stored else ():
        draft.parts[name] = resource.remembers[name](draft)
    for name, model in resource.embedded.items():
        inside = dict(said[name]) if said[name] is not None else {}
        columns |= {f"{name}_{inner}": inside.get(inner) for inner in model.model_fields}
    if draft.stored and body.source is None and "source" not in body.model_fields_set:
        columns |= {name: draft.stored.columns[name] for name in ("source", "source_key")}
    for name, hashed in plan.hashes:
        if hashed in body.model_fields_set:
            columns[name] = keyed_hash(secret, said[hashed])
        else:
            columns[name] = draft.was(name)


class _Plan(NamedTuple):
    """What a body's fields and a table's columns are to each other, found once for each kind."""

    fields: tuple[str, ...]
    """Those that have a column of their own."""
    sets: tuple[str, ...]
    hashes: tuple[tuple[str, str], ...]
    """Columns with the fields of which they keep the hash."""
    folds: tuple[tuple[str, tuple[str, ...], bool], ...]
    """Columns with the columns that they fold, and whether by a digest."""


@cache
def _plan(resource: Resource) -> _Plan:
    columns = resource.table.columns
    own = [
        name
        for name in resource.write.model_fields
        if name not in resource.parts and name not in resource.embedded and name in columns
    ]
    return _Plan(
        tuple(name for name in own if name != "municipality_id"),
        tuple(name for name in own if isinstance(columns[name].type, Set)),
        tuple((each.name, each.info["hashes"]) for each in columns if "hashes" in each.info),
        # A key over long texts would not fit into a page of PostgreSQL's index.
        tuple(
            (each.name, each.info["folds"], bool(each.unique))
            for each in columns
            if "folds" in each.info
        ),
    )


def fold_columns(resource: Resource, draft: Draft) -> None:
    """Keep the match keys of the draft's fields."""
    for name, folded, is_digest in _plan(resource).folds:
        key = fold_values([draft.columns[each] for each in folded])
        draft.columns[name] = digest(key) if is_digest else key
