"""Activity rules: inheritance between rows of a plan, and terms that were not understood."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.store.drafts import Draft, slices
from app.store.lookups import columns_of

NO_CHAINS = fault(
    "no_chains",
    "Строка, с которой объединяют, сама не должна быть объединена с другой. Укажите ту, где "
    "напечатан срок.",
    "The row inherited from must not inherit itself. Name the row with the printed term.",
)
OTHER_PROGRAM = fault(
    "other_program",
    "Запись, на которую ссылается поле, относится к другой программе. Выберите запись этой "
    "программы.",
    "The record that is referred to belongs to another program. Choose one of this program.",
)
TERM_UNPARSED = fault(
    "term_unparsed",
    "Срок не распознан, и сроков по этой строке не будет. Укажите его в term.",
    "The term is not understood, so the row has no windows. Give it in term.",
)


def row_is_inherited_in_its_program(tx: Transaction, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A merged row takes term, parties and result from a row of the same plan."""
    table = SQLModel.metadata.tables["activities"]
    sources = columns_of(
        tx, table, (draft.columns["inherits_from_id"] for draft in drafts), "program_id"
    )
    for draft in drafts:
        source = sources.get(draft.columns["inherits_from_id"])
        if source and source.program_id != draft.columns["program_id"]:
            yield draft.finds(OTHER_PROGRAM, "/inherits_from_id")


def nothing_inherits_from_heirs(tx: Transaction, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """The row inherited from does not inherit itself, so there are neither chains nor cycles."""
    table = SQLModel.metadata.tables["activities"]
    heirs = [draft for draft in drafts if draft.columns["inherits_from_id"]]
    drafted = {draft.id: draft.columns["inherits_from_id"] for draft in drafts}
    sources = columns_of(tx, table, drafted.values(), "inherits_from_id")
    inherited = {source for source in drafted.values() if source}
    for part in slices(draft.id for draft in heirs):
        rows = sa.select(table.c.inherits_from_id).where(table.c.inherits_from_id.in_(part))
        inherited |= set(tx.execute(rows).scalars())
    for draft in heirs:
        source = draft.columns["inherits_from_id"]
        stored = sources[source].inherits_from_id if source in sources else None
        if draft.id in inherited or drafted.get(source, stored):
            yield draft.finds(NO_CHAINS, "/inherits_from_id")


def term_is_understood(_: Transaction, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Rule 7: a printed term that is not understood is reported and left to people."""
    for draft in drafts:
        if draft.columns["term_kind"] == "unparsed":
            yield draft.finds(TERM_UNPARSED, "/term_text")
