"""Naming: what ways are about, by names that the caller may read."""

from collections import defaultdict
from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.slicing import slices
from app.database.transaction import Transaction
from app.indicators.codes import CODED, ItemType
from app.indicators.documents import NamedItem
from app.indicators.facts import Facts
from app.indicators.ways.actions import Beside
from app.indicators.ways.documents import WayCompanion
from app.indicators.ways.walking import Walk
from app.model.values import spoken_decimal
from app.network.results import Result, expected
from app.registry.events import EventKind
from app.registry.interaction import InteractionForm
from app.registry.partnerships import MemberRole
from app.registry.program_parts import ProvisionCode
from app.store.rows import Id


class Naming:
    """The names of all that a walk is about; what the caller does not see has no id and no name."""

    def __init__(self, tx: Transaction, facts: Facts, walk: Walk) -> None:
        self._facts = facts
        self._seen = _seen(tx, _told(walk))
        self._names = dict(_names(facts))
        self._coded = _coded(facts)

    def item(self, kind: ItemType, key: Id | str | None) -> NamedItem:
        """A record or a code with its name."""
        if kind in CODED:
            return {"type": kind, "id": str(key), "name": self._coded.get(str(key))}
        is_seen = isinstance(key, Id) and key in self._seen
        name = self._names.get(key) if is_seen and isinstance(key, Id) else None
        return {"type": kind, "id": str(key) if is_seen else None, "name": name}

    def companion(self, row: Beside) -> WayCompanion:
        """With whom or with what something is done."""
        is_seen = row.id in self._seen
        return {
            "type": row.type,
            "id": str(row.id) if is_seen else None,
            "name": (row.name or self._names.get(row.id)) if is_seen else None,
            "load": row.load,
            "quantity": None if row.quantity is None else spoken_decimal(row.quantity),
        }


def _told(walk: Walk) -> dict[str, set[Id]]:
    """By collection: the records that ways name."""
    ids: dict[str, set[Id]] = defaultdict(set)
    for way, beside, _, brings in walk.taken:
        for kind, key in [
            (way.type, way.id),
            *((row.type, row.id) for row in beside),
            *((row.type, row.id) for row in brings),
        ]:
            if isinstance(key, Id):
                ids[kind].add(key)
    return ids


def _seen(tx: Transaction, ids: dict[str, set[Id]]) -> set[Id]:
    seen: set[Id] = set()
    for collection, some in ids.items():
        table = SQLModel.metadata.tables[collection]
        for part in slices(some):
            rows = sa.select(table.c.id).where(table.c.id.in_(part), tx.seen(collection, table))
            seen.update(tx.execute(rows).scalars())
    return seen


def _names(facts: Facts) -> Iterator[tuple[Id, str | None]]:
    """Names that tell records of one kind apart, as people write them."""
    names = facts.names
    yield from names.items()
    for partnership in facts.partnerships:
        if not partnership.title:
            yield partnership.id, _sides(facts, partnership.id)
    for designation in facts.designations:
        yield designation.id, f"{names[designation.id]}: {designation.category.label}"
    for use in facts.exchange.stock.uses:
        yield use.id, f"{names[use.id]}: {names.get(use.user_id) or ''}"
    for balance in facts.exchange.stock.balances:
        if balance.needed > balance.available:
            short = spoken_decimal(balance.needed - balance.available).replace(".", ",")
            unit = facts.exchange.types[balance.resource_type_id].unit
            yield balance.id, f"{names[balance.id]}, не хватает {short} ({unit})"
    for event in facts.events.values():
        if event.kind == EventKind.PLAN_WINDOW:
            yield event.id, f"{names[event.id]}, срок до {event.window_end:%d.%m.%Y}"


def _sides(facts: Facts, key: Id) -> str:
    """A partnership without a title by its members, leaders first."""
    rows = sorted(facts.members.get(key, ()), key=lambda row: row.role != MemberRole.LEADER)
    return " — ".join(filter(None, (facts.names.get(row.organization_id) for row in rows)))


def _coded(facts: Facts) -> dict[str, str | None]:
    """What codes stand for: forms, provisions, expected results."""
    coded: dict[str, str | None] = {form.value: form.label for form in InteractionForm}
    coded |= {code.value: code.label for code in ProvisionCode}
    results = expected(facts.exchange.expected)
    return coded | {row.code: f"{_place(row)}: {row.text or ''}" for row in results}


def _place(result: Result) -> str:
    """Where a result stands in the program."""
    if result.level is None:
        return f"Качественный результат {result.row}"
    return f"Строка {result.row} ({result.level.label})"
