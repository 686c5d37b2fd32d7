"""Mentions: the ids and codes that an answer has, and how an answer is searched for them."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

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


@dataclass(frozen=True)
class Columns:
    """The columns of a kind with ids and codes, as far as no part or object of it has any."""

    references: tuple[tuple[str, str], ...]
    """Columns, with the kinds that they refer to."""
    codes: tuple[tuple[str, Walk], ...]
    """Columns of enumerations."""
    sets: frozenset[str]
    """Those columns that have a JSON list of values."""

    @cached_property
    def selected(self) -> list[str]:
        """The expressions of all columns over the table `t`, in the order of `found`."""
        return [f"CAST(t.{name} AS TEXT)" for name, _ in (*self.references, *self.codes)]

    def found(self, rows: Sequence[Sequence[str | None]]) -> "Found":
        """What the rows of these columns have."""
        found = Found()
        columns = [set(values) - {None} for values in zip(*rows, strict=True)]
        for (_, kind), values in zip(self.references, columns, strict=False):
            found.ids[kind] |= values
        for (name, walk), values in zip(self.codes, columns[len(self.references) :], strict=False):
            for value in values:
                walk(json.loads(value) if name in self.sets else value, found)
        return found


@dataclass
class Found:
    """The ids and the codes of an answer."""

    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By kind; those of `ANY` may be of any kind."""
    labels: dict[str, set[Words]] = field(default_factory=lambda: defaultdict(set))
    """The words of each code; several if two lists have the code and mean different things."""
    kind: str = ""
    """The kind of the records in `open`."""
    open: dict[str, str | None] = field(default_factory=dict)
    """By id: names of the page's records that only lack the names of others."""


@dataclass(frozen=True)
class Shape:
    """How an answer is searched for ids and codes."""

    walk: Walk | None
    hints: Mapping[str, str] | None
    """The kind that a field refers to, where ids are searched in the text of the answer; None if
    `walk` finds them."""

    def found(self, text: str, value: object) -> Found:
        """What an answer has, given as text and as JSON."""
        found = Found()
        if self.walk:
            self.walk(value, found)
        if self.hints is not None:
            for name, key in _IDS.findall(text):
                found.ids[self.hints.get(name, ANY)].add(key)
        return found
