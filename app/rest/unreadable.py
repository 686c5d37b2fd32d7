"""Unreadable: the line and the column at which a JSON text cannot be read.

Python's reader gives the place of a syntax error only. What else makes a text unreadable is looked
for here, once reading has failed: the text before that place is JSON, so its tokens are known.
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:]|-?Infinity|NaN|[-+.0-9eE]+', re.DOTALL)
_CONSTANTS = frozenset({"NaN", "Infinity", "-Infinity"})


class Place(NamedTuple):
    """A place in a text, as editors count: both numbers from 1, a column is one character."""

    line: int
    column: int


def place(text: str, at: int) -> Place:
    """The place of the character at this index."""
    start = text.rfind("\n", 0, at) + 1
    return Place(text.count("\n", 0, at) + 1, at - start + 1)


def undecoded(body: bytes, error: UnicodeDecodeError) -> Place:
    """The place of the first byte that is not UTF-8."""
    before = body[: error.start].decode()
    return place(before, len(before))


def unwanted(text: str, digits: int) -> Place:
    """The place of the first constant that is not JSON, or number with more than `digits`."""
    found = (
        token.start()
        for token in _TOKEN.finditer(text)
        if token[0] in _CONSTANTS or (token[0][0] in "-0123456789" and len(token[0]) > digits)
    )
    return place(text, next(found))


def deepest(text: str) -> Place:
    """The place of the bracket that is nested deepest."""
    depth, most, at = 0, 0, 0
    for token in _TOKEN.finditer(text):
        depth += (token[0] in "[{") - (token[0] in "]}")
        if depth > most:
            most, at = depth, token.start()
    return place(text, at)


def repeated(text: str) -> Place:
    """The place of the first member whose name its object has already."""
    return place(text, next(_repetitions(text)))


def _repetitions(text: str) -> Iterator[int]:
    # A text before a colon is a name. A list has names of its own here: none.
    names: list[set[str]] = []
    last = None
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            names.append(set())
        elif token[0] in "]}":
            names.pop()
        elif token[0] == ":" and last:
            name = json.loads(last[0])
            if name in names[-1]:
                yield last.start()
            names[-1].add(name)
        last = token
