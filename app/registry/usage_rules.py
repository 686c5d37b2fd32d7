"""Usage rules: words about records that many others use, such as documents and resource types."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.slicing import slices
from app.findings import Fault, Finding, Words, fault
from app.model.declaration import Declaration, Word
from app.model.drafts import Draft
from app.model.faults import OTHER_MUNICIPALITY
from app.model.graph import target_of
from app.model.rule import Inquiry
from app.registry.legal_acts import LegalActKind, legal_acts
from app.store.lookups import column_of

WRONG_ACT = fault(
    "wrong_act",
    "Документ не того вида: здесь {kind}, а нужен {expected}. Укажите другой документ.",
    "The document is of the wrong kind: {kind}, expected is {expected}. Name another one.",
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


def acts_are(reference: str, *kinds: LegalActKind) -> Word:
    """The rule that the document which a reference leads to is of one of some kinds."""

    def judge(_: Declaration, tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        ids = (draft.columns[reference] for draft in drafts)
        found = column_of(tx, legal_acts.table, ids, "kind")
        for draft in drafts:
            kind = found.get(draft.columns[reference])
            if kind is not None and kind not in kinds:
                yield wrong_act(draft, f"/{reference}", kind, kinds)

    return Word("acts_are", (reference,), judge)


def wrong_act(
    draft: Draft, pointer: str, kind: LegalActKind, expected: Sequence[LegalActKind]
) -> Finding:
    """The finding that a document is not of an expected kind."""
    ru, en = ", ".join(one.label for one in expected), ", ".join(expected)
    values = {"kind": Words(kind.label, kind.value), "expected": Words(ru, en)}
    return draft.finds(WRONG_ACT, pointer, **values)


def _column(named: str) -> sa.Column[object]:
    table, _, column = named.partition(".")
    return SQLModel.metadata.tables[table].c[column]
