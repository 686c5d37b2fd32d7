"""Alphabets: replaces Latin letters in Russian words that look like Cyrillic ones."""

import re
from collections.abc import Sequence

from app.model.text import mixed_script

# Pairs that look alike in print; fewer small letters than capitals do.
_TWINS = str.maketrans("ABCEËHKMOPTXYaceëopxy", "АВСЕЁНКМОРТХУасеёорху")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")


def in_cyrillic(words: Sequence[str]) -> tuple[list[str], bool]:
    """The words with look-alike letters corrected, and whether alphabets were mixed.

    A word of look-alikes only counts as Cyrillic, unless another word of the name is certainly
    Latin: «Smith Ace» stays as it is.
    """
    latin = [word for word in words if _LATIN.search(word) and not _CYRILLIC.search(word)]
    if any(_LATIN.search(word.translate(_TWINS)) for word in latin):
        return list(words), any(map(mixed_script, words))
    corrected = [word.translate(_TWINS) for word in words]
    is_mixed = corrected != list(words)
    # A word that stays mixed after the correction is left as it was, so that somebody looks at it.
    chosen = [old if mixed_script(new) else new for old, new in zip(words, corrected, strict=True)]
    return chosen, is_mixed or any(map(mixed_script, words))
