"""Persons: parses names as lists write them, without guessing."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from app.intake.alphabets import in_cyrillic
from app.intake.asides import Separated, is_about_birth, separate
from app.intake.person_faults import NAME_ORDER, NAME_TOO_SHORT
from app.model.faults import refuse
from app.model.text import fold
from app.registry import name_words, names
from app.registry.names import (
    PLACEHOLDER,
    REMARK,
    SIGNS,
    SUFFIXES,
    TWO_PEOPLE,
    ends_like_patronymic,
    is_initial,
    refuse_as,
    tidy,
)

_PLAIN = re.compile(
    r"([А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?) ([А-ЯЁ][а-яё]+) ([А-ЯЁ][а-яё]+(?:ович|евич|овна|евна))"
)
"""«Иванова Анна Петровна»: letters of one alphabet, and a patronymic with a common ending."""

FEWEST = 2
"""Words of a name at least: the last and the first name."""

_WITH_PATRONYMIC, _DOUBLE = 3, 4
"""Words of a name with its patronymic, and of one with a double surname too."""

_PARTICLES = frozenset(
    (  # noqa: SIM905 - words read best as words
        "ван фон де ди да дер ден дель дос ла ле аль эль ибн бен бин абу"
    ).split()
)
"""Small words that belong to the word after them."""

_CAPITALS = re.compile(r"[^\W\d_a-zа-яё]{3,}(-[^\W\d_a-zа-яё]+)*")
_NO_PATRONYMIC = re.compile(
    r"(?:[\s,]+(?:[-–—.\s]*[-–—]|нету?|отсутств\w*|не имеет(?:ся)?|б/о|без отчества|нет отчества"
    r"|отчества нет|отчество отсутствует|прочерк|не указано))+[\s.]*",
    re.IGNORECASE,
)
_SURNAME = re.compile(r".{2,}(?:[оеё]ва|[сц]кая|[сц]кий|енко)|.{3,}[оеё]в")
"""Endings of surnames that first names do not have (but «Ева», «Лев» and «Яков» do)."""


class Name(NamedTuple):
    """A person's name; if it is short, `first` holds initials."""

    last: str
    first: str
    patronymic: str | None
    is_short: bool = False
    """Whether a part of it is given by initials."""
    former: str | None = None
    """Another surname in the list, in brackets or after «урожд.»."""
    is_turned: bool = False
    """Whether the list writes «Имя Отчество Фамилия»."""
    position: str | None = None
    """The position that followed the name."""
    is_mixed: bool = False
    """Whether letters of two alphabets were found."""


@lru_cache(10_000)
def whole(text: str) -> Name:
    """The name in one cell, surname first.

    Raises:
        PydanticCustomError: it is not a name, or not a complete one.

    """
    return _plain(text) or taken_apart(text)


def _plain(text: str) -> Name | None:
    """The name, if it is written as most lists write it; None if it needs a closer look."""
    if not (match := _PLAIN.fullmatch(text)):
        return None
    last, first, patronymic = match.groups()
    is_name = _is_plain_first(first) and not _is_no_name(patronymic)
    return Name(last, first, patronymic) if is_name and not name_words.is_no_name(last) else None


_is_no_name = lru_cache(10_000)(name_words.is_no_name)
"""Cached; surnames are too various to be cached."""


@lru_cache(10_000)
def _is_plain_first(word: str) -> bool:
    """Whether a word between a surname and a patronymic must be a first name."""
    is_name = not name_words.is_no_name(word) and not ends_like_patronymic(word)
    return is_name and fold(word) not in SUFFIXES and not is_about_birth(f"{word} {word}")


