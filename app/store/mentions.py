"""Mentions: whether a text names a person whose data is destroyed."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.model.text import fold

SNILS = re.compile(r"(?<![0-9])[0-9]{3}[-. ]?[0-9]{3}[-. ]?[0-9]{3}[-. ]?[0-9]{2}(?![0-9])")
"""What may be a СНИЛС, its groups written together or apart."""

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

_TELLING = 6
"""Characters from which on a foreign key inside of other texts is no chance: «17» is any number."""


@dataclass(frozen=True)
class Person:
    """Whom texts may name, by what was kept of them."""

    last: str
    first: str
    key: str | None = None
    """By which a foreign system knows them."""
    snils_hash: str | None = None


class Mentions:
    """Finds a person in texts."""

    def __init__(self, person: Person, hashed: Callable[[str], str | None]) -> None:
        """Name the person, and how a СНИЛС is hashed."""
        self._last, self._first = _words(person.last), _words(person.first)
        self._person, self._hashed = person, hashed

    def in_text(self, text: str) -> bool:
        """Whether a text may tell of the person; a namesake's surname is enough."""
        return self._has_last(text) or self._tells_number(text)

    def in_row(self, cells: Sequence[object]) -> bool:
        """Whether a row of a list is about the person, or names them in whatever column.

        A surname with another first name is somebody else's. With no first name at all, nobody
        can tell, and the row goes.
        """
        texts = [each if isinstance(each, str) else "" for each in cells]
        whole = [word for text in texts for word in _words(text)]
        for at, text in enumerate(texts):
            if not self._has_last(text):
                continue
            beside = [each for each in _words(text) if each not in self._last]
            follows = _words(texts[at + 1]) if at + 1 < len(texts) else []
            # A list may have a column for each name.
            beside = beside or (follows if len(follows) == 1 else [])
            if not beside or self._is_first(beside) or self._follows(self._first, whole):
                return True
        return any(map(self._tells_number, (str(each) for each in cells if each is not None)))

    def _has_last(self, text: str) -> bool:
        return self._follows(self._last, _words(text))

    def _is_first(self, words: Sequence[str]) -> bool:
        """Whether words are the first name, or initials that it may have."""
        return words[0] == self._first[0][:1] or self._follows(self._first, words)

    @staticmethod
    def _follows(sought: Sequence[str], words: Sequence[str]) -> bool:
        return bool(sought) and set(sought) <= set(words)

    def _tells_number(self, text: str) -> bool:
        if self._person.key and holds(text, self._person.key):
            return True
        if self._person.snils_hash is None:
            return False
        numbers = (re.sub("[^0-9]", "", each) for each in SNILS.findall(text))
        return any(self._hashed(each) == self._person.snils_hash for each in numbers)


def holds(text: str, key: str) -> bool:
    """Whether a text is a foreign key, or has it as a word of its own: `17-a` and `17-a.2020`."""
    if text == key:
        return True
    if len(key) < _TELLING or key not in text:
        return False
    return bool(re.search(rf"(?<![A-Za-z0-9]){re.escape(key)}(?![A-Za-z0-9])", text))


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
