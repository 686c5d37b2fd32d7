"""The cost of reading partnerships with their members: the list, one of them, the feed.

    .venv/bin/python -m bench.partnerships [--database-url postgresql://…] [--partnerships 25000]

One municipality has this many partnerships of five members each, inserted by SQL statements. The
service is called inside this process, without sockets; each figure is the median of the calls.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from app.access.roles import Role
from app.database.schema import migrate
from app.journal.register import Register
from app.main import create_app
from app.settings import Settings
from bench.country import SCHOOLS, Filler, filling
from bench.exchange import rest
from bench.municipality import call, issued

MEMBERS, ROUNDS, LIMIT = 5, 15, 100


def main() -> None:
    """Fill SQLite in a temporary folder, or an empty database, and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database-url", default="", help="an empty database; default: SQLite")
    parser.add_argument("--partnerships", type=int, default=25_000, help="default: 25,000")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database_url=said.database_url, log=False)
        database = Register(settings.url, settings.secret_key(), settings.heads)
        migrate(database)
        with filling(database) as some:
            fill(some, said.partnerships)
        key = issued(database, role=Role.COORDINATOR)
        database.close()
        asyncio.run(measure(settings, key))


def fill(some: Filler, count: int) -> None:
    """Insert a municipality, a program and `count` partnerships with their entries of the feed."""
    home = some.id("municipalities", "0")
    some.put("municipalities", 1, {"municipality_id": home, "oktmo": "'90000000'"})
    own = {"municipality_id": home}
    some.put("organizations", SCHOOLS, own | some.more("organizations"))
    some.put("programs", 1, own | some.more("programs"))
    some.put(
        "partnerships",
        count,
        own | some.more("partnerships") | {"program_id": some.id("programs", "0")},
    )
    place = rest("n", MEMBERS)
    school = rest("n", SCHOOLS)
    some.put(
        "partnership_members",
        count * MEMBERS,
        own
        | {
            "owner_id": some.id("partnerships", f"n / {MEMBERS}"),
            "organization_id": some.id("organizations", school),
            "role": f"CASE {place} WHEN 0 THEN 'leader' ELSE 'supported' END",
            "place": place,
        },
    )
    entry = {
        "collection": "'partnerships'",
        "record_id": some.id("partnerships", "n"),
    }
    some.tell(count, own | entry)


async def measure(settings: Settings, key: str) -> None:
    """Print the time of a page, of a record and of a page of the feed."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        listed = f"/partnerships?limit={LIMIT}&sort=-id"
        items = json.loads(await call(app, listed, key))["items"]
        assert {len(each["members"]) for each in items} == {MEMBERS}  # noqa: S101 - void else
        for title, address in (
            (f"a page of {LIMIT}", listed),
            ("one partnership", f"/partnerships/{items[-1]['id']}"),
            (f"a page of {LIMIT} changes", f"/changes?types=partnerships&limit={LIMIT}"),
        ):
            print(f"{title}: {await median(app, address, key) * 1e3:.2f} ms")


async def median(app: Any, address: str, key: str) -> float:
    """Seconds that a call takes."""
    spent = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        await call(app, address, key)
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
