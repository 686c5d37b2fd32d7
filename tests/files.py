"""Files: what a reader finds in a PDF, DOCX, XLSX or HTML: its words, and its structure."""

import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO
from typing import Any, NamedTuple

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.section import _BaseHeaderFooter
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from app.documents.paper import Paper
from app.documents.rendering import child
from app.documents.rendering import pdf as pdf_module
from app.documents.rendering.docx import docx
from app.documents.rendering.face import lettered
from app.documents.rendering.html import html
from app.documents.rendering.pdf import pdf
from app.documents.rendering.xlsx import xlsx
from app.documents.wording import clean

Signs = Counter[str]


@pytest.fixture(autouse=True)
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay PDF out without its child: hundreds of files are made faster."""
    monkeypatch.setattr(pdf_module, "laid_out", child.laid_out)


class Kind(NamedTuple):
    """A format: who writes it, who reads its words, and how it spells a text."""

    write: Callable[[Paper, str | None], bytes]
    words: Callable[[bytes], str]
    spell: Callable[[str], str]


def pdf_words(file: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(file)).pages)


def docx_words(file: bytes) -> str:
    document = Document(BytesIO(file))
    section = document.sections[0]
    margins = (section.header, section.footer, section.first_page_footer)
    holders = [document.element.body, *map(root_of, margins)]
    return "\n".join(text.text or "" for one in holders for text in one.iter(qn("w:t")))


def root_of(margin: _BaseHeaderFooter) -> Any:
    """The element of a page's header or footer."""
    return margin._element  # noqa: SLF001 - python-docx has no door to it


def xlsx_words(file: bytes) -> str:
    book = CalamineWorkbook.from_filelike(BytesIO(file))
    sheets = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    return "\n".join(str(cell) for sheet in sheets for row in sheet for cell in row)


def html_words(file: bytes) -> str:
    return "\n".join(Page.of(file).texts)


class Page(HTMLParser):
    """The tags of a page with their attributes, and its texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.texts: list[str] = []
        self.values: list[str] = []

    @classmethod
    def of(cls, file: bytes) -> "Page":
        page = cls()
        page.feed(file.decode())
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:  # noqa: ARG002 - its words are not shown
        self.tags.append(("!--", ()))


KINDS = {
    "pdf": Kind(pdf, pdf_words, lambda text: lettered(clean(text))),
    "docx": Kind(docx, docx_words, clean),
    "xlsx": Kind(xlsx, xlsx_words, clean),
    "html": Kind(html, html_words, clean),
}


INKLESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Marks and letters that nobody sees (Default_Ignorable_Code_Point); no stored text has them."""


def signs(text: str) -> Signs:
    """The signs of a text that leave ink, whatever lines it is broken into."""
    return Counter(
        sign
        for sign in unicodedata.normalize("NFKD", text)
        if not sign.isspace()
        and unicodedata.category(sign) not in {"Cf", "Cc"}
        and not INKLESS.match(sign)
    )


def reader(file: bytes) -> Any:
    """A PDF as pypdf reads it; its objects are of any type."""
    return PdfReader(BytesIO(file))


def elements(file: bytes) -> Counter[str]:
    """The elements of all XML parts of a DOCX or XLSX; each part parses."""
    found: Counter[str] = Counter()
    with zipfile.ZipFile(BytesIO(file)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                root = parse_xml(parts.read(name))
                found.update(one.tag.rpartition("}")[2] for one in root.iter())
    return found


def part(file: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(file)) as parts:
        return parts.read(name).decode()
