"""Texts: how typed texts are cleaned for storing, and when two texts are equal."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import ClassVar
from unicodedata import combining, normalize


class Unreadable(ValueError):  # noqa: N818 - named by what happened
    """A text with what no text has: controls, half pairs, dozens of marks on a letter."""

    code: ClassVar[str] = "unreadable"


# Most texts have only these characters and need no further work: stable under NFC and, without
# the Latin letters, under NFKC too (except № and NBSP, which `fold` replaces in any case).
_PLAIN = re.compile(r"[\t\n\r -~\u00a0«»–—№\u0400-\u0482\u048a-\u052f]*")
_PLAIN_CYRILLIC = re.compile(r"[\t\n\r -@\[-`{-~\u00a0«»–—№\u0400-\u0482\u048a-\u052f]*")

_NO_TEXT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17))
    + "]"
)
# Default_Ignorable_Code_Point (DerivedCoreProperties.txt): zero-width and bidi marks, soft
# hyphens, BOM, fillers, tags and variation selectors.
_UNSEEN = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_DASHES = (
    "\u02d7\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e17\u2e1a"
    "\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d\U00010d6e\U00010ead"
)
_QUOTES = "'`´«»‹›‘’‚‛“”„‟′″‴ʹʺʻʼʽˮ〝〞〟"
_ONE_SIGN = (
    dict.fromkeys(map(ord, _DASHES), "-")
    | dict.fromkeys(map(ord, _QUOTES), '"')
    # A word of its own: «СОШ№5», «СОШ №5» and «СОШ № 5» are one school.
    | {ord("№"): " no "}
)

_LATIN = re.compile(r"[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff]")
_CYRILLIC = re.compile(r"[\u0400-\u0482\u048a-\u052f\u1c80-\u1c8a\ua640-\ua66e\ua680-\ua69d]")
_WORD = re.compile(f"[{_LATIN.pattern[1:-1]}{_CYRILLIC.pattern[1:-1]}\u0300-\u036f]+")
_YO = re.compile(r"ё[^\w\s]*")

# Letters that look alike in both scripts (UTS #39, confusables.txt). B, H, K, M and T look alike
# as capitals only, but their small letters fold too: a key must not depend on case, and КАТЯ with
# a Latin T must equal the Катя of another list.
_LATIN_TWINS, _CYRILLIC_TWINS = "abceëhijkmopstxy", "авсеёніјкморѕтху"
_TO_CYRILLIC = str.maketrans(_LATIN_TWINS, _CYRILLIC_TWINS)
_TO_LATIN = str.maketrans(_CYRILLIC_TWINS, _LATIN_TWINS)
_WITHOUT_TWINS = dict.fromkeys(_TO_CYRILLIC | _TO_LATIN)

_MARKS_IN_A_ROW = 30


def clean_line(value: str) -> str:
    """One line as it is stored: NFC, no invisible characters, each run of white space one space."""
    return " ".join(readable(value).split())


def clean_text(value: str) -> str:
    """A long text as it is stored: like one line, but with line feeds, at most one blank line."""
    lines = (" ".join(line.split()) for line in readable(value).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def fold(value: str) -> str:
    """The key by which texts are found and compared; folding a key again returns the same key.

    NFKC and case folded; ё becomes е, every dash "-", every quotation mark `"`; white space is
    collapsed. In a word that mixes Latin and Cyrillic letters, look-alikes become letters of its
    majority (Cyrillic if even). Expects a cleaned text, and then never fails.
    """
    return _fold_short(value) if len(value) <= _SHORT else _fold(value)


def _fold(value: str) -> str:
    key = value if _PLAIN_CYRILLIC.fullmatch(value) else _fold_unusual(value)
    return " ".join(key.translate(_ONE_SIGN).casefold().replace("ё", "е").split())


def alphabetical(name: str | None) -> tuple[str, str]:
    """The key by which names stand in a list: as lists of records do, «ё» as «е»."""
    return fold(name or ""), name or ""


_SHORT = 100
"""Characters of a text whose key is cached: lists repeat such texts often."""

_fold_short = lru_cache(10_000)(_fold)


def mixed_script(value: str) -> bool:
    """Whether a word mixes Latin and Cyrillic letters, which is usually a typing error."""
    return any(map(_is_mixed, _WORD.findall(value)))


def readable(value: str) -> str:
    """A text under NFC without invisible characters; white space stays as it is.

    Raises:
        Unreadable: it has characters that no text has.

    """
    if _PLAIN.fullmatch(value):
        return value
    if _NO_TEXT.search(value):
        raise Unreadable(Unreadable.code)
    value = _UNSEEN.sub("", value)
    # UAX #15, Stream-Safe Text: no language needs more marks on a letter, and CPython sorts marks
    # in quadratic time (80,000 take ten seconds).
    if any(marks and len(list(run)) > _MARKS_IN_A_ROW for marks, run in groupby(value, _is_mark)):
        raise Unreadable(Unreadable.code)
    return normalize("NFC", value)


def _is_mark(character: str) -> bool:
    return combining(character) > 0


def _fold_unusual(value: str) -> str:
    key = _UNSEEN.sub("", value)
    # The Unicode Standard, D146: case folding can undo the first normalization, not the second.
    for _ in range(2):
        key = normalize("NFKC", key.translate(_ONE_SIGN)).casefold()
    key = normalize("NFKC", _WORD.sub(_in_one_script, key))
    return normalize("NFKC", _YO.sub(_without_dots, key))


def _in_one_script(word: re.Match[str]) -> str:
    letters = word[0]
    if not _is_mixed(letters):
        return letters
    # Letters without a twin decide: in COШ typed with a Latin CO, only the Ш is certain.
    certain = letters.translate(_WITHOUT_TWINS)
    latin, cyrillic = (
        (len(script.findall(certain)), len(script.findall(letters)))
        for script in (_LATIN, _CYRILLIC)
    )
    return letters.translate(_TO_LATIN if latin > cyrillic else _TO_CYRILLIC)


def _is_mixed(word: str) -> bool:
    return bool(_LATIN.search(word) and _CYRILLIC.search(word))


def _without_dots(letter: re.Match[str]) -> str:
    # Removes further dots too: е with dots would become ё again.
    return letter[0].replace("ё", "е").replace("\u0308", "")


def fold_values(values: Sequence[object]) -> str:
    """The match key of several values in this order."""
    return "\n".join("" if value is None else fold(str(value)) for value in values)
