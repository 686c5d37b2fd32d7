"""The cost of the audit trail: a write with and without it, its proof, and one person's entries.

    .venv/bin/python -m bench.trailing [--database-url postgresql://…]

Rounds with and without the trail alternate; a figure is the ratio of the medians in one run.
"""

import argparse
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from unittest import mock

import sqlalchemy as sa

from app import seeding
from app.acts import Act, Actor
from app.database.schema import migrate
from app.demo.door import Door
from app.journal import trail
from app.journal.proof import prove
from app.journal.register import Register
from app.oversight.entries import Query, page
from app.registry.municipalities import municipalities
from app.registry.organizations import organizations
from app.registry.teachers import teachers
from app.store import register
from bench.importing import name

T = TypeVar("T")

WRITES, RECORDS, LISTS, SHOWN = 400, 10_000, 4_000, 50


def main() -> None:
    """Measure on SQLite in a temporary folder, or on the PostgreSQL that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", default="", help="postgresql://…, an empty database")
    with tempfile.TemporaryDirectory() as folder:
        url = parser.parse_args().database_url or f"sqlite:///{folder}/school.db"
        database = Register(url, b"bench", Path(folder) / "audit-heads")
        migrate(database)
        seeding.seed(database)
        measure(database)
        database.close()


def measure(database: Register) -> None:
    """Print every figure of one database."""
    home_id = database.read(
        lambda tx: tx.execute(sa.select(municipalities.table.c.id).limit(1)).scalar_one()
    )
    compare("one record, ms", 1e3, WRITES, lambda: one(database, home_id))
    compare(f"{RECORDS} records, s", 1, 3, lambda: many(database, home_id))
    person = lists(database)
    found, took = timed(lambda: prove(database))
    print(f"proof of {found.entries} entries: {took:.2f} s, whole: {found.whole}")
    sql, parameters = page(database.dialect, Query({"id": person}), b"bench")
    rows, took = timed(lambda: database.read(lambda tx: tx.texts(sql, parameters)))
    print(f"a page of the {LISTS} entries about one person ({len(rows) - 1}): {took * 1e3:.1f} ms")


def compare(name: str, unit: float, rounds: int, work: Callable[[], None]) -> None:
    """Print the time of some work with and without the trail."""
    took: dict[bool, list[float]] = {True: [], False: []}
    work()
    for at in range(2 * rounds):
        is_kept = at % 4 in {0, 3}
        write = trail.write if is_kept else mock.Mock(return_value=None)
        with mock.patch.object(trail, "write", write):
            took[is_kept].append(timed(work)[1])
    kept, bare = (unit * statistics.median(took[is_kept]) for is_kept in (True, False))
    print(f"{name}: {bare:.3f} without the trail, {kept:.3f} with it: {kept / bare:.2f} times")


def one(database: Register, home: uuid.UUID) -> None:
    """Make one organization."""
    name = f"Дом культуры {uuid.uuid4()}"
    body = {
        "municipality_id": str(home),
        "kind": "culture",
        "full_name": name,
        "short_name": name,
    }
    database.write(lambda tx: register.create(tx, organizations, body))


def many(database: Register, home: uuid.UUID) -> None:
    """Make teachers in the way of the demo data."""
    door = Door(database, home, str(uuid.uuid4()))
    bodies = {
        str(at): {"last_name": f"Иванов{name(at).lower()}", "first_name": "Иван"}
        for at in range(RECORDS)
    }
    door.put(teachers, bodies)


def lists(database: Register) -> str:
    """Insert reads of lists into the trail; one person is in all of them."""
    person, now = str(uuid.uuid4()), datetime.now(UTC)
    rows = [
        trail.row(
            now,
            Actor("coordinator"),
            Act("read", "teachers", (person, *(str(uuid.uuid4()) for _ in range(SHOWN - 1)))),
        )
        for _ in range(LISTS)
    ]
    _, took = timed(lambda: database.append(rows))
    print(f"{LISTS} lists of {SHOWN} appended: {took:.2f} s")
    return person


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """The result of work, and the seconds that it took."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start


if __name__ == "__main__":
    main()
