"""Signing: the places to sign of a DOCX, which stay on one page."""

from collections.abc import Iterator, Sequence

from docx.oxml.xmlchemy import BaseOxmlElement

from app.documents.paper import Paper, Signature
from app.documents.rendering.elements import Box, Manner, paragraph, row, table
from app.documents.rendering.layout import ABREAST, LINE, NAMED, SIGNED, is_tall, signed_rows
from app.documents.rendering.widths import PAGE
from app.documents.wording import clean

_HAND_MM, _NAME_MM = 45.0, 55.0
_PLAIN, _SMALL = Manner("Normal", sticks=True), Manner("Fine", sticks=True)
_CENTRED = Manner("Fine", "center", sticks=True)
_BETWEEN_MM = 8.0
"""What keeps the texts of two parties apart."""


def signatures(paper: Paper) -> list[BaseOxmlElement]:
    """The places to sign, after a blank line; empty: nobody signs."""
    signed = paper["signatures"]
    if not signed:
        return []
    page = PAGE[paper["orientation"]]
    if signed[0]["side"] is None:
        drawn = _officers(signed, page)
    else:
        drawn = _parties(signed_rows(paper), page)
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


def _parties(rows: Sequence[Sequence[Signature]], page: float) -> BaseOxmlElement:
    width = (page - _BETWEEN_MM * (ABREAST - 1)) / ABREAST
    widths = [width, *[_BETWEEN_MM, width] * (ABREAST - 1)]
    return table(widths, [row(_abreast(one, widths), breaks=is_tall(one)) for one in rows])


def _abreast(some: Sequence[Signature], widths: Sequence[float]) -> Iterator[Box]:
    parties = iter(some)
    for place, width in enumerate(widths):
        party = None if place % 2 else next(parties, None)
        yield Box(_party(party) if party else [paragraph([""], _PLAIN)], width)


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
