"""The people of the demo data: teachers, where they work, and declared headcounts."""

import random
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from app.demo.door import Door
from app.demo.network import Places
from app.demo.words import POSITIONS, SURNAMES, person
from app.registry.employments import employments
from app.registry.headcounts import headcounts
from app.registry.teachers import teachers

SILENT = 2
"""Schools that declare a headcount and give no roster."""

PART_TIMERS, LEFT, NEW = 0.08, 0.05, 0.1
RENAMED = 50
"""Every fiftieth teacher, if a woman, had another surname."""

LEAVING, COMING = date(2021, 6, 30), date(2020, 9, 1)


class Job(NamedTuple):
    """A teacher's main job and its first and last day."""

    teacher: uuid.UUID
    organization: uuid.UUID
    since: date
    until: date


def employ(door: Door, rng: random.Random, places: Places, count: int) -> list[Job]:
    """Create the teachers with their employments; returns their main jobs."""
    numbers = range(1, count + 1)
    named = {f"teacher-{n:05}": _teacher(rng, n) for n in numbers}
    ids = list(door.put(teachers, named).values())
    listed = [*places.schools[:-SILENT], places.unit, *places.others]
    bodies: dict[str, dict[str, Any]] = {}
    for at, teacher in enumerate(ids):
        home = listed[at % len(listed)]
        bodies[f"job-{at + 1:05}"] = _main(rng, teacher, home, is_head=at < len(listed))
        if rng.random() < PART_TIMERS:
            second = listed[(at + 1) % len(listed)]
            bodies[f"job-{at + 1:05}-second"] = _second(rng, teacher, second)
    door.put(employments, bodies)
    door.put(headcounts, _headcounts(places))
    return [
        Job(body["teacher_id"], body["organization_id"], body["valid_from"], _end(body))
        for body in bodies.values()
        if body["is_main_job"]
    ]


def _teacher(rng: random.Random, number: int) -> dict[str, object]:
    """A name; lists know some women by a former one too."""
    name = person(rng)
    if number % RENAMED or not name["patronymic"].endswith("на"):
        return {**name}
    former = SURNAMES[number // RENAMED % len(SURNAMES)] + "а"
    return {**name, "former_names": [{"last_name": former}]}


def _main(
    rng: random.Random, teacher: uuid.UUID, place: uuid.UUID, *, is_head: bool
) -> dict[str, object]:
    draw = rng.random()
    return {
        "teacher_id": teacher,
        "organization_id": place,
        "position": "директор" if is_head else rng.choice(POSITIONS),
        "position_group": "head" if is_head else "teaching",
        "is_main_job": True,
        "valid_from": COMING if draw > 1 - NEW else date(rng.randint(2012, 2019), 9, 1),
        "valid_to": LEAVING if draw < LEFT and not is_head else None,
    }


def _second(rng: random.Random, teacher: uuid.UUID, place: uuid.UUID) -> dict[str, object]:
    return {
        "teacher_id": teacher,
        "organization_id": place,
        "position": rng.choice(POSITIONS),
        "position_group": "teaching",
        "is_main_job": False,
        "valid_from": COMING,
    }


def _end(body: Mapping[str, Any]) -> date:
    return body["valid_to"] or date.max


def _headcounts(places: Places) -> dict[str, dict[str, object]]:
    return {
        f"headcount-{n + 1}": {
            "organization_id": school,
            "observed_on": date(2020, 10, 1),
            "teachers": 18 + 5 * n,
            "note": "Списка педагогов нет",
        }
        for n, school in enumerate(places.schools[-SILENT:])
    }
