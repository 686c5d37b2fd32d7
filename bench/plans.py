"""Whether any question reads or sorts more than it shows: every one is tried on both databases.

    .venv/bin/python -m bench.plans [--database-url postgresql://…] [--municipalities 77]
        [--keys municipality organization]

SQL statements fill the database (`bench.country`): 2 municipalities are size S, 77 size M, 2,500
size L, at which a key of all municipalities takes hours. The questions are those of `bench.asking`.
What reads more than it shows and is not in `bench/accepted_plans.toml` is printed, with its plan,
and ends the command with 1.
"""

import argparse
import asyncio
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from app.access.roles import Role
from app.database.schema import migrate
from app.database.transaction import Transaction
from app.journal.register import Register
from app.settings import Settings
from bench.answering import answers, rows_of
from bench.asking import LIMIT, Asker, Question, askers, id_of, questions
from bench.country import fill
from bench.municipality import issued
from bench.weighing import Weight, scale

ALLOWED = 10 * LIMIT
"""Rows that a question may read and not show: to read them all costs less than an index."""

SMALL, PAUSE = 2, 5.0
"""Municipalities of size S; seconds between two looks at PostgreSQL's statistics."""

SORTED = 10
"""What a row that is sorted or looked up costs at most, in rows that are only read."""

ACCEPTED = Path(__file__).with_name("accepted_plans.toml")


@dataclass(frozen=True)
class Found:
    """A question with what it costs."""

    question: Question
    weight: Weight

    def __str__(self) -> str:
        shown, excess, seconds, plan = self.weight
        return (
            f"{self.question.title}: {seconds * 1e3:.1f} ms, {shown} shown, {excess} more; {plan}"
        )

    @property
    def is_excessive(self) -> bool:
        """Whether it reads much more than it shows, and more than somebody has given a reason for.

        No reason holds for reading more than its key sees, or if it says so its municipality has.
        """
        if self.weight.excess <= ALLOWED:
            return False
        if not (reason := reason_of(self.question.title)):
            return True
        reads = reason.get("reads", "sight")
        rows = self.question.nearby if reads == "municipality" else self.question.rows
        return reads != "all" and self.weight.excess > ALLOWED + SORTED * rows


@cache
def accepted() -> Sequence[Mapping[str, Any]]:
    """What is accepted: the patterns of titles, the reason, and what is read."""
    found: list[dict[str, Any]] = tomllib.loads(ACCEPTED.read_text(encoding="utf-8"))["accepted"]
    return found


@cache
def reason_of(title: str) -> Mapping[str, Any] | None:
    """What has been accepted for a question."""
    for each in accepted():
        if any(fnmatchcase(title, pattern) for pattern in each["titles"]):
            return each
    return None


def weighed(database: Register, those: Sequence[Asker], *, is_small: bool) -> Iterator[Found]:
    """Every question of these keys, with what it costs."""
    with database.reading() as tx:
        if tx.dialect.name == "postgresql":
            # To find the middle of a country's records takes longer than any question of a key.
            tx.connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        asked = [*questions(tx, those)]
    with closing(scale(database.url, is_small=is_small)) as weighing:
        for question in asked:
            yield Found(question, weighing.weigh(question))


def main() -> None:
    """Try every question at each size; ends with 1 if one reads too much."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database-url", default="", help="an empty database; default: SQLite")
    parser.add_argument("--municipalities", type=int, default=SMALL, help="2, 77 or 2500")
    parser.add_argument("--slow", type=float, default=50.0, help="milliseconds told of; default 50")
    parser.add_argument("--keys", nargs="+", help="only these, such as region; default: all")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database_url=said.database_url, log=False)
        database = Register(settings.url, settings.secret_key(), settings.heads)
        prepare(database, said.municipalities)
        keys = askers(said.municipalities // 2)
        those = [each for each in keys if not said.keys or each.name in said.keys]
        found = [*weighed(database, those, is_small=said.municipalities <= SMALL)]
        found += asyncio.run(answered(settings, database, said.municipalities // 2))
        database.close()
    tell(found, said.slow / 1e3)
    sys.exit(any(each.is_excessive for each in found))


async def answered(settings: Settings, database: Register, number: int) -> list[Found]:
    """Every answer about a program, with what its statements read together."""
    home = id_of("municipalities", number)
    key = issued(database, role=Role.COORDINATOR, municipality_id=home)
    rows = database.read(lambda tx: rows_of(tx.connection, home))
    found = []
    with closing(scale(database.url, is_small=False)) as weighing:
        async for answer in answers(settings, key, number):
            start = time.perf_counter()
            read = sum(weighing.read(*statement) for statement in answer.statements)
            plan = f"{len(answer.statements)} statements"
            question = Question(answer.title, "", {}, "", rows, rows, is_whole=True)
            found.append(Found(question, Weight(0, read, time.perf_counter() - start, plan)))
    return found


def prepare(database: Register, municipalities: int) -> None:
    """Fill a database and do what the service does: nothing, as PostgreSQL looks by itself."""
    migrate(database)
    fill(database, municipalities)
    waits = database.dialect.name == "postgresql" and municipalities > SMALL
    while waits and not database.read(_has_statistics):
        time.sleep(PAUSE)


def _has_statistics(tx: Transaction) -> bool:
    """Whether PostgreSQL's own service has looked at the largest tables."""
    query = (
        "SELECT count(*) FROM pg_stat_user_tables WHERE last_autoanalyze IS NULL"
        " AND relname IN ('participations', 'journal_entries', 'teachers', 'employments')"
    )
    return not tx.connection.exec_driver_sql(query).scalar_one()


def tell(found: Sequence[Found], slow: float) -> None:
    """Print what is excessive, what is slow, and the worst of what is accepted."""
    for each in found:
        if each.is_excessive:
            print(f"reads too much: {each}")
        elif each.weight.seconds > slow and not each.question.is_whole:
            print(f"slow: {each}")
    worst: dict[str, Found] = {}
    for each in sorted(found, key=lambda one: one.weight.excess):
        if each.weight.excess > ALLOWED and (reason := reason_of(each.question.title)):
            worst[" ".join(reason["reason"].split())] = each
    for why, each in worst.items():
        print(f"accepted: {each}\n  {why}")
    print(f"{len(found)} questions, {sum(each.is_excessive for each in found)} read too much")


if __name__ == "__main__":
    main()
