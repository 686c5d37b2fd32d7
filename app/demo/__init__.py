"""Demo: fictional data for trying out the service, written with the same checks as real data.

All values come from seeded generators: every database gets the same, and a second run finds its
own keys and creates nothing.
"""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app.database.database import Database
from app.database.transaction import Transaction
from app.demo import balances, lessons, marks, money, network, outcomes, people, premises, work
from app.demo.door import Door
from app.demo.network import District
from app.registry.legal_acts import legal_acts
from app.registry.municipalities import municipalities
from app.registry.organizations import organizations
from app.registry.programs import programs

HOME = "92648000"
SEED = 125


@dataclass(frozen=True)
class Size:
    """How many records are made in the source program's municipality, and in each other one."""

    home: District
    other: District | None = None


SIZES: Mapping[str, Size] = {
    "S": Size(District(28, 1_500, 40, 10_000)),
    "M": Size(District(28, 1_500, 40, 10_000), District(33, 875, 40, 9_228)),
    "L": Size(District(28, 1_500, 40, 10_000), District(330, 8_750, 120, 92_280)),
}
"""M: about 1,500 organizations, 40,000 teachers, 416,000 participations; L: ten times as much."""


def demo(database: Database, size: str = "S") -> int:
    """Create the missing fictional data. Returns how many records were created.

    Raises:
        LookupError: the source program is not loaded.

    """
    amounts = SIZES[size]
    made = fill(database, HOME, 0, amounts.home)
    if amounts.other:
        for index, oktmo in enumerate(database.read(others), 1):
            made += fill(database, oktmo, index, amounts.other)
    return made


def fill(database: Database, oktmo: str, index: int, district: District) -> int:
    """Create the missing fictional data of a municipality, number `index`; returns their count."""
    rng = random.Random(SEED + index)  # noqa: S311 - fictional data, not a secret
    home = database.read(lambda tx: _municipality(tx, oktmo))
    door = Door(database, home, f"{oktmo[2:5]}-" if index else "")
    places = network.organize(door, index, district)
    if index:
        basis = network.found(door, places)
    else:
        basis = database.read(lambda tx: _source_basis(tx, home))
    network.designate(door, places, basis)
    pairs = network.pair(door, places, basis)
    staff = people.employ(door, rng, places, district.teachers)
    work.complete_windows(door, basis.program)
    held = work.hold(door, rng, (basis, places, pairs), district.events)
    work.attend(door, rng, (staff, held), district.participations)
    work.monitor(door, basis.program, places)
    _share(door, random.Random(SEED + index), (basis, places, pairs), held)  # noqa: S311 - as above
    return door.made


def _share(
    door: Door,
    rng: random.Random,
    inside: tuple[network.Basis, network.Places, list[uuid.UUID]],
    held: list[work.Held],
) -> None:
    """Resources, property, lessons, money, marks and outcomes of the network."""
    basis, places, _ = inside
    rows = work.plan_of(door, basis.program)
    types = premises.name_types(door)
    balances.balance(door, rng, places, types)
    things = premises.equip(door, places, types)
    uses = premises.lend(door, inside, things)
    curricula = lessons.plan(door, inside)
    groups = lessons.enrol(door, rng, curricula)
    lessons.schedule(door, places, uses, (groups, things))
    money.fund(door, rng, basis, (places, curricula), [row.id for row in rows])
    quality = next((row for row in rows if row.title.startswith("Контроль качества")), rows[0])
    marks.assess(door, rng, places, quality.id)
    outcomes.confirm(door, basis, rows[0].id)
    done = [event.id for event in held if event.status == "completed"]
    outcomes.initiate(door, rng, (basis, places), done)


def _municipality(tx: Transaction, oktmo: str) -> uuid.UUID:
    table = municipalities.table
    municipality = tx.execute(sa.select(table.c.id).where(table.c.oktmo == oktmo)).scalar()
    if municipality is None:
        raise LookupError(f"No municipality {oktmo}: run the seed first")
    return uuid.UUID(str(municipality))


def others(tx: Transaction) -> list[str]:
    """The OKTMO codes of the seed's other municipalities, in order."""
    table = municipalities.table
    codes = sa.select(table.c.oktmo).where(table.c.source == "oktmo", table.c.oktmo != HOME)
    return list(tx.execute(codes.order_by(table.c.oktmo)).scalars())


def _source_basis(tx: Transaction, home: uuid.UUID) -> network.Basis:
    sources = (
        (organizations, "department"),
        (legal_acts, "order-125"),
        (programs, "program-2020-2021"),
    )
    return network.Basis(*(_seeded(tx, resource.table, key, home) for resource, key in sources))


def _seeded(tx: Transaction, table: sa.Table, key: str, home: uuid.UUID) -> uuid.UUID:
    pair = (table.c.source == "order-125") & (table.c.source_key == key)
    query = sa.select(table.c.id).where(table.c.municipality_id == home, pair)
    record_id = tx.execute(query).scalar()
    if record_id is None:
        raise LookupError(f"No {table.name} {key}: run the seed first")
    return uuid.UUID(str(record_id))
