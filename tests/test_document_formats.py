"""Formats of documents: what is particular to a PDF, a DOCX, a workbook and a page."""

import hashlib
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
import typst
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from pypdf import mult
from python_calamine import CalamineWorkbook

from app.documents.paper import (
    ColumnKind,
    Orientation,
    Paper,
    Signature,
    canonical,
    column,
    digest,
    row,
    table,
)
from app.documents.rendering.docx import docx
from app.documents.rendering.html import html
from app.documents.rendering.pdf import pdf
from app.documents.rendering.widths import POINT
from app.documents.rendering.xlsx import xlsx
from tests import papers
from tests.files import KINDS, Page, one_process, part, reader, root_of
from tests.test_document_files import HOSTILE

__all__ = ["one_process"]


def _to_sign() -> Paper:
    columns = [column("№", 1, ColumnKind.INDEX), column("Кто", 4), column("Подпись", 2, SIGNATURE)]
    rows = [row(str(number), f"Педагог {number}", "") for number in range(1, 6)]
    sections = [table("1", "Список", columns, rows)]
    return {**papers.contract(), "sections": sections, "signatures": []}


SIGNATURE = ColumnKind.SIGNATURE
HAND = 9 / 25.4 * 72
"""Points of a row in which somebody signs."""


class TestRowsToSign:
    """Rows of a list of participants were as high as their letters: no hand signs in 4 mm."""

    def test_of_a_pdf(self) -> None:
        (page,) = reader(pdf(_to_sign(), None)).pages
        lines = [y for text, _, y, _ in _places(page) if text.strip().startswith("Педагог")]
        assert len(lines) == 5
        assert all(upper - lower >= HAND - 0.5 for upper, lower in pairwise(lines))

    def test_of_a_docx(self) -> None:
        (drawn,) = (t for t in Document(BytesIO(docx(_to_sign(), None))).tables if len(t.rows) == 6)
        heights = [each.height.pt if each.height else 0 for each in drawn.rows]
        assert all(height >= HAND - 0.5 for height in heights[1:])

    def test_of_a_workbook(self) -> None:
        sheet = part(xlsx(_to_sign(), None), "xl/worksheets/sheet2.xml")
        heights = [float(each) for each in re.findall(r' ht="([0-9.]+)"', sheet)]
        assert sum(height >= HAND - 0.5 for height in heights) == 5

    def test_of_a_page(self) -> None:
        assert html(_to_sign(), None).decode().count('class="signed"') == 5


