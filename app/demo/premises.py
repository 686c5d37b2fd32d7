"""The property of the demo data: what schools and partners have, and who uses it of whom."""

import uuid
from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

import sqlalchemy as sa

from app.demo.calendar import YEARS, SchoolYear
from app.demo.door import Door
from app.demo.network import Basis, Places
from app.registry.legal_acts import legal_acts
from app.registry.resource_types import resource_types
from app.registry.resource_uses import resource_uses
from app.registry.shared_resources import shared_resources

Body = dict[str, object]

_OWN_TYPES = {
    "physics_teacher": ("Учитель физики", "staff", "ставка"),
    "speech_therapist": ("Учитель-логопед", "staff", "ставка"),
    "laptop": ("Ноутбук", "equipment", "штука"),
    "microscope": ("Цифровой микроскоп", "equipment", "штука"),
    "assembly_hall": ("Актовый зал", "facility", "час в неделю"),
    "e_library": ("Доступ к электронной библиотеке", "informational", "место"),
}

_EQUIPMENT = (
    (2, 0, "sports_hall", "Спортивный зал", 40, True),
    (4, 0, "computer_class", "Компьютерный класс", 15, True),
    (4, 1, "assembly_hall", "Актовый зал", 120, True),
    (4, 2, "library", "Школьная библиотека", 20, False),
    (5, 0, "laptop", "Передвижной класс ноутбуков", None, False),
)
"""What a school has if its number leaves this remainder: divisor, remainder, type and so on."""

_PARTNERS = (
    (5, "assembly_hall", "Большой зал Дома культуры", 300),
    (6, "sports_hall", "Игровой зал спорткомплекса", 80),
    (6, "sports_hall", "Плавательный бассейн", 30),
)
"""What social partners have: the place among the other organizations, type, title, seats."""

ACT_OF = {
    "joint_use": ("agreement", "Соглашение о совместном пользовании"),
    "free_use": ("free_use_contract", "Договор безвозмездного пользования"),
    "lease": ("lease_contract", "Договор аренды"),
}

ALL_PAPERS = ("act_id", "assessment_act_id", "consent_act_id")


class Thing(NamedTuple):
    """A shared resource."""

    id: uuid.UUID
    owner: uuid.UUID
    type: str
    exclusive: bool


class Use(NamedTuple):
    """A use of a shared resource: what the demo decides about it."""

    thing: Thing
    user: uuid.UUID
    basis: str
    year: SchoolYear
    quantity: str
    purpose: str
    partnership: uuid.UUID | None = None
    papers: Sequence[str] = ALL_PAPERS
    is_draft: bool = False


def name_types(door: Door) -> dict[str, uuid.UUID]:
    """Create the municipality's own types; returns all ids by code, those of the seed too."""
    table = resource_types.table
    shared = sa.select(table.c.code, table.c.id).where(table.c.municipality_id.is_(None))
    types = {row.code: row.id for row in door.read(lambda tx: tx.execute(shared).all())}
    bodies = {
        code: {"code": code, "title": title, "kind": kind, "unit": unit}
        for code, (title, kind, unit) in _OWN_TYPES.items()
    }
    made = door.put(resource_types, {f"type-{code}": body for code, body in bodies.items()})
    return types | {code: made[f"type-{code}"] for code in bodies}


def equip(door: Door, places: Places, types: dict[str, uuid.UUID]) -> list[Thing]:
    """Create the shared resources of schools and of social partners."""
    listed = [
        (school, code, title, seats, exclusive)
        for n, school in enumerate(places.schools)
        for divisor, rest, code, title, seats, exclusive in _EQUIPMENT
        if n % divisor == rest
    ]
    listed += [
        (places.others[at], code, title, seats, True) for at, code, title, seats in _PARTNERS
    ]
    ids = door.put(
        shared_resources,
        {
            f"resource-{n:04}": {
                "organization_id": owner,
                "resource_type_id": types[code],
                "title": title,
                "seats": seats,
                "right": "operational_management",
                "exclusive": exclusive,
                "valid_from": YEARS[0].first,
            }
            for n, (owner, code, title, seats, exclusive) in enumerate(listed, 1)
        },
    )
    return [
        Thing(made, owner, code, exclusive)
        for made, (owner, code, _, _, exclusive) in zip(ids.values(), listed, strict=True)
    ]


def lend(
    door: Door, inside: tuple[Basis, Places, list[uuid.UUID]], things: Sequence[Thing]
) -> dict[uuid.UUID, Use]:
    """Create the uses, two for each school, with most of the papers that they need."""
    basis, places, pairs = inside
    uses = [*_told(places, pairs, things)]
    uses += _more(places, things, uses)
    papers = _papers(door, basis, uses)
    bodies = {f"use-{n:04}": _body(basis, use, papers.get(n, {})) for n, use in enumerate(uses, 1)}
    ids = door.put(resource_uses, bodies)
    return dict(zip(ids.values(), uses, strict=True))


