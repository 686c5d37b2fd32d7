"""Paging: a long table is cut into pages, each with an address of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.pages.visit import Visit
from app.store.filters import whole

T = TypeVar("T")

PAGE = "page"
"""The parameter of the address: the number of the page, from 1 on."""

WHOLE = "all"
"""Asks for all rows on one page, as whoever prints them does."""

LAST = 1_000_000

ROWS = 50
"""Rows of a page, where each row is a card of several lines on a telephone."""

MOST = 1_000
"""Rows that are shown on one page at most, also to whoever asks for all."""


def read(text: str) -> int:
    """The number of a page; 0 for all rows.

    Raises:
        Refusal: it is none.

    """
    return 0 if text == WHOLE else whole(text, 1, LAST)


@dataclass(frozen=True)
class Slice(Generic[T]):
    """The items of one page."""

    items: Sequence[T]
    start: int
    """How many items stand before them."""
    total: int
    before: str
    """The address of the page before; empty on the first one."""
    after: str
    """The address of the next page; empty on the last one."""
    whole: str
    """The address of all rows; empty where they are shown, or are too many."""

    @property
    def first(self) -> int:
        """The place of the first item, from 1 on."""
        return self.start + 1

    @property
    def last(self) -> int:
        """The place of the last item."""
        return self.start + len(self.items)

    @property
    def is_whole(self) -> bool:
        """Whether these are all items."""
        return not self.before and not self.after


def cut(
    visit: Visit, items: Sequence[T], size: int = 0, name: str = PAGE, at: str = ""
) -> Slice[T]:
    """The page that is asked for; the last one if the address names a later one.

    All rows are cut too if they are too many for one page. A page with several tables has a
    parameter for each, `name`, and its links lead to the table, the element `at`.
    """
    size = size or ROWS
    asked = read(visit.query(name) or "1")
    if not asked and len(items) <= MOST:
        size = MOST
    count = max(-(-len(items) // size), 1)
    number = min(asked or 1, count)
    start = (number - 1) * size
    place = f"#{at}" if at else ""
    return Slice(
        items[start : start + size],
        start,
        len(items),
        visit.same(**{name: str(number - 1)}) + place if number > 1 else "",
        visit.same(**{name: str(number + 1)}) + place if number < count else "",
        visit.same(**{name: WHOLE}) + place if count > 1 and len(items) <= MOST else "",
    )
