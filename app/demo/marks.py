"""The marks of the demo data: common assessments, before and after a year of support."""

import random
import uuid
from collections.abc import Sequence
from datetime import date

from app.demo.door import Door
from app.demo.network import Places
from app.registry.assessment_results import assessment_results
from app.registry.events import events

STAGES = (
    ("baseline", date(2020, 10, 14), "Входная единая работа"),
    ("interim", date(2020, 12, 16), "Единая работа за первое полугодие"),
    ("final", date(2021, 5, 12), "Итоговая единая работа"),
    ("interim", date(2021, 12, 8), "Единая работа за первое полугодие"),
)

TESTS = (
    ("Математика", 9),
    ("Русский язык", 9),
    ("Физика", 9),
    ("Математика", 6),
    ("Русский язык", 6),
)

SMALL = 3
"""The school whose ninth class has four learners: a group of fewer than five marks."""

_GOOD = {"baseline": 24, "interim": 34, "final": 42}
"""Percent of marks «4» and «5» in a supported school; in a leader they hardly move."""

_BEST = {"baseline": 60, "interim": 62, "final": 64}
LEADERS, SUPPORTED = range(2), range(2, 9)


def assess(door: Door, rng: random.Random, places: Places, row: uuid.UUID) -> None:
    """Create four common assessments, and the results of every school in each."""
    held = door.put(
        events,
        {
            f"assessment-{n}": {
                "activity_id": row,
                "title": title,
                "host_id": places.schools[0],
                "form": "common_assessment",
                "modes": ["in_person"],
                "window_start": on,
                "window_end": on,
                "status": "completed",
                "completed_on": on,
                "result": "Результаты внесены в реестр",
            }
            for n, (_, on, title) in enumerate(STAGES, 1)
        },
    )
    bodies: dict[str, dict[str, object]] = {}
    for event, (stage, *_) in zip(held.values(), STAGES, strict=True):
        for n, school in enumerate(places.schools):
            for subject, grade in TESTS:
                bodies[f"result-{len(bodies) + 1:06}"] = {
                    "event_id": event,
                    "organization_id": school,
                    "subject": subject,
                    "grade": grade,
                    "stage": stage,
                    **_marks(rng, n, grade, stage),
                }
    door.put(assessment_results, bodies)


def _marks(rng: random.Random, number: int, grade: int, stage: str) -> dict[str, int]:
    if number == SMALL and grade == TESTS[0][1]:
        return _told(4, (1, 2, 1, 0))
    listed = rng.randint(12, 26) if number not in LEADERS else rng.randint(40, 60)
    sat = listed - rng.randint(0, 2)
    percent = _BEST[stage] if number in LEADERS else _GOOD[stage]
    if number not in LEADERS and number not in SUPPORTED:
        percent = 45 + rng.randint(-8, 8)
    good = round(sat * percent / 100)
    failed = round((sat - good) * (10 if stage == "final" else 30) / 100)
    excellent = good // 3
    return _told(listed, (failed, sat - good - failed, good - excellent, excellent))


def _told(listed: int, marks: Sequence[int]) -> dict[str, int]:
    return {"listed": listed} | {f"mark_{n}": count for n, count in enumerate(marks, 2)}
