"""The cost of a page of the feed: beside the database alone, and by the page's place in the feed.

    .venv/bin/python -m bench.following [--database-url postgresql://…] [--pgbench PATH]

The service is called inside this process, without sockets, one call after another. In turns with
it, the database alone answers the same statement: on PostgreSQL pgbench with one client, on
SQLite its driver. The figure is the median of the ratios within each round.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from typing import Any

from app.database.dialects import SQLITE
from app.database.engines import sqlite
from app.feed import pages
from app.feed.cursors import unsealed
from app.journal.register import Register
from app.main import create_app
from app.registry import RESOURCES
from app.settings import Settings
from bench.municipality import call, municipality

ROUNDS, SECONDS, LIMIT = 5, 4, 1000


def main() -> None:
    """Fill a municipality of size S and measure."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--pgbench", default="pgbench", help="default: the one on the path")
    said, _ = parser.parse_known_args()
    with municipality(__doc__, parser) as (settings, key):
        asyncio.run(measure(settings, key, said.pgbench))


async def measure(settings: Settings, key: str, pgbench: str) -> None:
    """Print the ratio to the database alone, and how a page's cost depends on its place."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        cursors = await walk(app, key)
        middle = cursors[len(cursors) // 2]
        bare = await alone(app, key, middle, pgbench)
        rounds = [(await rate(app, key, middle), bare()) for _ in range(ROUNDS)]
        served, bare_rate = (statistics.median(each) for each in zip(*rounds, strict=True))
        ratio = statistics.median(one / other for one, other in rounds)
        said = f"pages of {LIMIT} a second: {served:.0f}, the database alone {bare_rate:.0f}"
        print(f"{said}, ratio {ratio:.2f}")
        await by_place(app, key, cursors)


async def walk(app: Any, key: str) -> list[str]:
    """The cursors of every full page, from the first to the last but one."""
    cursors: list[str] = []
    address = f"/changes?limit={LIMIT}"
    while True:
        page = json.loads(await call(app, address, key))
        if not page["has_more"]:
            return cursors[:-1]
        cursors.append(page["next_cursor"])
        address = f"/changes?limit={LIMIT}&cursor={cursors[-1]}"


async def rate(app: Any, key: str, cursor: str) -> float:
    """Pages a second behind a cursor."""
    address, start, count = f"/changes?limit={LIMIT}&cursor={cursor}", time.perf_counter(), 0
    while (spent := time.perf_counter() - start) < SECONDS:
        await call(app, address, key)
        count += 1
    return count / spent


async def by_place(app: Any, key: str, cursors: list[str]) -> None:
    """Print the time of pages of participations by their place, and of one that names persons."""
    quarter = len(cursors) // 4
    places = {"persons, put into the trail": cursors[0]}
    places |= {f"page {at + 2}": cursors[at] for at in range(quarter, len(cursors), quarter)}
    took: dict[str, list[float]] = {name: [] for name in places}
    for _ in range(ROUNDS):
        for name, cursor in places.items():
            took[name].append(1000 / await rate(app, key, cursor))
    said = ", ".join(f"{name}: {statistics.median(each):.1f} ms" for name, each in took.items())
    print(f"a page by its place: {said}")


async def alone(app: Any, key: str, cursor: str, pgbench: str) -> Callable[[], float]:
    """A function that counts how many times a second the database alone answers a page."""
    database: Register = app.state.service.database
    holder = await app.state.service.keyring.holder(key)
    kinds = pages.followed(RESOURCES, holder)
    sql = pages.statement(database.dialect, kinds, is_local=True)
    place = unsealed(cursor, None, database.secret)
    named: dict[str, Any] = {name: str(value) for name, value in holder.bindings.items()}
    named |= {"after": place.position, "take": LIMIT + 1}
    if database.dialect is SQLITE:
        return lambda: by_driver(str(database.url.database), sql, named)
    text = re.sub(r"%\((\w+)\)s", lambda found: f"'{named[found[1]]}'", sql)
    # pgbench takes a colon before a name for a variable, also inside a literal.
    text = re.sub(r"(?<!:):(?=\w)", "' || chr(58) || '", text.replace("%%", "%"))
    return lambda: by_pgbench(pgbench, database, text)


def by_driver(path: str, sql: str, named: dict[str, Any]) -> float:
    """Times a second that SQLite's driver answers; every row is fetched."""
    connection = sqlite.connect(path)
    start, count = time.perf_counter(), 0
    while (spent := time.perf_counter() - start) < SECONDS:
        connection.execute(sql, named).fetchall()
        count += 1
    connection.close()
    return count / spent


def by_pgbench(program: str, database: Register, sql: str) -> float:
    """Times a second that pgbench gets the answer; the statement is prepared once."""
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(" ".join(sql.split()) + ";\n")
        script.flush()
        words = ["-n", "-M", "prepared", "-T", str(SECONDS), "-f", script.name, url]
        done = subprocess.run(  # noqa: S603 - the measurer names the program
            [program, *words],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PGOPTIONS": "-c jit=off -c timezone=UTC"},
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(re.findall(r"tps = ([0-9.]+)", done.stdout)[-1])


if __name__ == "__main__":
    main()
