"""Endings: the words of the rows that close a list, totals and signatures."""

import re
from collections.abc import Sequence

from app.intake.cells import Cell
from app.model.text import fold
from app.registry.name_words import is_position

_TOTALS = re.compile(
    r"(?:итого|всего|общее (?:число|количество)|подпис[ьи]|дата|примечани[ея]|м\.? ?п)(?!\w)|.*_{3}"
)
_MONTHS = "янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек"
_SIGNATURE = re.compile(
    r"(?:исп|исполнител[ьи]|исполнила?|ответственн(?:ый|ая|ые)|составила?|подготовила?|проверила?|"
    r"приняла?|сдала?|утверждаю|согласовано|согласована?|список|комиссия|член(?:ы)?|тел|телефон|"
    r"с уважением|e-mail)(?!\w)|\*|"
    rf"\"?\d{{1,2}}\"?(?:\.\d{{1,2}}\.\d\d|\s(?:{_MONTHS}))"
)
_FIRST_WORDS = 3
"""Words among which a signature has a position: «Зам. директора», «Старший методист»."""


def text_of(filled: Sequence[Cell]) -> str:
    """The text of a row in one line, folded, from the first cell that is not just a number."""
    texts = [fold(str(cell)) for cell in filled]
    at = next((at for at, text in enumerate(texts) if not text.rstrip(".").isdigit()), len(texts))
    return " ".join(texts[at:])


def is_total(text: str) -> bool:
    """Whether a row begins as a total does, or has a line to sign on."""
    return _TOTALS.match(text) is not None


def is_signature(text: str) -> bool:
    """Whether a row begins as a signature does, or with a position."""
    words = (word.strip(":;,.()") for word in text.split()[:_FIRST_WORDS])
    return bool(_SIGNATURE.match(text)) or any(map(is_position, words))
