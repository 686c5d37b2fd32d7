"""Asides: separates a name from what lists write beside it.

Footnote marks and numbers are dropped; a former surname and a position are kept apart; a remark or
a second person is refused, as it is unclear whom the row is about.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.intake.faults import FORMULA
from app.model.faults import TOO_LONG, UNREADABLE, refuse
from app.model.text import Unreadable, clean_line
from app.model.values import LINE
from app.registry import name_words
from app.registry.names import (
    DASHES,
    DEGREE,
    NAME_UNREADABLE,
    PLACEHOLDER,
    POSITION,
    REMARK,
    SIGNS,
    TWO_PEOPLE,
    ends_like_patronymic,
    is_missing,
    refuse_as,
)

FULL = 2
"""Words of a full name at least; only then a position or a remark may follow it."""

_FORMULAS = frozenset("=+@＝＋＠")
# Letters that appear when the Tatar windows-1251 (ә, ө, ү, җ, ң, һ) is read as windows-1251.
_OF_TATAR_1251 = frozenset("ЂЃѓЉЊЌЋЏђљњќћџ")
_QUOTES = '"«»“”„'
_BEFORE = re.compile(rf"(?:№?\s*\d{{1,5}}(?:\s*[.)]|\s)|[{DASHES}•·▪●◦])\s*")
_MARKS = re.compile(r"[*†‡§\u00b9\u00b2\u00b3\u2070-\u2079]+\)?|\[\d{1,2}\]|\s\d\)$")
_BRACKETS = re.compile(r"\s*[(\[{]([^()\[\]{}]*)[)\]}]")
_BORN = re.compile(
    r"(?:урожд\w*|ур|дев|девичья|в девичестве|до брака|до замужества|бывш\w*|ранее|прежн\w+|"
    r"добрачная)\.?(?:\s+фам(?:илия|\.)?)?:?\s+(?P<former>\S+)",
    re.IGNORECASE,
)
_ONE_SURNAME = re.compile(r"[^\W\d_][^\W\d_'’-]*(?:[-'’][^\W\d_]+)*")
_BY_DASH = re.compile(rf"\s[{DASHES}]\s+(?=[^\W\d_])")
_ACTING = re.compile(r"\b[Ии]\.\s?о\b\.?(?!\w)|\b(?:[а-я]{1,6}\.\s?){2,}")


class Separated(NamedTuple):
    """A name, and what stood beside it."""

    name: str
    former: str | None = None
    position: str | None = None


def separate(text: str) -> Separated:
    """Separate the name in a cell from what stands beside it; the name may be empty.

    Raises:
        PydanticCustomError: what stands beside the name makes it unclear who is meant.

    """
    line = _without_marks(_joined(_lines(text)))
    line, former, inside = _without_brackets(line)
    line, born = _without_born(line)
    line, behind = _without_position(line)
    position = ", ".join(filter(None, (behind, inside)))
    if text.strip() and not line:
        refuse_as(PLACEHOLDER)
    if not line.islower() and _ACTING.search(line):
        refuse_as(DEGREE)
    return Separated(line, former or born, position or None)


def is_about_birth(text: str) -> bool:
    """Whether a text may name a former surname."""
    return _BORN.search(text) is not None


def is_about_work(text: str) -> bool:
    """Whether a text names a position or a degree."""
    return any(name_words.is_position(word) or name_words.is_degree(word) for word in text.split())


def _lines(text: str) -> list[str]:
    if len(text) > LINE:
        refuse(TOO_LONG, limit=LINE)
    try:
        line = clean_line(text)
    except Unreadable:
        refuse(UNREADABLE)
    if line[:1] in _FORMULAS:
        refuse(FORMULA)
    if not _OF_TATAR_1251.isdisjoint(line):
        refuse(NAME_UNREADABLE)
    return [line for part in text.splitlines() if (line := clean_line(part))]


def _joined(lines: Sequence[str]) -> str:
    """The lines of a cell as one: a long name may continue on the next line."""
    line = next(iter(lines), "")
    for added in lines[1:]:
        words, added_words = line.split(), added.split()
        if is_about_work(added):
            line = f"{line}, {added}"
        elif _goes_on(words, added_words) or _BORN.match(added) or _BRACKETS.fullmatch(added):
            line = f"{line} {added}"
        else:
            refuse_as(TWO_PEOPLE)
    return line


def _goes_on(words: Sequence[str], added_words: Sequence[str]) -> bool:
    """Whether a second line continues a name, and is not another person."""
    # «Иванова Петрова / Мария Сергеевна»: a double surname fills the first line.
    is_double = len(words) == len(added_words) == FULL and ends_like_patronymic(added_words[-1])
    return min(len(words), len(added_words)) < FULL or is_double


def _without_marks(line: str) -> str:
    while mark := _BEFORE.match(line):
        line = line[mark.end() :]
    return " ".join(_MARKS.sub(" ", line).strip().strip(_QUOTES).split())


def _without_brackets(line: str) -> tuple[str, str | None, str | None]:
    """A name without its brackets, and the former surname and the position from them."""
    former = position = None
    while brackets := _BRACKETS.search(line):
        before, content, after = (
            line[: brackets.start()],
            brackets[1].strip(),
            line[brackets.end() :],
        )
        if born := _BORN.fullmatch(content):
            former = born["former"]
        elif is_about_work(content) and len(before.split()) >= FULL and not after.strip(" .,"):
            position = content
        elif _is_surname(content, before, after):
            former = content
        elif not is_missing(content):
            refuse_as(POSITION if is_about_work(content) else REMARK)
        line = " ".join(f"{before} {after}".split())
    if set(line) & set("()[]{}"):
        refuse_as(SIGNS)
    return line, former, position


def _is_surname(content: str, before: str, after: str) -> bool:
    """Whether brackets hold a surname: they follow the surname or the whole name.

    After the first name they would hold a nickname.
    """
    is_placed = len(before.split()) == 1 or not after.strip(" .,")
    return is_placed and content[:1].isupper() and _ONE_SURNAME.fullmatch(content) is not None


def _without_born(line: str) -> tuple[str, str | None]:
    match = re.search(rf"[\s,]+{_BORN.pattern}", line, re.IGNORECASE)
    if not match:
        return line, None
    rest = f"{line[: match.start()]} {line[match.end() :]}"
    return " ".join(rest.split()), match["former"].rstrip(".,")


def _without_position(line: str) -> tuple[str, str | None]:
    """A name without the position after a comma or a dash."""
    if (dash := _BY_DASH.search(line)) and is_about_work(line[dash.end() :]):
        line = f"{line[: dash.start()]}, {line[dash.end() :]}"
    pieces = [piece.strip() for piece in re.split("[,;]", line) if piece.strip()]
    numbered = enumerate(pieces)
    at = next((at for at, piece in numbered if at and is_about_work(piece)), len(pieces))
    return _one_name(pieces[:at]), ", ".join(pieces[at:]) or None


def _one_name(pieces: Iterable[str]) -> str:
    """The name whose parts are separated by commas: «Иванова, Мария Петровна»."""
    words: list[str] = []
    for piece in pieces:
        piece_words = piece.split()
        if len(words) >= FULL and (len(piece_words) > 1 or len(words) > FULL):
            refuse_as(TWO_PEOPLE if piece_words[0][:1].isupper() else REMARK)
        if len(words) == FULL and not ends_like_patronymic(piece_words[0]):
            refuse_as(REMARK)
        words += piece_words
    return " ".join(words)
