"""What made-up networks are drawn with: days, keys, rows."""

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

HOME, ABROAD, PROGRAM, OTHER = (uuid.UUID(int=number) for number in range(1, 5))

DAYS = st.sampled_from(
    [
        date(2020, 4, 17),
        date(2020, 9, 1),
        date(2020, 10, 15),
        date(2020, 10, 16),
        date(2020, 12, 31),
        date(2021, 3, 1),
        date(2021, 8, 31),
    ]
)
EARLY = st.sampled_from([date(2020, 4, 17)] * 4 + [date(2020, 9, 1), date(2020, 10, 15)])
LAST_DAYS = st.sampled_from(
    [None] * 4 + [date(2020, 10, 15), date(2020, 10, 16), date(2020, 12, 31), date(2021, 3, 1)]
)


def key(kind: int, number: int) -> uuid.UUID:
    return uuid.UUID(int=kind * 1000 + number)


def one(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def in_order(row: Row, first: str, last: str) -> Row:
    """Swap two days that stand in the wrong order."""
    if row[first] and row[last] and row[last] < row[first]:
        row[first], row[last] = row[last], row[first]
    return row


def rows(draw: Draw, most: int, least: int = 0, **columns: st.SearchStrategy[Any]) -> list[Row]:
    return list(draw(st.lists(st.fixed_dictionaries(columns), min_size=least, max_size=most)))


def numbered(kind: int, found: Sequence[Row]) -> list[Row]:
    return [each | {"id": key(kind, number)} for number, each in enumerate(found)]


def once(found: Sequence[Row], *names: str) -> list[Row]:
    """Leave one row of those that their natural key makes the same."""
    return list({tuple(each[name] for name in names): each for each in found}.values())
