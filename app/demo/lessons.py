"""The lessons of the demo data: network curricula, their groups, and the timetable."""

import random
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from app.demo.calendar import YEARS, SchoolYear
from app.demo.door import Door
from app.demo.network import Basis, Places
from app.demo.premises import Thing, Use, thing_of
from app.demo.words import COURSES, village
from app.registry.legal_acts import legal_acts
from app.registry.network_curricula import network_curricula
from app.registry.network_groups import network_groups
from app.registry.schedule_slots import schedule_slots

Body = dict[str, object]

GROUPS = 3
"""Groups of a curriculum."""

_WEEKDAYS = ((1, 3, 5), (2, 4, 6))

LANES = 10
"""Lanes of one resource: five hours from 14:00, on odd and on even weekdays."""

_CLASH = (
    ((2, "14:00", "15:30"), (4, "14:00", "15:30")),
    ((2, "15:00", "16:30"), (5, "14:00", "15:30")),
)
"""Two users of one hall, who meet on Tuesdays from 15:00 to 15:30."""


class Curriculum(NamedTuple):
    """A network curriculum: what the demo decides about it."""

    title: str
    year: SchoolYear
    bases: Sequence[uuid.UUID]
    educating: uuid.UUID
    acts: int = 1
    """How many of the bases have a contract."""
    kind: str = "general"
    is_complete: bool = True
    most: int | None = None
    owner: uuid.UUID | None = None
    partnership: uuid.UUID | None = None


class Group(NamedTuple):
    """A group with the number by which its curriculum knows it."""

    curriculum: Curriculum
    number: int
    host: uuid.UUID


class Diary:
    """The hours of shared resources: a lane is three hours a week that nobody else has."""

    def __init__(self) -> None:
        self._lanes: defaultdict[tuple[uuid.UUID, str], int] = defaultdict(int)

    def is_full(self, thing: uuid.UUID, year: SchoolYear) -> bool:
        """Whether the afternoons of a resource are taken."""
        return self._lanes[thing, year.name] >= LANES

    def lane(self, thing: uuid.UUID, year: SchoolYear) -> tuple[Sequence[int], int]:
        """The next free lane of a resource in a year: its weekdays and its hour."""
        at = self._lanes[thing, year.name]
        self._lanes[thing, year.name] += 1
        return _WEEKDAYS[at % 2], 14 + at // 2

    def keep(self, thing: uuid.UUID, year: SchoolYear, lanes: int) -> None:
        """Leave the first lanes of a resource to what is told of it."""
        self._lanes[thing, year.name] = lanes


