"""Layout: spreads a body over the columns and parts of its record, with their hashes."""

from functools import cache
from typing import NamedTuple

from app.model.columns import Set
from app.model.drafts import Draft
from app.model.resource import Resource
from app.model.values import keyed_hash


def lay_out(resource: Resource, draft: Draft, secret: bytes) -> None:
    """Spread a draft's body over its columns and parts, with their hashes."""
    body, plan = draft.body, _plan(resource)
    values, columns = body.__dict__, draft.columns
    columns |= {name: values[name] for name in plan.fields}
    for name in plan.sets:
        columns[name] = sorted(set(values[name]))
    for name in resource.parts:
        draft.parts[name] = [dict(item) for item in values[name]]
    for name in resource.remembers.keys() - body.model_fields_set if draft.stored else ():
        draft.parts[name] = resource.remembers[name](draft)
    for name, model in resource.embedded.items():
        members = dict(values[name]) if values[name] is not None else {}
        columns |= {f"{name}_{inner}": members.get(inner) for inner in model.model_fields}
    if draft.stored and body.source is None and "source" not in body.model_fields_set:
        columns |= {name: draft.stored.columns[name] for name in ("source", "source_key")}
    for name, hashed in plan.hashes:
        if hashed in body.model_fields_set:
            columns[name] = keyed_hash(secret, values[hashed])
        else:
            columns[name] = draft.was(name)


class _Plan(NamedTuple):
    """The relation of a body's fields to a table's columns, computed once for each kind."""

    fields: tuple[str, ...]
    """Fields with a column of their own."""
    sets: tuple[str, ...]
    hashes: tuple[tuple[str, str], ...]
    """Columns, with the field whose hash they hold."""


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
        tuple(
            (column.name, column.info["hashes"]) for column in columns if "hashes" in column.info
        ),
    )
