"""The demo data of size S: it loads through the rules, and a repetition makes nothing."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import sqlalchemy as sa

from app import seeding
from app.database import schema
from app.database.transaction import Transaction
from app.demo import demo
from app.journal.register import Register
from app.registry import RESOURCES
from tests.postgres import Server

RANGES = {
    "organizations": (30, 32),
    "designations": (12, 16),
    "partnerships": (7, 7),
    "events": (50, 90),
    "teachers": (1_500, 1_500),
    "employments": (1_550, 1_750),
    "headcounts": (2, 2),
    "participations": (10_000, 10_000),
    "measures": (3, 3),
    "monitoring_records": (30, 60),
}


class Loaded:
    """A database with the demo data, and how many statements it took to load."""

    def __init__(self, url: str) -> None:
        self.database = Register(url)
        schema.migrate(self.database)
        self.seeded = seeding.seed(self.database)
        self.statements = 0
        sa.event.listen(self.database.engine, "before_cursor_execute", self._count)
        self.made = demo(self.database)
        sa.event.remove(self.database.engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.statements += 1

    def rows(self, statement: sa.Select[Any]) -> list[tuple[Any, ...]]:
        def work(tx: Transaction) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in tx.execute(statement)]

        return self.database.read(work)

    def counts(self, collection: str, column: str) -> dict[Any, int]:
        value = _table(collection).c[column]
        return {
            key: int(count)
            for key, count in self.rows(sa.select(value, sa.func.count()).group_by(value))
        }


def _table(collection: str) -> sa.Table:
    return next(each.table for each in RESOURCES if each.name == collection)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def loaded(
    request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}"
        if request.param == "postgresql":
            url = stack.enter_context(server.database())
        loaded = Loaded(url)
        stack.callback(loaded.database.close)
        yield loaded


def test_it_loads_in_few_statements(loaded: Loaded) -> None:
    # More than 12,000 records; each by itself would take several.
    assert loaded.statements < 1_000


def test_there_is_as_much_as_declared(loaded: Loaded) -> None:
    count = {
        name: loaded.rows(sa.select(sa.func.count()).select_from(_table(name)))[0][0]
        for name in (each.name for each in RESOURCES)
    }
    outside = {
        name: count[name] for name, (low, high) in RANGES.items() if not low <= count[name] <= high
    }
    assert outside == {}
    assert loaded.made + loaded.seeded == sum(count.values())


def test_every_state_occurs(loaded: Loaded) -> None:
    assert set(loaded.counts("monitoring_records", "state")) == {
        "draft",
        "submitted",
        "accepted",
        "returned",
    }
    assert set(loaded.counts("partnerships", "status")) == {"draft", "active", "ended"}
    assert loaded.counts("participations", "status")["attended"] > 8_500


def test_windows_are_completed_some_late(loaded: Loaded) -> None:
    table = _table("events")
    done = loaded.rows(
        sa.select(table.c.window_end, table.c.completed_on)
        .where(table.c.kind == "plan_window")
        .where(table.c.status == "completed")
    )
    assert len(done) == 12
    assert 0 < sum(on > end for end, on in done) < 6


def test_a_repetition_makes_nothing(loaded: Loaded) -> None:
    heads = sa.select(sa.text("position")).select_from(sa.text("journal_heads"))
    before = loaded.rows(heads)
    assert demo(loaded.database) == 0
    assert loaded.rows(heads) == before