def taken_apart(text: str) -> Name:
    """The slow path of `whole`, for any cell.

    Raises:
        PydanticCustomError: as `whole`.

    """
    cell = separate(text)
    line = _without_missing(cell.name)
    is_nameless = line != cell.name
    words, is_mixed = in_cyrillic(_words(line))
    if len(words) < FEWEST:
        refuse(NAME_TOO_SHORT)
    if "i" in (shape := _shape(words)):
        return _short(words, shape)
    units = _units(_cased(words))
    return _completed(_ordered(units, is_nameless=is_nameless), cell, is_mixed=is_mixed)


def parts(last: str, first: str, patronymic: str | None) -> Name:
    """The name in three cells.

    Raises:
        PydanticCustomError: it is not a name.

    """
    if not first.strip() and names.is_missing(patronymic or ""):
        return whole(last)
    cells = [separate(last), separate(first), _patronymic(patronymic or "")]
    if not cells[0].name or not cells[1].name:
        refuse(NAME_TOO_SHORT)
    (last, first, rest), is_mixed = in_cyrillic([tidy(cell.name) for cell in cells])
    words = _apart(f"{last} {first} {rest}").split()
    shape = _shape(words)
    if words[0] == last and last.isalpha():
        shape = f"W{shape[1:]}"  # a surname of one letter
    if "i" in shape:
        return _short(words, shape)
    cased = _cased([*last.split(), "\n", *first.split(), "\n", *rest.split()])
    last, first, rest = (part.strip() for part in " ".join(cased).split("\n"))
    position = next((cell.position for cell in reversed(cells) if cell.position), None)
    beside = Separated("", cells[0].former, position)
    return _completed(_name(last, first, rest), beside, is_mixed=is_mixed)


def _patronymic(cell: str) -> Separated:
    return Separated("") if names.is_missing(cell) else separate(cell)


def _completed(name: Name, cell: Separated, *, is_mixed: bool) -> Name:
    return name._replace(former=cell.former, position=cell.position, is_mixed=is_mixed)


def _name(last: str, first: str, patronymic: str | None, *, is_turned: bool = False) -> Name:
    """A name all of whose parts follow the grammar."""
    rest = names.read_patronymic(patronymic) if patronymic else None
    last, first = names.read_surname(last), names.read_first_name(first)
    return Name(last, first, rest, is_turned=is_turned)


def _without_missing(line: str) -> str:
    """A name without a text that says that there is no patronymic."""
    if all(map(name_words.is_placeholder, line.split())):
        refuse_as(PLACEHOLDER)
    match = _NO_PATRONYMIC.search(line)
    return line[: match.start()] if match and match.end() == len(line) else line


def _words(line: str) -> list[str]:
    names.refuse_lost(line)
    words = _apart(tidy(line)).split()
    names.refuse_posts(words)
    # Drop a full stop that ends a sentence, but not one of an initial or an abbreviation.
    if words and (ends_like_patronymic(plain := words[-1].rstrip(".")) or plain[-1:] in "ая"):
        words[-1] = plain if len(plain) > 1 else words[-1]
    is_small = line.islower()
    for word in words:
        if not any(map(str.isalpha, word)):
            refuse_as(SIGNS)
        if not is_small and _is_remark(word):
            refuse_as(TWO_PEOPLE if word == "и" else REMARK)
    return words


def _is_remark(word: str) -> bool:
    """Whether a word in small letters is no part of a name, as «оглы» and «д'Артаньян» are."""
    has_capital = word != word.lower()
    return word[0].islower() and not has_capital and fold(word) not in SUFFIXES | _PARTICLES


def _apart(line: str) -> str:
    """Splits «М.П.Иванова» into three words."""
    return re.sub(r"\.-?(?=\w)", ". ", line)


def _cased(words: Sequence[str]) -> list[str]:
    """Words with the capitals of names; forms often use capitals only, chats small letters only."""
    line = "".join(words)
    if not line.isupper() and not line.islower():
        return [_titled(word) if _CAPITALS.fullmatch(word) else word for word in words]
    return list(map(_titled, words))


def _titled(word: str) -> str:
    return word.lower() if fold(word) in SUFFIXES else word.title()


