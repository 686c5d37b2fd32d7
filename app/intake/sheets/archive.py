"""Archive: the parts of a workbook, each inflated and looked at before anything is made of it."""

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from app.intake.sheets.percents import Shown, formats, shown

MOST_PARTS = 200
MOST_INFLATED = 100 << 20
"""Bytes of all parts together."""
MOST_RATIO = 100
FREE = 1 << 20
"""Bytes of a part that may inflate as they like: a small sheet of equal rows is no bomb."""
_CHUNK = 1 << 18
_LOCAL_HEADER = 30
_WORKBOOK = "xl/workbook.xml"
_STYLES = "xl/styles.xml"
_FOREIGN = ("xl/workbook.bin", "content.xml")
_MACROS = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_DTD = re.compile(rb"<!(?i:doctype|entity)")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
# A cell with an error, or a formula without what it came to.
_LOST = re.compile(
    rb'<c\b[^<>]{0,200}?\br="[A-Z]{1,3}(\d{1,7})"'
    rb'(?:(?=[^<>]{0,200}\bt="e")[^<>]{0,200}>'
    # A text (t="str") may well come to nothing.
    rb'|(?![^<>]{0,200}\bt="str")[^<>]{0,200}>'
    rb"<f\b(?:[^<>]*/>|[^<>]*>[^<>]*</f>)(?:<v\s*/>|<v></v>)?</c>)"
)


class Refused(Exception):  # noqa: N818 - named by what happened
    """A workbook that is not read: the code of a fault, and what its text names."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class Part(NamedTuple):
    """One stored part: where it stands, how it is packed."""

    info: ZipInfo
    start: int


@dataclass
class Archive:
    """A workbook that was looked through."""

    path: Path
    parts: Mapping[str, ZipInfo]
    sheets: dict[str, str] = field(default_factory=dict)
    """The part of every sheet by the sheet's name."""
    lost: dict[str, Counter[int]] = field(default_factory=dict)
    """By part: how many cells of a row have no value that could be read."""
    percents: Mapping[int, int] = field(default_factory=dict)
    """The styles that show a percent, each with the places behind the point that it shows."""

    def lost_of(self, sheet: str) -> Counter[int]:
        return self.lost.get(self.sheets.get(sheet, ""), Counter())

    def percents_of(self, sheet: str) -> Shown:
        """The cells of a sheet that show a percent."""
        part = self.parts.get(self.sheets.get(sheet, ""))
        if not self.percents or not part:
            return {}
        with self.path.open("rb") as file:
            return shown(_inflated(file, part), self.percents)


def checked(path: Path) -> Archive:
    """Look through every part of a workbook.

    Raises:
        Refused.

    """
    try:
        with ZipFile(path) as directory, path.open("rb") as file:
            parts = directory.infolist()
            _check_directory(parts)
            return _look_through(path, file, parts)
    except (BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError) as error:
        raise Refused("damaged") from error
    except (ValueError, OverflowError, OSError, UnicodeError) as error:
        raise Refused("damaged") from error


