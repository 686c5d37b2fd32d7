"""Words: a text in Russian and in English, closed lists of words, and the language of a command."""

import errno
import os
import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple, Self

LANGUAGES = ("ru", "en")

SPACE = "\N{NO-BREAK SPACE}"

FOUR = 4
"""Digits that stand together; of longer numbers the thousands stand apart."""


def in_guillemets(title: str) -> str:
    """A title in guillemets; those that it has inside become the inner ones („…“).

    A title that stands in quotes already gets no second pair.
    """
    text = title.strip()
    depths = list(accumulate((_DEPTH.get(sign, 0) for sign in text), initial=0))[1:]
    is_whole = text[:1] == "«" and text[-1:] == "»" and 0 not in depths[:-1]
    if is_whole:
        # «Школа «Старт»: the last sign closes both.
        text = text[1:] if depths[-1] else text[1:-1]
    elif len(text) > 1 and text[0] == text[-1] == '"' and text.count('"') == 2:  # noqa: PLR2004 - a pair
        text = text[1:-1]
    return f"«{text.strip().translate(_INNER)}»"


_DEPTH = {"«": 1, "»": -1}
_INNER = str.maketrans({"«": "„", "»": "“"})


class Words(NamedTuple):
    """A text in the two languages of the service."""

    ru: str
    en: str

    def fill(self, language: str, values: Mapping[str, object]) -> str:
        """The text in a language with its values filled in; a value may be `Words` itself."""
        text = self.en if language == "en" else self.ru
        return text.format_map(_in_language(language, values))

    def said(self, **values: object) -> str:
        """The text as a command prints it, with its values filled in."""
        return self.fill(language(), values)

    def sentences(self, language: str, values: Mapping[str, object]) -> tuple[str, str]:
        """The first sentence and the rest, each with its values filled in.

        The text is split before filling: a value may contain a full stop («СОШ им. Тукая»).
        """
        filled = _in_language(language, values)
        first, rest = self.split(language)
        return first.format_map(filled), rest.format_map(filled)

    def split(self, language: str) -> tuple[str, str]:
        """The first sentence and the rest, without values."""
        text = self.en if language == "en" else self.ru
        first, *rest = _SENTENCE.split(text, maxsplit=1)
        return first, "".join(rest)


class Choice(StrEnum):
    """A closed list of values; each is declared with its Russian label."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @property
    def words(self) -> Words:
        """The label in both languages; in English the words of the value."""
        return Words(self.label, self.value.replace("_", " "))


def language() -> str:
    """The language of this run: SN_LANGUAGE, else English where the locale names it, else Russian.

    The locale is the first of LC_ALL, LC_MESSAGES and LANG that names a language (POSIX, 8.2).
    """
    if chosen := os.environ.get("SN_LANGUAGE"):
        return "en" if chosen == "en" else "ru"
    locales = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    named = next((each for each in locales if not _NEUTRAL.fullmatch(each)), "")
    return "en" if _ENGLISH.match(named) else "ru"


def grouped(number: int) -> Words:
    """A number with its thousands set apart."""
    text = f"{number:,}"
    return Words(text.replace(",", " "), text)


def rubles(amount: Decimal | int) -> Words:
    """An amount of money, without the unit: «1 800 000,00», "1800000.00"."""
    return Words(russian(f"{amount:.2f}"), f"{amount:.2f}")


def russian(number: str) -> str:
    """A number as Russian texts write it: «1242», «120 000,00»; a text that is none as it is."""
    if not (match := _NUMBER.fullmatch(number)):
        return number
    sign, whole, rest = match.groups()
    if len(whole) > FOUR:
        whole = f"{int(whole):,}".replace(",", SPACE)
    return f"{sign}{whole}{(rest or '').replace('.', ',')}"


def trouble(error: OSError) -> str:
    """What the system refused, as a command prints it."""
    if not error.strerror:
        return str(error)
    why = _TROUBLES.get(error.errno or 0)
    return f"{error.filename or ''}: {why.said() if why else error.strerror}".removeprefix(": ")


def _in_language(language: str, values: Mapping[str, object]) -> dict[str, object]:
    place = 1 if language == "en" else 0
    return {
        name: value[place] if isinstance(value, Words) else value for name, value in values.items()
    }


_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-ZА-ЯЁ«{])")
_NUMBER = re.compile(r"(-?)([0-9]+)(\.[0-9]*)?")
_NEUTRAL = re.compile(r"((C|POSIX)([.@].*)?)?")
"""A locale that names no language."""
_ENGLISH = re.compile(r"en([_.@-]|$)")

_TROUBLES = {
    errno.ENOENT: Words("нет такого файла или папки", "no such file or folder"),
    errno.EEXIST: Words("такой файл уже есть", "the file exists already"),
    errno.EACCES: Words("нет прав на этот файл или папку", "no permission for the file or folder"),
    errno.EPERM: Words("система это запрещает", "the system forbids it"),
    errno.EISDIR: Words("это папка, а нужен файл", "it is a folder, not a file"),
    errno.ENOTDIR: Words("это файл, а нужна папка", "it is a file, not a folder"),
    errno.ENOSPC: Words("на диске нет места", "the disk is full"),
    errno.EROFS: Words("диск открыт только для чтения", "the disk is read-only"),
    errno.ECONNREFUSED: Words("никто не отвечает", "nobody answers"),
    errno.EADDRINUSE: Words("порт занят", "the port is in use"),
    errno.EADDRNOTAVAIL: Words("у машины нет такого адреса", "the machine has no such address"),
}
"""Python has the words of the C library, which are in English (it sets no locale for them)."""
