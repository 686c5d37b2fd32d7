"""Usage rules: what a record may no longer change once others refer to it."""

import uuid
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.slicing import slices
from app.findings import Fault, Finding, Words, fault
from app.model.declaration import Declaration, Word
from app.model.drafts import Draft
from app.model.faults import OTHER_MUNICIPALITY
from app.model.graph import target_of
from app.model.rule import Inquiry
from app.store.lookups import column_of

DAYS_IN_USE = fault(
    "days_in_use",
    "Вне этих сроков останутся {what}: {count}, с {first:%d.%m.%Y} по {last:%d.%m.%Y}. Сначала "
    "исправьте их даты.",
    "Outside these dates there would be {what}: {count}, from {first} to {last}. Change their "
    "dates first.",
)


def fixed_once_used(*fields: str, by: Sequence[str], otherwise: Fault) -> Word:
    """The rule that these fields stay as they are once a record refers to theirs.

    `by` names the referring columns as `table.column`: their modules import the kind's own.
    """

    def judge(_: Declaration, tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        changed = [
            (draft, name)
            for draft in drafts
            for name in fields
            if draft.stored and draft.moves(name)
        ]
        used = {
            key
            for some in slices({draft.id for draft, _ in changed})
            for column in map(_column, by)
            for key in tx.execute(sa.select(column).where(column.in_(some)).distinct()).scalars()
        }
        for draft, name in changed:
            if draft.id in used:
                yield draft.finds(otherwise, f"/{name}")

    return Word("fixed_once_used", fields, judge)


def holds_days_of(children: str, first: str, last: str, *, called: Words) -> Word:
    """The rule that a record's period still holds the days of the records that hang on it.

    `children` names the referring column as `table.column`, `first` and `last` the days there; a
    null last day is as open as the period itself. `called` says in the message what they are.
    """

    def judge(resource: Declaration, tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        opens, closes = resource.period or ("", "")
        by = _column(children)
        begins, ends = by.table.c[first], by.table.c[last]
        ends_known = sa.func.coalesce(ends, begins)
        for draft in drafts:
            if draft.stored is None or not draft.moves(opens, closes):
                continue
            since, until = draft.columns[opens], draft.columns[closes]
            bounds = {opens: begins < since} | ({closes: ends_known > until} if until else {})
            for name, is_outside in bounds.items():
                asked = sa.select(sa.func.count(), sa.func.min(begins), sa.func.max(ends_known))
                outside = tx.execute(asked.where(by == draft.id, is_outside)).one()
                told = dict(zip(("count", "first", "last"), outside, strict=True))
                if told["count"]:
                    yield draft.finds(DAYS_IN_USE, f"/{name}", what=called, **told)

    return Word("holds_days_of", (), judge, is_of_period=True)


def at_hand(reference: str) -> Word:
    """The rule that a reference leads to a shared record or to one of the same municipality."""

    def judge(resource: Declaration, tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        ids = (draft.columns[reference] for draft in drafts)
        homes = column_of(tx, target_of(resource.table.c[reference]), ids, "municipality_id")
        for draft in drafts:
            home = homes.get(draft.columns[reference])
            if home is not None and home != draft.municipality_id:
                yield draft.finds(OTHER_MUNICIPALITY, f"/{reference}")

    return Word("at_hand", (reference,), judge)


def referring(tx: Inquiry, by: str, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many records refer to each of some records by the column `table.column`."""
    column = _column(by)
    counts: dict[uuid.UUID, int] = {}
    for some in slices(ids):
        counted = sa.select(column, sa.func.count().label("records")).group_by(column)
        rows = tx.execute(counted.where(column.in_(some)))
        counts |= {row[0]: row.records for row in rows}
    return counts


def _column(named: str) -> sa.Column[object]:
    table, _, column = named.partition(".")
    return SQLModel.metadata.tables[table].c[column]
