"""Numbers: reads ИНН, КПП, ОГРН and СНИЛС as lists write them, with labels and in groups."""

import re
from typing import NamedTuple

from app.model.text import fold

LENGTHS = {"inn": 10, "kpp": 9, "ogrn": 13, "oktmo": 8, "snils": 11}
"""Digits of each field's number; numeric cells have lost leading zeros."""

_LABEL = re.compile(r"\b(?:инн|кпп|огрн|снилс|no)\b|[:,;/\\|]")
_GROUPS = re.compile(r"[\d -]*")


class Numbers(NamedTuple):
    """The numbers of an organization in a cell."""

    number: str
    """An ИНН or an ОГРН."""
    kpp: str | None = None


def of_organization(text: str) -> Numbers | None:
    """The ИНН (with КПП) or ОГРН, if the text consists of nothing else; else None."""
    digits, inn = _digits(text) or "", LENGTHS["inn"]
    if len(digits) in {inn, LENGTHS["ogrn"]}:
        return Numbers(digits)
    is_pair = len(digits) == inn + LENGTHS["kpp"]
    return Numbers(digits[:inn], digits[inn:]) if is_pair else None


def plain(text: str, length: int) -> str:
    """The digits of a number without label, blanks and dashes; the text if their count is wrong."""
    digits = _digits(text)
    return digits if digits and len(digits) == length else text


def _digits(text: str) -> str | None:
    line = _LABEL.sub(" ", fold(text))
    return re.sub(r"\D", "", line) if _GROUPS.fullmatch(line) else None
