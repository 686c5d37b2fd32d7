"""Look-ups for rules: other rows by id, and siblings of the drafts."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.database.among import among
from app.database.slicing import slices
from app.model.columns import Identifier
from app.model.declaration import Declaration
from app.model.drafts import Draft
from app.model.rule import Inquiry


def every_municipality(tx: Inquiry) -> list[uuid.UUID]:
    """The ids of all municipalities."""
    return list(tx.execute(_MUNICIPALITIES).scalars())


_MUNICIPALITIES = sa.select(sa.table("municipalities", sa.column("id", Identifier)).c.id)


def columns_of(
    tx: Inquiry, table: sa.Table, ids: Iterable[uuid.UUID | None], *names: str
) -> dict[uuid.UUID, sa.Row[*tuple[object, ...]]]:
    """The named columns of the rows with these ids, by id; null ids are ignored."""
    rows_by_id: dict[uuid.UUID, sa.Row[*tuple[object, ...]]] = {}
    for part in slices({key for key in ids if key}):
        listed = sa.select(table.c.id, *(table.c[name] for name in names))
        rows = tx.execute(listed.where(among(table.c.id, "ids")), {"ids": part})
        rows_by_id |= {row.id: row for row in rows}
    return rows_by_id


def column_of(
    tx: Inquiry, table: sa.Table, ids: Iterable[uuid.UUID | None], name: str
) -> dict[uuid.UUID, Any]:
    """The values of one column of the rows with these ids, by id."""
    return {key: getattr(row, name) for key, row in columns_of(tx, table, ids, name).items()}


def neighbours(
    tx: Inquiry, resource: Declaration, drafts: Sequence[Draft], *by: str
) -> Iterator[tuple[Draft, list[Mapping[str, object]]]]:
    """Each draft with the other rows that equal it in the columns `by`.

    Rows of the batch appear as drafted, others as stored; rows with null in `by[0]` are ignored.
    """
    groups: dict[tuple[object, ...], dict[uuid.UUID, Mapping[str, object]]] = defaultdict(dict)
    drafted = {draft.id for draft in drafts}
    for part in slices({draft.columns[by[0]] for draft in drafts} - {None}):
        siblings = sa.select(resource.table).where(among(resource.table.c[by[0]], "places"))
        rows = tx.execute(siblings, {"places": part}).mappings()
        for row in map(dict, rows):
            if row["id"] not in drafted:
                groups[tuple(row[name] for name in by)][row["id"]] = row
    for draft in drafts:
        groups[_group(draft, by)][draft.id] = draft.columns
    for draft in drafts:
        group = groups[_group(draft, by)]
        yield draft, [row for key, row in group.items() if key != draft.id]


def overlap(
    period: Mapping[str, Any],
    other: Mapping[str, Any],
    first: str = "valid_from",
    last: str = "valid_to",
) -> bool:
    """Whether two periods share a day; both ends are inclusive, and a null end is open."""
    return (period[last] is None or other[first] <= period[last]) and (
        other[last] is None or period[first] <= other[last]
    )


def _group(draft: Draft, by: Sequence[str]) -> tuple[object, ...]:
    return tuple(draft.columns[name] for name in by)
