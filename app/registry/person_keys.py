"""Keys of persons: source keys that must not identify a person."""

import re
from collections.abc import Iterator, Sequence

from app.findings import Finding, fault
from app.model.drafts import Draft
from app.model.rule import Inquiry

LIKE_SNILS = fault(
    "key_like_snils",
    "Ключ похож на СНИЛС или номер телефона (11 цифр), а ключи видны всем, кто видит запись. "
    "Возьмите ключом внутренний номер вашей системы.",
    "The key looks like a СНИЛС or a phone number (11 digits), and everybody who sees the record "
    "sees the key. Use an internal number of your system.",
)

_SNILS = re.compile(r"(?:[._~-]*[0-9]){11}[._~-]*")


def key_is_no_snils(_tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A person's source key is not a СНИЛС, even with characters between its digits."""
    for draft in drafts:
        key = draft.columns["source_key"]
        if key and draft.moves("source_key") and _SNILS.fullmatch(key):
            yield draft.finds(LIKE_SNILS, "/source_key")