def thing_of(things: Sequence[Thing], owner: uuid.UUID, code: str) -> Thing:
    """The first resource of this type that an organization has."""
    return next(each for each in things if (each.owner, each.type) == (owner, code))


def _told(places: Places, pairs: list[uuid.UUID], things: Sequence[Thing]) -> Iterator[Use]:
    """What the demo shows: a double booking, a shortage met, missing papers, a lease, a draft."""
    school, (culture, sport), last = places.schools, places.others[5:7], YEARS[1]
    hall = thing_of(things, school[0], "sports_hall")
    laptops = thing_of(things, school[0], "laptop")
    computers = thing_of(things, school[0], "computer_class")
    stage, court = (
        thing_of(things, culture, "assembly_hall"),
        thing_of(things, sport, "sports_hall"),
    )
    yield Use(hall, school[2], "joint_use", last, "3", "Секция волейбола", pairs[0])
    yield Use(hall, school[3], "joint_use", last, "3", "Подготовка к нормам ГТО", pairs[0])
    yield Use(laptops, school[3], "free_use", last, "5", "Дистанционные занятия", pairs[0])
    without = tuple(name for name in ALL_PAPERS if name != "assessment_act_id")
    lessons = "Уроки информатики"
    yield Use(computers, school[2], "free_use", last, "3", lessons, pairs[0], without)
    yield Use(court, school[6], "lease", last, "3", "Уроки физической культуры", pairs[2])
    yield Use(stage, school[7], "joint_use", last, "3", "Школьный театр", pairs[2], ())
    rehearsals = thing_of(things, school[1], "assembly_hall")
    yield Use(rehearsals, school[8], "joint_use", last, "3", "Хор", pairs[3], is_draft=True)


def _more(places: Places, things: Sequence[Thing], told: Sequence[Use]) -> Iterator[Use]:
    """As many uses as make two for each school, in turn."""
    taken = {(use.thing.id, use.user, use.year.name) for use in told}
    wanted, bases = 2 * len(places.schools) - len(told), ("joint_use", "joint_use", "free_use")
    for at in count():
        if not wanted:
            return
        year, thing = YEARS[at % 2], things[at // 2 % len(things)]
        user = places.schools[(at // 2 * 3 + 10 + at // (2 * len(things))) % len(places.schools)]
        key = thing.id, user, year.name
        if user == thing.owner or key in taken:
            continue
        taken.add(key)
        wanted -= 1
        papers = () if at % 13 == 12 else ALL_PAPERS  # noqa: PLR2004 - some have none
        yield Use(thing, user, bases[at % 3], year, "3", "Занятия школы-партнёра", None, papers)


def _papers(door: Door, basis: Basis, uses: Sequence[Use]) -> dict[int, dict[str, uuid.UUID]]:
    """Create the acts of the uses; returns them by the number of the use and its field."""
    bodies: dict[str, Body] = {}
    places: list[tuple[int, str]] = []
    for n, use in enumerate(uses, 1):
        kind, title = ACT_OF[use.basis]
        listed = {
            "act_id": (kind, use.thing.owner, title),
            "assessment_act_id": ("conclusion", use.thing.owner, "Оценка последствий передачи"),
            "consent_act_id": ("order", basis.authority, "О согласии на передачу имущества"),
        }
        # Joint use passes nothing into another's possession.
        needed = use.papers if use.basis != "joint_use" else use.papers[:1]
        for name in needed:
            kind, issuer, title = listed[name]
            bodies[f"use-{n:04}-{name}"] = {
                "issuer_id": issuer,
                "kind": kind,
                "number": f"{n}-И",
                "act_date": use.year.agreed_on,
                "title": f"{title} (учебный пример)",
            }
            places.append((n, name))
    papers: dict[int, dict[str, uuid.UUID]] = {}
    for made, (n, name) in zip(door.put(legal_acts, bodies).values(), places, strict=True):
        papers.setdefault(n, {})[name] = made
    return papers


def _body(basis: Basis, use: Use, papers: dict[str, uuid.UUID]) -> Body:
    status = "ended" if use.year.is_over else "draft" if use.is_draft else "active"
    return {
        "program_id": basis.program,
        "partnership_id": use.partnership,
        "resource_id": use.thing.id,
        "provider_id": use.thing.owner,
        "user_id": use.user,
        "basis": use.basis,
        "quantity": use.quantity,
        "purpose": use.purpose,
        "status": status,
        "start_date": use.year.first,
        "end_date": use.year.last,
        "breaks": use.year.breaks,
        **papers,
    }
