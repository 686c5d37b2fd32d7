"""HTML: a paper as one page, for reading on a screen, listening and printing."""

from base64 import b64encode
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from app.documents.paper import NOTHING_KNOWN, Clause, Paper, RowKind
from app.documents.rendering.continuing import held
from app.documents.rendering.layout import (
    DATE_LINE,
    LINE,
    NAMED,
    SIGNED,
    code_drawing,
    heading_of,
    marks,
    name_of,
    number_line,
    parts,
    proof,
    title,
)
from app.documents.rendering.tables import Table, table
from app.documents.rendering.widths import PAGE
from app.documents.wording import clean


def html(paper: Paper, address: str | None) -> bytes:
    """A document as HTML; `address` is where a frozen report is verified, shown as a QR code.

    The page holds all it needs and runs nothing, so that it can be saved and read elsewhere.
    """
    page = PAGE[paper["orientation"]]
    body, annexes = parts(paper)
    text = _template().render(
        paper=paper,
        address=address,
        code=_address_of(code_drawing(address)) if address else None,
        marks=marks(paper),
        proof=proof(paper, address),
        body=[(section, held(table(section, page))) for section in body],
        annexes=[(section, held(table(section, page))) for section in annexes],
    )
    return text.encode()


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "clean": clean,
        "heading_of": heading_of,
        "name_of": name_of,
        "pieces": _pieces,
        "share": _share,
        "title": title,
    }
    environment.globals |= {
        "date_line": DATE_LINE,
        "line": LINE,
        "number_line": number_line(LINE),
        "signed": f"{SIGNED}, {NAMED}",
        "nothing": NOTHING_KNOWN,
        "heading": RowKind.HEADING,
        "total": RowKind.TOTAL,
    }
    return environment.get_template("paper.html")


def _address_of(drawing: bytes) -> str:
    """A picture as an address that holds it (RFC 2397)."""
    return f"data:image/svg+xml;base64,{b64encode(drawing).decode()}"


def _share(drawn: Table, column: int) -> int:
    """The part of the width that a column takes, in percent."""
    return round(100 * drawn.widths[column] / sum(drawn.widths))


def _pieces(clause: Clause) -> list[str | None]:
    return [piece and clean(piece) for piece in clause["pieces"]]
