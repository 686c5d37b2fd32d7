"""Mentions: the ids and codes that an answer has, and how an answer is searched for them."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json

from app.findings import Words

ANY = ""
"""Instead of a kind: the id may be of any kind."""

_IDS = re.compile(r'(?:"(\w+)":)?"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')
"""Ids in JSON; inside a text every quotation mark has a backslash before it."""


@dataclass(frozen=True)
class Labelled:
    """Marks a text of an answer as a code, with the words for each code."""

    words: Mapping[str, Words]


Walk = Callable[[Any, "Found"], None]
"""Notes what a value of an answer has; never called with null."""


@dataclass
class Found:
    """The ids and the codes of an answer."""

    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By kind; those of `ANY` may be of any kind."""
    labels: dict[str, set[Words]] = field(default_factory=lambda: defaultdict(set))
    """The words of each code; several if two lists have the code and mean different things."""

    def note(self, code: str, words: Mapping[str, Words]) -> None:
        """Note a code, if it has words."""
        if code in words:
            self.labels[code].add(words[code])


@dataclass(frozen=True)
class Place:
    """What a field of a record or of its parts has: ids of a kind, or codes."""

    kind: str = ""
    words: Mapping[str, Words] = field(default_factory=dict)
    is_list: bool = False


class Places:
    """The fields by which ids and codes are found in the text of records, without parsing it.

    A text value never looks like a field: it has a backslash before each quotation mark.
    """

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._places = places
        lists = [name for name, place in places.items() if place.is_list]
        self._single = re.compile(f'"({"|".join(places.keys() - {*lists})})":"([^"]*)"')
        self._lists = re.compile(f'"({"|".join(lists)})":\\["([^]]*)"\\]') if lists else None

    def found(self, text: str) -> Found:
        """What the compact JSON of records has."""
        found, values = Found(), set(self._single.findall(text))
        if self._lists:
            listed = set(self._lists.findall(text))
            values |= {(name, code) for name, codes in listed for code in codes.split('","')}
        for name, value in values:
            place = self._places[name]
            if place.kind:
                found.ids[place.kind].add(value)
            else:
                found.note(value, place.words)
        return found


@dataclass(frozen=True)
class Shape:
    """How an answer is searched for ids and codes."""

    walk: Walk | None
    hints: Mapping[str, str] | None
    """The kind that a field refers to, where ids are searched in the text of the answer; None if
    `walk` finds them."""
    places: Places | None = None
    """Instead of `walk`, where the text suffices."""

    def found(self, text: str) -> Found:
        """What an answer has."""
        if self.places:
            return self.places.found(text)
        found = Found()
        if self.walk:
            self.walk(from_json(text), found)
        if self.hints is not None:
            for name, key in _IDS.findall(text):
                found.ids[self.hints.get(name, ANY)].add(key)
        return found
