"""Demo: fictional data for trying the service out, made through the door of any other data.

Everything is drawn from seeded generators, so a repetition finds its own keys and makes nothing.
"""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app.database.database import Database
from app.database.transaction import Transaction
from app.demo import network, people, work
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
    """How much is made in the source program's municipality and in each of the others."""

    home: District
    other: District | None = None


SIZES: Mapping[str, Size] = {
    "S": Size(District(28, 1_500, 40, 10_000)),
    "M": Size(District(28, 1_500, 40, 10_000), District(33, 875, 40, 9_228)),
    "L": Size(District(28, 1_500, 40, 10_000), District(330, 8_750, 120, 92_280)),
}
"""M: about 1,500 organizations, 40,000 teachers, 416,000 participations; L: ten times as much."""


def demo(database: Database, size: str = "S") -> int:
    """Create what is missing of the fictional data. Returns how many records were made.

    Raises:
        LookupError: the source program is not loaded.

    """
    wanted = SIZES[size]
    made = _fill(database, HOME, 0, wanted.home)
    if wanted.other:
        for index, oktmo in enumerate(database.read(_others), 1):
            made += _fill(database, oktmo, index, wanted.other)
    return made


def _fill(database: Database, oktmo: str, index: int, district: District) -> int:
    rng = random.Random(SEED + index)  # noqa: S311 - nothing secret is drawn
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
    return door.made


def _municipality(tx: Transaction, oktmo: str) -> uuid.UUID:
    table = municipalities.table
    found = tx.execute(sa.select(table.c.id).where(table.c.oktmo == oktmo)).scalar()
    if found is None:
        raise LookupError(f"No municipality {oktmo}: run the seed first")
    return uuid.UUID(str(found))


def _others(tx: Transaction) -> list[str]:
    """The municipalities of the seed but the first, in order."""
    table = municipalities.table
    ours = sa.select(table.c.oktmo).where(table.c.source == "oktmo", table.c.oktmo != HOME)
    return list(tx.execute(ours.order_by(table.c.oktmo)).scalars())


def _source_basis(tx: Transaction, home: uuid.UUID) -> network.Basis:
    wanted = (
        (organizations, "department"),
        (legal_acts, "order-125"),
        (programs, "program-2020-2021"),
    )
    return network.Basis(*(_seeded(tx, resource.table, key, home) for resource, key in wanted))


def _seeded(tx: Transaction, table: sa.Table, key: str, home: uuid.UUID) -> uuid.UUID:
    pair = (table.c.source == "order-125") & (table.c.source_key == key)
    wanted = sa.select(table.c.id).where(table.c.municipality_id == home, pair)
    found = tx.execute(wanted).scalar()
    if found is None:
        raise LookupError(f"No {table.name} {key}: run the seed first")
    return uuid.UUID(str(found))
