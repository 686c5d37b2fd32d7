"""Names: the grammar of surnames, first names and patronymics, for writes and for lists.

Names are letters with hyphens and apostrophes, including words of Tatar, Korean and other names.
Other texts are refused with the reason; the refusal never repeats the text, which may be somebody's
name after all.
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
    "Initials do not identify a person. Write the names in full.",
)
NAME_UNREADABLE = fault(
    "name_unreadable",
    "В ФИО цифры или «?»: буквы потеряны при сохранении. Впишите имя заново.",
    "The name contains digits or «?»: letters were lost. Enter the name again.",
)
NOT_A_NAME = fault(
    "not_a_name",
    "Это не имя одного человека: {what}. Оставьте фамилию, имя и отчество, остальное уберите или "
    "перенесите в другой столбец.",
    "This is not one person's name: {what}. Leave the last name, the first name and the "
    "patronymic, and put the rest elsewhere.",
)

POSITION = Words("похоже на должность", "it looks like a position")
INSTITUTION = Words("похоже на название организации", "it looks like an organization")
DEGREE = Words("похоже на учёную степень или «и. о.»", "it looks like a degree or «acting»")
REMARK = Words("рядом с именем примечание", "there is a remark beside the name")
TWO_PEOPLE = Words("названо несколько человек", "several people are named")
PLACEHOLDER = Words("так отмечают пустое место", "it is a placeholder for a missing name")
SIGNS = Words("есть знаки, которых в именах не бывает", "it has characters that names never have")
TOGETHER = Words("в одном поле несколько частей имени", "one field holds several parts of a name")

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
APOSTROPHES = "'’‘`´ʼʹ"
SUFFIXES = frozenset({"оглы", "кызы", "улы", "углы", "гызы", "оглу", "кизи", "заде"})
"""Words that belong to the patronymic before them: «Мамед оглы», son of Мамед."""

MOST_WORDS = 4
"""Words in one part of a name at most: «ван дер Берг», «Аль Саид Мохаммед»."""

_AROUND_DASH = re.compile(rf"\s*[{DASHES}]+\s*")
_LOST = re.compile("[0-9?\N{REPLACEMENT CHARACTER}]|\\d")
_PATRONYMIC = re.compile(
    r".+(?:вич|вна|чна)|(?:иль|кузьм|лук|фом|никит|савв|фок|сил|емельян)(?:ыч|ич)"
    rf"|.{{2,}}(?:{'|'.join(sorted(SUFFIXES))})"
)
_ABBREVIATED = re.compile(r"\w{1,6}\.")


def tidy(line: str) -> str:
    """The stored form of a name: one kind of hyphen, without blanks around it."""
    return _AROUND_DASH.sub("-", line) if set(line) & set(DASHES) else line


@lru_cache(20_000)
def key(text: str) -> str:
    """The key for comparing parts of names: blanks and hyphens are equal.

    «Иванова Петрова» is «Иванова-Петрова», «Мамед оглы» is «Мамед-оглы».
    """
    return fold(tidy(text)).replace(" ", "-")


def spellings(text: str) -> set[str]:
    """The folded forms in which a part of a name may be stored."""
    if text.isalpha():
        return {fold(text)}
    joined = key(text)
    return {joined, joined.replace("-", " "), fold(text)}


def ends_like_patronymic(word: str) -> bool:
    """Whether a word has the form of a patronymic, such as «Петровна» or «Ильич»."""
    return _PATRONYMIC.fullmatch(fold(word)) is not None


def is_missing(text: str) -> bool:
    """Whether a text says that there is no patronymic."""
    return not text.strip(f"{DASHES} .") or fold(text).rstrip(".") in name_words.MISSING


def read_surname(text: str) -> str:
    """The surname in its stored form.

    Raises:
        PydanticCustomError: it is not a surname.

    """
    line, words = _words(text)
    if any(map(is_initial, words[1:])) or _ABBREVIATED.fullmatch(words[0]):
        refuse(INITIALS)
    if any(map(ends_like_patronymic, words[1:])):
        refuse_as(TOGETHER)
    # «Учитель» and «Мастер» are surnames too if they stand alone.
    if line[:1].islower() or fold(line) not in name_words.ALSO_SURNAMES:
        refuse_posts(words)
    return line


def read_first_name(text: str) -> str:
    """The first name in its stored form; it has two letters or more.

    Raises:
        PydanticCustomError: it is not a first name.

    """
    line, words = _words(text)
    if any(map(is_initial, words)):
        refuse(INITIALS)
    if any(map(ends_like_patronymic, words[1:])):
        refuse_as(TOGETHER)
    refuse_posts(words)
    return line


def read_patronymic(text: str) -> str | None:
    """The patronymic in its stored form; None if the text says that there is none.

    Raises:
        PydanticCustomError: it is not a patronymic.

    """
    if is_missing(text):
        return None
    line, words = _words(text)
    if any(map(is_initial, words)):
        refuse(INITIALS)
    if sum(map(ends_like_patronymic, words)) > 1:
        refuse_as(TWO_PEOPLE)
    refuse_posts(words)
    return line


Reader = Callable[[str], str | None]

READERS: Mapping[str, Reader] = {
    "last_name": read_surname,
    "first_name": read_first_name,
    "patronymic": read_patronymic,
}
"""The reader of each field."""


def refuse_as(what: Words) -> Never:
    """Refuse a text that is not a name, with what it looks like."""
    refuse(NOT_A_NAME, what=what)


def refuse_lost(line: str) -> None:
    """Refuse a name in which letters were lost.

    Raises:
        PydanticCustomError: it has digits, question marks or replacement characters.

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
    """Whether a word is letters, possibly with hyphens and apostrophes inside, or abbreviated."""
    if _ABBREVIATED.fullmatch(word) or re.fullmatch(r"(?:\w\.-?){2,4}", word):
        return not name_words.is_degree(word)
    inner = word.strip(APOSTROPHES)
    plain = inner.replace("-", "").translate(_NO_MARKS)
    return plain.isalpha() and inner[0] != "-" and inner[-1] != "-"


