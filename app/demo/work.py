"""The work of the demo data: plan windows, events, participations and monitoring."""

import random
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.demo.door import Bodies, Door, keep
from app.demo.network import END, Basis, Places
from app.demo.people import Job
from app.demo.words import MATERIAL
from app.model.drafts import Draft, Stored
from app.model.resource import Resource
from app.operations.plan_windows import generate
from app.registry.activities import activities
from app.registry.events import events
from app.registry.interaction import InteractionForm, InteractionMode
from app.registry.measures import measures
from app.registry.monitoring import monitoring_records
from app.registry.participations import participations
from app.store.loading import load

WINDOWS = 12
"""Windows of the plan to complete, but at most four fifths of them."""

LATE = 4
"""Every fourth of them is completed late."""

FIRST, LAST = date(2020, 5, 15), date(2021, 12, 15)
_FORMS, _MODES = list(InteractionForm), list(InteractionMode)
_TITLES = ("Семинар", "Мастер-класс", "Методический день", "Совместный педсовет", "Открытый урок")


class Held(NamedTuple):
    """An event in which teachers take part."""

    id: uuid.UUID
    on: date
    status: str
    mode: str


class PlanRow(NamedTuple):
    """A row of the plan."""

    id: uuid.UUID
    title: str


def plan_of(door: Door, program: uuid.UUID) -> list[PlanRow]:
    """The rows of a program's plan, in their order."""
    table = activities.table
    query = sa.select(table.c.id, table.c.title).where(table.c.program_id == program)
    rows = door.read(lambda tx: tx.execute(query.order_by(table.c.position, table.c.id)).all())
    return [PlanRow(row.id, row.title) for row in rows]


