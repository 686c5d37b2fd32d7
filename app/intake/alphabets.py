"""Alphabets: Latin letters that stand in Russian words, because they look the same."""

import re
from collections.abc import Sequence

from app.model.text import mixed_script

# As they look in print, so that small letters have fewer twins than capitals.
_TWINS = str.maketrans("ABCEËHKMOPTXYaceëopxy", "АВСЕЁНКМОРТХУасеёорху")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")


def in_cyrillic(words: Sequence[str]) -> tuple[list[str], bool]:
    """Words of a Cyrillic list, their look-alikes mended, and whether two alphabets were mixed.

    A word of look-alikes only is no Latin word, unless another word of the name is certainly one:
    «Smith Ace» stays what it is.
    """
    latin = [word for word in words if _LATIN.search(word) and not _CYRILLIC.search(word)]
    if any(_LATIN.search(word.translate(_TWINS)) for word in latin):
        return list(words), any(map(mixed_script, words))
    mended = [word.translate(_TWINS) for word in words]
    is_mixed = mended != list(words)
    # Half mended would be no better: what has no twin shows that somebody has to look at it.
    kept = [old if mixed_script(new) else new for old, new in zip(words, mended, strict=True)]
    return kept, is_mixed or any(map(mixed_script, words))
