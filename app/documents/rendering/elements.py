"""Elements: paragraphs and tables of WordprocessingML (ECMA-376, part 1, clause 17).

python-docx looks every cell up anew: a long table takes it forty times as long.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from app.documents.rendering.tables import Align

SPACE = "preserve"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_TWIPS = 1440 / 25.4
"""Twentieths of a point in a millimetre."""


class Manner(NamedTuple):
    """How a paragraph is set; `sticks`: it stays on the page of what follows."""

    style: str
    align: Align | None = None
    is_bold: bool = False
    sticks: bool = False
    opens_page: bool = False


class Box(NamedTuple):
    """A cell of a table."""

    paragraphs: Sequence[BaseOxmlElement]
    width: float
    span: int = 1
    vertical: str = "top"
    merged: str | None = None
    """`restart`: it goes on in the cells below that `continue` it."""


def element(tag: str, *children: BaseOxmlElement, **values: str | int) -> BaseOxmlElement:
    """An element `w:tag` with attributes of the same namespace."""
    made = OxmlElement(f"w:{tag}")
    for name, value in values.items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend(children)
    return made


def paragraph(lines: Iterable[str], manner: Manner) -> BaseOxmlElement:
    """A paragraph; its lines are parted by breaks."""
    made = element("p", _manner(manner))
    made.append(run(lines, is_bold=manner.is_bold))
    return made


def run(lines: Iterable[str], *, is_bold: bool = False) -> BaseOxmlElement:
    """Text of one look."""
    made = element("r")
    if is_bold:
        made.append(element("rPr", element("b")))
    for number, line in enumerate(lines):
        if number:
            made.append(element("br"))
        text = element("t")
        text.text = line
        text.set(_XML_SPACE, SPACE)
        made.append(text)
    return made


def field(code: str) -> BaseOxmlElement:
    """A field that the reader's program fills in, such as the number of the page."""
    return element("fldSimple", run(["2"]), instr=code)


def table(
    widths: Sequence[float], rows: Iterable[BaseOxmlElement], caption: str | None = None
) -> BaseOxmlElement:
    """A table of columns that wide, in millimetres; one without caption has no lines."""
    properties = element(
        "tblPr",
        element("tblW", w=twips(sum(widths)), type="dxa"),
        _borders("single" if caption else "none"),
        element("tblLayout", type="fixed"),
        _margins(60 if caption else 0),
    )
    if caption:
        properties.append(element("tblCaption", val=caption))
    grid = element("tblGrid", *(element("gridCol", w=twips(width)) for width in widths))
    return element("tbl", properties, grid, *rows)


def row(
    boxes: Iterable[Box],
    *,
    breaks: bool = False,
    repeats: bool = False,
    least: float | None = None,
) -> BaseOxmlElement:
    """A row, at least that many millimetres high; one that repeats is the heading of every page."""
    properties = element("trPr")
    if not breaks:
        properties.append(element("cantSplit"))
    if least:
        properties.append(element("trHeight", val=twips(least), hRule="atLeast"))
    if repeats:
        properties.append(element("tblHeader"))
    return element("tr", properties, *map(_cell, boxes))


def stick(made: BaseOxmlElement) -> None:
    """Keep a paragraph, or the last row of a table, on the page of what follows."""
    rows = made.findall(qn("w:tr"))
    for each in rows[-1].iter(qn("w:pPr")) if rows else made.iter(qn("w:pPr")):
        if each.find(qn("w:keepNext")) is None:
            # The schema wants it right after the style.
            each.insert(1, element("keepNext"))


def twips(millimetres: float) -> int:
    """Millimetres as twentieths of a point."""
    return round(millimetres * _TWIPS)


def _manner(manner: Manner) -> BaseOxmlElement:
    made = element("pPr", element("pStyle", val=manner.style))
    if manner.sticks:
        made.append(element("keepNext"))
    if manner.opens_page:
        made.append(element("pageBreakBefore"))
    if manner.align:
        made.append(element("jc", val=manner.align))
    return made


def _cell(box: Box) -> BaseOxmlElement:
    properties = element("tcPr", element("tcW", w=twips(box.width), type="dxa"))
    if box.span > 1:
        properties.append(element("gridSpan", val=box.span))
    if box.merged:
        properties.append(element("vMerge", val=box.merged))
    if box.vertical != "top":
        properties.append(element("vAlign", val=box.vertical))
    return element("tc", properties, *box.paragraphs)


def _borders(line: str) -> BaseOxmlElement:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    return element("tblBorders", *(element(side, val=line, sz=4, space=0) for side in sides))


def _margins(side: int) -> BaseOxmlElement:
    sides = {"top": 20, "left": side, "bottom": 20, "right": side}
    made = (element(side, w=width, type="dxa") for side, width in sides.items())
    return element("tblCellMar", *made)
