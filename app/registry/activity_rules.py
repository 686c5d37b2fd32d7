"""Activity rules: inheritance between rows of a plan, and terms that were not understood."""

from collections.abc import Iterator, Sequence

from app.findings import Finding, fault
from app.model.drafts import Draft
from app.model.rule import Inquiry

NO_CHAINS = fault(
    "no_chains",
    "Строка, с которой объединяют, сама не должна быть объединена с другой. Укажите ту, где "
    "напечатан срок.",
    "The row inherited from must not inherit itself. Name the row with the printed term.",
)
TERM_UNPARSED = fault(
    "term_unparsed",
    "Срок не распознан, и сроков по этой строке не будет. Заполните точный срок (term).",
    "The term is not understood, so the row has no windows. Give it in term.",
)


def term_is_understood(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Rule 7: a printed term that is not understood is reported and left to people."""
    for draft in drafts:
        if draft.columns["term_kind"] == "unparsed":
            yield draft.finds(TERM_UNPARSED, "/term_text")
