"""The cost of documents: time, memory, and what readers feel of eight of them at once.

    .venv/bin/python -m bench.documents [--database-url postgresql://…]

The demo data are multiplied to 45 organizations, 200 partnerships and 400 events. The service is
called inside this process, without sockets. Each document is made in each format; printed are the
median and the worst time in seconds, and the most memory beyond what the process held when idle.
Then eight reports are asked for at once, while two readers read one record after the other; the
figures are what the readers wait.
"""

import asyncio
import statistics
import time
from collections.abc import Mapping
from functools import partial
from itertools import cycle, islice
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.documents.formats import FORMATS
from app.journal.register import Register
from app.main import create_app
from app.model.record import new_id
from app.model.resource import Resource
from app.registry.events import events
from app.registry.network_curricula import network_curricula
from app.registry.organizations import organizations
from app.registry.partnerships import partnerships
from app.registry.programs import programs
from app.rest.media import JSON
from app.settings import Settings
from bench.exporting import NAMELESS, measured, put
from bench.municipality import call, municipality, stream

AMOUNTS = {organizations.name: 45, partnerships.name: 200, events.name: 400}
ROUNDS, AT_ONCE, READERS = 5, 8, 2
DAY = "2021-12-31"
UNIQUE = {**NAMELESS, "inn": None, "ogrn": None, "occurrence": None, "parent_id": None}
"""What no two records share."""

MEMBERS = "partnership_members"


def multiply(tx: Transaction, resource: Resource) -> None:
    """Copy records of a kind until there are enough; the members of partnerships alternate."""
    found = [dict(row) for row in tx.execute(sa.select(resource.table)).mappings()]
    fresh = {name: value for name, value in UNIQUE.items() if name in resource.table.c}
    copies = [
        model | fresh | {"id": new_id(), "model_id": model["id"]}
        for model in islice(cycle(found), AMOUNTS[resource.name] - len(found))
    ]
    put(tx, resource.table, ({k: v for k, v in each.items() if k != "model_id"} for each in copies))
    if resource is not partnerships:
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


def papers(database: Register) -> Mapping[str, str]:
    """The address of each document."""

    def some(resource: Resource, tx: Transaction) -> str:
        return str(tx.execute(sa.select(sa.func.min(resource.table.c.id))).scalar_one())

    key = {each.name: database.read(partial(some, each)) for each in (programs, partnerships)}
    curriculum, event = (database.read(partial(some, each)) for each in (network_curricula, events))
    return {
        "report": f"/programs/{key['programs']}/report?as_of={DAY}",
        "passport": f"/partnerships/{key['partnerships']}/passport?as_of={DAY}",
        "contract": f"/network-curricula/{curriculum}/contract",
        "attendance list": f"/events/{event}/attendance-list",
    }


async def one_by_one(app: Any, key: str, addresses: Mapping[str, str]) -> None:
    """Print the cost of each document in each format."""
    for name, address in addresses.items():
        for kind in (JSON, *FORMATS):
            rounds = [
                await measured(lambda take: stream(app, address, key, take, accept=kind))
                for _ in range(ROUNDS)
            ]
            spent, peaks, sizes = zip(*rounds, strict=True)
            ending = FORMATS[kind].ending if kind in FORMATS else "json"
            print(
                f"{name:16} {ending:5} {statistics.median(spent):6.3f} s, at most {max(spent):6.3f}"
                f"  peak +{max(peaks):5.1f} MiB  {sizes[0] * 1024:7.1f} KiB"
            )


async def at_once(app: Any, key: str, address: str) -> None:
    """Print what readers wait while eight reports are made."""
    waits: list[float] = []
    done = asyncio.Event()

    async def reading() -> None:
        while not done.is_set():
            start = time.perf_counter()
            await call(app, address.partition("/report")[0], key)
            waits.append(time.perf_counter() - start)
            await asyncio.sleep(0)

    readers = [asyncio.create_task(reading()) for _ in range(READERS)]
    kinds = islice(cycle(FORMATS), AT_ONCE)
    start = time.perf_counter()

    async def whole(take: Any) -> None:
        await asyncio.gather(*(stream(app, address, key, take, accept=kind) for kind in kinds))

    _, peak, _ = await measured(whole)
    spent = time.perf_counter() - start
    done.set()
    await asyncio.gather(*readers)
    waits.sort()
    print(
        f"{AT_ONCE} reports at once: {spent:.1f} s, peak +{peak:.1f} MiB; {len(waits)} readings,"
        f" median {statistics.median(waits) * 1e3:.1f} ms,"
        f" 99 % below {waits[int(len(waits) * 0.99)] * 1e3:.1f} ms, at most {waits[-1] * 1e3:.1f}"
    )


async def measure(settings: Settings, key: str, addresses: Mapping[str, str]) -> None:
    """Print every figure."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        await call(app, addresses["report"], key)
        await one_by_one(app, key, addresses)
        await at_once(app, key, addresses["report"])


def main() -> None:
    """Multiply the demo data and measure."""
    with municipality(__doc__) as (settings, key):
        database = Register(settings.url, settings.secret_key(), settings.heads)
        for resource in (organizations, partnerships, events):
            database.write(lambda tx, resource=resource: multiply(tx, resource))
        addresses = papers(database)
        database.close()
        asyncio.run(measure(settings, key, addresses))


if __name__ == "__main__":
    main()
