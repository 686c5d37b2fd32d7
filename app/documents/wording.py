"""Wording: the values of a document as they are printed."""

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from app.documents.paper import Cell, Clause, ColumnKind, Days

NOTHING = "—"
"""What stands where there is no value."""
NBSP, MINUS, DASH = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}", "\N{EN DASH}"
_KOPECK = Decimal("0.01")

# Marks of direction would turn the text around them (UAX #9).
_UNPRINTED = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff"
)
_CONTROLS = frozenset({"Cc", "Cs"})
# What keeps words and lines apart must not vanish with the controls.
_PLAIN = str.maketrans({"\t": " ", **dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n")})


_UNITS = (
    "%|дн[.]|день|дня|дней|час|часа|часов|ч[.]|мин[.]|руб[.]|коп[.]|тыс[.]|млн|шт[.]|чел[.]|человек|"
    "человека|экз[.]|гг?[.]|год|года|году|лет|класс|класса|классы|раз|раза"
)
_UNITED = re.compile(rf"(?<=№) |(?<=\bп[.]) (?=\d)|(?<=\d) (?=(?:{_UNITS})(?!\w))")
"""The blanks inside of «№ 5», «п. 3» and «14 дн.», where no line may end."""


def clean(text: str) -> str:
    """Text that every format can hold: NFC, without controls but line ends.

    A number stays on one line with its unit.
    """
    plain = unicodedata.normalize("NFC", text).replace("\r\n", "\n").translate(_PLAIN)
    kept = (sign for sign in plain if _is_printed(sign))
    return _UNITED.sub(NBSP, "".join(kept))


def printed(kind: ColumnKind, cell: Cell) -> list[str]:
    """A cell as lines of text."""
    if cell is None:
        return [NOTHING]
    if isinstance(cell, int):
        return [number(str(cell))]
    if isinstance(cell, str) and not cell:
        return [""]
    if isinstance(cell, str):
        return clean(_worded(kind, cell)).split("\n")
    if "lines" in cell:
        return [clean(line) for line in cell["lines"]]
    return [f"{number(cell['percent'])}{NBSP}%"] if "percent" in cell else [period(cell)]


def day(iso: str) -> str:
    """A day as it is written in Russian: 31.12.2020."""
    return f"{date.fromisoformat(iso):%d.%m.%Y}"


def period(days: Days) -> str:
    """A period, open sides too."""
    since, until = days["since"], days["until"]
    if since and since == until:
        return day(since)
    if since and until:
        return f"{day(since)}{NBSP}{DASH} {day(until)}"
    if since:
        return f"с{NBSP}{day(since)}"
    return f"по{NBSP}{day(until)}" if until else NOTHING


def number(text: str, places: int | None = None) -> str:
    """A decimal with a comma, groups of three digits apart, and a minus that is no hyphen."""
    value = Decimal(text)
    if places is not None:
        value = value.quantize(_KOPECK, ROUND_HALF_UP)
    return f"{value:,f}".replace(",", NBSP).replace(".", ",").replace("-", MINUS)


def pieces(clause: Clause, blank: str) -> str:
    """A clause as one text, with `blank` where something is to be filled in."""
    return "".join(blank if piece is None else clean(piece) for piece in clause["pieces"])


def _worded(kind: ColumnKind, cell: str) -> str:
    match kind:
        case ColumnKind.DATE:
            return day(cell)
        case ColumnKind.NUMBER:
            return number(cell)
        case ColumnKind.MONEY:
            return number(cell, 2)
        case ColumnKind.PERCENT:
            return f"{number(cell)}{NBSP}%"
        case _:
            return cell


def _is_printed(sign: str) -> bool:
    return sign == "\n" or (sign not in _UNPRINTED and unicodedata.category(sign) not in _CONTROLS)
