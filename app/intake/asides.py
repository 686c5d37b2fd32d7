"""Asides: what lists write around a name, told from the name itself.

Marks of footnotes and numbers are dropped; a former surname and a position behind the name are
told apart; a remark, or a second person, is refused, since nobody can say whom the row is about.
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
"""Words from which on a name may be followed by something else."""

_FORMULAS = frozenset("=+@＝＋＠")
# What ә, ө, ү, җ, ң and һ of the Tatar windows-1251 are read as.
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


class Told(NamedTuple):
    """A name, and what was told beside it."""

    name: str
    former: str | None = None
    position: str | None = None


def aside(text: str) -> Told:
    """A cell with a name, taken apart; its name may be empty.

    Raises:
        PydanticCustomError: beside the name stands what leaves in doubt who is meant.

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
    return Told(line, former or born, position or None)


def is_about_birth(text: str) -> bool:
    """Whether a text may tell of a former surname."""
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
    return [one for each in text.splitlines() if (one := clean_line(each))]


def _joined(lines: Sequence[str]) -> str:
    """The lines of one cell: a name that is too long for it goes on in the next line."""
    line = next(iter(lines), "")
    for more in lines[1:]:
        words, further = line.split(), more.split()
        if is_about_work(more):
            line = f"{line}, {more}"
        elif _goes_on(words, further) or _BORN.match(more) or _BRACKETS.fullmatch(more):
            line = f"{line} {more}"
        else:
            refuse_as(TWO_PEOPLE)
    return line


def _goes_on(words: Sequence[str], further: Sequence[str]) -> bool:
    """Whether a second line is the rest of a name, not another person's."""
    # «Иванова Петрова / Мария Сергеевна»: a double surname takes the first line.
    is_double = len(words) == len(further) == FULL and ends_like_patronymic(further[-1])
    return min(len(words), len(further)) < FULL or is_double


def _without_marks(line: str) -> str:
    while mark := _BEFORE.match(line):
        line = line[mark.end() :]
    return " ".join(_MARKS.sub(" ", line).strip().strip(_QUOTES).split())


def _without_brackets(line: str) -> tuple[str, str | None, str | None]:
    """A name without its brackets; the former surname and the position that stood in them."""
    former = position = None
    while found := _BRACKETS.search(line):
        before, said, after = line[: found.start()], found[1].strip(), line[found.end() :]
        if born := _BORN.fullmatch(said):
            former = born["former"]
        elif is_about_work(said) and len(before.split()) >= FULL and not after.strip(" .,"):
            position = said
        elif _is_surname(said, before, after):
            former = said
        elif not is_missing(said):
            refuse_as(POSITION if is_about_work(said) else REMARK)
        line = " ".join(f"{before} {after}".split())
    if set(line) & set("()[]{}"):
        refuse_as(SIGNS)
    return line, former, position


def _is_surname(said: str, before: str, after: str) -> bool:
    """Whether brackets hold a surname: right behind the surname, or behind the whole name.

    Behind the first name they would hold what friends call one.
    """
    is_placed = len(before.split()) == 1 or not after.strip(" .,")
    return is_placed and said[:1].isupper() and _ONE_SURNAME.fullmatch(said) is not None


def _without_born(line: str) -> tuple[str, str | None]:
    found = re.search(rf"[\s,]+{_BORN.pattern}", line, re.IGNORECASE)
    if not found:
        return line, None
    rest = f"{line[: found.start()]} {line[found.end() :]}"
    return " ".join(rest.split()), found["former"].rstrip(".,")


def _without_position(line: str) -> tuple[str, str | None]:
    """A name without the position behind a comma or a dash."""
    if (dash := _BY_DASH.search(line)) and is_about_work(line[dash.end() :]):
        line = f"{line[: dash.start()]}, {line[dash.end() :]}"
    told = [each.strip() for each in re.split("[,;]", line) if each.strip()]
    at = next((at for at, each in enumerate(told) if at and is_about_work(each)), len(told))
    return _one_name(told[:at]), ", ".join(told[at:]) or None


def _one_name(told: Iterable[str]) -> str:
    """What commas divide into parts of one name: «Иванова, Мария Петровна»."""
    words: list[str] = []
    for each in told:
        more = each.split()
        if len(words) >= FULL and (len(more) > 1 or len(words) > FULL):
            refuse_as(TWO_PEOPLE if more[0][:1].isupper() else REMARK)
        if len(words) == FULL and not ends_like_patronymic(more[0]):
            refuse_as(REMARK)
        words += more
    return " ".join(words)
