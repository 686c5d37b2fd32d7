"""Match keys: columns that hold the folded text of others, so that equal records are found."""

from functools import cache

from app.model.drafts import Draft
from app.model.resource import Resource
from app.model.text import fold_values
from app.model.values import digest


def fold_columns(resource: Resource, draft: Draft) -> None:
    """Compute the match keys of a draft."""
    for name, folded, is_digest in _keys(resource):
        key = fold_values([draft.columns[source] for source in folded])
        draft.columns[name] = digest(key) if is_digest else key


@cache
def _keys(resource: Resource) -> tuple[tuple[str, tuple[str, ...], bool], ...]:
    """The match keys of a kind, with the columns that they fold, and whether as a digest."""
    # PostgreSQL limits the size of an index entry, so a key over long texts is a digest.
    return tuple(
        (column.name, column.info["folds"], bool(column.unique))
        for column in resource.table.columns
        if "folds" in column.info
    )
