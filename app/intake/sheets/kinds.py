"""Kinds: detects the kind of a file by its first bytes, never by its name."""

import mmap
import re
from enum import StrEnum
from pathlib import Path

from app.findings import Fault
from app.intake.sheets.refusals import (
    EMPTY_FILE,
    ENCRYPTED,
    NO_TEXT,
    NOT_A_LIST,
    OLD_EXCEL,
    WEB_PAGE,
    refused,
)

HEAD = 4096
"""Bytes that are inspected."""
_FEW = 8


class Kind(StrEnum):
    """The two formats of lists."""

    CSV = "csv"
    XLSX = "xlsx"


_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKUP = re.compile(
    rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|body|table|meta|\?xml|!--)", re.IGNORECASE
)
_BINARY = (
    *(b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM\0"),
    *(b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"),
    *(b"SQLite format 3", b"\x7fELF", b"MZ\x90"),
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def kind_of(path: Path, encoding: str | None) -> Kind:
    """Whether a file is read as a workbook or as text.

    Raises:
        NotAList, Invalid.

    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise refused(EMPTY_FILE)
    if head.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08")):
        return Kind.XLSX
    if fault := _foreign(path, head):
        raise refused(fault)
    # UTF-16 is full of zero bytes; other texts have hardly any control characters.
    is_wide = encoding == "utf-16" or head.startswith(_UTF_16)
    controls = len(_CONTROLS.findall(head))
    if not is_wide and controls > max(_FEW, len(head) // 50):
        raise refused(NO_TEXT)
    return Kind.CSV


def _foreign(path: Path, head: bytes) -> Fault | None:
    if head.startswith(_OLE):
        return ENCRYPTED if _holds(path, _ENCRYPTED) else OLD_EXCEL
    if _MARKUP.match(head):
        return WEB_PAGE
    return NOT_A_LIST if head.startswith(_BINARY) else None


def _holds(path: Path, text: bytes) -> bool:
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        return content.find(text) >= 0
