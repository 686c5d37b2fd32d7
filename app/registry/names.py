"""Names: what a surname, a first name and a patronymic is, for single writes and for lists alike.

The grammar is that of Russian documents: letters with hyphens and apostrophes, words of Tatar,
Korean and other peoples' names among them. What is none of it is refused, saying what it was taken
for and never repeating it, for it may be somebody's name all the same.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Annotated, Never

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from app.findings import Words, fault
from app.model.faults import refuse
from app.model.text import fold
from app.model.values import Line
from app.registry import name_words

INITIALS = fault(
    "initials",
    "По инициалам человека не узнать. Напишите имя и отчество полностью.",
    "Initials do not tell who it is. Write the names in full.",
)
NAME_UNREADABLE = fault(
    "name_unreadable",
    "В ФИО цифры или «?»: буквы потеряны при сохранении. Впишите имя заново.",
    "The name has digits or «?»: letters were lost. Enter the name again.",
)
NOT_A_NAME = fault(
    "not_a_name",
    "Это не имя одного человека: {what}. Оставьте фамилию, имя и отчество, остальное уберите или "
    "перенесите в другой столбец.",
    "This is not one person's name: {what}. Leave the last name, the first name and the "
    "patronymic, and put the rest elsewhere.",
)

POSITION = Words("похоже на должность", "it looks like a position")
DEGREE = Words("похоже на учёную степень или «и. о.»", "it looks like a degree or «acting»")
REMARK = Words("рядом с именем примечание", "there is a remark beside the name")
TWO_PEOPLE = Words("названо несколько человек", "several people are named")
PLACEHOLDER = Words("так отмечают пустое место", "this is how an empty place is marked")
SIGNS = Words("есть знаки, которых в именах не бывает", "it has signs that no name has")
TOGETHER = Words("в одном поле несколько частей имени", "one field holds several parts of a name")

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
APOSTROPHES = "'’‘`´ʼʹ"
SUFFIXES = frozenset({"оглы", "кызы", "улы", "углы", "гызы", "оглу", "кизи", "заде"})
"""Words that belong to the patronymic before them: «Мамед оглы» is «сын Мамеда»."""

MOST_WORDS = 4
"""Words of one part of a name: «ван дер Берг», «Аль Саид Мохаммед»."""

_AROUND_DASH = re.compile(rf"\s*[{DASHES}]+\s*")
_LOST = re.compile("[0-9?\N{REPLACEMENT CHARACTER}]|\\d")
_PATRONYMIC = re.compile(
    r".+(?:вич|вна|чна)|(?:иль|кузьм|лук|фом|никит|савв|фок|сил|емельян)(?:ыч|ич)"
    rf"|.{{2,}}(?:{'|'.join(sorted(SUFFIXES))})"
)
_ABBREVIATED = re.compile(r"\w{1,6}\.")


def tidy(line: str) -> str:
    """A name as it is kept: one kind of hyphen, and no blanks beside it."""
    return _AROUND_DASH.sub("-", line) if set(line) & set(DASHES) else line


@lru_cache(20_000)
def key(text: str) -> str:
    """The key by which a part of a name is compared: a blank and a hyphen are one.

    «Иванова Петрова» is «Иванова-Петрова», «Мамед оглы» is «Мамед-оглы».
    """
    return fold(tidy(text)).replace(" ", "-")


def spellings(text: str) -> set[str]:
    """The folded keys under which a part of a name may be stored."""
    if text.isalpha():
        return {fold(text)}
    one = key(text)
    return {one, one.replace("-", " "), fold(text)}


def ends_like_patronymic(word: str) -> bool:
    """Whether a word is formed as a patronymic is, «Петровна» or «Ильич»."""
    return _PATRONYMIC.fullmatch(fold(word)) is not None


def is_missing(text: str) -> bool:
    """Whether a text says that there is no patronymic."""
    return not text.strip(f"{DASHES} .") or fold(text).rstrip(".") in name_words.MISSING


def read_surname(text: str) -> str:
    """A surname.

    Raises:
        PydanticCustomError: it is none.

    """
    line, words = _words(text)
    if any(map(is_initial, words[1:])) or _ABBREVIATED.fullmatch(words[0]):
        refuse(INITIALS)
    if any(map(ends_like_patronymic, words[1:])):
        refuse_as(TOGETHER)
    # «Учитель» and «Мастер» are surnames too, where nothing else stands beside them.
    if line[:1].islower() or fold(line) not in name_words.ALSO_SURNAMES:
        _refuse_positions(words)
    return line


def read_first_name(text: str) -> str:
    """A first name of two letters or more.

    Raises:
        PydanticCustomError: it is none.

    """
    line, words = _words(text)
    if any(map(is_initial, words)):
        refuse(INITIALS)
    if any(map(ends_like_patronymic, words[1:])):
        refuse_as(TOGETHER)
    _refuse_positions(words)
    return line


def read_patronymic(text: str) -> str | None:
    """A patronymic; None where it is said to be missing.

    Raises:
        PydanticCustomError: it is none.

    """
    if is_missing(text):
        return None
    line, words = _words(text)
    if any(map(is_initial, words)):
        refuse(INITIALS)
    if sum(map(ends_like_patronymic, words)) > 1:
        refuse_as(TWO_PEOPLE)
    _refuse_positions(words)
    return line


Reader = Callable[[str], str | None]

READERS: Mapping[str, Reader] = {
    "last_name": read_surname,
    "first_name": read_first_name,
    "patronymic": read_patronymic,
}
"""By field: what reads it."""


def refuse_as(what: Words) -> Never:
    """Refuse what is no name, saying what it was taken for."""
    refuse(NOT_A_NAME, what=what)


def refuse_lost(line: str) -> None:
    """Refuse a name in which letters were lost.

    Raises:
        PydanticCustomError: it has digits, question marks or what stands for a lost letter.

    """
    if _LOST.search(line):
        refuse(NAME_UNREADABLE)


def _words(text: str) -> tuple[str, list[str]]:
    line = tidy(text)
    refuse_lost(line)
    words = line.split()
    if not any(map(str.isalpha, line)) or all(map(name_words.is_placeholder, words)):
        refuse_as(PLACEHOLDER)
    for word in words:
        if not _is_word(word):
            refuse_as(DEGREE if name_words.is_degree(word) else SIGNS)
    if len(words) > MOST_WORDS:
        refuse_as(REMARK)
    return line, words


def _is_word(word: str) -> bool:
    """Whether a word has letters only, hyphens and apostrophes between them, or is abbreviated."""
    if _ABBREVIATED.fullmatch(word) or re.fullmatch(r"(?:\w\.-?){2,4}", word):
        return not name_words.is_degree(word)
    inner = word.strip(APOSTROPHES)
    plain = inner.replace("-", "").translate(_NO_MARKS)
    return plain.isalpha() and inner[0] != "-" and inner[-1] != "-"


# Stress marks and the like are letters' own; NFC has joined those that it can.
_NO_MARKS = dict.fromkeys((*map(ord, APOSTROPHES), *range(0x300, 0x370)))


def is_initial(word: str) -> bool:
    """Whether a word is an initial, several of them, or a name cut short: «М», «М.П.», «МП»."""
    letters = word.replace(".", "").replace("-", "")
    is_joined = word.isupper() and len(word) <= _JOINED and not set(fold(word)) & _VOWELS
    return letters.isalpha() and (len(letters) == 1 or "." in word or is_joined)


_VOWELS = set("аеиоуыэюяәөүіїєaeiouy")
_JOINED = 3
"""Initials that are written as one word."""


def _refuse_positions(words: Iterable[str]) -> None:
    if any(map(name_words.is_position, words)):
        refuse_as(POSITION)


def _checked(read: Reader) -> Callable[[str], str | None]:
    """What stands in a field, put in order; whether it is a name, a rule tells.

    Rules look at what changes, so that records of the time before this grammar stay as they are.
    """

    def put_in_order(text: str) -> str | None:
        try:
            return read(text)
        except PydanticCustomError:
            return text

    return put_in_order


LastName = Annotated[Line, AfterValidator(_checked(read_surname))]
"""A surname, put in order and not yet judged."""

FirstName = Annotated[Line, AfterValidator(_checked(read_first_name))]
"""A first name, put in order and not yet judged."""

Patronymic = Annotated[Line, AfterValidator(_checked(read_patronymic))]
"""A patronymic, put in order and not yet judged; None where it says that there is none."""
