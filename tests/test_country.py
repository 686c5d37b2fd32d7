"""A country is cut into databases, each for some regions: their indicators add up to the whole's.

A total is a sum of numerators and one of denominators, so the totals of two databases are added up
as they are told. Each database has the source programme; it is counted once.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from app.demo import fill, others
from app.demo.network import District
from app.journal.register import Register
from tests.fixtures import Copies, migrated_and_seeded
from tests.running import SECRET, serving
from tests.scene import Service
from tests.waiting import counted

pytestmark = [pytest.mark.one_database, pytest.mark.long]

SMALL = District(28, 150, 40, 400)
REGIONS = ((), (1,), (2,), (1, 2))
"""The municipalities, by number, that each database has: none, one of them, the other, both."""

Totals = dict[str, list[int]]


@pytest.fixture(scope="module")
def databases(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Service]]:
    with ExitStack() as stack:

        def served(numbers: tuple[int, ...]) -> Service:
            folder = tmp_path_factory.mktemp("part")
            stack.enter_context(copies("sqlite", folder, migrated_and_seeded))
            return stack.enter_context(_served(folder, numbers))

        yield [*map(served, REGIONS)]


def _served(folder: Path, numbers: tuple[int, ...]) -> AbstractContextManager[Service]:
    url = f"sqlite:///{folder / 'school.db'}"
    database = Register(url, SECRET.encode())
    codes = database.read(others)
    for number in numbers:
        fill(database, codes[number - 1], number, SMALL)
    database.close()
    return serving("sqlite", url, folder)


def table_of(service: Service, path: str) -> dict[str, Any]:
    answer = counted(lambda: service.client.get(path))
    assert answer.is_success, answer.text
    table: dict[str, Any] = answer.json()
    return table


def totals_of(table: dict[str, Any]) -> Totals:
    """The sums of the numerators and of the denominators, by indicator."""
    return {each["code"]: [each["numerator"], each["denominator"]] for each in table["totals"]}


def added(one: Totals, other: Totals, sign: int = 1) -> Totals:
    return {
        code: [(a or 0) + sign * (b or 0) for a, b in zip(sums, other[code], strict=True)]
        for code, sums in one.items()
    }


@pytest.mark.parametrize("day", ["2020-12-31", "2021-03-31"])
def test_the_indicators_of_two_databases_are_those_of_one(
    databases: list[Service], day: str
) -> None:
    seed, first, second, whole = (
        totals_of(table_of(each, f"/indicators?as_of={day}")) for each in databases
    )
    none = {code: [0, 0] for code in whole}
    assert added(added(first, second), seed, -1) == added(whole, none)
    # Both have something to add, else nothing is shown.
    assert all(added(part, seed, -1) != none for part in (first, second))


def test_each_program_is_told_by_its_database_as_by_the_whole(databases: list[Service]) -> None:
    seed, first, second, whole = (
        Counter(map(told, table_of(each, "/indicators?as_of=2020-12-31&limit=100")["items"]))
        for each in databases
    )
    assert first + second == whole + seed


def told(row: dict[str, Any]) -> str:
    """What a row says, but for ids and states, which each database has of its own."""
    names = ("code", "numerator", "denominator", "value", "value_status", "target_status")
    figures = [[each[name] for name in names] for each in row["indicators"]]
    return json.dumps([row["title"], row["as_of"], figures], ensure_ascii=False)
