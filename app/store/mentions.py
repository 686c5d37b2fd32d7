"""Mentions: finds texts that name a person whose data is destroyed."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from app.model.name_forms import is_form_of, is_form_of_surname
from app.model.text import fold

SNILS = re.compile(r"(?<![0-9])[0-9]{3}[-. ]?[0-9]{3}[-. ]?[0-9]{3}[-. ]?[0-9]{2}(?![0-9])")
"""A possible СНИЛС, with its groups together or apart."""

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

_TELLING = 6
"""Characters of a source key at least, to be searched for inside texts: «17» may be any number."""


_SHORT = 4
"""Letters of a surname that loses none in other cases; of a shorter one («Ли») they say nothing."""

_ENDING = 2
"""Letters by which a case is longer at most: «Иванов», «Ивановым»."""


@dataclass(frozen=True)
class Person:
    """The person's identifying data, as stored."""

    last: str
    first: str
    key: str | None = None
    """The source key."""
    snils_hash: str | None = None


class Mentions:
    """Finds mentions of a person in texts."""

    def __init__(
        self,
        person: Person,
        hashed: Callable[[str], str | None],
        names: Collection[str] = (),
    ) -> None:
        """Take the person, the function that hashes a СНИЛС, and common first names, folded."""
        self._last, self._first = _words(person.last), _words(person.first)
        self._person, self._hashed, self._names = person, hashed, names

    def in_text(self, text: str) -> bool:
        """Whether a text may mention the person; the surname alone suffices."""
        return self._has_last(text) or self._tells_number(text)

    def in_title(self, text: str) -> bool:
        """Whether the name of a file or a sheet may mention the person, in any grammatical case.

        «Список Ивановой.csv» is about Иванова. Too much is taken out rather than too little: such
        a name says where a list came from, and the report has its day and its SHA-256 too.
        """
        words = [part for word in _words(text) for part in word.split("-")]
        parts = [part for word in self._last for part in word.split("-")]
        named = [any(_is_case_of(part, word) for word in words) for part in parts]
        return self.in_text(text) or (bool(named) and all(named))

    def in_row(self, cells: Sequence[object]) -> bool:
        """Whether a row of a list is about the person or mentions them in any column.

        A surname with another first name is another person. Without a first name it is unclear, so
        the row counts as a mention. So does one in which either name may be declined or misspelt.
        """
        texts = [cell if isinstance(cell, str) else "" for cell in cells]
        whole = [word for text in texts for word in _words(text)]
        for at, text in enumerate(texts):
            words = _words(text)
            beside = [word for word in words if not self._is_last(word)]
            if len(beside) == len(words):
                continue
            # A list may have separate columns for surname and first name.
            after, ahead = (_alone(texts, place) for place in (at + 1, at - 1))
            named = beside or after
            if self._is_first(beside or [*after, *ahead], whole):
                return True
            if self._has_last(text) and (not named or named[0] == self._first[0][:1]):
                return True
        return any(map(self._tells_number, (str(cell) for cell in cells if cell is not None)))

    def _is_last(self, word: str) -> bool:
        """Whether a word is of the surname, in any case."""
        return any(is_form_of_surname(name, word) for name in self._last)

    def _has_last(self, text: str) -> bool:
        return self._follows(self._last, _words(text))

    def _is_first(self, beside: Sequence[str], whole: Sequence[str]) -> bool:
        """Whether words beside the surname may be the first name, or the row has it elsewhere."""
        alike = [
            any(is_form_of(name, word, self._names) for word in beside) for name in self._first
        ]
        return (bool(alike) and all(alike)) or self._follows(self._first, whole)

    @staticmethod
    def _follows(name_words: Sequence[str], words: Sequence[str]) -> bool:
        return bool(name_words) and set(name_words) <= set(words)

    def _tells_number(self, text: str) -> bool:
        if self._person.key and holds(text, self._person.key):
            return True
        if self._person.snils_hash is None:
            return False
        numbers = (re.sub("[^0-9]", "", number) for number in SNILS.findall(text))
        return any(self._hashed(number) == self._person.snils_hash for number in numbers)


def _alone(texts: Sequence[str], at: int) -> list[str]:
    """The word of a cell that has only one."""
    words = _words(texts[at]) if 0 <= at < len(texts) else []
    return words if len(words) == 1 else []


def _is_case_of(name: str, word: str) -> bool:
    """Whether a word may be a surname in another case: they end differently, by a few letters."""
    if len(name) < _SHORT:
        return word == name
    stem = name[:-2] if len(name) > _SHORT else name
    return word.startswith(stem) and -1 <= len(word) - len(name) <= _ENDING


def holds(text: str, key: str) -> bool:
    """Whether a text is a source key, or contains it as a word: `17-a` in `17-a.2020`."""
    if text == key:
        return True
    if len(key) < _TELLING or key not in text:
        return False
    return bool(re.search(rf"(?<![A-Za-z0-9]){re.escape(key)}(?![A-Za-z0-9])", text))


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
