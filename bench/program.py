"""The cost of a program's eight answers, and of the double bookings behind two of them.

    .venv/bin/python -m bench.program [--database-url postgresql://…] [--municipalities 45]

SQL statements fill the database (`bench.country`, with the kinds of the network). The service is
called inside this process, without sockets. Each answer is printed in milliseconds (median and
worst of 30, each of another municipality), beside the program's indicators and one record, which
are measured in the same rounds.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from app.access.roles import Role
from app.database.schema import migrate
from app.indicators.asking import Asked, moment_of
from app.indicators.facts import load, program_of
from app.journal.register import Register
from app.main import create_app
from app.network.conflicts import conflicts_of
from app.registry.timetable import Span
from app.settings import Settings
from bench.country import fill
from bench.indicators import program
from bench.municipality import call, issued

TIMES = 30
DOORS = (
    *("resources", "curricula", "timetable", "finance"),
    *("property", "quality", "results", "initiatives"),
)


def main() -> None:
    """Fill a country, on SQLite in a temporary folder or in an empty database, and measure."""
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
        fill(database, said.municipalities)
        key = issued(database, role=Role.COORDINATOR)
        bookings(database, said.municipalities)
        asyncio.run(answers(settings, key, said.municipalities))
        database.close()


def bookings(database: Register, municipalities: int) -> None:
    """Print the time of finding all conflicts of a program, its rows being read already."""
    spent, slots, found = [], 0, 0
    for number in range(TIMES):
        with database.reading() as tx:
            row = program_of(tx, program(number % municipalities))
            _, moment = moment_of(row, Asked(row.end_date))
            assert moment is not None  # noqa: S101 - the program runs on its last day
            exchange = load(tx, row, moment.start).exchange
        start = time.perf_counter()
        meetings = conflicts_of(exchange, row.id, Span(moment.start, row.end_date))
        spent.append(time.perf_counter() - start)
        slots, found = max(slots, len(exchange.slots)), max(found, len(meetings))
    print(f"conflicts of {slots} slots ({found} found): {told(spent)}")


async def answers(settings: Settings, key: str, municipalities: int) -> None:
    """Print the time of each answer, in turns."""
    app = create_app(settings)
    spent: dict[str, list[float]] = defaultdict(list)
    async with app.router.lifespan_context(app):
        for number in range(TIMES):
            home = f"/programs/{program(number % municipalities)}"
            for door in ("", "indicators", *DOORS):
                start = time.perf_counter()
                await call(app, f"{home}/{door}".rstrip("/"), key)
                spent[door or "one record"].append(time.perf_counter() - start)
    for name, each in spent.items():
        print(f"{name}: {told(each)}")


def told(spent: list[float]) -> str:
    """The median and the worst of some times."""
    return f"{statistics.median(spent) * 1e3:.1f} ms, at most {max(spent) * 1e3:.1f} ms"


if __name__ == "__main__":
    main()
