"""Mentions: the ids and codes that an answer has, and how an answer is searched for them."""

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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


_ALIKE = 10_000
"""Combinations of codes and of kinds that are kept: records with many parts have ever new ones."""

Labels = frozenset[tuple[str, Words]]
"""Codes, each with its words."""


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


class Mentions(NamedTuple):
    """The ids and codes of one record, as they are kept: equal parts of many records are one."""

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    """The kind of each id."""
    labels: Labels

    def found(self) -> Found:
        """The same by kind and by code."""
        found = Found()
        for kind, key in zip(self.kinds, self.ids, strict=True):
            found.ids[kind].add(key)
        for code, words in self.labels:
            found.labels[code].add(words)
        return found


class Places:
    """The fields by which ids and codes are found in the text of records, without parsing it.

    A text value never looks like a field: it has a backslash before each quotation mark.
    """

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._kinds = {name: place.kind for name, place in places.items() if place.kind}
        self._words = {name: place.words for name, place in places.items() if not place.kind}
        lists = [name for name, place in places.items() if place.is_list]
        self._single = re.compile(f'"({"|".join(places.keys() - {*lists})})":"([^"]*)"')
        self._lists = re.compile(f'"({"|".join(lists)})":\\["([^]]*)"\\]') if lists else None
        self._alike: dict[Hashable, Any] = {}

    def mentions(self, text: str) -> Mentions:
        """What the compact JSON of a record has."""
        ids, kinds, codes = [], [], []
        for pair in self._single.findall(text):
            if kind := self._kinds.get(pair[0]):
                ids.append(sys.intern(pair[1]))
                kinds.append(kind)
            else:
                codes.append(pair)
        for name, listed in self._lists.findall(text) if self._lists else ():
            codes += [(name, code) for code in listed.split('","')]
        return Mentions(tuple(ids), self._once(tuple(kinds)), self._labels(tuple(codes)))

    def _once(self, kinds: tuple[str, ...]) -> tuple[str, ...]:
        if len(self._alike) > _ALIKE:
            self._alike.clear()
        kept: tuple[str, ...] = self._alike.setdefault(kinds, kinds)
        return kept

    def _labels(self, codes: tuple[tuple[str, str], ...]) -> Labels:
        """The words of codes by their fields; most records have the same few."""
        if codes not in self._alike:
            said = [(code, self._words[name].get(code)) for name, code in codes]
            self._alike[codes] = frozenset((code, words) for code, words in said if words)
        labels: Labels = self._alike[codes]
        return labels


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
            return self.places.mentions(text).found()
        found = Found()
        if self.walk:
            self.walk(from_json(text), found)
        if self.hints is not None:
            for name, key in _IDS.findall(text):
                found.ids[self.hints.get(name, ANY)].add(key)
        return found

    def mentions(self, text: str) -> Mentions:
        """What the text of a record has."""
        if self.places:
            return self.places.mentions(text)
        found = self.found(text)
        pairs = [(kind, key) for kind, keys in found.ids.items() for key in keys]
        labels = {(code, words) for code, each in found.labels.items() for words in each}
        kinds, ids = zip(*pairs, strict=True)
        return Mentions(ids, kinds, frozenset(labels))
