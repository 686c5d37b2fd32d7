"""Look: inspects a part of a workbook, chunk by chunk, before it is parsed."""

import re
from collections import Counter
from collections.abc import Mapping
from xml.parsers import expat

CHUNK = 1 << 18
"""Bytes inflated at a time."""
_MACROS = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_DTD = re.compile(rb"<!(?i:doctype|entity)")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
# A formula without a stored result; a text (t="str") may be empty.
_LOST = re.compile(
    rb'<(?:\w+:)?c\b[^<>]{0,200}?\br="[A-Z]{1,3}(\d{1,7})"'
    rb'(?![^<>]{0,200}\bt="str")[^<>]{0,200}>'
    rb"<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<>]*</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_ERROR = re.compile(rb"""(<(?:\w+:)?c\b[^<>]{0,200}?\bt=)(["'])e\2""")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]{0,500})>")
_NUMBER = re.compile(rb"""\br=["'](\d{1,7})["']""")
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")


class Refused(Exception):  # noqa: N818 - named by what happened
    """The workbook is refused: the code of a fault, and the values of its text."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class Look:
    """The findings of one part.

    Raises:
        Refused: it contains what lists never contain.

    """

    def __init__(self, key: str, *, is_sheet: bool, is_kept: bool) -> None:
        self.key = key
        self.is_xml = key.endswith((".xml", ".rels", ".vml")) or is_sheet
        self.is_sheet = is_sheet
        self.is_kept = is_kept
        self.content = b""
        """The whole content, if it is kept."""
        self.lost: Counter[int] = Counter()
        """Numbers of cells without a readable value, by row."""
        self.hidden: set[int] = set()
        self.has_errors = False
        """Whether a cell shows an error."""
        self._rest = b""
        self._row = 0
        self._links = _links() if key.endswith(".rels") else None

    def at(self, chunk: bytes) -> None:
        """Inspect the next bytes."""
        if not self.is_xml:
            return
        # Excel writes UTF-8; in another encoding the search would miss a DTD.
        if not self._rest and chunk.startswith(_WIDE):
            raise Refused("damaged")
        text = self._rest + chunk
        if _DTD.search(text):
            raise Refused("doctype")
        if self.key == "[content_types].xml" and _MACROS.search(text):
            raise Refused("macros")
        if self._links:
            self._links.Parse(chunk)
        if self.is_kept:
            self.content += chunk
        self._rest = self._after_cells(text) if self.is_sheet else text[-64:]

    def end(self) -> None:
        """Inspect the bytes kept back."""
        if self.is_sheet:
            self._count(self._rest)
        if self._links:
            self._links.Parse(b"", True)  # noqa: FBT003 - expat takes no names

    def _after_cells(self, text: bytes) -> bytes:
        """Count in all complete cells; returns the last one, which may continue."""
        last = text.rfind(b"<", 0, text.rfind(b"c r=") + 1)
        end = max(last, len(text) - CHUNK, 0)
        self._count(text[:end])
        return text[end:]

    def _count(self, text: bytes) -> None:
        self.lost.update(int(cell[1]) for cell in _LOST.finditer(text))
        self.has_errors = self.has_errors or _ERROR.search(text) is not None
        for row in _ROW.finditer(text):
            number = _NUMBER.search(row[1])
            self._row = int(number[1]) if number else self._row + 1
            if _HIDDEN.search(row[1]):
                self.hidden.add(self._row)


def with_errors_as_texts(text: bytes) -> bytes:
    """A piece of a sheet whose error cells are changed into texts."""
    return _ERROR.sub(rb"\1\2str\2", text)


def _links() -> expat.XMLParserType:
    """A parser of relationships that refuses links to other files."""

    def start(_: str, attributes: Mapping[str, str]) -> None:
        is_outside = attributes.get("TargetMode", "").lower() == "external"
        if is_outside and not attributes.get("Type", "").endswith("/hyperlink"):
            raise Refused("external_links")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    return parser
