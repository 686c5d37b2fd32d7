"""Layout: what stands in a paper beside its sections, the same in every format."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

import segno

from app.documents.paper import Paper, Section, Signature, digest
from app.documents.rendering.widths import wrapped
from app.documents.wording import clean, day

LINE: Final = "_" * 20
"""A place to fill in by hand, in formats that draw no line."""
DATE_LINE: Final = "«___» ______________ 20___ г."
"""A place for a date."""
SIGNED, NAMED = "подпись", "инициалы, фамилия"
"""What stands below the two lines of a signature."""
CODE_MM = 25.0
"""The side of the QR code in millimetres: a telephone reads it from paper."""
ABREAST = 2
"""Parties of a contract that sign side by side."""
_TALL = 28
"""Lines of all who sign that fit on one page in any case."""
_SIGNED_MM, _LETTERS = 65.0, 12.0
"""The narrowest place for a text of who signs, in millimetres, and its letters in points."""
_DOTS = 6
"""Pixels of the side of a dot of the code: 300 to the inch when printed."""


def proof(paper: Paper, address: str | None) -> list[str]:
    """How the reader of a paper finds its data: the day, the version and the digest."""
    requisites = paper["requisites"]
    lines = [
        f"Состояние на {day(requisites['as_of'])}, версия данных {requisites['state_version']}",
        f"Запись: {requisites['subject_id']}",
        f"SHA-256 сведений: {digest(paper)}",
    ]
    return [*lines, f"Проверить: {address}"] if address else lines


def marks(paper: Paper) -> str:
    """What warns the reader on every page; empty: nothing does."""
    requisites = paper["requisites"]
    warnings = {
        "Учебные данные": requisites["training"],
        "Рабочий экземпляр": requisites["working"],
    }
    return ". ".join(text for text, holds in warnings.items() if holds)


def parts(paper: Paper) -> tuple[list[Section], list[Section]]:
    """The sections that are signed, and the annexes after the signatures."""
    sections = paper["sections"]
    # What follows the first annex belongs to the annexes, whether it opens one or not.
    first = next((at for at, one in enumerate(sections) if one["annex"]), len(sections))
    return sections[:first], sections[first:]


def closing(sections: Sequence[Section]) -> int:
    """The place after the last section that is more than a heading."""
    filled = (at for at, one in enumerate(sections, 1) if _is_filled(one))
    return max(filled, default=0)


def _is_filled(section: Section) -> bool:
    return bool(section["clauses"] or section["columns"] or section["note"])


def signed_rows(paper: Paper) -> list[list[Signature]]:
    """Who signs in one row: officers each in their own, parties of a contract side by side."""
    signed = paper["signatures"]
    step = ABREAST if signed and signed[0]["side"] is not None else 1
    return [signed[start : start + step] for start in range(0, len(signed), step)]


def signed_tall(paper: Paper) -> bool:
    """Whether the places to sign may take more than a page, and have to be broken."""
    return sum(max(map(signed_lines, row)) for row in signed_rows(paper)) > _TALL


def is_tall(row: Sequence[Signature]) -> bool:
    """Whether a row of places to sign may take more than a page by itself."""
    return max(map(signed_lines, row)) > _TALL


def signed_lines(one: Signature) -> int:
    """The lines that a place to sign takes, at most."""
    texts = (one["side"], *one["lines"], one["position"], one["name"])
    # Below the texts stand the line for the hand and its caption.
    return 3 + sum(len(wrapped(clean(text or ""), _SIGNED_MM, _LETTERS)) for text in texts)


def heading_of(paper: Paper) -> str:
    """What a file calls the document: its heading and its subject; never empty."""
    requisites = paper["requisites"]
    texts = (requisites["heading"], requisites["subject"])
    words = " ".join(clean(text) for text in texts).split()
    return " ".join(words) or paper["kind"].label


def number_line(place: str) -> str:
    """The place for the date and the number of a document."""
    return f"{DATE_LINE} № {place}"


def title(section: Section) -> str:
    """The title of a section with its number."""
    text = clean(section["title"])
    return f"{section['no']}. {text}" if section["no"] else text


def name_of(section: Section) -> str:
    """What a section is called where it must have a name: by its title, or as an annex."""
    return title(section) or clean(section["annex"] or "") or "Раздел"


def code_picture(address: str) -> bytes:
    """The QR code of an address as PNG."""
    return _code(address, "png", _DOTS)


def code_drawing(address: str) -> bytes:
    """The QR code of an address as SVG."""
    return _code(address, "svg", 1)


def _code(address: str, kind: str, scale: int) -> bytes:
    image = BytesIO()
    code = segno.make(address, error="m", micro=False)
    if kind == "svg":
        code.save(image, kind=kind, xmldecl=False)
    else:
        code.save(image, kind=kind, scale=scale)
    return image.getvalue()
