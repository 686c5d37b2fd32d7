"""Signing: the places to sign of a DOCX, which stay on one page."""

from collections.abc import Iterator, Sequence

from docx.oxml.xmlchemy import BaseOxmlElement

from app.documents.paper import Paper, Signature
from app.documents.rendering.elements import Box, Manner, paragraph, row, table
from app.documents.rendering.layout import LINE, NAMED, SIGNED, signed_tall
from app.documents.rendering.widths import PAGE
from app.documents.wording import clean

_HAND_MM, _NAME_MM = 45.0, 55.0
_PLAIN, _SMALL = Manner("Normal", sticks=True), Manner("Fine", sticks=True)
_CENTRED = Manner("Fine", "center", sticks=True)
ABREAST = 2
"""Parties of a contract that sign side by side."""


def signatures(paper: Paper) -> list[BaseOxmlElement]:
    """The places to sign, after a blank line; empty: nobody signs."""
    signed = paper["signatures"]
    if not signed:
        return []
    page = PAGE[paper["orientation"]]
    if signed[0]["side"] is None:
        drawn = _officers(signed, page)
    else:
        drawn = _parties(signed, page, is_tall=signed_tall(paper))
    return [paragraph([""], _PLAIN), drawn]


def _officers(signed: Sequence[Signature], page: float) -> BaseOxmlElement:
    widths = (page - _HAND_MM - _NAME_MM, _HAND_MM, _NAME_MM)
    return table(widths, [made for one in signed for made in _officer(one, widths)])


def _officer(one: Signature, widths: Sequence[float]) -> Iterator[BaseOxmlElement]:
    texts = [one["position"] or "", LINE, one["name"] or LINE]
    manners = [_PLAIN, *[_PLAIN._replace(align="center")] * 2]
    boxes = [
        Box([paragraph(clean(text).split("\n"), manner)], width, vertical="bottom")
        for text, manner, width in zip(texts, manners, widths, strict=True)
    ]
    yield row(boxes)
    captions = zip(("", SIGNED, NAMED), widths, strict=True)
    yield row(Box([paragraph([text], _CENTRED)], width) for text, width in captions)


def _parties(signed: Sequence[Signature], page: float, *, is_tall: bool) -> BaseOxmlElement:
    widths = [page / ABREAST] * ABREAST
    rows = (signed[start : start + ABREAST] for start in range(0, len(signed), ABREAST))
    return table(widths, [row(_abreast(some, widths), breaks=is_tall) for some in rows])


def _abreast(some: Sequence[Signature], widths: Sequence[float]) -> Iterator[Box]:
    cells = [_party(one) for one in some]
    empty = [[paragraph([""], _PLAIN)]] * (len(widths) - len(cells))
    for parts, width in zip([*cells, *empty], widths, strict=True):
        yield Box(parts, width)


def _party(one: Signature) -> list[BaseOxmlElement]:
    name = clean(one["name"]) if one["name"] else LINE
    position = [clean(one["position"])] if one["position"] else []
    return [
        paragraph(clean(one["side"] or "").split("\n"), _PLAIN._replace(is_bold=True)),
        *(paragraph(clean(text).split("\n"), _PLAIN) for text in one["lines"]),
        paragraph(["", *position, f"{LINE} {name}"], _PLAIN),
        paragraph([f"{SIGNED}, {NAMED}"], _SMALL),
        paragraph([""], _SMALL),
    ]
