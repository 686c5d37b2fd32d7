"""Face: the letters of the face that documents are set in, and how wide they are."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parent.parent / "fonts"
"""Tinos, which is as wide as Times New Roman (OFL 1.1, see LICENSE_FONT there)."""

UNKNOWN = "□"
"""What is printed in the place of a sign that the face lacks."""
ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
_LONGEST = 17.0
"""Ems of a word that is never broken: 70 mm of 12 points, which the narrowest place has."""


class Face(NamedTuple):
    """The widths of signs, in ems."""

    advances: dict[int, float]

    def width(self, text: str, size: float) -> float:
        """How wide a text is, in the unit of `size`."""
        return size * sum(self.advances.get(ord(sign), 1.0) for sign in text)


@cache
def regular() -> Face:
    """The upright face."""
    return _read("Tinos_400Regular.ttf")


@cache
def bold() -> Face:
    """The bold face."""
    return _read("Tinos_700Bold.ttf")


def lettered(text: str) -> str:
    """A text of which every sign is in the face, and long words can be broken."""
    words = "".join(map(_known, text)).split(" ")
    return " ".join(
        word if bold().width(word, 1) <= _LONGEST else _breakable(word) for word in words
    )


def fitted(letters: Face, text: str, room: float, size: float) -> str:
    """A text of which words that are wider than the room can be broken too."""
    words = text.split(" ")
    # Words that can be broken already count no wider than they are.
    return " ".join(
        word if ZERO_WIDTH_SPACE in word or letters.width(word, size) <= room else _breakable(word)
        for word in words
    )


def _known(sign: str) -> str:
    code = ord(sign)
    if sign == "\n" or (code in regular().advances and code in bold().advances):
        return sign
    # What only joins or varies other signs, such as those of an emoji, has no shape of its own.
    return "" if unicodedata.category(sign) in {"Cf", "Mn"} else UNKNOWN


def _breakable(word: str) -> str:
    return "".join(
        sign if unicodedata.combining(sign) else f"{ZERO_WIDTH_SPACE}{sign}" for sign in word
    )


def _read(name: str) -> Face:
    with TTFont(FOLDER / name, lazy=True) as font:
        unit = font["head"].unitsPerEm
        widths = font["hmtx"].metrics
        cmap = font.getBestCmap()
        return Face({code: widths[glyph][0] / unit for code, glyph in cmap.items()})
