"""Widths: how wide the columns of a table are, so that no word is cut, and where lines end."""

import re
from collections.abc import Iterable, Iterator, Sequence

from app.documents.paper import Orientation
from app.documents.rendering import face

PAGE = {Orientation.PORTRAIT: 180.0, Orientation.LANDSCAPE: 267.0}
"""Millimetres between the margins of an A4 page."""
SIZE = 10.0
"""Points of the letters in a table."""
INSET = 1.1
"""Millimetres between a line of the table and the text."""
POINT = 25.4 / 72
"""Millimetres of a point."""
_WIDEST = 0.4
"""The part of the page beyond which a single word no longer widens its column."""

_LINES = re.compile("[^\n]*\n|[^\n]+")

Row = Sequence[Sequence[str]]
"""The cells of a row, each as lines of text."""


def widths(
    titles: Sequence[str], rows: Iterable[Row], weights: Sequence[float], page: float
) -> list[float]:
    """The widths of a table's columns in millimetres: by weight, but at least the longest word."""
    least = [min(width, page * _WIDEST) for width in _longest_words(titles, rows)]
    if sum(least) >= page:
        return [page * width / sum(least) for width in least]
    return _shared(least, weights, page)


def height(lines: Iterable[str], width: float) -> int:
    """How many lines a cell takes in a column of that many millimetres, at least."""
    room = _room(width)
    return sum(1 + int(face.regular().width(line, SIZE) / room) for line in lines)


def wrapped(text: str, width: float, size: float = SIZE) -> list[str]:
    """A text as the parts that a column of that many millimetres puts on lines of their own."""
    room = _room(width)
    return [part for line in _LINES.findall(text) or [""] for part in _broken(line, room, size)]


def _broken(line: str, room: float, size: float) -> Iterator[str]:
    part, filled = "", 0.0
    for piece in _pieces(line, room, size):
        width = face.regular().width(piece, size)
        if part and filled + width > room:
            yield part
            part, filled = "", 0.0
        part, filled = part + piece, filled + width
    yield part


def _pieces(line: str, room: float, size: float) -> Iterator[str]:
    """The words of a line with the blanks before them; one wider than the room by its signs."""
    for number, word in enumerate(line.split(" ")):
        piece = f" {word}" if number else word
        if face.regular().width(piece, size) > room:
            yield from piece
        else:
            yield piece


def _room(width: float) -> float:
    return (width - 2 * INSET) / POINT


def _shared(least: Sequence[float], weights: Sequence[float], page: float) -> list[float]:
    """The page by weight; a column that would be too narrow takes its least."""
    fixed: set[int] = set()
    while True:
        free = [place for place in range(len(weights)) if place not in fixed]
        rest = page - sum(least[place] for place in fixed)
        weight = sum(weights[place] for place in free)
        narrow = {place for place in free if rest * weights[place] / weight < least[place]}
        if not narrow:
            return [
                least[place] if place in fixed else rest * weights[place] / weight
                for place in range(len(weights))
            ]
        fixed |= narrow


def _longest_words(titles: Sequence[str], rows: Iterable[Row]) -> list[float]:
    longest = [_word_width([title], face.bold()) for title in titles]
    for row in rows:
        for place, lines in enumerate(row):
            longest[place] = max(longest[place], _word_width(lines, face.regular()))
    return longest


def _word_width(lines: Iterable[str], letters: face.Face) -> float:
    words = (word for line in lines for word in face.lettered(line).split(" "))
    # A word with break opportunities needs no room for all of it.
    needed = (letters.width(_unbreakable(word), SIZE) for word in words)
    return max(needed, default=0.0) * POINT + 2 * INSET


def _unbreakable(word: str) -> str:
    return max(word.split(face.ZERO_WIDTH_SPACE), key=len)
