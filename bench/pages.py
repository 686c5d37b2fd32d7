"""The cost of pages, beside the answers of the API that say the same.

    .venv/bin/python -m bench.pages [--database-url postgresql://…] [--size S] [--people 50]

Size S is the demo data; size M are municipalities filled by SQL statements (`bench.country`), of
which one is looked at. The service is called inside this process, without sockets. Each page is
printed in milliseconds of the process's CPU (median and worst of 15) and as a ratio to the answers
of the API that say the same, measured in the same rounds.

With `--people` so many sessions walk through the pages instead, a click every five seconds each,
drawn at random, beside a client of the API (`bench.people`).
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import seeding
from app.access import keys, sessions
from app.access.roles import Role
from app.access.scopes import KeyWrite
from app.database.schema import migrate
from app.demo import demo
from app.journal.register import Register
from app.main import create_app
from app.model.resource import Resource
from app.pages.signing import COOKIE
from app.registry.organizations import organizations
from app.registry.programs import programs
from app.settings import Settings
from bench.country import fill
from bench.municipality import ANY, call, stream
from bench.people import walked

TIMES = 15
REASONS = "org_involvement_share"
ALONE = "org_involvement_share_priority"
GOALS = ("org_involvement_share", "teacher_coverage_share", "plan_completion_share")

PAGES: dict[str, tuple[str, ...]] = {
    "P1 /programs/{id}": (
        "/programs/{id}/state",
        "/programs/{id}/indicators/diff?from=2021-09-30&to=2021-12-31",
        f"/programs/{{id}}/indicators/{ALONE}/explain",
        *(f"/programs/{{id}}/indicators/{code}/series?step=quarter" for code in GOALS),
    ),
    f"P2 /programs/{{id}}/indicators/{REASONS}": (
        f"/programs/{{id}}/indicators/{REASONS}/explain?limit=500",
        "/programs/{id}/indicators?as_of=2021-12-31",
    ),
    "P3 /programs/{id}/plan": ("/programs/{id}/state",),
    "P4 /programs/{id}/network": (
        "/partnerships?program_id={id}&limit=500",
        f"/programs/{{id}}/indicators/{REASONS}/explain?limit=500",
    ),
    "P9 /region": ("/indicators?limit=100",),
}
"""The pages, each with the answers that say the same."""


def main() -> None:
    """Measure both sizes, on SQLite in a temporary folder or in an empty database."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database-url", default="", help="an empty database; default: SQLite")
    parser.add_argument("--municipalities", type=int, default=45)
    parser.add_argument("--size", choices=("S", "M"), help="default: both; M with --database-url")
    parser.add_argument("--people", type=int, default=0)
    said = parser.parse_args()
    sizes = {"S": None, "M": said.municipalities}
    # An empty database that is named can be filled once.
    for size in (said.size,) if said.size else ("M",) if said.database_url else sizes:
        with filled(said.database_url, sizes[size]) as (settings, database):
            print(f"size {size}")
            work = beside(settings, database, said.people) if said.people else None
            asyncio.run(work or measured(settings, database))


@contextmanager
def filled(url: str, municipalities: int | None) -> Iterator[tuple[Settings, Register]]:
    """A database with municipalities, or with the demo data."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database_url=url, log=False)
        database = Register(settings.url, settings.secret_key(), settings.heads)
        migrate(database)
        if municipalities is None:
            seeding.seed(database)
            demo(database)
        else:
            fill(database, municipalities)
        yield settings, database
        database.close()


async def measured(settings: Settings, database: Register) -> None:
    """Print the cost of each page, in turns with the answers of the API."""
    key, cookie = signed(database)
    program = first_of(database, programs)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        spent: dict[str, list[float]] = defaultdict(list)
        ratios: dict[str, list[float]] = defaultdict(list)
        for number in range(TIMES + 1):
            for name, answers in PAGES.items():
                page = await cost(page_of(app, name, program, cookie))
                said = await cost(api(app, answers, program, key))
                # The first round prepares statements and templates.
                if number:
                    spent[name].append(page)
                    ratios[name].append(page / said)
    for name, each in spent.items():
        middle, worst = statistics.median(each) * 1e3, max(each) * 1e3
        ratio = statistics.median(ratios[name])
        print(f"{name}: {middle:.0f} ms, at most {worst:.0f} ms, {ratio:.2f} of the API's")


async def beside(settings: Settings, database: Register, people: int) -> None:
    """Print what a client of the API waits with people at the pages, and without them."""
    key, cookie = signed(database)
    ids = {kind.name: first_of(database, kind) for kind in (programs, organizations)}
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        await walked(app, ids, key, cookie, people)


def first_of(database: Register, kind: Resource) -> str:
    """The first record of a kind."""
    rows = sa.select(kind.table.c.id).order_by(kind.table.c.id).limit(1)
    return str(database.read(lambda tx: tx.execute(rows).scalar_one()))


def signed(database: Register) -> tuple[str, str]:
    """A coordinator's key for everything, and the cookie of a session that it opened."""

    def work(tx: Any) -> tuple[str, str]:
        key, token = keys.issue(tx, KeyWrite(role=Role.COORDINATOR, owner="bench"))
        return token, f"{COOKIE}={sessions.start(tx, key.id, remembered=False)}"

    return database.write(work)


async def page_of(app: Any, name: str, program: str, cookie: str) -> None:
    """Get a page. The region's is refused until it has counted everything, as the API's answer."""
    address = name.partition(" ")[2].replace("{id}", program)
    await stream(app, address, "", len, status=ANY, root="", cookie=cookie)


async def api(app: Any, answers: tuple[str, ...], program: str, key: str) -> None:
    """Get the answers of the API that say what a page says."""
    for address in answers:
        await call(app, address.replace("{id}", program), key, ANY)


async def cost(work: Awaitable[None]) -> float:
    """Seconds of the process's CPU that some work takes."""
    start = time.process_time()
    await work
    return time.process_time() - start


if __name__ == "__main__":
    main()
