"""Exchange: what the register holds of a program's resources, curricula, groups and initiatives."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from typing import NamedTuple, Protocol, TypeVar

import sqlalchemy as sa

from app.database.slicing import slices
from app.database.transaction import Transaction
from app.network.holdings import Stock
from app.network.rows import (
    ACTS,
    BALANCES,
    COMPONENTS,
    CRITERIA,
    CURRICULA,
    EXPECTED,
    GROUPS,
    INITIATIVE_EVENTS,
    INITIATIVE_MEMBERS,
    INITIATIVES,
    LEARNERS,
    PARTIES,
    PROVISIONS,
    RESOURCES,
    TYPES,
    USES,
    ActRow,
    ComponentRow,
    CriterionRow,
    CurriculumRow,
    ExpectedRow,
    GroupRow,
    InitiativeEventRow,
    InitiativeMemberRow,
    InitiativeRow,
    LearnersRow,
    PartyRow,
    ProvisionRow,
    ResourceRow,
    TypeRow,
)
from app.registry.bookings import Holder, holders_of, slots_of
from app.registry.network_groups import network_groups
from app.registry.resource_uses import resource_uses
from app.registry.timetable import Slot
from app.store.rows import Id


@dataclass(frozen=True)
class Exchange:
    """The rows behind the computed answers of one program.

    Balances, resources, uses and slots are those of the municipality: another program's use of a
    hall takes it as well.
    """

    stock: Stock
    types: Mapping[Id, TypeRow]
    acts: Mapping[Id, ActRow]
    curricula: Sequence[CurriculumRow]
    parties: Mapping[Id, list[PartyRow]]
    components: Mapping[Id, list[ComponentRow]]
    groups: Sequence[GroupRow]
    learners: Mapping[Id, list[LearnersRow]]
    holders: Mapping[Id, Holder]
    slots: Sequence[Slot]
    provisions: Sequence[ProvisionRow]
    initiatives: Sequence[InitiativeRow]
    initiative_events: Mapping[Id, list[InitiativeEventRow]]
    members: Mapping[Id, list[InitiativeMemberRow]]
    expected: Sequence[ExpectedRow]
    criteria: Sequence[CriterionRow]

    @property
    def names(self) -> dict[Id, str | None]:
        """Titles by id of what indicators count here."""
        resources, types = self.resources, self.types
        names: dict[Id, str | None] = {key: row.title for key, row in resources.items()}
        names |= {row.id: row.title for row in self.curricula}
        names |= {row.id: row.title for row in self.groups}
        names |= {row.id: resources[row.resource_id].title for row in self.stock.uses}
        return names | {row.id: types[row.resource_type_id].title for row in self.stock.balances}

    @cached_property
    def users(self) -> dict[Id, Id]:
        """Who uses what: the user of each use, by its id."""
        return {row.id: row.user_id for row in self.stock.uses}

    @property
    def resources(self) -> Mapping[Id, ResourceRow]:
        """The resources of the municipality."""
        return self.stock.resources


class Town(NamedTuple):
    """The rows of a municipality that all its programs look at."""

    stock: Stock
    types: Mapping[Id, TypeRow]
    acts: Mapping[Id, ActRow]
    """The papers of the uses."""
    holders: Mapping[Id, Holder]
    slots: Sequence[Slot]


def town(tx: Transaction, home: Id, root: Callable[[Id], Id]) -> Town:
    """What a municipality has and lends; `root` gives the legal person of its organizations."""
    uses = USES.of_town(tx, home)
    resources = _by_id(RESOURCES.of_town(tx, home))
    holders = _holders(tx, home)
    papers = ((use.act_id, use.assessment_act_id, use.consent_act_id) for use in uses)
    return Town(
        stock=Stock(BALANCES.of_town(tx, home), uses, resources, root),
        types=_by_id(TYPES.where(tx, _shared_or_of(TYPES.table, home))),
        acts=_acts(tx, chain.from_iterable(papers)),
        holders=holders,
        slots=slots_of(tx, holders),
    )


def load(tx: Transaction, program_id: Id, there: Town) -> Exchange:
    """Everything that a program's computed answers look at, a query for each kind of row."""
    curricula = CURRICULA.having(tx, program_id=program_id)
    parties = PARTIES.parts(tx, [row.id for row in curricula])
    groups = _groups(tx, program_id)
    initiatives = INITIATIVES.having(tx, program_id=program_id)
    criteria = CRITERIA.having(tx, program_id=program_id)
    papers = {row.act_id for row in parties} | {row.act_id for row in criteria}
    return Exchange(
        stock=there.stock,
        types=there.types,
        acts={**there.acts, **_acts(tx, papers - there.acts.keys())},
        curricula=curricula,
        parties=by_owner(parties),
        components=by_owner(COMPONENTS.parts(tx, [row.id for row in curricula])),
        groups=groups,
        learners=by_owner(LEARNERS.parts(tx, [row.id for row in groups])),
        holders=there.holders,
        slots=there.slots,
        provisions=PROVISIONS.parts(tx, [program_id]),
        initiatives=initiatives,
        initiative_events=by_owner(INITIATIVE_EVENTS.parts(tx, [row.id for row in initiatives])),
        members=_members(tx, [row.id for row in initiatives]),
        expected=EXPECTED.parts(tx, [program_id]),
        criteria=criteria,
    )


class _Identified(Protocol):
    @property
    def id(self) -> Id: ...


class _Owned(Protocol):
    @property
    def owner_id(self) -> Id: ...


I = TypeVar("I", bound=_Identified)  # noqa: E741 - identified
O = TypeVar("O", bound=_Owned)  # noqa: E741 - owned


def _by_id(rows: Iterable[I]) -> dict[Id, I]:
    return {row.id: row for row in rows}


def by_owner(rows: Iterable[O]) -> dict[Id, list[O]]:
    """Parts by the record that they belong to, in their order."""
    groups: dict[Id, list[O]] = defaultdict(list)
    for row in rows:
        groups[row.owner_id].append(row)
    return groups


def _shared_or_of(table: sa.Table, home: Id) -> sa.ColumnElement[bool]:
    return table.c.municipality_id.is_(None) | (table.c.municipality_id == home)


def _acts(tx: Transaction, ids: Iterable[Id | None]) -> dict[Id, ActRow]:
    acts: dict[Id, ActRow] = {}
    for some in slices({key for key in ids if key}):
        acts |= _by_id(ACTS.among(tx, "id", some))
    return acts


def _groups(tx: Transaction, program_id: Id) -> list[GroupRow]:
    return GROUPS.read(tx, _groups_of(), program_id=program_id)


@cache
def _groups_of() -> sa.Select[*tuple[object, ...]]:
    curricula = CURRICULA.table
    of_program = curricula.c.program_id == sa.bindparam("program_id")
    ours = sa.select(curricula.c.id).where(of_program)
    return GROUPS.columns.where(GROUPS.table.c.curriculum_id.in_(ours))


def _holders(tx: Transaction, home: Id) -> dict[Id, Holder]:
    """Every group and use of a municipality."""
    groups, uses = (
        tx.execute(sa.select(table.c.id).where(table.c.municipality_id == home)).scalars()
        for table in (network_groups.table, resource_uses.table)
    )
    return holders_of(tx, groups, uses)


def _members(tx: Transaction, initiatives: Sequence[Id]) -> dict[Id, list[InitiativeMemberRow]]:
    members: dict[Id, list[InitiativeMemberRow]] = defaultdict(list)
    for some in slices(initiatives):
        for row in INITIATIVE_MEMBERS.among(tx, "initiative_id", some):
            members[row.initiative_id].append(row)
    return members
