"""Encodings: how the bytes of a text become letters, and what a file measures."""

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.intake.sheets.refusals import BROKEN_TEXT, NO_ENCODING, NUL, UNKNOWN_ENCODING, refused

CHUNK = 1 << 20
CODECS = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "windows-1251": "cp1251",
    "cp866": "cp866",
}
"""Python's name of every encoding that lists come in."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text file whose every byte was read once."""

    path: Path
    size: int
    sha256: str
    encoding: str
    is_guessed: bool = False
    """Neither asked for nor told by the bytes: whatever is no UTF-8."""

    @property
    def codec(self) -> str:
        return CODECS[self.encoding]


def text_of(path: Path, asked: str | None) -> Text:
    """The encoding of a file: as asked, by its mark, else UTF-8, else windows-1251.

    Raises:
        Invalid.

    """
    if asked is not None and asked not in CODECS:
        raise refused(UNKNOWN_ENCODING, parameter="encoding", allowed=", ".join(CODECS))
    size, sha256 = measured(path)
    certain = asked or _marked(path)
    if certain:
        _read_through(path, certain)
        return Text(path, size, sha256, certain)
    for encoding in ("utf-8", "windows-1251"):
        try:
            _walk(path, encoding)
        except UnicodeDecodeError:
            continue
        return Text(path, size, sha256, encoding, is_guessed=encoding != "utf-8")
    raise refused(NO_ENCODING)


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


def _read_through(path: Path, encoding: str) -> None:
    try:
        _walk(path, encoding)
    except UnicodeDecodeError as error:
        raise refused(BROKEN_TEXT, encoding=encoding) from error


def _walk(path: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(CODECS[encoding])()
    has_nul = False
    for chunk in _chunks(path):
        has_nul |= "\0" in decoder.decode(chunk)
    decoder.decode(b"", final=True)
    if has_nul:
        raise refused(NUL)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
