"""Package: what the parts of a workbook are to each other, whatever their names.

Excel opens a workbook by its relationships (ECMA-376, part 2, 6.5 and 7): a part may have any name,
and programs write its path with backslashes, «./» or capitals of their own.
"""

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote
from xml.parsers import expat
from zipfile import ZipInfo

WORKBOOK, STRINGS, STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
"""Where the reader of workbooks looks for parts."""
ROOT, RELATIONS = "_rels/.rels", "xl/_rels/workbook.xml.rels"
"""The relationships of the package, and those of the workbook."""
_FOLDERS = {
    "worksheet": "worksheets",
    "chartsheet": "chartsheets",
    "dialogsheet": "dialogsheets",
    "xlMacrosheet": "macrosheets",
}


class Relation(NamedTuple):
    """One relationship: its id, its kind, and the part that it leads to."""

    id: str
    kind: str
    target: str
    """As it is written."""
    part: str
    """The key of the part."""


class Sheet(NamedTuple):
    """A sheet of a workbook: its name, and the id of its relationship."""

    name: str
    relation: str


def key(name: str) -> str:
    """The key of a part: names differ in slashes and capitals only where programs do."""
    return name.replace("\\", "/").removeprefix("/").lower()


def keyed(parts: Iterable[ZipInfo]) -> dict[str, ZipInfo]:
    """Parts by their keys; of two with one key, the last."""
    return {key(part.filename): part for part in parts}


def relations_of(part: str) -> str:
    """The key of the part with the relationships of another one, or of the whole package."""
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def relations(content: bytes, of: str) -> Iterator[Relation]:
    """The relationships that a part writes down."""
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            found.append(attributes)

    _parse(content, start)
    for each in found:
        target = each.get("Target", "")
        kind = each.get("Type", "").rpartition("/")[2]
        yield Relation(each.get("Id", ""), kind, target, _resolved(of, target))


def _resolved(of: str, target: str) -> str:
    path = unquote(target).replace("\\", "/")
    if not path.startswith("/"):
        path = posixpath.join(posixpath.dirname(of), path)
    return key(posixpath.normpath(path))


def main_part(roots: Iterable[Relation]) -> str:
    """The key of the workbook itself."""
    found = (each.part for each in roots if each.kind == "officeDocument")
    return next(found, WORKBOOK)


def sheets(workbook: bytes) -> list[Sheet] | None:
    """The sheets that a workbook lists; None where it is another document."""
    found: list[Sheet] = []
    roots: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        roots.append(kind)
        if kind == "sheet":
            ids = [value for key, value in attributes.items() if key.endswith(":id")]
            found.append(Sheet(attributes.get("name", ""), ids[0] if ids else ""))

    _parse(workbook, start)
    return found if roots[:1] == ["workbook"] else None


def _parse(content: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(content, True)  # noqa: FBT003 - expat takes no names


class Layout(NamedTuple):
    """Where the parts of one workbook lie, by their keys."""

    workbook: str
    strings: str
    styles: str
    relations: tuple[Relation, ...]

    def is_usual(self, parts: Mapping[str, ZipInfo]) -> bool:
        """Whether the reader of workbooks finds every part by itself."""
        places = (
            (ROOT, ROOT),
            (self.workbook, WORKBOOK),
            (relations_of(self.workbook), RELATIONS),
            (self.strings, STRINGS),
            (self.styles, STYLES),
        )
        named = all(parts[at].filename == usual for at, usual in places if at in parts)
        return ROOT in parts and named and all(map(_is_usual, self._sheets(parts)))

    def _sheets(self, parts: Mapping[str, ZipInfo]) -> Iterator[tuple[Relation, str]]:
        for each in self.relations:
            if each.kind in _FOLDERS and each.part in parts:
                yield each, parts[each.part].filename

    def moved(self, parts: Mapping[str, ZipInfo]) -> Iterator[tuple[str, str]]:
        """The parts that are read, each with the name by which it is found."""
        yield self.workbook, WORKBOOK
        for part, usual in ((self.strings, STRINGS), (self.styles, STYLES)):
            if part in parts:
                yield part, usual
        for at, (each, _) in enumerate(self._sheets(parts)):
            yield each.part, f"xl/{_FOLDERS[each.kind]}/sheet{at}.xml"

    def written(self, parts: Mapping[str, ZipInfo]) -> Mapping[str, str]:
        """The relationships of a workbook whose parts were moved, by the parts that hold them."""
        sheets = [
            (each.id, each.kind, f"{_FOLDERS[each.kind]}/sheet{at}.xml")
            for at, (each, _) in enumerate(self._sheets(parts))
        ]
        return {
            ROOT: _written([("r1", "officeDocument", WORKBOOK)]),
            RELATIONS: _written(sheets),
        }


_TIES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def _written(relations: Iterable[tuple[str, str, str]]) -> str:
    # It brings Python's network modules along, and few workbooks are written anew.
    from xml.sax.saxutils import quoteattr  # noqa: PLC0415

    lines = "".join(
        f'<Relationship Id={quoteattr(key)} Type="{_TIES}/{kind}" Target="{target}"/>'
        for key, kind, target in relations
    )
    return f'<Relationships xmlns="{_PACKAGE}">{lines}</Relationships>'


def _is_usual(sheet: tuple[Relation, str]) -> bool:
    relation, filename = sheet
    target = relation.target
    return filename in {f"xl/{target}", target.removeprefix("/")} and filename.startswith(
        f"xl/{_FOLDERS[relation.kind]}/"
    )


def laid_out(workbook: str, relations: Iterable[Relation]) -> Layout:
    """Where the parts lie that the relationships of a workbook lead to."""
    found = tuple(relations)
    by_kind = {each.kind: each.part for each in found}
    strings, styles = by_kind.get("sharedStrings"), by_kind.get("styles")
    return Layout(workbook, strings or key(STRINGS), styles or key(STYLES), found)
