"""The cost of indicators: counted anew, unchanged, and for all programs after a change in one.

    .venv/bin/python -m bench.indicators [--database-url postgresql://…] [--municipalities 45 2500]

SQL statements fill the database (`bench.country`); 2,500 municipalities are size L, with 13.5
million attendances. The service is called inside this process, without sockets. Counting is
printed in milliseconds (median of 30). An unchanged answer is printed as the rate of 304 over the
rate of reading one record, measured in turns.

The table of all programs is asked for after a start that has to count it and after one that finds
it kept. Then the first municipality gets 99 programs more, and is asked for on days that nobody
asked for before, in turns with one that has one program, and with as many single programs.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from app.access.roles import Role
from app.database.schema import migrate
from app.indicators.asking import Asked, moment_of
from app.indicators.catalogue import INDICATORS
from app.indicators.facts import load, program_of
from app.indicators.network import Network
from app.journal.register import Register
from app.main import create_app
from app.registry.organizations import organizations
from app.registry.program_parts import IndicatorCode
from app.settings import Settings
from app.store import register
from app.store.precondition import Precondition
from bench.country import CROWD, KINDS, SCHOOLS, crowd, fill, filling
from bench.municipality import ANY, call, issued, tag_of

TIMES, ROUNDS, SECONDS, MANY = 30, 5, 2, 100
COVERAGE = IndicatorCode.TEACHER_COVERAGE_SHARE


def main() -> None:
    """Fill a country for each size, on SQLite in a temporary folder or in an empty database."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database-url", default="", help="an empty database; default: SQLite")
    parser.add_argument("--municipalities", type=int, default=45)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database_url=said.database_url, log=False)
        database = Register(settings.url, settings.secret_key(), settings.heads)
        migrate(database)
        began = time.monotonic()
        fill(database, said.municipalities)
        print(f"{said.municipalities} municipalities in {time.monotonic() - began:.0f} s")
        key = issued(database, role=Role.COORDINATOR)
        counting(database, said.municipalities)
        asyncio.run(starting(settings, key, said.municipalities))
        asyncio.run(answering(settings, key, said.municipalities))
        with filling(database) as some:
            crowd(some, MANY - 1)
        asyncio.run(crowded(settings, key))
        database.close()


def program(number: int) -> uuid.UUID:
    """The program of a municipality."""
    return uuid.UUID(f"{KINDS['programs']}-0000-7000-8000-{number:012x}")


def home(number: int) -> uuid.UUID:
    """A municipality."""
    return uuid.UUID(f"{KINDS['municipalities']}-0000-7000-8000-{number:012x}")


def counting(database: Register, municipalities: int) -> None:
    """Print the time of reading the rows and of counting, without HTTP."""

    def counted(number: int, codes: list[IndicatorCode]) -> None:
        with database.reading() as tx:
            found = program_of(tx, program(number))
            _, moment = moment_of(found, Asked(found.end_date))
            assert moment is not None  # noqa: S101 - the program runs on its last day
            network = Network(load(tx, found, moment.start), moment)
            for code in codes:
                INDICATORS[code].measure(network)

    organizational = [code for code in INDICATORS if code.startswith("org_")]
    for title, codes in (
        ("organization indicators", organizational),
        ("teacher coverage", [COVERAGE]),
        ("all indicators", list(INDICATORS)),
    ):
        spent = []
        for number in range(TIMES):
            start = time.perf_counter()
            counted(number * 7919 % municipalities, codes)
            spent.append(time.perf_counter() - start)
        middle, worst = statistics.median(spent), max(spent)
        print(f"{title}: {middle * 1e3:.1f} ms, at most {worst * 1e3:.1f} ms")


async def starting(settings: Settings, key: str, municipalities: int) -> None:
    """Print how long the table takes after a start, counted and kept."""
    spent = []
    for _ in range(2):
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            spent.append(await timed(partial(table, app, key)))
    counted, kept = spent
    print(
        f"the table of {municipalities} after a start: counted {counted:.2f} s, kept {kept:.2f} s,"
        f" {counted / kept:.0f} times"
    )


async def crowded(settings: Settings, key: str) -> None:
    """Print what many programs of one municipality cost beside one, and one by one."""
    app = create_app(settings)
    rounds = []
    async with app.router.lifespan_context(app):
        for number in range(ROUNDS):
            first, second = (f"as_of=2021-{month}-{number + 1:02d}" for month in ("11", "12"))
            one, many = (f"municipality_id={home(each)}" for each in (1, 0))
            alone = await timed(partial(table, app, key, f"{one}&{first}"))
            together = await timed(partial(table, app, key, f"{many}&{first}"))
            singly = await timed(partial(each_of, app, key, second))
            rounds.append((alone, together, singly))
    one, many, apart = (statistics.median(each) * 1e3 for each in zip(*rounds, strict=True))
    print(
        f"one program {one:.0f} ms, {MANY} of one municipality {many:.0f} ms"
        f" ({statistics.median(b / a for a, b, _ in rounds):.1f} times), one by one {apart:.0f} ms"
        f" ({statistics.median(c / a for a, _, c in rounds):.1f} times)"
    )


async def each_of(app: Any, key: str, day: str) -> None:
    """Ask for each program of the first municipality."""
    for number in (0, *range(CROWD, CROWD + MANY - 1)):
        await call(app, f"/programs/{program(number)}/indicators?{day}", key)


async def answering(settings: Settings, key: str, municipalities: int) -> None:
    """Print the cost of answers: of unchanged ones, and of the table after a change."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        database: Register = app.state.service.database
        one = f"/programs/{program(1)}"
        etag = await tag_of(app, f"{one}/indicators", key)

        async def unchanged() -> None:
            await call(app, f"{one}/indicators", key, 304, if_none_match=etag)

        async def record() -> None:
            await call(app, one, key)

        rounds = [(await rate(unchanged), await rate(record)) for _ in range(ROUNDS)]
        ratio = statistics.median(first / second for first, second in rounds)
        same, row = (statistics.median(each) for each in zip(*rounds, strict=True))
        print(f"unchanged answers a second: {same:.0f}, one record {row:.0f}, ratio {ratio:.2f}")
        start = time.perf_counter()
        await table(app, key)
        print(f"the table of {municipalities}, kept: {time.perf_counter() - start:.2f} s")
        after, still = [], []
        for number in range(TIMES):
            move(database, number % municipalities, f"Школа {number}")
            after.append(await timed(lambda: table(app, key)))
            still.append(await timed(lambda: table(app, key)))
        print(
            f"the table after a change in one: {statistics.median(after) * 1e3:.1f} ms,"
            f" unchanged {statistics.median(still) * 1e3:.1f} ms"
        )


async def table(app: Any, key: str, query: str = "") -> None:
    """Ask for the whole table; a large one takes several requests until it is counted."""
    while b'"totals"' not in await call(app, f"/indicators?limit=100&{query}", key, ANY):
        pass


def move(database: Register, number: int, name: str) -> None:
    """Rename a school of a municipality."""
    key = uuid.UUID(f"{KINDS['organizations']}-0000-7000-8000-{number * SCHOOLS:012x}")
    whatever = Precondition(any=True, given=True)
    database.write(
        lambda tx: register.amend(tx, organizations, key, {"short_name": name}, whatever)
    )


async def rate(work: Callable[[], Awaitable[None]]) -> float:
    """How many times a second some work is done."""
    start, count = time.perf_counter(), 0
    while (spent := time.perf_counter() - start) < SECONDS:
        await work()
        count += 1
    return count / spent


async def timed(work: Callable[[], Awaitable[None]]) -> float:
    """Seconds that some work takes."""
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
