"""The balances of the demo data: what each school needs, has and offers, every August."""

import random
import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from app.demo.door import Door
from app.demo.network import Places
from app.registry.resource_balances import resource_balances

Balance = tuple[Decimal, Decimal, Decimal]
"""Needed, available, offered."""

AUGUSTS = (date(2020, 8, 25), date(2021, 8, 25))

_USUAL = {
    "library": 10,
    "computer_class": 20,
    "sports_hall": 18,
    "equipment": 12,
    "physics_teacher": 2,
    "speech_therapist": 1,
    "laptop": 25,
    "microscope": 10,
    "assembly_hall": 4,
    "e_library": 100,
}
"""What a school of middle size needs, in the unit of the type."""

_STAFF = frozenset({"physics_teacher", "speech_therapist"})

_TOLD: Mapping[tuple[int, str], tuple[str, str, str]] = {
    (0, "laptop"): ("40", "55", "12"),
    (3, "laptop"): ("25", "20", "0"),
    (0, "physics_teacher"): ("2", "4", "1"),
    (2, "physics_teacher"): ("2", "0.5", "0"),
    (0, "sports_hall"): ("20", "32", "10"),
    (2, "sports_hall"): ("18", "15", "0"),
    (4, "assembly_hall"): ("4", "5", "3"),
}
"""By school and type: a surplus, needs that it meets or could meet, an offer that is too large."""

LEADERS = 2
_PARTNERS = ((5, "assembly_hall", "30", "20"), (6, "sports_hall", "60", "25"))


def balance(door: Door, rng: random.Random, places: Places, types: Mapping[str, uuid.UUID]) -> None:
    """Create the balances of both years; every tenth school tells nothing in the second."""
    bodies: dict[str, dict[str, object]] = {}
    for on in AUGUSTS:
        for n, school in enumerate(places.schools):
            for code in _USUAL:
                numbers = _numbers(rng, n, code)
                if on == AUGUSTS[0] or n % 10 != 9:  # noqa: PLR2004 - every tenth
                    key = f"balance-{on.year}-{n + 1:03}-{code}"
                    bodies[key] = _body(school, types[code], on, numbers)
        for at, code, has, offers in _PARTNERS:
            numbers = Decimal(0), Decimal(has), Decimal(offers)
            bodies[f"balance-{on.year}-partner-{at}"] = _body(
                places.others[at], types[code], on, numbers
            )
    door.put(resource_balances, bodies)


def _numbers(rng: random.Random, number: int, code: str) -> Balance:
    usual = Decimal(_USUAL[code]) * rng.choice((6, 8, 10, 12)) / 10
    has = usual * rng.choice((6, 8, 10, 10, 11) if number >= LEADERS else (12, 14, 15)) / 10
    needed, available = _rounded(usual, code), _rounded(has, code)
    may_offer = number < LEADERS or number % 5 == 0
    offered = _rounded(max(Decimal(0), available - needed) / 2, code) if may_offer else Decimal(0)
    if told := _TOLD.get((number, code)):
        needed, available, offered = map(Decimal, told)
    return needed, available, offered


def _rounded(value: Decimal, code: str) -> Decimal:
    """Down to halves of a post, or to whole things and hours."""
    parts = 2 if code in _STAFF else 1
    return Decimal(int(value * parts)) / parts


def _body(
    place: uuid.UUID, resource_type: uuid.UUID, on: date, numbers: Balance
) -> dict[str, object]:
    needed, available, offered = numbers
    return {
        "organization_id": place,
        "resource_type_id": resource_type,
        "observed_on": on,
        "needed": needed,
        "available": available,
        "offered": offered,
    }
