"""Archive: the parts of a workbook, each inflated and inspected before it is parsed."""

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from app.intake.sheets import package
from app.intake.sheets.look import CHUNK, Look, Refused, with_errors_as_texts
from app.intake.sheets.package import Layout
from app.intake.sheets.percents import Shown, formats, shown

MOST_PARTS = 200
MOST_INFLATED = 100 << 20
"""Bytes of all parts together at most."""
MOST_RATIO = 100
FREE = 1 << 20
"""Bytes of a part that may inflate at any ratio: a small sheet of equal rows is no bomb."""
_LOCAL_HEADER = 30
_FOREIGN = {"xl/workbook.bin", "content.xml"}


@dataclass
class Archive:
    """An inspected workbook; its parts are found by their keys."""

    path: Path
    parts: Mapping[str, ZipInfo]
    layout: Layout
    looks: Mapping[str, Look]
    sheets: Mapping[str, str]
    """The part of each sheet, by the sheet's name."""
    percents: Mapping[int, int] = field(default_factory=dict)
    """The styles that show a percentage, with the number of decimal places."""

    def lost_of(self, sheet: str) -> Counter[int]:
        """Numbers of cells without a readable value, by row."""
        look = self.looks.get(self.sheets.get(sheet, ""))
        return look.lost if look else Counter()

    def hidden_of(self, sheet: str) -> set[int]:
        """The hidden rows of a sheet."""
        look = self.looks.get(self.sheets.get(sheet, ""))
        return look.hidden if look else set()

    def percents_of(self, sheet: str) -> Shown:
        """The cells of a sheet that show a percentage."""
        part = self.parts.get(self.sheets.get(sheet, ""))
        if not self.percents or not part:
            return {}
        with self.path.open("rb") as file:
            return shown(_inflated(file, part), self.percents)

    @property
    def is_plain(self) -> bool:
        """Whether calamine finds every part and understands every cell."""
        has_errors = any(look.has_errors for look in self.looks.values())
        return self.layout.is_usual(self.parts) and not has_errors

    def rewrite(self, to: IO[bytes]) -> None:
        """Write a copy of the workbook that calamine can read.

        calamine expects fixed names of parts, and reads cells with errors as empty.
        """
        with self.path.open("rb") as file, ZipFile(to, "w", ZIP_STORED) as copy:
            for name, content in self.layout.written(self.parts).items():
                copy.writestr(name, content)
            for part, name in self.layout.moved(self.parts):
                with copy.open(name, "w", force_zip64=True) as written:
                    for piece in _whole_tags(_inflated(file, self.parts[part])):
                        written.write(with_errors_as_texts(piece))


def _whole_tags(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, split only before a tag."""
    rest = b""
    for chunk in chunks:
        text = rest + chunk
        end = max(text.rfind(b"<"), 0)
        yield text[:end]
        rest = text[end:]
    yield rest


def checked(path: Path) -> Archive:
    """Inspect every part of a workbook.

    Raises:
        Refused.

    """
    try:
        with ZipFile(path) as directory, path.open("rb") as file:
            parts = directory.infolist()
            _check_directory(parts)
            return _look_through(path, file, package.keyed(parts))
    except (BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError) as error:
        raise Refused("damaged") from error
    except (ValueError, OverflowError, OSError, UnicodeError) as error:
        raise Refused("damaged") from error


def _check_directory(parts: Sequence[ZipInfo]) -> None:
    keys = [package.key(part.filename) for part in parts]
    if len(parts) > MOST_PARTS:
        raise Refused("too_many_parts", most=MOST_PARTS)
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("encrypted")
    if any(_is_unsafe(part.orig_filename) for part in parts):
        raise Refused("unsafe_names")
    if any("vbaproject" in key for key in keys):
        raise Refused("macros")
    if not {package.ROOT, package.WORKBOOK} & set(keys) or _FOREIGN & set(keys):
        raise Refused("other_workbook" if _FOREIGN & set(keys) else "not_a_list")
    if len(set(keys)) < len(keys):
        raise Refused("damaged")


def _is_unsafe(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith("/") or ".." in plain.split("/") or ":" in plain or "\0" in plain


def _look_through(path: Path, file: BinaryIO, parts: Mapping[str, ZipInfo]) -> Archive:
    looks: dict[str, Look] = {}
    room = MOST_INFLATED

    def look(key: str, *, is_sheet: bool = False, is_kept: bool = False) -> None:
        nonlocal room
        looks[key] = inspected = Look(key, is_sheet=is_sheet, is_kept=is_kept)
        for chunk in _inflated(file, parts[key]):
            room -= len(chunk)
            if room < 0:
                raise Refused("inflates")
            inspected.at(chunk)
        inspected.end()

    # Relationships first: they tell which other parts are sheets.
    for key in parts:
        if key.endswith(".rels"):
            look(key, is_kept=True)
    workbook, layout = _layout(looks, parts)
    if workbook in parts:
        look(workbook, is_kept=True)
    sheets = {relation.part for relation in layout.relations if relation.kind == "worksheet"}
    for key in parts:
        if key not in looks:
            look(key, is_sheet=key in sheets, is_kept=key == layout.styles)
    return _archive(path, parts, layout, looks)


def _layout(looks: Mapping[str, Look], parts: Mapping[str, ZipInfo]) -> tuple[str, Layout]:
    def relations(key: str, of: str) -> list[package.Relation]:
        return list(package.relations(looks[key].content, of)) if key in looks else []

    workbook = package.main_part(relations(package.ROOT, ""))
    if workbook.endswith(".bin"):
        raise Refused("other_workbook")
    if workbook not in parts:
        raise Refused("not_a_list")
    own = relations(package.relations_of(workbook), workbook)
    return workbook, package.laid_out(workbook, own)


def _archive(
    path: Path, parts: Mapping[str, ZipInfo], layout: Layout, looks: Mapping[str, Look]
) -> Archive:
    listed = package.sheets(looks[layout.workbook].content)
    if listed is None:
        raise Refused("not_a_list")
    targets = {relation.id: relation.part for relation in layout.relations}
    sheets = {sheet.name: targets.get(sheet.relation, "") for sheet in listed}
    styles = looks.get(layout.styles)
    percents = formats(styles.content) if styles and styles.content else {}
    return Archive(path, parts, layout, looks, sheets, percents)


def _inflated(file: BinaryIO, part: ZipInfo) -> Iterator[bytes]:
    """The real content of a part, limited by what was read, not by what the directory says."""
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
        data = file.read(min(packed, CHUNK))
        if not data:
            raise BadZipFile
        packed -= len(data)
        while data:
            chunk = data
            if part.compress_type == ZIP_DEFLATED:
                chunk = inflater.decompress(data, CHUNK)
            data = inflater.unconsumed_tail
            size += len(chunk)
            check = zlib.crc32(chunk, check)
            if size > max(FREE, MOST_RATIO * part.compress_size):
                raise Refused("inflates")
            yield chunk
    if size != part.file_size or check != part.CRC:
        raise BadZipFile
