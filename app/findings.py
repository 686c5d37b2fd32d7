"""Findings: what can be wrong with a value, in Russian and in English.

The texts of a fault stand beside the rule that reports it, unless several rules share it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from app.words import Words

__all__ = ["FAULTS", "Fault", "Finding", "Words", "fault"]


class Fault(NamedTuple):
    """A kind of error in a value: a stable code, and texts that say how to correct it."""

    code: str
    words: Words


def plain(text: str) -> str:
    """A text for people who see no names of the API: these stand in brackets beside their words."""
    return _NAMES.sub("", text)


_NAMES = re.compile(r" \([a-z_/]+(?:, [a-z_/]+)*\)|[^.]*\bJSON\b.*")
"""A list of names in brackets; how a value is written in JSON, at the end of a text."""

FAULTS: dict[str, Fault] = {}
"""Every declared fault by its code."""


def fault(code: str, ru: str, en: str) -> Fault:
    """Declare a fault; its texts may name values in braces.

    Raises:
        ValueError: the code is declared already; both faults would share the first one's texts.

    """
    if code in FAULTS:
        message = f"The fault {code!r} is declared already. Import that one, or use another code."
        raise ValueError(message)
    FAULTS[code] = Fault(code, Words(ru, en))
    return FAULTS[code]


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault (or warning) at one place of the request."""

    fault: Fault
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    at: int = 0
    """The position in the batch: 0 in a single request."""
