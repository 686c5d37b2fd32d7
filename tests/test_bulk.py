"""Bulk: what goes in by thousands is kept as what goes in alone."""

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa

from app import seeding
from app.database.among import among
from app.database.volume import MANY
from app.demo.door import Door
from app.journal.positions import ENTRIES
from app.journal.proof import prove
from app.journal.register import Register
from app.problems import Invalid
from app.registry import RESOURCES
from app.registry.activities import activities
from app.registry.events import events
from app.registry.municipalities import by_oktmo
from app.registry.participations import participations
from app.store.bodies import listed_body
from app.store.validation import read_body

DAY = "2020-10-15"
ID = "0175a8f0-0000-7000-8000-000000000001"


def planned(activity: Any, at: int) -> dict[str, Any]:
    """An event with something in every kind of column, or with nothing."""
    held = {"completed_on": DAY, "status": "completed", "modes": ["remote", "in_person"]}
    some = {"title": f"Ёлка\t«{at}»", "result": "два\\n\nабзаца", "learner_count": at, **held}
    body = {"activity_id": activity, "window_start": DAY, "window_end": DAY, "status": "planned"}
    return body | (some if at % 2 else {})


def rows(database: Register, table: sa.Table, prefix: str, *without: str) -> list[str]:
    """What stands in a table under keys that begin alike, as the driver gives it, in order."""
    listed = sa.select(table).where(table.c.source_key.startswith(prefix))
    text = listed.compile(database.engine, compile_kwargs={"literal_binds": True})
    found = database.read(
        lambda tx: tx.connection.exec_driver_sql(str(text).replace("%", "%%")).mappings().all()
    )
    return sorted(str([row[name] for name in row if name not in {"id", *without}]) for row in found)


@pytest.mark.long
def test_rows_of_a_batch_are_kept_as_rows_alone(seeded: Register) -> None:
    home = seeded.read(lambda tx: by_oktmo(tx, seeding.OKTMO))
    assert home
    some = sa.select(activities.table.c.id).limit(1)
    activity = seeded.read(lambda tx: tx.execute(some).scalar_one())
    bodies = {f"{at:03d}": planned(activity, at) for at in range(MANY)}
    Door(seeded, home, "batch-").put(events, bodies)
    alone = Door(seeded, home, "single-")
    for key, body in bodies.items():
        alone.put(events, {key: body})
    kept = ("created_at", "updated_at", "source_key")
    told = ("position", "record_id", "changed_at", "source_key")
    for table, without in ((events.table, kept), (ENTRIES, told)):
        batch, single = (rows(seeded, table, each, *without) for each in ("batch-", "single-"))
        assert len(batch) == MANY
        assert batch == single
    assert prove(seeded).whole


PARTICIPATION = {
    "teacher_id": ID,
    "event_id": ID,
    "organization_id": ID,
    "role": "attendee",
    "status": "attended",
    "participated_on": DAY,
    "hours": "2.5",
}
WRONG = [
    {"role": "зритель"},
    {"role": ["attendee"]},
    {"hours": 2.5},
    {"hours": "1000"},
    {"participated_on": "2020-02-30"},
    {"teacher_id": "нет"},
    {"source": "a"},
    {"source": "a", "source_key": "\ud800"},
    {"more": 1},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_row_is_refused_as_any_body(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as alone:
        read_body(participations, PARTICIPATION | wrong)
    with pytest.raises(Invalid) as listed:
        listed_body(participations, PARTICIPATION | wrong)
    assert listed.value.findings == alone.value.findings


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
def test_a_row_is_read_as_any_body(resource: Any) -> None:
    body = json.loads(re.sub(r'"\$\w+"', f'"{ID}"', json.dumps(resource.example)))
    assert listed_body(resource, body) == read_body(resource, body)


def test_values_are_found_by_an_index(migrated: Register) -> None:
    table = participations.table
    pair = among(table.c.teacher_id, "teachers") & among(table.c.event_id, "events")
    said = str(sa.select(table.c.id).where(pair).compile(migrated.engine))
    is_sqlite = migrated.dialect.name == "sqlite"
    plan = f"EXPLAIN {'QUERY PLAN' if is_sqlite else ''} {said}"
    values: Any = ("[]", "[]") if is_sqlite else {"teachers": [], "events": []}
    with migrated.engine.connect() as connection:
        # So small a table PostgreSQL would rather read as a whole.
        if not is_sqlite:
            connection.exec_driver_sql("SET enable_seqscan = off")
        steps = str(connection.exec_driver_sql(plan, values).all())
    assert "ix_participations_" in steps