def _units(words: Sequence[str]) -> list[str]:
    """The words of a name, with small words joined to those they belong to."""
    units: list[str] = []
    for word in words:
        is_led = units and units[-1].split()[-1] in _PARTICLES
        if units and (is_led or fold(word) in SUFFIXES):
            units[-1] += f" {word}"
        else:
            units.append(word)
    return units


def _ordered(units: Sequence[str], *, is_nameless: bool) -> Name:
    """The name that words form, depending on which of them is the patronymic."""
    ends = [ends_like_patronymic(unit) for unit in units]
    if len(units) > _DOUBLE or (is_nameless and len(units) > FEWEST):
        refuse_as(TWO_PEOPLE if sum(ends) > 1 else REMARK)
    if ends[1]:
        if len(units) == FEWEST:
            refuse(NAME_ORDER)
        return _name(" ".join(units[2:]), units[0], units[1], is_turned=True)
    if len(units) == _DOUBLE:
        # A double surname with a blank: the first name and the patronymic must follow.
        if not ends[-1]:
            refuse_as(REMARK)
        return _name(" ".join(units[:2]), *units[2:])
    if len(units) == FEWEST and _is_turned(*units):
        return _name(units[1], units[0], None, is_turned=True)
    return _name(units[0], units[1], " ".join(units[2:]) or None)


def _is_turned(first_word: str, last_word: str) -> bool:
    """Whether two words are «Имя Фамилия», judged by what only one of them can be."""
    first, last = fold(first_word), fold(last_word)
    return bool(_SURNAME.fullmatch(last)) or (
        first in name_words.FIRST_NAMES and last not in name_words.FIRST_NAMES
    )


def _shape(words: Sequence[str]) -> str:
    """The shape of a name: W for a full word, i for an initial."""
    # «О Анна Ивановна»: a surname of one letter.
    if words[0].isalpha() and _is_named(words[1:]):
        return "W" * len(words)
    is_loud = "".join(words).isupper()
    shape = ""
    for at, word in enumerate(words):
        # «Иванова АИ», «АИ Иванова»; «ЛИ АННА» is two words in capitals, «ИВАНОВА ЛИ» is ambiguous.
        is_pair = word.isupper() and len(word) == len("АИ")
        is_told = len(words) == FEWEST and bool(at) if is_loud else at or len(words) == FEWEST
        shape += "i" if is_initial(word) or (is_pair and is_told) else "W"
    return shape


def _is_named(words: Sequence[str]) -> bool:
    """Whether the words are a full first name and a patronymic."""
    return (
        len(words) == FEWEST and ends_like_patronymic(words[1]) and not any(map(is_initial, words))
    )


def _short(words: Sequence[str], shape: str) -> Name:
    """A name with initials before or after the surname."""
    if "W" not in shape:
        refuse(NAME_TOO_SHORT)
    if shape == "WiW":
        shape = "Wi" if ends_like_patronymic(words[2]) else "iW"
    if shape not in _SURNAME_AT:
        refuse_as(TWO_PEOPLE)
    at = _SURNAME_AT[shape]
    last = " ".join(_cased(words[at]))
    given = [word for word in words if word not in words[at]]
    begun = [letters[0] for word in given for letters in _letters(word)]
    return Name(last, " ".join(begun), None, is_short=True)


_FIRST, _LAST = slice(1), slice(-1, None)
_SURNAME_AT = {
    **dict.fromkeys(("Wi", "Wii", "Wiii", "WWi"), _FIRST),
    **dict.fromkeys(("iW", "iiW", "iiiW", "iWW"), _LAST),
    "WWii": slice(2),
}
"""The words of the surname, by the shape of the name."""


def _letters(word: str) -> Sequence[str]:
    """The initials in a word, or the word itself if it is a full name."""
    return word if word.isupper() and "." not in word else [word]
