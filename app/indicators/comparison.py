"""Comparison: the items of an indicator whose outcome has changed."""

from collections.abc import Iterable
from typing import NamedTuple

from app.indicators.codes import ItemOutcome
from app.indicators.network import Item
from app.registry.program_parts import IndicatorCode


class Change(NamedTuple):
    """One item of an indicator before and after; None where the indicator had no such item."""

    code: IndicatorCode
    before: Item | None
    after: Item | None

    @property
    def item(self) -> Item:
        """The item, as it is after the change if it still exists."""
        item = self.after or self.before
        assert item is not None  # noqa: S101 - a change has one of both
        return item

    def comes_to(self, outcome: ItemOutcome) -> bool:
        """Whether the item has an outcome now."""
        return outcome_of(self.after) == outcome


def compare(code: IndicatorCode, before: Iterable[Item], after: Iterable[Item]) -> list[Change]:
    """The items with an id whose outcome differs, or that exist on one side only."""
    was, now = (
        {(item.type, item.id): item for item in items if item.id is not None}
        for items in (before, after)
    )
    changes = [Change(code, was.get(key), now.get(key)) for key in was | now]
    moved = [row for row in changes if outcome_of(row.before) != outcome_of(row.after)]
    return sorted(moved, key=lambda row: (row.item.type, str(row.item.id)))


def outcome_of(item: Item | None) -> ItemOutcome | None:
    """The outcome of an item; None without an item."""
    return item.outcome if item else None
