"""The cost of documents: time, memory, and what readers feel of eight of them at once.

    .venv/bin/python -m bench.documents [--database-url postgresql://…]

The demo data are multiplied to 45 organizations, 200 partnerships and 400 events. The service is
called inside this process, without sockets. Each document is made in each format, of another day
in each round; printed are the median and the worst time. Memory is the peak of this process
beyond what it held when idle, and that of the child that lays a PDF out. Then eight reports are
asked for at once, while two readers read one record after the other; these waits are printed.
"""

import asyncio
import statistics
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from threading import Thread
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.documents.formats import FORMATS
from app.documents.rendering import child
from app.journal.register import Register
from app.main import create_app
from app.model.record import new_id
from app.model.resource import Resource
from app.registry.events import events
from app.registry.organizations import organizations
from app.registry.partnerships import partnerships
from app.registry.programs import programs
from app.rest.media import JSON
from app.settings import Settings
from bench.exporting import NAMELESS, forget_peak, put, resident
from bench.municipality import call, municipality

AMOUNTS = {organizations.name: 45, partnerships.name: 200, events.name: 400}
ROUNDS, AT_ONCE, READERS = 5, 8, 2
DAY = date(2021, 12, 31)
UNIQUE = {**NAMELESS, "inn": None, "ogrn": None, "occurrence": None, "parent_id": None}
"""What no two records share."""

MEMBERS = "partnership_members"


def multiply(tx: Transaction, kind: Resource) -> None:
    """Copy records of a kind until there are enough; the members of partnerships alternate."""
    found = [dict(row) for row in tx.execute(sa.select(kind.table)).mappings()]
    fresh = {name: value for name, value in UNIQUE.items() if name in kind.table.c}
    copies = [
        model | fresh | {"id": new_id(), "model_id": model["id"]}
        for model in islice(cycle(found), AMOUNTS[kind.name] - len(found))
    ]
    put(tx, kind.table, ({k: v for k, v in each.items() if k != "model_id"} for each in copies))
    if kind is not partnerships:
        return
    members = SQLModel.metadata.tables[MEMBERS]
    inside = [dict(row) for row in tx.execute(sa.select(members)).mappings()]
    schools = cycle(tx.execute(sa.select(organizations.table.c.id)).scalars())
    put(
        tx,
        members,
        (
            each | {"owner_id": copy["id"], "organization_id": next(schools)}
            for copy in copies
            for each in inside
            if each["owner_id"] == copy["model_id"]
        ),
    )


def with_one_base(tx: Transaction) -> str:
    """A curriculum with one base, whose contract needs no other word."""
    parties = SQLModel.metadata.tables["network_curriculum_parties"]
    bases = sa.select(parties.c.owner_id).where(parties.c.role == "base")
    single = bases.group_by(parties.c.owner_id).having(sa.func.count() == 1)
    return str(tx.execute(single.order_by(parties.c.owner_id)).scalars().first())


def papers(database: Register) -> Mapping[str, str]:
    """The address of each document."""

    def some(resource: Resource, tx: Transaction) -> str:
        return str(tx.execute(sa.select(sa.func.min(resource.table.c.id))).scalar_one())

    key = {each.name: database.read(partial(some, each)) for each in (programs, partnerships)}
    event = database.read(partial(some, events))
    curriculum = database.read(with_one_base)
    return {
        "report": f"/programs/{key['programs']}/report?as_of={{day}}",
        "passport": f"/partnerships/{key['partnerships']}/passport?as_of={{day}}",
        "contract": f"/network-curricula/{curriculum}/contract",
        "attendance list": f"/events/{event}/attendance-list",
    }


class Scales:
    """Weighs the memory of this process beyond what it held when idle, and that of its children."""

    def __init__(self) -> None:
        self._idle, self._child = resident("VmRSS"), 0
        Thread(target=self._watch, daemon=True).start()

    def weigh(self) -> str:
        """The peaks since the last weighing."""
        peak, laid_out = (resident("VmHWM") - self._idle) / 2**20, self._child / 2**20
        self._child = 0
        forget_peak()
        return f"+{peak:.0f} MiB, child {laid_out:.0f} MiB"

    def _watch(self) -> None:
        while True:
            for task in Path("/proc/self/task").iterdir():
                with suppress(OSError, AssertionError):  # it ends while it is read
                    for process in (task / "children").read_text(encoding="ascii").split():
                        self._weigh(process)
            time.sleep(0.002)

    def _weigh(self, process: str) -> None:
        # Until it has begun its own program, a child shows the memory of this process.
        if child.__file__.encode() in Path(f"/proc/{process}/cmdline").read_bytes():
            self._child = max(self._child, resident("VmHWM", process))


async def one_by_one(app: Any, key: str, addresses: Mapping[str, str], scales: Scales) -> None:
    """Print the cost of each document in each format."""
    for name, address in addresses.items():
        for kind in (JSON, *FORMATS):
            spent, sizes = [], []
            for number in range(ROUNDS):
                start = time.perf_counter()
                sizes.append(len(await call(app, of_day(address, number), key, accept=kind)))
                spent.append(time.perf_counter() - start)
            print(
                f"{name:15} {FORMATS[kind].ending if kind in FORMATS else 'json':4} "
                f"{statistics.median(spent):.3f} s, at most {max(spent):.3f} s, "
                f"{max(sizes) / 1024:.0f} KiB, {scales.weigh()}"
            )


def of_day(address: str, number: int) -> str:
    """An address with another day for each number, if it takes a day."""
    return address.format(day=DAY - timedelta(days=number))


async def at_once(app: Any, key: str, address: str, scales: Scales) -> None:
    """Print what readers wait while eight reports are made."""
    waits: list[float] = []
    done = asyncio.Event()

    async def read() -> None:
        while not done.is_set():
            start = time.perf_counter()
            await call(app, address.partition("/report")[0], key)
            waits.append(time.perf_counter() - start)
            await asyncio.sleep(0)  # without sockets nothing else lets the others go on

    readers = [asyncio.create_task(read()) for _ in range(READERS)]
    start = time.perf_counter()
    kinds = enumerate(islice(cycle(FORMATS), AT_ONCE), ROUNDS)
    await asyncio.gather(
        *(call(app, of_day(address, number), key, accept=kind) for number, kind in kinds)
    )
    spent = time.perf_counter() - start
    done.set()
    await asyncio.gather(*readers)
    waits.sort()
    print(
        f"{AT_ONCE} reports at once: {spent:.1f} s, {scales.weigh()}; {len(waits)} readings: "
        f"{statistics.median(waits) * 1e3:.1f} ms, "
        f"99 % in {waits[int(len(waits) * 0.99)] * 1e3:.1f} ms, at most {waits[-1] * 1e3:.1f} ms"
    )


async def measure(settings: Settings, key: str, addresses: Mapping[str, str]) -> None:
    """Print every figure."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        await call(app, addresses["report"].partition("/report")[0], key)
        scales = Scales()
        await one_by_one(app, key, addresses, scales)
        await at_once(app, key, addresses["report"], scales)


def main() -> None:
    """Multiply the demo data and measure."""
    with municipality(__doc__) as (settings, key):
        database = Register(settings.url, settings.secret_key(), settings.heads)
        for kind in (organizations, partnerships, events):
            database.write(partial(multiply, kind=kind))
        addresses = papers(database)
        database.close()
        asyncio.run(measure(settings, key, addresses))


if __name__ == "__main__":
    main()