def _check_directory(parts: list[ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS:
        raise Refused("too_many_parts", most=MOST_PARTS)
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("encrypted")
    if any(_is_unsafe(part.orig_filename) for part in parts):
        raise Refused("unsafe_names")
    if any("vbaproject" in name.lower() for name in names):
        raise Refused("macros")
    if _WORKBOOK not in names:
        raise Refused("other_workbook" if set(_FOREIGN) & set(names) else "not_a_list")
    if len(set(names)) < len(names):
        raise Refused("damaged")


def _is_unsafe(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith("/") or ".." in plain.split("/") or ":" in plain or "\0" in plain


def _look_through(path: Path, file: BinaryIO, parts: list[ZipInfo]) -> Archive:
    found = Archive(path, {part.filename: part for part in parts})
    total = 0
    small: dict[str, bytes] = {}
    for part in parts:
        look = _Look(part)
        for chunk in _inflated(file, part):
            total += len(chunk)
            if total > MOST_INFLATED:
                raise Refused("inflates")
            look.at(chunk)
        look.end()
        small |= look.kept
        if look.lost:
            found.lost[part.filename] = look.lost
    found.percents = formats(small.pop(_STYLES)) if _STYLES in small else {}
    found.sheets = _sheets(small)
    return found


class _Look:
    """One part, chunk by chunk."""

    def __init__(self, part: ZipInfo) -> None:
        self.name = part.filename
        self.is_xml = self.name.endswith((".xml", ".rels", ".vml"))
        self.is_sheet = self.name.startswith("xl/worksheets/") and self.name.endswith(".xml")
        self.rest = b""
        self.lost: Counter[int] = Counter()
        self.kept: dict[str, bytes] = {}
        self.links = _links() if self.name.endswith(".rels") else None
        if self.name in {_WORKBOOK, _STYLES, f"xl/_rels/{_WORKBOOK[3:]}.rels"}:
            self.kept[self.name] = b""

    def at(self, chunk: bytes) -> None:
        if not self.is_xml:
            return
        # Excel writes UTF-8; in another encoding a DTD would go unseen.
        if not self.rest and chunk.startswith(_WIDE):
            raise Refused("damaged")
        text = self.rest + chunk
        if _DTD.search(text):
            raise Refused("doctype")
        if self.name == "[Content_Types].xml" and _MACROS.search(text):
            raise Refused("macros")
        if self.links:
            self.links.Parse(chunk)
        for name in self.kept:
            self.kept[name] += chunk
        self.rest = self._after_cells(text) if self.is_sheet else text[-64:]

    def end(self) -> None:
        self._count_lost(self.rest)
        if self.links:
            self.links.Parse(b"", True)  # noqa: FBT003 - expat takes no names

    def _after_cells(self, text: bytes) -> bytes:
        """Count what is lost in all cells but the last, which may go on."""
        end = max(text.rfind(b"<c "), len(text) - _CHUNK, 0)
        self._count_lost(text[:end])
        return text[end:]

    def _count_lost(self, text: bytes) -> None:
        if self.is_sheet:
            self.lost.update(int(cell[1]) for cell in _LOST.finditer(text))


def _inflated(file: BinaryIO, part: ZipInfo) -> Iterator[bytes]:
    """What a part really holds, whatever the directory says of it."""
    file.seek(part.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\3\4"):
        raise BadZipFile
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    if part.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise BadZipFile
    packed, size, check = part.compress_size, 0, 0
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    while packed > 0 and not inflater.eof:
        data = file.read(min(packed, _CHUNK))
        if not data:
            raise BadZipFile
        packed -= len(data)
        while data:
            chunk = data
            if part.compress_type == ZIP_DEFLATED:
                chunk = inflater.decompress(data, _CHUNK)
            data = inflater.unconsumed_tail
            size += len(chunk)
            check = zlib.crc32(chunk, check)
            if size > max(FREE, MOST_RATIO * part.compress_size):
                raise Refused("inflates")
            yield chunk
    if size != part.file_size or check != part.CRC:
        raise BadZipFile


def _links() -> expat.XMLParserType:
    """A reader of relationships that refuses those that lead outside."""

    def start(_: str, attributes: dict[str, str]) -> None:
        is_outside = attributes.get("TargetMode", "").lower() == "external"
        if is_outside and not attributes.get("Type", "").endswith("/hyperlink"):
            raise Refused("external_links")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    return parser


def _sheets(small: dict[str, bytes]) -> dict[str, str]:
    """Which part holds which sheet."""
    names: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "sheet":
            ids = [value for key, value in attributes.items() if key.endswith(":id")]
            names.append((attributes.get("name", ""), ids[0] if ids else ""))
        elif kind == "Relationship":
            target = attributes.get("Target", "")
            inside = target.startswith("/")
            targets[attributes.get("Id", "")] = target[1:] if inside else f"xl/{target}"

    for content in small.values():
        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        parser.Parse(content, True)  # noqa: FBT003 - expat takes no names
    return {name: targets.get(key, "") for name, key in names}
