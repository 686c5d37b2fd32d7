"""Package: the relationships between the parts of a workbook.

Excel finds parts by relationships (ECMA-376, part 2, 6.5 and 7): a part may have any name, and
programs write its path with backslashes, «./» or other capitals.
"""

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote
from xml.parsers import expat
from zipfile import ZipInfo

WORKBOOK, STRINGS, STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
"""The names under which calamine looks for parts."""
ROOT, RELATIONS = "_rels/.rels", "xl/_rels/workbook.xml.rels"
"""The parts with the relationships of the package and of the workbook."""
_FOLDERS = {
    "worksheet": "worksheets",
    "chartsheet": "chartsheets",
    "dialogsheet": "dialogsheets",
    "xlMacrosheet": "macrosheets",
}


class Relation(NamedTuple):
    """A relationship: its id, its kind, and its target."""

    id: str
    kind: str
    target: str
    """The target as written."""
    part: str
    """The key of the target part."""


class Sheet(NamedTuple):
    """A sheet of a workbook: its name, and the id of its relationship."""

    name: str
    relation: str


def key(name: str) -> str:
    """The key of a part: its name with forward slashes and in small letters."""
    return name.replace("\\", "/").removeprefix("/").lower()


def keyed(parts: Iterable[ZipInfo]) -> dict[str, ZipInfo]:
    """Parts by key; of two with one key, the last."""
    return {key(part.filename): part for part in parts}


def relations_of(part: str) -> str:
    """The key of the part with the relationships of another part, or of the package."""
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def relations(content: bytes, of: str) -> Iterator[Relation]:
    """The relationships in a part."""
    attribute_sets: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            attribute_sets.append(attributes)

    _parse(content, start)
    for attributes in attribute_sets:
        target = attributes.get("Target", "")
        kind = attributes.get("Type", "").rpartition("/")[2]
        yield Relation(attributes.get("Id", ""), kind, target, _resolved(of, target))


def _resolved(of: str, target: str) -> str:
    path = unquote(target).replace("\\", "/")
    if not path.startswith("/"):
        path = posixpath.join(posixpath.dirname(of), path)
    return key(posixpath.normpath(path))


def main_part(roots: Iterable[Relation]) -> str:
    """The key of the workbook part."""
    parts = (root.part for root in roots if root.kind == "officeDocument")
    return next(parts, WORKBOOK)


def sheets(workbook: bytes) -> list[Sheet] | None:
    """The sheets of a workbook; None if it is another document."""
    listed: list[Sheet] = []
    roots: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        roots.append(kind)
        if kind == "sheet":
            ids = [value for key, value in attributes.items() if key.endswith(":id")]
            listed.append(Sheet(attributes.get("name", ""), ids[0] if ids else ""))

    _parse(workbook, start)
    return listed if roots[:1] == ["workbook"] else None


def _parse(content: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(content, True)  # noqa: FBT003 - expat takes no names


class Layout(NamedTuple):
    """The keys of one workbook's parts."""

    workbook: str
    strings: str
    styles: str
    relations: tuple[Relation, ...]

    def is_usual(self, parts: Mapping[str, ZipInfo]) -> bool:
        """Whether calamine finds every part under its usual name."""
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
        for relation in self.relations:
            if relation.kind in _FOLDERS and relation.part in parts:
                yield relation, parts[relation.part].filename

    def moved(self, parts: Mapping[str, ZipInfo]) -> Iterator[tuple[str, str]]:
        """The parts to copy, each with the name under which calamine finds it."""
        yield self.workbook, WORKBOOK
        for part, usual in ((self.strings, STRINGS), (self.styles, STYLES)):
            if part in parts:
                yield part, usual
        for at, (relation, _) in enumerate(self._sheets(parts)):
            yield relation.part, f"xl/{_FOLDERS[relation.kind]}/sheet{at}.xml"

    def written(self, parts: Mapping[str, ZipInfo]) -> Mapping[str, str]:
        """The relationships of the copy, by the name of their part."""
        sheets = [
            (relation.id, relation.kind, f"{_FOLDERS[relation.kind]}/sheet{at}.xml")
            for at, (relation, _) in enumerate(self._sheets(parts))
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
    """The layout that the relationships of a workbook describe."""
    listed = tuple(relations)
    by_kind = {relation.kind: relation.part for relation in listed}
    strings, styles = by_kind.get("sharedStrings"), by_kind.get("styles")
    return Layout(workbook, strings or key(STRINGS), styles or key(STYLES), listed)
