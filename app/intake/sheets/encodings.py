"""Encodings: detects the encoding of a text file, and measures the file."""

import codecs
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from app.intake.sheets.refusals import (
    BROKEN_TEXT,
    NO_ENCODING,
    NUL,
    UNKNOWN_ENCODING,
    garbled,
    refused,
)
from app.intake.sheets.shapes import Known

CHUNK = 1 << 20
"""Bytes read at a time. Each read releases and retakes Python's interpreter lock, which wakes
waiting threads in vain: with small reads other threads starved for a third of a second."""
_SAMPLE = 8192
CODECS = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "windows-1251": "cp1251",
    "cp866": "cp866",
}
"""Python's names of the encodings of lists."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text file that was read once completely."""

    path: Path
    size: int
    sha256: str
    encoding: str
    codec: str
    """Python's name of the encoding, including the byte order."""
    is_guessed: bool = False
    """Neither asked for nor marked: the file is just not UTF-8."""


def text_of(path: Path, asked: str | None, is_known: Known) -> Text:
    """The encoding of a file: the one asked for or marked, else UTF-8, else windows-1251.

    Raises:
        Invalid.

    """
    if asked is not None and asked not in CODECS:
        raise refused(UNKNOWN_ENCODING, parameter="encoding", allowed=", ".join(CODECS))
    size, sha256 = measured(path)
    marked = _marked(path)
    certain = asked or marked
    for encoding in (certain,) if certain else ("utf-8", "windows-1251"):
        # Without a byte order mark Python's utf-16 codec assumes the machine's byte order.
        is_bare = encoding == "utf-16" != marked
        codec = "utf-16-le" if is_bare else CODECS[encoding]
        if _fits(path, codec):
            is_guessed = not certain and encoding != "utf-8"
            return Text(path, size, sha256, encoding, codec, is_guessed=is_guessed)
    if certain:
        raise refused(BROKEN_TEXT, encoding=certain)
    raise refused(garbled(words_of(path, "latin-1"), "", is_known) or NO_ENCODING)


def is_tatar(text: Text) -> bool:
    """Whether a text is in the Tatar variant of windows-1251.

    The variant has its six letters where windows-1251 has Serbian and Macedonian ones (Ђ, Љ, Њ, Ќ,
    Ћ, Џ), which Russian texts do not contain.
    """
    if text.codec != "cp1251":
        return False
    return any(letter in chunk for chunk in _chunks(text.path) for letter in _NOT_RUSSIAN)


_NOT_RUSSIAN = [letter.encode("cp1251") for letter in "ЂЃѓЉЊЌЋЏђљњќћџ"]


def words_of(path: Path, codec: str) -> list[str]:
    """The words between delimiters at the beginning of a text."""
    with letters(path, codec) as file:
        return re.split(r'[;,\t\r\n"]+', file.read(_SAMPLE))


def letters(path: Path, codec: str) -> TextIO:
    """The text, opened for reading by line with its line ends kept."""
    return io.TextIOWrapper(_Wide(path.open("rb", buffering=0)), codec, newline="")


class _Wide(io.BufferedReader):
    """A file that returns whole chunks: a text wrapper would ask for 8 KiB at a time."""

    def read1(self, _: int = -1, /) -> bytes:
        return self.read(CHUNK)


def measured(path: Path) -> tuple[int, str]:
    """The size of a file in bytes and its SHA-256."""
    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
    return path.stat().st_size, digest.hexdigest()


def _marked(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(3)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8" if head == codecs.BOM_UTF8 else None


def _fits(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    has_nul = False
    try:
        for chunk in _chunks(path):
            has_nul |= "\0" in decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    if has_nul:
        raise refused(NUL)
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
