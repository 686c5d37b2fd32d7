"""XLSX: a paper as a workbook, a title sheet and a sheet for each section, ready to print."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from xlsxwriter.utility import xl_range

from app.documents.paper import NOTHING_KNOWN, Approval, Paper, RowKind, Section, Signature
from app.documents.rendering.continuing import held
from app.documents.rendering.layout import (
    CODE_MM,
    DATE_LINE,
    LINE,
    NAMED,
    SIGNED,
    code_picture,
    marks,
    name_of,
    number_line,
    parts,
    proof,
    title,
)
from app.documents.rendering.numbers import figure
from app.documents.rendering.sheets import BOLD, WIDTH, Look, Piece, Sheet, Sheets
from app.documents.rendering.tables import SIGNED_MM, Line, Place, Table, table
from app.documents.rendering.widths import POINT
from app.documents.wording import clean, pieces

_TITLE_SHEET, _TEXT_SHEET = "Титул", "Текст"
_LARGE: Look = {"font_size": 12}
_HEADING: Look = {"font_size": 12, "bold": True, "align": "center"}
_CENTRED: Look = {"font_size": 12, "align": "center"}
_SMALL: Look = {"font_size": 8}
_CELL: Look = {"border": 1}
_CODE_ROW = CODE_MM / 25.4 * 72 + 6
"""Points of the row that holds the QR code."""
_DOTS = 96 / 25.4
"""Pixels in a millimetre, as spreadsheet programs count them."""


def xlsx(paper: Paper, address: str | None) -> bytes:
    """A document as XLSX; `address` is where a frozen report is verified, printed as a QR code."""
    file = BytesIO()
    book = Sheets(file, paper)
    last = _write_title(book.sheet(_TITLE_SHEET, (WIDTH - 105, 105.0)), paper, address)
    body, annexes = parts(paper)
    for sections in _sheets(body):
        last = _write_sections(book, sections)
    for one in paper["signatures"]:
        _write_signature(last, one)
    for sections in _sheets(annexes):
        _write_sections(book, sections)
    book.close()
    return file.getvalue()


def _write_title(sheet: Sheet, paper: Paper, address: str | None) -> Sheet:
    requisites = paper["requisites"]
    _write_approval(sheet, requisites["organization"], requisites["approval"])
    sheet.skip()
    sheet.write(clean(requisites["heading"]), _HEADING)
    if requisites["numbered"]:
        sheet.write(number_line(LINE), _CENTRED)
    if requisites["place"]:
        sheet.write(clean(requisites["place"]), _CENTRED)
    sheet.write(clean(requisites["subject"]), _HEADING)
    for text in requisites["about"]:
        sheet.write(clean(text), _LARGE)
    sheet.skip()
    _write_proof(sheet, paper, address)
    if requisites["footer"]:
        # The foot of a page holds 255 characters: here is all of it.
        sheet.write(clean(requisites["footer"]), _SMALL)
    return sheet


def _write_approval(sheet: Sheet, organization: str | None, approval: Approval | None) -> None:
    left, right = clean(organization or ""), [""]
    if approval:
        name = clean(approval["name"] or LINE)
        texts = [approval["heading"], approval["position"], f"{LINE} {name}", DATE_LINE]
        right = [clean(text) for text in texts if text]
    for number, text in enumerate(right):
        beside = left if number == 0 else ""
        sheet.write_row([Piece(beside, _LARGE), Piece(text, _LARGE, 1)])


def _write_proof(sheet: Sheet, paper: Paper, address: str | None) -> None:
    for text in filter(None, [marks(paper), *proof(paper, address)]):
        sheet.write(text, _SMALL)
    if address is None:
        return
    picture = code_picture(address)
    sheet.page.set_row(sheet.row, _CODE_ROW)
    scale = CODE_MM * _DOTS / _side(picture)
    options = {
        "image_data": BytesIO(picture),
        "x_scale": scale,
        "y_scale": scale,
        "description": address,
    }
    sheet.page.insert_image(sheet.row, 0, "code.png", options)
    sheet.skip()


def _side(picture: bytes) -> int:
    """The pixels of a side of a PNG: they stand in its first chunk."""
    return int.from_bytes(picture[16:20], "big")


def _sheets(sections: Sequence[Section]) -> Iterator[list[Section]]:
    """The sections of each sheet: each table has its own, texts in a row share one."""
    together: list[Section] = []
    for section in sections:
        if together and (section["columns"] or section["annex"] or together[0]["columns"]):
            yield together
            together = []
        together.append(section)
    if together:
        yield together


def _write_sections(book: Sheets, sections: Sequence[Section]) -> Sheet:
    drawn = held(table(sections[0], WIDTH))
    name = name_of(sections[0]) if len(sections) == 1 else _TEXT_SHEET
    sheet = book.sheet(name, drawn.widths)
    for section in sections:
        _write_section(sheet, section, drawn)
    return sheet


def _write_section(sheet: Sheet, section: Section, drawn: Table) -> None:
    if section["annex"]:
        sheet.write(clean(section["annex"]), {"align": "right"})
        sheet.hold()
    if title(section):
        sheet.write(title(section), {"font_size": 12, "bold": True})
        sheet.hold()
    for clause in section["clauses"]:
        number = f"{clause['no']}. " if clause["no"] else ""
        sheet.write(number + pieces(clause, LINE))
    if drawn.titles and not drawn.lines:
        sheet.write(NOTHING_KNOWN)
    elif drawn.titles:
        _write_table(sheet, drawn.titles, drawn.lines)
    if section["note"]:
        sheet.hold()
        sheet.write(clean(section["note"]))


def _write_table(sheet: Sheet, titles: Sequence[str], lines: Sequence[Line]) -> None:
    look: Look = {**_CELL, **BOLD, "align": "center", "valign": "vcenter"}
    first = sheet.row
    sheet.write_row([Piece(text, look, column) for column, text in enumerate(titles)])
    sheet.repeat(first)
    sheet.hold()
    for line in lines:
        is_bold = line.kind in {RowKind.HEADING, RowKind.TOTAL}
        cells = [_piece(place, is_bold=is_bold) for place in line.places]
        sheet.write_row(cells, SIGNED_MM / POINT if line.is_signed else 0)
        if line.goes_on or line.kind == RowKind.HEADING:
            sheet.hold()
    # The number of a row is a text, and no mistake.
    area = xl_range(first, 0, sheet.row - 1, len(titles) - 1)
    sheet.page.ignore_errors({"number_stored_as_text": area})


def _piece(place: Place, *, is_bold: bool) -> Piece:
    look: Look = {**_CELL, "align": place.align, "bold": is_bold}
    number = figure(place.kind, place.value)
    return Piece("\n".join(place.lines), look, place.column, place.span, number)


def _write_signature(sheet: Sheet, one: Signature) -> None:
    sheet.hold()
    sheet.skip()
    sheet.hold()
    for text in (one["side"], *one["lines"], one["position"]):
        if text:
            sheet.write(clean(text), BOLD if text is one["side"] else {})
            sheet.hold()
    sheet.write(f"{LINE} {clean(one['name'] or LINE)}")
    sheet.hold()
    sheet.write(f"{SIGNED}, {NAMED}", _SMALL)
