"""Numbers: an ИНН, КПП, ОГРН or СНИЛС as lists write it, with its label and in groups."""

import re
from typing import NamedTuple

from app.model.text import fold

LENGTHS = {"inn": 10, "kpp": 9, "ogrn": 13, "oktmo": 8, "snils": 11}
"""Digits by the field that holds them; a cell of numbers has lost the zeros in front."""

_LABEL = re.compile(r"\b(?:инн|кпп|огрн|снилс|no)\b|[:,;/\\|]")
_GROUPS = re.compile(r"[\d -]*")


class Numbers(NamedTuple):
    """What a cell says of an organization by numbers."""

    number: str
    """An ИНН or an ОГРН."""
    kpp: str | None = None


def of_organization(text: str) -> Numbers | None:
    """The ИНН (with КПП) or the ОГРН that a text consists of; None where it says anything else."""
    digits, inn = _digits(text) or "", LENGTHS["inn"]
    if len(digits) in {inn, LENGTHS["ogrn"]}:
        return Numbers(digits)
    is_pair = len(digits) == inn + LENGTHS["kpp"]
    return Numbers(digits[:inn], digits[inn:]) if is_pair else None


def plain(text: str, length: int) -> str:
    """A number of so many digits without its label and its blanks and dashes, else the text."""
    digits = _digits(text)
    return digits if digits and len(digits) == length else text


def _digits(text: str) -> str | None:
    line = _LABEL.sub(" ", fold(text))
    return re.sub(r"\D", "", line) if _GROUPS.fullmatch(line) else None
