"""The sheet: what one process of the service has counted, and what waits in it now."""

import json
import os
import resource
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import anyio
from anyio import CapacityLimiter
from fastapi import FastAPI

from app.database.durations import Spread
from app.database.reading import Places
from app.journal.replicas import Records
from app.metrics.slots import Slots
from app.rest.deps import Service
from app.rest.tally import Tally
from app.store.outcomes import TAKEN

PROC = Path("/proc/self")

PAUSE = 1.0
"""Seconds between two sheets of a worker, which another may be asked for."""


class Sheet(TypedDict):
    """The numbers of one process."""

    answers: list[tuple[str, str, str, str, int]]
    """Route, method, status, cause of a 503, and how many there were."""
    durations: list[tuple[str, str, Spread]]
    """Route, method, and how long answers took."""
    running: int
    connections: int
    waits: Spread
    """How long writers waited until they could begin."""
    writes: Spread
    """How long their transactions took, with the waiting."""
    waiting: int
    """Writers that wait for their turn."""
    places: dict[str, Places]
    jobs: int
    untold: int
    """Bytes of entries that wait to be written to the trail."""
    replica: dict[str, int]
    """Who answered reads of records; nothing where there is no replica."""
    lists: dict[str, int]
    rows: dict[str, int]
    process: "Process"


class Process(NamedTuple):
    """What the system says of a process."""

    started_at: float
    cpu_seconds: float
    resident_bytes: int
    open_files: int


def sheet_of(app: FastAPI) -> Sheet:
    """The sheet of this process; called in its event loop."""
    service: Service = app.state.service
    tally: Tally = app.state.tally
    return {
        "answers": [(*key, count) for key, count in tally.answers.items()],
        "durations": [(*key, each.spread) for key, each in tally.durations.items()],
        "running": tally.running,
        "connections": tally.connections,
        "waits": service.database.waits.spread,
        "writes": service.database.writes.spread,
        "waiting": service.database.waiting + _limited(service.writers).waiting,
        "places": places_of(service),
        "jobs": service.jobs.count,
        "untold": service.recorder.waiting,
        "replica": _answered(service),
        "lists": TAKEN.lists,
        "rows": TAKEN.rows,
        "process": _process(app.state.started_at),
    }


def _answered(service: Service) -> dict[str, int]:
    records = service.records
    return asdict(records.counts) if isinstance(records, Records) else {}


def places_of(service: Service) -> dict[str, Places]:
    """What only a few requests do at once: how many may, how many do, and how many wait."""
    limiters: Mapping[str, CapacityLimiter] = {
        "writers": service.writers,
        "exports": service.exports,
        "books": service.books,
        "papers": service.papers,
        "pages": service.visits,
        "counting": service.counting,
    }
    pool: Any = service.database.engine.pool
    return {
        **{name: _limited(each) for name, each in limiters.items()},
        "reads": service.reader.places,
        "connections": Places(pool.size(), pool.checkedout(), 0),
    }


def _limited(limiter: CapacityLimiter) -> Places:
    now = limiter.statistics()
    return Places(int(now.total_tokens), now.borrowed_tokens, now.tasks_waiting)


def _process(started_at: float) -> Process:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Process(started_at, used.ru_utime + used.ru_stime, *_held())


def _held() -> tuple[int, int]:
    """The memory and the open files of this process; zeros where the system is no Linux."""
    if not PROC.exists():
        return 0, 0
    pages = int((PROC / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE"), sum(1 for _ in (PROC / "fd").iterdir())


def lay(app: FastAPI) -> None:
    """Lay the sheet of this process into its slot."""
    slots: Slots = app.state.slots
    slots.lay(json.dumps(sheet_of(app)).encode())


@asynccontextmanager
async def shared(app: FastAPI) -> AsyncIterator[None]:
    """Share this process's sheet with the other workers while it runs."""
    slots: Slots = app.state.slots
    slots.claim()
    app.state.started_at = time.time()

    async def repeat() -> None:
        while True:
            lay(app)
            await anyio.sleep(PAUSE)

    try:
        async with anyio.create_task_group() as tasks:
            # Alone, it lays its sheet when it is asked.
            if slots.count > 1:
                tasks.start_soon(repeat)
            yield
            tasks.cancel_scope.cancel()
    finally:
        slots.release()


def sheets(app: FastAPI) -> dict[str, Sheet]:
    """The sheet of every running process, by the number of its slot."""
    lay(app)
    slots: Slots = app.state.slots
    return {str(place): json.loads(text) for place, text in slots.laid()}