def complete_windows(door: Door, program: uuid.UUID) -> None:
    """Create the plan's windows, and complete some of them if all are new."""

    def work(tx: Transaction) -> None:
        done = generate(tx, program, {})
        door.count(done["created"])
        if not done["existing"]:
            count = min(WINDOWS, 4 * done["created"] // 5)
            ids = [uuid.UUID(key) for key in done["items"][:count]]
            windows = load(tx, events, events.table.c.id.in_(ids))
            windows.sort(key=lambda stored: ids.index(stored.id))
            keep(tx, events, [_completed(stored, at) for at, stored in enumerate(windows)])

    door.run(work)


def hold(
    door: Door,
    rng: random.Random,
    inside: tuple[Basis, Places, list[uuid.UUID]],
    count: int,
) -> list[Held]:
    """Create events in partnerships and for rows of the plan; returns those not cancelled."""
    basis, places, pairs = inside
    rows = [row.id for row in plan_of(door, basis.program)]
    hosts = [*places.schools[:10], *places.others]
    bodies: dict[str, dict[str, Any]] = {}
    for at in range(count):
        parent = (
            {"partnership_id": pairs[at // 2 % len(pairs)]}
            if at % 2
            else {"activity_id": rows[at // 2 % len(rows)]}
        )
        bodies[f"event-{at + 1:03}"] = _event(rng, at) | parent | {"host_id": rng.choice(hosts)}
    ids = door.put(events, bodies)
    return [
        Held(ids[key], body["window_start"], body["status"], body["modes"][0])
        for key, body in bodies.items()
        if body["status"] != "cancelled"
    ]


def attend(
    door: Door, rng: random.Random, sides: tuple[Sequence[Job], Sequence[Held]], count: int
) -> None:
    """Create the participations, shared out among events, of teachers employed on that day."""
    staff, held = sides
    bodies: dict[str, dict[str, object]] = {}
    for at, event in enumerate(held):
        share = count // len(held) + (at < count % len(held))
        there = [job for job in staff if job.since <= event.on <= job.until]
        for job in rng.sample(there, min(share, len(there))):
            bodies[f"participation-{len(bodies) + 1:06}"] = _participation(rng, event, job)
    door.put(participations, bodies)


def monitor(door: Door, program: uuid.UUID, places: Places) -> None:
    """Create measures and monitoring records, and submit and decide most of the records."""
    ids = door.put(measures, _MEASURES)
    bodies = _records(program, list(ids.values()), places.schools)

    def work(tx: Transaction) -> None:
        made = door.create(tx, monitoring_records, bodies)
        fresh = {entry.record_id for entry in tx.entries}
        new = [key for key in made.values() if str(key) in fresh]
        _move(tx, [key for at, key in enumerate(new) if at % 5], {"state": "submitted"})
        _move(tx, [key for at, key in enumerate(new) if at % 5 > 1], {"state": "accepted"}, 6)

    door.run(work)


_MEASURES: Bodies = {
    "measure-1": {
        "code": "demo_oge_math_mean",
        "title": "Средний балл ОГЭ по математике",
        "unit": "балл",
        "value_kind": "number",
    },
    "measure-2": {
        "code": "demo_quality_share",
        "title": "Качество знаний",
        "unit": "%",
        "value_kind": "number",
    },
    "measure-3": {
        "code": "demo_conclusion",
        "title": "Вывод методиста",
        "value_kind": "text",
    },
}


def _event(rng: random.Random, at: int) -> dict[str, object]:
    on = FIRST + timedelta(days=rng.randrange((LAST - FIRST).days))
    status = {7: "cancelled", 13: "planned"}.get(at % 20, "completed")
    topic = rng.choice(MATERIAL)
    done = status == "completed"
    return {
        "title": f"{rng.choice(_TITLES)}: {topic}",
        "form": rng.choice(_FORMS),
        "modes": rng.sample(_MODES, rng.randint(1, 2)),
        "window_start": on,
        "window_end": on + timedelta(days=rng.choice((0, 0, 1))),
        "status": status,
        "completed_on": on if done else None,
        "result": "Проведено по плану" if done else None,
        "learner_count": rng.choice((0, 0, 24, 40, 75)) if done else None,
    }


def _participation(rng: random.Random, event: Held, job: Job) -> dict[str, object]:
    draw = rng.random()
    status = "attended" if draw < 0.93 else "absent" if draw < 0.98 else "registered"  # noqa: PLR2004 - most attend
    if event.status == "planned":
        status = "registered"
    return {
        "teacher_id": job.teacher,
        "event_id": event.id,
        "organization_id": job.organization,
        "role": rng.choices(("attendee", "speaker", "organizer"), (90, 7, 3))[0],
        "status": status,
        "mode": event.mode,
        "participated_on": event.on,
        "hours": rng.choice(("1", "1.5", "2", "4")) if status == "attended" else None,
    }


def _records(
    program: uuid.UUID, measure_ids: Sequence[uuid.UUID], schools: Sequence[uuid.UUID]
) -> dict[str, dict[str, object]]:
    periods = (
        (date(2020, 9, 1), date(2020, 12, 31)),
        (date(2021, 1, 1), date(2021, 5, 31)),
    )
    bodies: dict[str, dict[str, object]] = {}
    for period, (start, end) in enumerate(periods):
        for place, school in enumerate(schools[:20]):
            at = (place + period) % len(measure_ids)
            bodies[f"record-{period + 1}-{place + 1:03}"] = {
                "program_id": program,
                "measure_id": measure_ids[at],
                "organization_id": school,
                "period_start": start,
                "period_end": end,
                "observed_on": end,
                **_value(at, 40 + place + 3 * period),
            }
    return bodies


def _value(measure: int, number: int) -> dict[str, str]:
    if measure == len(_MEASURES) - 1:
        return {"value_text": "Поддержка нужна в следующем полугодии"}
    return {"value_number": str(number), "baseline_number": "40", "target_number": "60"}


def _completed(stored: Stored, at: int) -> Draft:
    start, end = stored.columns["window_start"], stored.columns["window_end"]
    is_late = at % LATE == LATE - 1
    on = min(end + timedelta(days=14), END) if is_late else min(start + timedelta(days=20), end)
    return _changed(events, stored, {"status": "completed", "completed_on": on})


def _move(
    tx: Transaction, ids: Sequence[uuid.UUID], change: dict[str, str], returned: int = 0
) -> None:
    """Move records to a state; every `returned`-th is returned to its school instead."""
    existing = {
        stored.id: stored
        for stored in load(tx, monitoring_records, monitoring_records.table.c.id.in_(ids))
    }
    back = {"state": "returned", "reason": "Уточните значение"}
    drafts = [
        _changed(
            monitoring_records, existing[key], back if returned and not at % returned else change
        )
        for at, key in enumerate(ids)
    ]
    keep(tx, monitoring_records, drafts)


def _changed(resource: Resource, stored: Stored, change: Mapping[str, object]) -> Draft:
    fields = resource.write.model_fields.keys()
    body = {name: stored.columns[name] for name in fields if name in stored.columns}
    return Draft(resource.write.model_validate({**body, **change}, strict=False), stored)
