"""Percents: finds the cells of a workbook that show a percentage.

A cell that shows 75% holds 0.75, and only the number format of its style shows it (ECMA-376, part
1, 18.8.10 cellXfs and 18.8.31 numFmts). People mean what they see.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from xml.parsers import expat

_BUILT_IN = {9: "0%", 10: "0.00%"}
# Text in quotes or after a backslash is literal.
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_PLACES = re.compile(r"\.([0#?]+)")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]{0,200})>")
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_STYLE = re.compile(rb'\bs="(\d{1,6})"')
_LETTERS = 26

Shown = Mapping[tuple[int, int], int]
"""Decimal places by row, counted from 1, and column, counted from 0."""


def formats(styles: bytes) -> dict[int, int]:
    """The styles that show a percentage, with the number of decimal places."""
    codes, format_ids, depth = dict(_BUILT_IN), list[int](), list[str]()

    def start(name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "numFmt":
            codes[int(attributes.get("numFmtId", -1))] = attributes.get("formatCode", "")
        elif kind == "xf" and depth[-1:] == ["cellXfs"]:
            format_ids.append(int(attributes.get("numFmtId", 0)))
        depth.append(kind)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: depth.pop()
    parser.Parse(styles, True)  # noqa: FBT003 - expat takes no names
    plain = {
        at: _LITERAL.sub("", codes.get(key, "")).split(";")[0] for at, key in enumerate(format_ids)
    }
    return {at: _places(code) for at, code in plain.items() if "%" in code}


def _places(code: str) -> int:
    match = _PLACES.search(code)
    return len(match[1]) if match else 0


def shown(sheet: Iterable[bytes], percents: Mapping[int, int]) -> Shown:
    """The cells in a sheet's part that have one of these styles."""
    cells_shown: dict[tuple[int, int], int] = {}
    rest = b""
    for chunk in sheet:
        text = rest + chunk
        end = text.rfind(b"<")
        for cell in _CELL.finditer(text[:end]):
            place, style = _PLACE.search(cell[1]), _STYLE.search(cell[1])
            if place and style and int(style[1]) in percents:
                cells_shown[int(place[2]), _column(place[1])] = percents[int(style[1])]
        rest = text[end:] if end >= 0 else b""
    return cells_shown


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - ord("A") + 1
    return number - 1


def displayed(value: float, places: int) -> str:
    """A number as the cell shows it: 0.75 as 75%."""
    number = Decimal(repr(value)).scaleb(2)
    return f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)}%"
