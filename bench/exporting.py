"""The cost of exporting a whole list: the service's export beside the database's own, in one run.

    .venv/bin/python -m bench.exporting [--database-url postgresql://…]

The participations of a municipality of size S are multiplied to 100,000. The database's own
export is COPY of the same columns, without the names of records, through psycopg on PostgreSQL,
and a fetch with csv.writer on SQLite; `named` is the same with plain joins for the names. Every
side streams its bytes in pieces, in the order of ids. Rounds alternate; the figures are medians.
CPU is that of this process, without the server's. Memory is a side's peak beyond what the process
held before it.
"""

import asyncio
import csv
import gc
import io
import re
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import sqlalchemy as sa

from app.database.engines import sqlite
from app.database.transaction import Transaction
from app.journal.register import Register
from app.main import create_app
from app.model.record import new_id
from app.registry.events import events
from app.registry.participations import participations
from app.rest.media import CSV, XLSX
from app.settings import Settings
from app.store.spelling import exported
from bench.municipality import municipality, stream

ROUNDS, TIMES = 5, 10
SLICE = 5_000
COLUMNS = [each.name for each in exported(participations) if not each.of]
QUERY = sa.select(*(participations.table.c[name] for name in COLUMNS))
BARE = str(QUERY.order_by(participations.table.c.id))
PERSON = "t.last_name || ' ' || t.first_name || coalesce(' ' || t.patronymic, '')"
NAMED = (
    f"SELECT p.*, {PERSON}, e.title, o.short_name FROM ({QUERY}) p "  # noqa: S608 - our own names
    "JOIN teachers t ON t.id = p.teacher_id JOIN events e ON e.id = p.event_id "
    "JOIN organizations o ON o.id = p.organization_id ORDER BY p.id"
)
"""The same with names, by plain joins: nobody's view is respected."""
NAMELESS = {"source": None, "source_key": None}

Take = Callable[[bytes], object]


def multiply(tx: Transaction) -> None:
    """Copy every event with its participations."""
    held, were = events.table, participations.table
    all_events = [dict(row) for row in tx.execute(sa.select(held)).mappings()]
    all_were = [dict(row) for row in tx.execute(sa.select(were)).mappings()]
    for _ in range(TIMES - 1):
        ids = {row["id"]: new_id() for row in all_events}
        once = {"occurrence": None, **NAMELESS}
        put(tx, held, (row | once | {"id": ids[row["id"]]} for row in all_events))
        copies = (row | {"id": new_id(), "event_id": ids[row["event_id"]]} for row in all_were)
        put(tx, were, (row | NAMELESS for row in copies))


def put(tx: Transaction, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows."""
    listed = list(rows)
    for start in range(0, len(listed), SLICE):
        tx.execute(sa.insert(table), listed[start : start + SLICE])


def copied(url: sa.URL, sql: str, take: Take) -> None:
    """Stream the output of COPY, piece by piece."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with (
        psycopg.connect(address) as connection,
        connection.cursor().copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)") as lines,
    ):
        for line in lines:
            take(bytes(line))


def fetched(url: sa.URL, sql: str, take: Take) -> None:
    """Stream CSV made by a plain fetch from SQLite and csv.writer."""
    connection = sqlite.connect(url.database)
    found = connection.execute(sql)
    while rows := found.fetchmany(1_000):
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=";").writerows(rows)
        take(buffer.getvalue().encode())
    connection.close()


def resident(name: str, process: str = "self") -> int:
    """Bytes of a process: VmRSS now, VmHWM at the peak since it was last reset."""
    text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(rf"{name}:\s+(\d+) kB", text)
    assert found  # noqa: S101 - Linux says so
    return int(found[1]) * 1024


def forget_peak() -> None:
    """Reset the peak (proc_pid_clear_refs(5))."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


class Measured(NamedTuple):
    """What one side took."""

    seconds: float
    cpu: float
    peak: float
    """MiB beyond what was held before."""
    size: float
    """MiB that were streamed."""


async def measured(work: Callable[[Take], Awaitable[object]]) -> Measured:
    """What a side takes."""
    given = 0

    def take(piece: bytes) -> None:
        nonlocal given
        given += len(piece)

    gc.collect()
    forget_peak()
    before, start, cpu = resident("VmRSS"), time.perf_counter(), time.process_time()
    await work(take)
    spent, cpu = time.perf_counter() - start, time.process_time() - cpu
    return Measured(spent, cpu, (resident("VmHWM") - before) / 2**20, given / 2**20)


async def measure(settings: Settings, key: str) -> None:
    """Print seconds and memory of every side, and the ratios to the database's own export."""
    app = create_app(settings)
    url = sa.make_url(settings.url)
    bare = copied if url.get_backend_name() == "postgresql" else fetched
    sides: dict[str, Callable[[Take], Awaitable[object]]] = {
        "bare": lambda take: asyncio.to_thread(bare, url, BARE, take),
        "named": lambda take: asyncio.to_thread(bare, url, NAMED, take),
        "csv": lambda take: stream(app, "/participations", key, take, accept=CSV),
        "xlsx": lambda take: stream(app, "/participations", key, take, accept=XLSX),
    }
    async with app.router.lifespan_context(app):
        rounds = [
            {name: await measured(side) for name, side in sides.items()} for _ in range(ROUNDS)
        ]
    for name in sides:
        taken = [each[name] for each in rounds]
        middle = Measured(*(statistics.median(each) for each in zip(*taken, strict=True)))
        ratio = statistics.median(each[name].seconds / each["bare"].seconds for each in rounds)
        print(
            f"{name:5} {middle.seconds:7.3f} s  ×{ratio:5.1f}  CPU {middle.cpu:6.3f} s  "
            f"peak +{max(each.peak for each in taken):5.1f} MiB  {middle.size:5.1f} MiB"
        )


def main() -> None:
    """Make the participations and measure."""
    with municipality(__doc__) as (settings, key):
        database = Register(settings.url, settings.secret_key(), settings.heads)
        database.write(multiply)
        count = sa.select(sa.func.count()).select_from(participations.table)
        print(f"{database.read(lambda tx: tx.execute(count).scalar_one()):,} participations")
        database.close()
        asyncio.run(measure(settings, key))


if __name__ == "__main__":
    main()