def plan(door: Door, inside: tuple[Basis, Places, list[uuid.UUID]]) -> dict[uuid.UUID, Curriculum]:
    """Create the curricula, one for two schools, with most of their contracts."""
    basis, places, pairs = inside
    listed = [*_told(places, pairs)]
    listed += _more(places, len(places.schools) // 2 - len(listed))
    contracts = {
        f"contract-{n:03}": {
            "issuer_id": each.bases[0],
            "kind": "network_form_contract",
            "number": f"С-{n}",
            "act_date": each.year.agreed_on,
            "title": f"Договор о сетевой форме: {each.title} (учебный пример)",
        }
        for n, each in enumerate(listed, 1)
        if each.acts
    }
    acts = door.put(legal_acts, contracts)
    bodies = {
        f"curriculum-{n:03}": _curriculum(basis, each, acts.get(f"contract-{n:03}"))
        for n, each in enumerate(listed, 1)
    }
    return dict(zip(door.put(network_curricula, bodies).values(), listed, strict=True))


def enrol(
    door: Door, rng: random.Random, curricula: Mapping[uuid.UUID, Curriculum]
) -> dict[uuid.UUID, Group]:
    """Create the groups of the curricula, with learners of their bases."""
    groups: list[Group] = []
    bodies: dict[str, Body] = {}
    for at, (curriculum_id, each) in enumerate(curricula.items(), 1):
        for number in range(1, GROUPS + 1):
            host = each.educating if number < GROUPS else each.bases[0]
            groups.append(Group(each, number, host))
            bodies[f"group-{at:03}-{number}"] = _group(rng, curriculum_id, groups[-1])
    return dict(zip(door.put(network_groups, bodies).values(), groups, strict=True))


def schedule(
    door: Door,
    places: Places,
    uses: Mapping[uuid.UUID, Use],
    taught: tuple[Mapping[uuid.UUID, Group], Sequence[Thing]],
) -> None:
    """Create the timetable: three hours a week for a use, six lessons for a group."""
    groups, things = taught
    diary = Diary()
    hall = thing_of(things, places.schools[0], "sports_hall")
    diary.keep(hall.id, YEARS[1], 6)
    bodies: dict[str, Body] = {}
    for slots in (_of_uses(diary, uses, hall), _of_groups(diary, groups, things)):
        for slot in slots:
            bodies[f"slot-{len(bodies) + 1:05}"] = slot
    door.put(schedule_slots, bodies)


def _told(places: Places, pairs: list[uuid.UUID]) -> Iterator[Curriculum]:
    """What the demo shows: a complete contract, gaps, one act of two bases, a year that is over."""
    school, (before, last), goal = places.schools, YEARS, "Математика: путь к ОГЭ"
    yield Curriculum("Углублённая физика", last, school[2:3], school[0], partnership=pairs[0])
    yield Curriculum(
        "Самбо и лыжи",
        last,
        school[3:4],
        places.others[0],
        acts=0,
        kind="additional",
        is_complete=False,
        owner=places.others[6],
    )
    yield Curriculum(goal, last, school[7:9], school[1], most=15, partnership=pairs[3])
    yield Curriculum(goal, before, school[5:6], school[1], partnership=pairs[1])


def _more(places: Places, count: int) -> Iterator[Curriculum]:
    """Curricula of the other schools in turn, taught by leaders and by additional education."""
    teachers = [*places.schools[:2], *places.others[:3]]
    for at in range(count):
        number = 9 + at % (len(places.schools) - 9)
        course, kind = COURSES[at % len(COURSES)]
        yield Curriculum(
            f"{course} ({village(number)} школа)",
            YEARS[at % 2],
            places.schools[number : number + 1],
            teachers[at % len(teachers)],
            # Every seventh has no contract, every fourth has gaps in it.
            acts=min(1, (at + 1) % 7),
            kind=kind,
            is_complete=bool((at + 1) % 4),
        )


def _curriculum(basis: Basis, each: Curriculum, act: uuid.UUID | None) -> Body:
    bases = [
        {"organization_id": base, "role": "base", "act_id": act if at < each.acts else None}
        for at, base in enumerate(each.bases)
    ]
    licence = {"licence_no": "Л035-01272-16/00123456", "licence_date": "2015-03-16"}
    educating = {"organization_id": each.educating, "role": "educating"}
    owners = [{"organization_id": each.owner, "role": "resource_owner"}] if each.owner else []
    return {
        "program_id": basis.program,
        "partnership_id": each.partnership,
        "title": each.title,
        "kind": each.kind,
        "level": "basic" if each.kind == "general" else None,
        "scope": "part",
        "approved_by": "jointly",
        "start_date": each.year.first,
        "end_date": each.year.last,
        "learners_min": 10,
        "learners_max": each.most or 90,
        "schedule_mode": "annex_all",
        "final_assessment": "base",
        **(_contracted(each) if each.is_complete else {}),
        "parties": [*bases, educating | (licence if each.is_complete else {}), *owners],
        "components": [
            _component(1, "Теория", each.educating, "76"),
            _component(2, "Практикум", each.educating, "26"),
            _component(3, "Проект", each.bases[0], "13"),
        ],
    }


def _contracted(each: Curriculum) -> Body:
    return {
        "standard_ref": "ФГОС ООО"
        if each.kind == "general"
        else "Концепция дополнительного образования",
        "documents_issued": "Справка об освоении части программы",
        "funding_mode": "own_means",
    }


def _component(no: int, title: str, who: uuid.UUID, hours: str) -> Body:
    return {"no": no, "title": title, "organization_id": who, "hours": hours}


def _group(rng: random.Random, curriculum_id: uuid.UUID, group: Group) -> Body:
    year = group.curriculum.year
    learners = []
    for base in group.curriculum.bases:
        requested = rng.randint(8, 14)
        enrolled = requested - rng.randint(0, 3)
        learners.append({"organization_id": base, "requested": requested, "enrolled": enrolled})
    return {
        "curriculum_id": curriculum_id,
        "title": f"{group.curriculum.title}: группа {group.number}",
        "kind": "group",
        "academic_year": year.name,
        "grade_from": 6 + group.number,
        "grade_to": 7 + group.number,
        "host_id": group.host,
        "modes": ["in_person"] if group.number < GROUPS else ["remote"],
        "start_date": year.first,
        "end_date": year.last,
        "learners": learners,
        "breaks": year.breaks,
    }


def _of_uses(diary: Diary, uses: Mapping[uuid.UUID, Use], hall: Thing) -> Iterator[Body]:
    """The hours of the uses; the first two of the leader's hall meet on Tuesdays."""
    told = [key for key, use in uses.items() if use.thing == hall and use.year == YEARS[1]][:2]
    for key, use in uses.items():
        slot = {"use_id": key, "organization_id": use.thing.owner, **_during(use.year)}
        if key in told:
            for weekday, starts, ends in _CLASH[told.index(key)]:
                yield slot | {"weekday": weekday, "starts": starts, "ends": ends}
        elif use.thing.type != "laptop":
            weekdays, hour = diary.lane(use.thing.id, use.year)
            for weekday in weekdays:
                yield slot | {"weekday": weekday, "starts": f"{hour}:00", "ends": f"{hour + 1}:00"}


def _of_groups(
    diary: Diary, groups: Mapping[uuid.UUID, Group], things: Sequence[Thing]
) -> Iterator[Body]:
    """Six lessons a week; the first group of all takes an hour that another school has."""
    rooms = {thing.owner: thing.id for thing in things if thing.type == "computer_class"}
    for at, (key, group) in enumerate(groups.items()):
        year, room = group.curriculum.year, rooms.get(group.host)
        if room and diary.is_full(room, year):
            room = None
        slot = {"group_id": key, "organization_id": group.host, **_during(year)}
        weekdays, hour = diary.lane(room or key, year)
        for weekday in weekdays:
            theory = {"weekday": weekday, "component_no": 1, "resource_id": room}
            yield {**slot, **theory, "starts": f"{hour}:00", "ends": f"{hour}:45"}
        # Practice twice, the project once, every other week.
        for part, weekday in zip((2, 2, 3), _WEEKDAYS[weekdays == _WEEKDAYS[0]], strict=True):
            lesson = {"weekday": weekday, "component_no": part, "parity": "odd"}
            yield {**slot, **lesson, "starts": "13:00", "ends": "13:45"}
        if at == 0:
            clash = {"weekday": 3, "component_no": 2, "parity": "even", "resource_id": room}
            yield {**slot, **clash, "starts": "14:10", "ends": "14:55"}


def _during(year: SchoolYear) -> Body:
    return {"valid_from": year.first, "valid_to": year.last}
