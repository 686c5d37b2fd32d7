"""Persons: a name as lists write it, taken apart without guessing at anything."""

import re
from functools import lru_cache
from typing import NamedTuple

from app.intake.faults import FORMULA, NAME_TOO_SHORT, NAME_UNREADABLE
from app.store.faults import refuse
from app.store.text import clean_line, fold

_NONE = {"", "-", "–", "—", "нет", "б/о", "без отчества"}
"""What stands where a patronymic is absent."""

_CAPITALS = r"[^\W\d_a-zа-яё]{3,}(-[^\W\d_a-zа-яё]+)*"

FEWEST = 2
"""Words of a name: the last and the first."""

_INITIALS = re.compile(r"[^\W\d_]\.\s*([^\W\d_]\.?)?")
_PATRONYMIC = re.compile(r".+(вич|вна|чна|оглы|кызы|улы)", re.IGNORECASE)
_SUFFIXES = {"оглы", "кызы", "улы", "углы", "гызы"}
"""Words that belong to the patronymic before them."""


class Name(NamedTuple):
    """A person's name."""

    last: str
    first: str
    patronymic: str | None
    is_short: bool = False
    """Whether only initials stand for name and patronymic."""


@lru_cache(10_000)
def whole(text: str) -> Name:
    """The name in one cell, surname first.

    Raises:
        PydanticCustomError: it is no name.

    """
    words = _words(text)
    if len(words) < FEWEST:
        refuse(NAME_TOO_SHORT)
    last = words.pop(0)
    # Two surnames with a space between: then name and patronymic are still to come.
    if (
        len(words) == FEWEST + 1
        and _PATRONYMIC.fullmatch(words[2])
        and fold(words[2]) not in _SUFFIXES
    ):
        last = f"{last} {words.pop(0)}"
    if _INITIALS.fullmatch(initials := " ".join(words)):
        return Name(last, initials, None, is_short=True)
    return _name(last, words[0], " ".join(words[1:]))


def parts(last: str, first: str, patronymic: str | None) -> Name:
    """The name in three cells.

    Raises:
        PydanticCustomError: it is no name.

    """
    if not (last_words := _words(last)) or not (first_words := _words(first)):
        refuse(NAME_TOO_SHORT)
    if _INITIALS.fullmatch(initials := " ".join([*first_words, *_words(patronymic or "")])):
        return Name(" ".join(last_words), initials, None, is_short=True)
    return _name(" ".join(last_words), " ".join(first_words), " ".join(_words(patronymic or "")))


def _name(last: str, first: str, patronymic: str) -> Name:
    return Name(last, first, None if patronymic.casefold() in _NONE else patronymic)


def _words(text: str) -> list[str]:
    line = clean_line(text)
    if line[:1] in {"=", "+", "@", "＝", "＋", "＠"}:
        refuse(FORMULA)
    if re.search(r"[\d?]", line) or "\N{REPLACEMENT CHARACTER}" in line:
        refuse(NAME_UNREADABLE)
    # A surname in capitals is a habit of forms; two letters may be a name of their own.
    return [word.title() if re.fullmatch(_CAPITALS, word) else word for word in line.split()]
