"""Formats: the files that a document can be had as."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from app import VERSION
from app.documents.paper import Paper
from app.documents.rendering.docx import docx
from app.documents.rendering.html import html
from app.documents.rendering.pdf import pdf
from app.documents.rendering.xlsx import xlsx
from app.rest import media


class Format(NamedTuple):
    """One format: the ending of its files, and who writes them."""

    ending: str
    render: Callable[[Paper, str | None], bytes]
    """The paper, and where it is verified if it is frozen."""


PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html"

FORMATS: Mapping[str, Format] = {
    PDF: Format("pdf", pdf),
    DOCX: Format("docx", docx),
    media.XLSX: Format("xlsx", xlsx),
    HTML: Format("html", html),
}
"""By media type."""


def etag(digest: str, kind: str) -> str:
    """The ETag of a document's file: the same data give the same bytes in one release only."""
    return f'"{digest}.{FORMATS[kind].ending}.{VERSION}"'
