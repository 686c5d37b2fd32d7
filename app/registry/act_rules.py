"""Act rules: which kinds of documents a record may name."""

from collections.abc import Iterator, Sequence

from app.findings import Finding, Words, fault
from app.model.declaration import Declaration, Word
from app.model.drafts import Draft
from app.model.rule import Inquiry
from app.registry.legal_acts import LegalActKind, legal_acts
from app.store.lookups import column_of

WRONG_ACT = fault(
    "wrong_act",
    "Документ не того вида: здесь {kind}, а нужен {expected}. Укажите другой документ.",
    "The document is of the wrong kind: {kind}, expected is {expected}. Name another one.",
)


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