# Combining marks, such as stress marks, belong to letters; NFC cannot compose all of them.
_NO_MARKS = dict.fromkeys((*map(ord, APOSTROPHES), *range(0x300, 0x370)))


def is_initial(word: str) -> bool:
    """Whether a word is one or several initials, or a shortened name: «М», «М.П.», «МП»."""
    letters = word.replace(".", "").replace("-", "")
    is_joined = word.isupper() and len(word) <= _JOINED and not set(fold(word)) & _VOWELS
    return letters.isalpha() and (len(letters) == 1 or "." in word or is_joined)


_VOWELS = set("аеиоуыэюяәөүіїєaeiouy")
_JOINED = 3
"""Letters of initials written as one word, at most."""


def refuse_posts(words: Iterable[str]) -> None:
    """Refuse words of a position or of an organization.

    Raises:
        PydanticCustomError: there is one.

    """
    if any(map(name_words.is_position, words)):
        refuse_as(POSITION)
    if any(map(name_words.is_institution, words)):
        refuse_as(INSTITUTION)


def _normalizing(read: Reader) -> Callable[[str], str | None]:
    """A validator that only normalizes a field; a rule decides whether it is a name.

    Rules check only what changes, so records older than this grammar stay valid.
    """

    def normalized(text: str) -> str | None:
        try:
            return read(text)
        except PydanticCustomError:
            return text

    return normalized


LastName = Annotated[Line, AfterValidator(_normalizing(read_surname))]
"""A surname, normalized but not yet checked."""

FirstName = Annotated[Line, AfterValidator(_normalizing(read_first_name))]
"""A first name, normalized but not yet checked."""

Patronymic = Annotated[Line, AfterValidator(_normalizing(read_patronymic))]
"""A patronymic, normalized but not yet checked; None if the text says that there is none."""
