"""Findings: what can be wrong with one value, said in Russian and in English.

The texts of single faults stand beside the rule that finds them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Words(NamedTuple):
    """A text in the two languages of the service."""

    ru: str
    en: str

    def fill(self, language: str, values: Mapping[str, Any]) -> str:
        """The text of a language with its values put in; a value may be `Words` itself."""
        text = self.en if language == "en" else self.ru
        return text.format_map(_in_language(language, values))

    def sentences(self, language: str, values: Mapping[str, Any]) -> tuple[str, str]:
        """The first sentence and what follows it, each with its values put in.

        The text is parted before: a value may have a full stop of its own («СОШ им. Тукая»).
        """
        text = self.en if language == "en" else self.ru
        first, *rest = _SENTENCE.split(text, maxsplit=1)
        said = _in_language(language, values)
        return first.format_map(said), "".join(rest).format_map(said)


def _in_language(language: str, values: Mapping[str, Any]) -> dict[str, Any]:
    place = 1 if language == "en" else 0
    return {name: it[place] if isinstance(it, Words) else it for name, it in values.items()}


_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-ZА-ЯЁ«{])")


class Fault(NamedTuple):
    """What can be wrong with one value: a stable code, and what to do about it."""

    code: str
    words: Words


FAULTS: dict[str, Fault] = {}
"""Every fault that the service can name, by its code."""


def fault(code: str, ru: str, en: str) -> Fault:
    """Declare a fault; its texts may name values in braces.

    Raises:
        ValueError: the code is taken. The two faults would share the texts of the first.

    """
    if code in FAULTS:
        message = f"The fault {code!r} is declared already. Import that one, or use another code."
        raise ValueError(message)
    FAULTS[code] = Fault(code, Words(ru, en))
    return FAULTS[code]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault (or warning) in one place of what was sent."""

    fault: Fault
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    at: int = 0
    """The position in the batch: 0 in a single request."""