class TestRowsThatGoOn:
    """A page began with a row of which nobody knew whom it was about."""

    @pytest.mark.parametrize("each", [2, 3, 5, 90])
    def test_a_page_of_a_pdf_names_whom_it_is_about(self, each: int) -> None:
        pages = [p.extract_text() for p in reader(pdf(_of_members(90, each), None)).pages]
        there = [{int(one) for one in re.findall(r"Союз (\d+)", text)} for text in pages]
        assert sum(map(len, there)) == 90
        assert sum(map(bool, there)) >= 3
        for text, numbers in zip(pages, there, strict=True):
            named = {int(one) for one in re.findall(r"Школа (\d+)", text)}
            assert named == {number // each for number in numbers}

    def test_rows_of_a_docx_keep_together(self) -> None:
        body = Document(BytesIO(docx(_of_members(12, 3), None))).element.body
        rows = [r for r in body.iter(qn("w:tr")) if "Союз" in _said(r)]
        merged = [[m.get(qn("w:val")) for m in r.iter(qn("w:vMerge"))] for r in rows]
        assert merged == [["restart"], ["continue"], ["continue"]] * 4
        for at, each in enumerate(rows[:-1]):
            kept = [p.find(f".//{qn('w:keepNext')}") is not None for p in each.iter(qn("w:p"))]
            assert all(kept) if at % 3 < 2 else not any(kept)

    def test_a_page_of_a_workbook_begins_with_a_name(self) -> None:
        sheet = _sheet(xlsx(_of_members(90, 3), None), 2)
        assert sheet.breaks
        assert all(sheet.cells[f"A{number + 1}"].startswith("Школа") for number in sheet.breaks)

    def test_a_row_of_a_page_says_what_it_is_about(self) -> None:
        page = Page.of(html(_of_members(12, 3), None))
        assert sum(text == "Школа 1" for text in page.texts) == 3


class TestPdf:
    def test_pages_are_a4(self) -> None:
        for paper, size in ((papers.report(8, 5), (842, 595)), (papers.contract(), (595, 842))):
            file = reader(pdf(paper, papers.ADDRESS))
            assert len(file.pages) >= 2
            assert {(round(p.mediabox.width), round(p.mediabox.height)) for p in file.pages} == {
                size
            }

    def test_it_claims_to_be_archivable_and_accessible(self) -> None:
        root = reader(pdf(papers.report(8, 5), papers.ADDRESS)).root_object
        claims = root["/Metadata"].get_object().get_data().decode()
        for claim in ("pdfaid:part>3<", "pdfaid:conformance>A<", "pdfuaid:part>1<"):
            assert claim in claims
        assert root["/Lang"] == "ru"
        assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own kind of true

    def test_fonts_are_inside(self) -> None:
        file = reader(pdf(papers.report(8, 5), papers.ADDRESS))
        fonts = [
            font.get_object() for p in file.pages for font in p["/Resources"]["/Font"].values()
        ]
        assert fonts
        for font in fonts:
            inner = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/ToUnicode" in font
            assert {"/FontFile2", "/FontFile3"} & set(inner)

    def test_tables_have_headings(self) -> None:
        file = reader(pdf(papers.report(8, 5), None))
        tags = Counter(_tags(file.root_object["/StructTreeRoot"]))
        assert tags["/TH"] >= 5 + 8 + 6 + 6
        assert tags["/H1"] == 6

    def test_the_digest_is_that_of_the_attached_json(self) -> None:
        paper = papers.report(8, 5)
        file = reader(pdf(paper, papers.ADDRESS))
        (attached,) = file.attachments["report.json"]
        printed = re.search(r"SHA-256 сведений: (\w{64})", file.pages[0].extract_text())
        assert printed is not None
        assert hashlib.sha256(attached).hexdigest() == printed[1] == digest(paper)
        assert json.loads(attached) == paper
        assert attached == canonical(paper)

    def test_typst_warns_of_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[Any] = []

        def compiled(*args: Any, **options: Any) -> bytes:
            made, warnings = typst.compile_with_warnings(*args, **options)
            seen.extend(warnings)
            return bytes(made)

        monkeypatch.setattr(typst, "compile", compiled)
        pdf(papers.report(8, 5), papers.ADDRESS)
        pdf(papers.contract(), papers.ADDRESS)
        assert not seen

    @pytest.mark.parametrize("rows", range(1, 40))
    def test_a_signature_never_stands_alone(self, rows: int) -> None:
        paper = _of_rows(rows)
        pages = [p.extract_text() for p in reader(pdf(paper, None)).pages]
        signed = [text for text in pages if "инициалы, фамилия" in text]
        assert len(signed) == 1
        assert f"Строка {rows}." in signed[0]
        assert "Чего нет" in signed[0]

    @pytest.mark.parametrize("parties", range(1, 6))
    def test_the_last_clause_stays_with_the_parties(self, parties: int) -> None:
        """The parties of a contract stood alone on a page, and one was cut in two."""
        for clauses in range(20, 44, 2):
            paper = _agreed(clauses, parties)
            pages = [p.extract_text() for p in reader(pdf(paper, None)).pages]
            signed = [text for text in pages if "инициалы, фамилия" in text]
            assert f"Пункт {clauses}." in signed[0]
            assert "Адреса и подписи" in signed[0]
            for number in range(1, parties + 1):
                (page,) = (text for text in pages if f"Сторона {number}." in text)
                assert f"Конец {number}." in page

    @pytest.mark.long
    def test_a_note_stays_with_its_table(self) -> None:
        for rows in range(20, 42):
            paper = _of_rows(rows)
            paper["sections"].insert(0, {**paper["sections"][0], "note": "Примечание к таблице."})
            pages = [p.extract_text() for p in reader(pdf(paper, None)).pages]
            (noted,) = (text for text in pages if "Примечание" in text)
            assert f"Строка {rows}." in noted.partition("Примечание")[0]

    @pytest.mark.long
    def test_no_text_leaves_the_page(self) -> None:
        filled = [papers.filled(text) for text in ("Щ" * 39, "Ы" * 39, "Ж" * 150)]
        for one in filled:
            one["requisites"]["footer"] = None
        roomy = papers.roomy("Слово, за словом. " * 200)
        for one in (*filled, roomy, papers.report(8, 5), papers.contract()):
            pages = reader(pdf(one, papers.ADDRESS)).pages
            outside = [place for page in pages for place in _places(page) if not _is_inside(*place)]
            assert not outside

    @pytest.mark.long
    def test_the_text_is_as_it_is_printed(self) -> None:
        text = "".join(KINDS["pdf"].words(pdf(papers.report(8, 5), papers.ADDRESS)))
        text = text.replace("\xa0", " ")
        for printed in ("120 000,00", "−1 234 567,89", "62,5 %", "Сведения не представлены."):
            assert printed in text
        assert "Учебные данные" in text


class TestDocx:
    def test_tables_repeat_their_headings_and_keep_rows_whole(self) -> None:
        body = Document(BytesIO(docx(papers.report(8, 5), papers.ADDRESS))).element.body
        tables = [
            t for t in body.iter(qn("w:tbl")) if t.find(f".//{qn('w:tblCaption')}") is not None
        ]
        assert len(tables) == 5
        for one in tables:
            heads = [r.find(f".//{qn('w:tblHeader')}") is not None for r in one.iter(qn("w:tr"))]
            assert heads == [True] + [False] * (len(heads) - 1)
            assert all(r.find(f".//{qn('w:cantSplit')}") is not None for r in one.iter(qn("w:tr")))

    def test_a_tall_row_may_be_broken(self) -> None:
        paper = papers.roomy("Слово, за словом. " * 500)
        rows = Document(BytesIO(docx(paper, None))).element.body.iter(qn("w:tr"))
        assert sum(r.find(f".//{qn('w:cantSplit')}") is None for r in rows) >= 3

    def test_the_page_is_numbered_from_the_second(self) -> None:
        for paper in (papers.report(8, 5), papers.contract()):
            document = Document(BytesIO(docx(paper, papers.ADDRESS)))
            (section,) = document.sections
            assert section.different_first_page_header_footer
            numbers = root_of(section.header).findall(f".//{qn('w:fldSimple')}")
            assert [one.get(qn("w:instr")) for one in numbers] == ["PAGE"]
            assert not root_of(section.first_page_header).findall(f".//{qn('w:fldSimple')}")
            mark = "Учебные данные" if paper["requisites"]["training"] else "Рабочий экземпляр"
            assert mark in section.header.paragraphs[0].text
            assert mark in section.first_page_header.paragraphs[0].text
            is_wide = paper["orientation"] == Orientation.LANDSCAPE
            assert (section.orientation == WD_ORIENT.LANDSCAPE) == is_wide

    def test_the_last_row_stays_with_the_signature(self) -> None:
        body = Document(BytesIO(docx(_of_rows(30), None))).element.body
        last = list(body.iter(qn("w:tbl")))[-2].findall(qn("w:tr"))[-1]
        assert all(p.find(f".//{qn('w:keepNext')}") is not None for p in last.iter(qn("w:p")))

    def test_the_footer_stands_on_every_page(self) -> None:
        paper = papers.contract()
        document = Document(BytesIO(docx(paper, papers.ADDRESS)))
        (section,) = document.sections
        for footer in (section.first_page_footer, section.footer):
            assert footer.paragraphs[-1].text == paper["requisites"]["footer"]

    @pytest.mark.parametrize("parties", range(1, 6))
    def test_the_last_clause_stays_with_the_parties(self, parties: int) -> None:
        """From the last clause to the last row of the parties, all of it keeps with the next."""
        body = Document(BytesIO(docx(_agreed(9, parties), None))).element.body
        parts = [one for one in body if one.tag in {qn("w:p"), qn("w:tbl")}]
        (first,) = (at for at, one in enumerate(parts) if _said(one) == "1.9. Пункт 9.")
        (last,) = (at for at, one in enumerate(parts) if "инициалы" in _said(one))
        kept = [p for one in parts[first:last] for p in one.iter(qn("w:p"))]
        assert all(p.find(f".//{qn('w:keepNext')}") is not None for p in kept if not _is_heading(p))
        rows = parts[last].findall(qn("w:tr"))
        assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)

    def test_parties_have_room_between_them(self) -> None:
        """A name of the left side ran into that of the right."""
        body = Document(BytesIO(docx(_agreed(1, 2), None))).element.body
        (signed,) = (t for t in body.iter(qn("w:tbl")) if "инициалы" in _said(t))
        widths = [int(one.get(qn("w:w"))) for one in signed.iter(qn("w:gridCol"))]
        assert len(widths) == 3
        assert widths[1] >= 8 / 25.4 * 1440 - 1
        assert sum(widths) <= 180 / 25.4 * 1440 + len(widths)

    def test_nothing_of_the_template_is_left(self) -> None:
        file = docx(papers.contract(), papers.ADDRESS)
        with zipfile.ZipFile(BytesIO(file)) as parts:
            names = parts.namelist()
            assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in names if "thumbnail" in name or "customXml" in name]
        assert 'w:val="15"' in part(file, "word/settings.xml")
        core = part(file, "docProps/core.xml")
        assert "python-docx" not in core
        assert "2020-12-31" in core
        assert "ru-RU" in part(file, "word/styles.xml")

    def test_a_section_without_a_title_has_no_heading(self) -> None:
        paper = papers.contract()
        paper["sections"][0]["title"], paper["sections"][0]["no"] = "", None
        document = Document(BytesIO(docx(paper, None)))
        headings = [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"]
        assert len(headings) == len(paper["sections"]) - 1
        tags = Counter(_tags(reader(pdf(paper, None)).root_object["/StructTreeRoot"]))
        assert tags["/H1"] == len(headings)
        assert Counter(tag for tag, _ in Page.of(html(paper, None)).tags)["h2"] == len(headings)
        paper["sections"] = paper["sections"][:1]
        assert "Раздел" in CalamineWorkbook.from_filelike(BytesIO(xlsx(paper, None))).sheet_names

    def test_annexes_begin_on_pages_of_their_own(self) -> None:
        document = Document(BytesIO(docx(papers.contract(), None)))
        opened = [p.text for p in document.paragraphs if p.paragraph_format.page_break_before]
        assert opened == ["Приложение 1 к договору", "Приложение 2 к договору"]


class TestXlsx:
    def test_numbers_are_numbers_and_days_are_days(self) -> None:
        book = CalamineWorkbook.from_filelike(BytesIO(xlsx(papers.report(8, 5), papers.ADDRESS)))
        money = book.get_sheet_by_name("7. Финансирование").to_python()
        assert ["местный бюджет", 120000.0, 75000.5, 0.625, 1345.0, "возврат в декабре"] in money
        assert money[-1] == ["Всего", 170000.0, 75000.5, 0.4412, 1347.0, ""]
        plan = book.get_sheet_by_name("2. План и факт").to_python()
        assert plan[-1][5] == date(2020, 11, 30)

    def test_a_number_that_would_be_rounded_stays_a_text(self) -> None:
        kinds = (ColumnKind.NUMBER, ColumnKind.INTEGER, ColumnKind.DATE)
        columns = [column("Число", 1, kind) for kind in kinds]
        rows = [row("1234567890123.4567", 2**60, "1899-12-31")]
        paper = {**papers.contract(), "sections": [table("1", "Числа", columns, rows)]}
        book = CalamineWorkbook.from_filelike(BytesIO(xlsx(paper, None)))  # type: ignore[arg-type]
        cells = book.get_sheet_by_name("1. Числа").to_python()[2]
        assert [str(cell).replace("\xa0", " ") for cell in cells] == [
            "1 234 567 890 123,4567",
            "1 152 921 504 606 846 976",
            "31.12.1899",
        ]

    def test_sheets_are_ready_to_print(self) -> None:
        file = xlsx(papers.report(8, 5), papers.ADDRESS)
        for number in range(1, 8):
            sheet = part(file, f"xl/worksheets/sheet{number}.xml")
            assert 'orientation="landscape"' in sheet
            assert 'fitToHeight="0"' in sheet
            assert re.findall(r"<row [^>]*>", sheet)
            assert all('customHeight="1"' in one for one in re.findall(r"<row [^>]*><c ", sheet))
        assert part(file, "xl/workbook.xml").count("_xlnm.Print_Titles") == 5
        assert "Times New Roman" in part(file, "xl/styles.xml")

    def test_a_heading_never_ends_a_page(self) -> None:
        sheet = _sheet(xlsx(papers.report(40, 5), None), 3)
        headings = {int(at[1:]) for at, text in sheet.cells.items() if text in papers.DIRECTIONS}
        assert len(headings) == 4
        assert len(sheet.breaks) >= 3
        assert not headings & set(sheet.breaks)
        ends = [*sheet.breaks, max(sheet.heights)]
        for start, end in pairwise([0, *ends]):
            # 170 millimetres, the lowest that a page can be.
            assert sum(sheet.heights[at] for at in range(start + 1, end + 1)) <= 482

    def test_the_text_of_a_contract_is_one_sheet_as_wide_as_the_page(self) -> None:
        """Each section had a page of its own, and lines ran off it: one column is never shrunk."""
        file = xlsx(papers.contract(), None)
        book = CalamineWorkbook.from_filelike(BytesIO(file))
        assert book.sheet_names == ["Титул", "Текст", "Части программы", "Ресурсы"]
        (last,) = re.findall(r'<col min="1" max="(\d+)"', part(file, "xl/worksheets/sheet2.xml"))
        assert int(last) > 1

    @pytest.mark.long
    def test_names_of_sheets_differ(self) -> None:
        for text in HOSTILE.values():
            book = CalamineWorkbook.from_filelike(BytesIO(xlsx(papers.filled(text), None)))
            names = [name.casefold() for name in book.sheet_names]
            assert len(set(names)) == len(names) == 3
            assert all(0 < len(name.encode("utf-16-le")) <= 62 for name in names)
            assert not any(set(name) & set("[]:*?/\\") for name in names)

    def test_a_formula_stays_a_text_when_it_is_edited(self) -> None:
        styles = part(xlsx(papers.filled("=1+1"), None), "xl/styles.xml")
        assert 'quotePrefix="1"' in styles


class TestHtml:
    def test_a_page_is_accessible(self) -> None:
        page = Page.of(html(papers.report(8, 5), papers.ADDRESS))
        tags = Counter(tag for tag, _ in page.tags)
        assert ("html", ("lang",)) in page.tags
        assert tags["h1"] == tags["main"] == tags["title"] == 1
        assert tags["h2"] == tags["section"] == 6
        assert tags["table"] == tags["thead"] == 5
        assert all("scope" in names for tag, names in page.tags if tag == "th")
        assert all("alt" in names for tag, names in page.tags if tag == "img")

    def test_a_page_needs_and_runs_nothing(self) -> None:
        page = Page.of(html(papers.report(8, 5), papers.ADDRESS))
        assert not {"script", "link", "iframe", "form", "a"} & {tag for tag, _ in page.tags}
        attributes = {name for _, names in page.tags for name in names}
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        sources = [one for one in page.values if one.startswith("data:")]
        assert len(sources) == 1


def _agreed(clauses: int, parties: int) -> Paper:
    """A contract of short clauses whose last section is the heading of its parties."""
    text = [papers.clause(f"1.{number}", f"Пункт {number}.") for number in range(1, clauses + 1)]
    sections = [papers.section("Предмет", clauses=text), papers.section("Адреса и подписи")]
    signatures: list[Signature] = [
        {
            "side": "Организация-участник",
            "lines": [f"Сторона {number}.", "улица", "ИНН", "телефон", f"Конец {number}."],
            "position": None,
            "name": None,
        }
        for number in range(1, parties + 1)
    ]
    return {**papers.contract(), "sections": sections, "signatures": signatures}


def _of_members(count: int, each: int) -> Paper:
    """A table of members; whoever has several is named once."""
    columns = [column("Организация", 2), column("Партнёрство", 3)]
    rows = [
        row(f"Школа {number // each}" if number % each == 0 else "", f"Союз {number}.")
        for number in range(count)
    ]
    return {**papers.report(1, 1), "sections": [table("1", "Участники", columns, rows)]}


class Printed(NamedTuple):
    """A sheet as it is printed: its texts, the rows before which a page ends, and their heights."""

    cells: dict[str, str]
    breaks: list[int]
    heights: dict[int, float]


def _sheet(file: bytes, number: int) -> Printed:
    texts = re.findall(r"<si><t[^>]*>([^<]*)</t></si>", part(file, "xl/sharedStrings.xml"))
    xml = part(file, f"xl/worksheets/sheet{number}.xml")
    cells = re.findall(r'<c r="(\w+)"[^>]*t="s"><v>(\d+)</v>', xml)
    heights = re.findall(r'<row r="(\d+)"[^>]* ht="([0-9.]+)"', xml)
    return Printed(
        {place: texts[int(at)] for place, at in cells},
        [int(at) for at in re.findall(r'<brk id="(\d+)"', xml)],
        {int(row): float(height) for row, height in heights},
    )


def _is_heading(part: Any) -> bool:
    """Whether its style keeps it with what follows."""
    style = part.find(f".//{qn('w:pStyle')}")
    return style is not None and style.get(qn("w:val")) == "Heading1"


def _said(part: Any) -> str:
    return "".join(text.text or "" for text in part.iter(qn("w:t")))


def _of_rows(count: int) -> Paper:
    columns = [column("№", 1, ColumnKind.INDEX), column("Чего нет", 5)]
    rows = [row(str(number), f"Строка {number}.") for number in range(1, count + 1)]
    return {**papers.report(1, 1), "sections": [table("1", "Раздел", columns, rows)]}


def _places(page: Any) -> list[tuple[str, float, float, Any]]:
    """The texts of a page with the points where they begin, and the page's size."""
    found: list[tuple[str, float, float, Any]] = []

    def visit(text: str, outer: Any, inner: Any, *_: object) -> None:
        if text.strip():
            x, y = mult(inner, outer)[4:6]
            found.append((text, x, y, page.mediabox))

    page.extract_text(visitor_text=visit)
    return found


def _is_inside(_: str, x: float, y: float, box: Any) -> bool:
    """Whether a text begins between the side margins, and above the foot of the page."""
    left, right, foot, top = 20 / POINT, box.width - 10 / POINT, 10 / POINT, box.height
    return bool(left - 1 <= x <= right and foot <= y <= top)


def _tags(node: Any) -> Iterator[str]:
    node = node.get_object()
    if isinstance(node, list):
        for one in node:
            yield from _tags(one)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node["/S"]
        if "/K" in node:
            yield from _tags(node["/K"])
