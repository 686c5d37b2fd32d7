"""Money: what was planned, approved and paid of a program, in kopecks."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from app.network.rows import FundingRow
from app.registry.funding_entries import EntryKind

Key = str | None


class Budget(NamedTuple):
    """Sums of some entries, in kopecks."""

    planned: int = 0
    changed: int = 0
    paid: int = 0

    @property
    def approved(self) -> int:
        """The plan with its changes."""
        return self.planned + self.changed

    @property
    def rest(self) -> int:
        """What is approved and not paid."""
        return self.approved - self.paid

    @property
    def execution(self) -> str | None:
        """The share of the approved that is paid, in percent with two places; null of nothing.

        Half a hundredth is rounded away from zero.
        """
        if not self.approved:
            return None
        sign = -1 if (self.paid < 0) != (self.approved < 0) and self.paid else 1
        paid, approved = abs(self.paid), abs(self.approved)
        hundredths = (paid * 20_000 + approved) // (2 * approved)
        text = f"{hundredths // 100}.{hundredths % 100:02d}"
        return f"-{text}" if sign < 0 and hundredths else text


def kopecks(row: FundingRow) -> int:
    """The amount of an entry in kopecks."""
    return int(row.amount.scaleb(2))


def rubles(amount: int) -> str:
    """An amount in rubles with two places."""
    sign, whole = "-" if amount < 0 else "", abs(amount)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def budget(rows: Iterable[FundingRow]) -> Budget:
    """The sums of some entries."""
    sums = dict.fromkeys(EntryKind, 0)
    for row in rows:
        sums[row.entry] += kopecks(row)
    return Budget(sums[EntryKind.PLAN], sums[EntryKind.CHANGE], sums[EntryKind.PAYMENT])


def budgets(
    rows: Iterable[FundingRow], key_of: Callable[[FundingRow], Key]
) -> list[tuple[Key, Budget]]:
    """The sums by a key, in its order; entries without one come last."""
    groups: dict[Key, list[FundingRow]] = {}
    for row in rows:
        groups.setdefault(key_of(row), []).append(row)
    keys = sorted(groups, key=lambda key: (key is None, key or ""))
    return [(key, budget(groups[key])) for key in keys]
