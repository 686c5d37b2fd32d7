"""Amounts: reads whole numbers, decimals and sums of money as lists write them.

A unit beside the number is refused, as nobody knows whether it is the unit of the column; only
rubles are read in a column of rubles. Nothing is multiplied or rounded.
"""

import re
from typing import NoReturn

from app.findings import fault
from app.intake.faults import PERCENT_CELL
from app.model.faults import refuse
from app.model.headings import Heading, Kind
from app.model.values import Exact
from app.registry.types import RUBLES

NOT_A_NUMBER_CELL = fault(
    "not_a_number_cell",
    "Нужно целое число. Исправьте ячейку.",
    "A whole number is expected. Correct the cell.",
)
NUMBER_WITH_WORDS = fault(
    "number_with_words",
    "Кроме числа в ячейке есть слова или единица измерения. Оставьте только число в тех единицах, "
    "которые приняты для этого столбца.",
    "The cell holds more than a number. Leave only the number, in the unit of this column.",
)
THOUSANDS_OF_RUBLES = fault(
    "thousands_of_rubles",
    "Сумма указана в тысячах или миллионах. Напишите её в рублях, например 120 000,00.",
    "The sum is in thousands or millions. Write it in rubles, such as 120 000.00.",
)
THOUSANDS_OR_PARTS = fault(
    "thousands_or_parts",
    "Непонятно, отделяет знак тысячи или дробную часть. Тысячи отделите пробелом, а после запятой "
    "оставьте не больше двух цифр.",
    "The sign may part thousands or a fraction. Part thousands by a blank, and leave two digits at "
    "most behind the sign.",
)

_MINUS = re.compile(r"^[\u2212\u2013\u2014](?=\d)")
_WITH_WORDS = re.compile(r"(?=.*\d)(?=.*[^\W\d_])")
_WHOLE = re.compile(r"(-?[0-9]{1,18})(?:[.,]00?)?")
"""A fraction of zeros is none: pandas writes one once a cell is empty. Three may be a thousand."""
_RUBLES = re.compile(
    r"(-?\d[\d.]*)(?:руб(?:л[ьяей]+)?|р|₽)\.?(?:(\d\d?)коп(?:е[йкаек]+)?\.?)?", re.IGNORECASE
)
_THOUSANDS = re.compile(r"тыс|млн|млрд", re.IGNORECASE)
_GROUPED = re.compile(r"-?0*[1-9]\d{0,2}\.\d\d0")
_UNITS = dict.fromkeys(
    ("grade", "grade_from", "grade_to"), re.compile(r"(?<=\d)(?:-?й)?кл(?:асс)?\.?$", re.IGNORECASE)
) | {"year": re.compile(r"(?<=\d{4})г(?:од)?\.?$", re.IGNORECASE)}
"""Units that can only be the column's own."""
_BOTH_SIGNS = re.compile(r"-?\d{1,3}(?:(?:,\d{3})+\.\d{1,2}|(?:\.\d{3})+,\d{1,2})(?!\d)")
"""«120,000.00» and «120.000,00»: with both signs it is clear which one parts thousands."""
_GROUP = 3
"""Digits of a group of thousands."""


class Percent(str):
    """A number from a cell with a percent sign; the sign is removed."""

    __slots__ = ()


def read(heading: Heading, text: str) -> int | str:
    """The number in a cell of a column.

    Raises:
        PydanticCustomError: it is none, or more than a number.

    """
    if heading.kind == Kind.NUMBER:
        return whole(text, heading.name)
    return decimal(text, heading.exact)


def whole(text: str, field: str = "") -> int:
    """A whole number; a year may say «г.» and a grade «класс».

    Raises:
        PydanticCustomError: it is none.

    """
    line = _joined(text)
    if unit := _UNITS.get(field):
        line = unit.sub("", line)
    if line.endswith("%"):
        refuse(PERCENT_CELL)
    number = _WHOLE.fullmatch(line)
    if not number:
        _refuse(line)
    return int(number[1])


def decimal(text: str, exact: Exact | None) -> str:
    """A number with a decimal point; a comma is accepted, and rubles where the column has them.

    Raises:
        PydanticCustomError: there is more than a number, or a sign may part thousands.

    """
    line = _joined(text)
    if both := _BOTH_SIGNS.match(line):
        line = re.sub("[.,](?=.*[.,])", "", both[0]) + line[both.end() :]
    line = line.replace(",", ".")
    if line.endswith("%"):
        return Percent(line[:-1])
    if exact == RUBLES and (money := _RUBLES.fullmatch(line)):
        line = f"{money[1]}.{money[2]:>02}" if money[2] else money[1]
    if _WITH_WORDS.match(line):
        _refuse(line, is_money=exact == RUBLES)
    # «120.000» and «1,500» would be 120 and 1.5, and where two places are kept they mean thousands.
    if exact and exact.places < _GROUP and _GROUPED.fullmatch(line):
        refuse(THOUSANDS_OR_PARTS)
    return line


def _joined(text: str) -> str:
    """A number without the blanks in it, with a plain minus."""
    return _MINUS.sub("-", re.sub(r"\s", "", text))


def _refuse(line: str, *, is_money: bool = False) -> NoReturn:
    if is_money and _THOUSANDS.search(line):
        refuse(THOUSANDS_OF_RUBLES)
    refuse(NUMBER_WITH_WORDS if _WITH_WORDS.match(line) else NOT_A_NUMBER_CELL)
