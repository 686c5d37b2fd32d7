"""DOCX: a paper as a document of Word, for those who add to it before they sign."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from docx.document import Document
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import _BaseHeaderFooter
from docx.shared import Mm

from app.documents.paper import NOTHING_KNOWN, Approval, Orientation, Paper, RowKind, Section
from app.documents.rendering.blank import blank, packed
from app.documents.rendering.continuing import held
from app.documents.rendering.elements import (
    Box,
    Manner,
    element,
    field,
    paragraph,
    row,
    run,
    stick,
    table,
    twips,
)
from app.documents.rendering.layout import (
    CODE_MM,
    DATE_LINE,
    LINE,
    closing,
    code_picture,
    marks,
    name_of,
    number_line,
    parts,
    proof,
    title,
)
from app.documents.rendering.signing import signatures
from app.documents.rendering.tables import SIGNED_MM, Line, width_of
from app.documents.rendering.tables import table as placed
from app.documents.rendering.widths import PAGE
from app.documents.wording import clean, pieces

_PLAIN, _FINE = Manner("Normal"), Manner("Fine")
_TITLE = Manner("Title")


def docx(paper: Paper, address: str | None) -> bytes:
    """A document as DOCX; `address` is where a frozen report is verified, printed as a QR code."""
    document = blank(paper)
    _write_margins(document, paper, address)
    page = PAGE[paper["orientation"]]
    signed, annexes = parts(paper)
    end = closing(signed)
    body = [*_head(document, paper, address), *_sections(signed[:end], page)]
    if paper["signatures"]:
        stick(body[-1])
    # A heading of its own above the places to sign keeps with them by its style.
    signing = [*_sections(signed[end:], page), *signatures(paper)]
    last = document.element.body.sectPr
    for part in [*body, *signing, *_sections(annexes, page)]:
        last.addprevious(part)
    # Word wants a paragraph after the last table: one that opens no page.
    last.addprevious(_thin())
    return packed(document)


def _thin() -> BaseOxmlElement:
    spacing = element("spacing", before=0, after=0, line=20, lineRule="exact")
    return element("p", element("pPr", spacing))


def _write_margins(document: Document, paper: Paper, address: str | None) -> None:
    section, marked = document.sections[0], marks(paper)
    middle = twips(PAGE[paper["orientation"]] / 2)
    _fill(section.first_page_header, [paragraph([marked], Manner("Header"))])
    _fill(section.header, [_header(marked, middle)])
    _fill(section.footer, _foot(paper))
    # A page that stands upright has its room for the proof at the foot.
    upright = paper["orientation"] == Orientation.PORTRAIT
    first = section.first_page_footer
    proved = _proof(first, paper, address) if upright else []
    _fill(first, [*proved, *_foot(paper)])


def _foot(paper: Paper) -> list[BaseOxmlElement]:
    footer = paper["requisites"]["footer"]
    return [_lined(footer, Manner("Footer", "center"))] if footer else []


def _header(marked: str, middle: int) -> BaseOxmlElement:
    tabs = element("tabs", element("tab", val="center", pos=middle))
    properties = element("pPr", element("pStyle", val="Header"), tabs)
    return element("p", properties, run([marked]), element("r", element("tab")), field("PAGE"))


def _fill(margin: _BaseHeaderFooter, parts: Sequence[BaseOxmlElement]) -> None:
    margin.is_linked_to_previous = False
    first = margin.paragraphs[0]._p  # noqa: SLF001 - the raw element has no other door
    for part in parts:
        first.addprevious(part)
    if parts and parts[-1].tag == first.tag:
        first.getparent().remove(first)


def _proof(
    holder: Document | _BaseHeaderFooter, paper: Paper, address: str | None
) -> list[BaseOxmlElement]:
    lines = paragraph(proof(paper, address), _FINE)
    if address is None:
        return [lines]
    widths = (CODE_MM + 3, PAGE[Orientation.PORTRAIT] - CODE_MM - 3)
    boxes = [
        Box([_code(holder, address)], widths[0]),
        Box([lines], widths[1], vertical="center"),
    ]
    return [table(widths, [row(boxes)])]


def _code(holder: Document | _BaseHeaderFooter, address: str) -> BaseOxmlElement:
    picture = BytesIO(code_picture(address))
    inline = holder.part.new_pic_inline(picture, Mm(CODE_MM), Mm(CODE_MM))
    inline.docPr.set("descr", address)
    return element("p", element("r", element("drawing", inline)))


def _head(document: Document, paper: Paper, address: str | None) -> Iterator[BaseOxmlElement]:
    requisites = paper["requisites"]
    page = PAGE[paper["orientation"]]
    left = [_lined(requisites["organization"] or "", _PLAIN)]
    if paper["orientation"] == Orientation.LANDSCAPE:
        left += _proof(document, paper, address)
    right = _approval(requisites["approval"])
    widths = (page - 90, 90.0)
    # A cell ends with a paragraph.
    yield table(widths, [row([Box([*left, _thin()], widths[0]), Box(right, widths[1])])])
    yield paragraph([""], _PLAIN)
    yield _lined(requisites["heading"], _TITLE._replace(is_bold=True))
    if requisites["numbered"]:
        yield paragraph([number_line(LINE)], _TITLE)
    if requisites["place"]:
        yield _lined(requisites["place"], _TITLE)
    yield _lined(requisites["subject"], _TITLE._replace(is_bold=True))
    for text in requisites["about"]:
        yield _lined(text, Manner("About"))


def _approval(approval: Approval | None) -> list[BaseOxmlElement]:
    if approval is None:
        return [paragraph([""], _PLAIN)]
    name = clean(approval["name"]) if approval["name"] else LINE
    texts = [approval["heading"], approval["position"], f"{LINE} {name}", DATE_LINE]
    return [_lined(text, _PLAIN) for text in texts if text]


def _sections(sections: Sequence[Section], page: float) -> Iterator[BaseOxmlElement]:
    for section in sections:
        if section["annex"]:
            yield _lined(section["annex"], Manner("Normal", "right", sticks=True, opens_page=True))
        if title(section):
            yield _lined(title(section), Manner("Heading1"))
        for clause in section["clauses"]:
            number = f"{clause['no']}. " if clause["no"] else ""
            yield _lined(number + pieces(clause, LINE), Manner("Clause"))
        drawn = [*_table(section, page)]
        if drawn and section["note"]:
            stick(drawn[-1])
        yield from drawn
        if section["note"]:
            yield _lined(section["note"], Manner("Note"))


def _table(section: Section, page: float) -> Iterator[BaseOxmlElement]:
    drawn = held(placed(section, page))
    if drawn.titles and not drawn.lines:
        yield paragraph([NOTHING_KNOWN], _PLAIN)
    elif drawn.titles:
        boxes = [
            Box([_lined(text, Manner("Cell", "center", is_bold=True, sticks=True))], width)
            for text, width in zip(drawn.titles, drawn.widths, strict=True)
        ]
        heads = row((box._replace(vertical="center") for box in boxes), repeats=True)
        rows = (_row(line, drawn.widths) for line in drawn.lines)
        yield table(drawn.widths, [heads, *rows], name_of(section))


def _row(line: Line, widths: Sequence[float]) -> BaseOxmlElement:
    is_bold = line.kind in {RowKind.HEADING, RowKind.TOTAL}
    # The heading of a group is never left alone at the foot of a page, nor is a row that goes on.
    sticks = not line.is_tall and (line.kind == RowKind.HEADING or line.goes_on)
    merged = {1: None, 0: "continue"}.get(line.held, "restart")
    boxes = (
        Box(
            [paragraph(place.lines, Manner("Cell", place.align, is_bold, sticks))],
            width_of(place, widths),
            place.span,
            merged=merged if number < line.continued else None,
        )
        for number, place in enumerate(line.places)
    )
    return row(boxes, breaks=line.is_tall, least=SIGNED_MM if line.is_signed else None)


def _lined(text: str, manner: Manner) -> BaseOxmlElement:
    return paragraph(clean(text).split("\n"), manner)
