"""Holdings: what organizations need, have and lend, and how offers could meet needs."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from app.network.rows import BalanceRow, ResourceRow, UseRow
from app.registry.partnerships import PartnershipStatus
from app.store.rows import Id

KEPT = timedelta(days=365)
"""How long a balance counts after its day."""

REAL = frozenset({PartnershipStatus.ACTIVE, PartnershipStatus.ENDED})
"""Uses that take place, or took."""

NOTHING = Decimal(0)

Place = tuple[Id, Id]
"""An organization and a type of resource."""


class Holding(NamedTuple):
    """The balance of one organization and one type on a day, beside what is lent."""

    organization_id: Id
    resource_type_id: Id
    balance: BalanceRow
    is_stale: bool
    """Whether the balance is older than a year; nothing is computed from it then."""
    provided: Decimal
    """What others lend the organization on the day."""
    given: Decimal
    """What it lends to others on the day."""

    @property
    def short(self) -> Decimal:
        """What it lacks of its own."""
        return max(NOTHING, self.balance.needed - self.balance.available)

    @property
    def open(self) -> Decimal:
        """What it lacks in spite of all that is lent to it."""
        return max(NOTHING, self.short - self.provided)

    @property
    def free(self) -> Decimal:
        """What it offers and has not lent."""
        return max(NOTHING, self.balance.offered - self.given)


class Proposal(NamedTuple):
    """What one organization could lend another."""

    provider_id: Id
    user_id: Id
    resource_type_id: Id
    quantity: Decimal


@dataclass(frozen=True)
class Stock:
    """The balances and the uses of a municipality."""

    balances: Sequence[BalanceRow]
    uses: Sequence[UseRow]
    resources: Mapping[Id, ResourceRow]
    root: Callable[[Id], Id]
    """The legal person of an organization."""
    _on: dict[date, dict[Place, Holding]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def holdings(self, day: date) -> Mapping[Place, Holding]:
        """The latest balance of each legal person and type on a day, with what is lent."""
        if day not in self._on:
            self._on[day] = self._holdings(day)
        return self._on[day]

    def _holdings(self, day: date) -> dict[Place, Holding]:
        latest: dict[Place, BalanceRow] = {}
        for row in self.balances:
            place = row.organization_id, row.resource_type_id
            is_units = self.root(row.organization_id) != row.organization_id
            if row.observed_on > day or is_units:
                continue
            if place not in latest or latest[place].observed_on < row.observed_on:
                latest[place] = row
        provided, given = self._lent(day)
        return {
            place: Holding(*place, row, row.observed_on < day - KEPT, provided[place], given[place])
            for place, row in sorted(latest.items())
        }

    def _lent(self, day: date) -> tuple[defaultdict[Place, Decimal], defaultdict[Place, Decimal]]:
        provided: defaultdict[Place, Decimal] = defaultdict(Decimal)
        given: defaultdict[Place, Decimal] = defaultdict(Decimal)
        for use in self.uses:
            if holds(use, day):
                kind = self.resources[use.resource_id].resource_type_id
                provided[self.root(use.user_id), kind] += use.quantity
                given[self.root(use.provider_id), kind] += use.quantity
        return provided, given


def holds(use: UseRow, day: date) -> bool:
    """Whether a use takes place on a day; a draft never does."""
    return use.status in REAL and use.start_date <= day <= use.end_date


def proposals(
    needs: Iterable[Holding],
    offers: Iterable[Holding],
    is_priority: Callable[[Id], bool],
    leaders: Mapping[Id, set[Id]],
) -> list[Proposal]:
    """How offers could meet needs; the same state gives the same proposals.

    ШНОР and ШНСУ come first, then larger needs; an organization's own leaders offer first, then
    whoever has more. Each proposal takes as much as is needed and offered.
    """
    free = {(row.organization_id, row.resource_type_id): row.free for row in offers}
    found = []
    waiting = [row for row in needs if row.open]
    waiting.sort(key=lambda row: (not is_priority(row.organization_id), -row.open, *row[:2]))
    for need in waiting:
        user, kind, missing = need.organization_id, need.resource_type_id, need.open
        own = leaders.get(user, set())
        givers = [who for who, what in free if what == kind and who != user and free[who, what]]
        for giver in sorted(givers, key=lambda who: (who not in own, -free[who, kind], who)):
            if not missing:
                break
            quantity = min(missing, free[giver, kind])
            found.append(Proposal(giver, user, kind, quantity))
            free[giver, kind] -= quantity
            missing -= quantity
    return found
