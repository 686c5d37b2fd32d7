"""Findings: what can be wrong with a value, in Russian and in English.

The texts of a fault stand beside the rule that reports it, unless several rules share it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Words(NamedTuple):
    """A text in the two languages of the service."""

    ru: str
    en: str

    def fill(self, language: str, values: Mapping[str, object]) -> str:
        """The text in a language with its values filled in; a value may be `Words` itself."""
        text = self.en if language == "en" else self.ru
        return text.format_map(_in_language(language, values))

    def sentences(self, language: str, values: Mapping[str, object]) -> tuple[str, str]:
        """The first sentence and the rest, each with its values filled in.

        The text is split before filling: a value may contain a full stop («СОШ им. Тукая»).
        """
        text = self.en if language == "en" else self.ru
        first, *rest = _SENTENCE.split(text, maxsplit=1)
        filled = _in_language(language, values)
        return first.format_map(filled), "".join(rest).format_map(filled)


def _in_language(language: str, values: Mapping[str, object]) -> dict[str, object]:
    place = 1 if language == "en" else 0
    return {
        name: value[place] if isinstance(value, Words) else value for name, value in values.items()
    }


_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-ZА-ЯЁ«{])")


class Fault(NamedTuple):
    """A kind of error in a value: a stable code, and texts that say how to correct it."""

    code: str
    words: Words


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
