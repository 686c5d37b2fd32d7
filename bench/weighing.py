"""What a statement costs: the rows that it reads beside those that it shows, and how long it takes.

PostgreSQL counts the rows itself (EXPLAIN ANALYZE). SQLite counts the steps of its program; what a
question needs more of them than the same records asked by id is told in rows.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import psycopg
import sqlalchemy as sa

from app.database.dialects import SQLITE
from app.database.engines import SWIFT, as_options, sqlite
from bench.asking import Question

STEP, STEPS_OF_A_ROW, STEPS_OF_AN_ENTRY = 50, 5, 600
"""Steps between two counts; of a row that is read and not shown; of a change that is shown."""


class Weight(NamedTuple):
    """What a question costs."""

    shown: int
    excess: int
    """Rows that are read and not shown."""
    seconds: float
    plan: str


class Scale(Protocol):
    """Weighs questions on one database."""

    def weigh(self, question: Question) -> Weight:
        """What a question costs."""

    def read(self, sql: str, parameters: Any) -> int:
        """The rows that a statement reads in all tables."""

    def close(self) -> None:
        """Close the connection."""


def scale(url: sa.URL, *, is_small: bool) -> Scale:
    """The scale of a database."""
    if url.get_backend_name() == "sqlite":
        return _Sqlite(str(url.database))
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return _Postgresql(address, is_small=is_small)


class _Sqlite:
    def __init__(self, path: str) -> None:
        self._connection: Any = sqlite.connect(path, isolation_level=None)
        self._steps = 0

    def close(self) -> None:
        self._connection.close()

    def weigh(self, question: Question) -> Weight:
        start = time.perf_counter()
        rows = self._connection.execute(question.sql, question.parameters).fetchall()
        seconds = time.perf_counter() - start
        told = self._connection.execute(f"EXPLAIN QUERY PLAN {question.sql}", question.parameters)
        plan = "; ".join(row[3] for row in told if not row[3].startswith("CORRELATED"))
        steps = self._counted(question.sql, question.parameters)
        shown = len(rows)
        if question.table == "journal_entries":
            shown = sum(row[5] is not None for row in rows)
            needed = shown * STEPS_OF_AN_ENTRY
        elif question.is_whole:
            needed = shown * STEPS_OF_A_ROW * 2
        else:
            needed = self._counted(*_picked(question, [str(row[2]) for row in rows]))
        return Weight(shown, max(0, steps - needed) // STEPS_OF_A_ROW, seconds, plan)

    def read(self, sql: str, parameters: Any) -> int:
        return self._counted(sql, parameters) // STEPS_OF_A_ROW

    def _counted(self, sql: str, parameters: Any) -> int:
        self._steps = 0
        self._connection.set_progress_handler(self._count, STEP)
        self._connection.execute(sql, parameters).fetchall()
        self._connection.set_progress_handler(None, 0)
        return self._steps

    def _count(self) -> int:
        self._steps += STEP
        return 0


def _picked(question: Question, ids: list[str]) -> tuple[str, dict[str, object]]:
    """The same answer for these records, found by their ids."""
    head, _, _ = question.sql.rpartition(f" FROM {question.table} t WHERE ")
    start = head.rfind(", (SELECT count(*) FROM ")
    head = head if start < 0 else head[:start]
    sql = f"{head} {SQLITE.picked(question.table, 'ids')}"
    return sql, {**question.parameters, "ids": SQLITE.many(ids)}


class _Postgresql:
    def __init__(self, url: str, *, is_small: bool) -> None:
        settings = f"-c timezone=UTC {as_options(SWIFT)}"
        if is_small:
            # To read all of a small table costs less than an index; what counts is what it has.
            settings += " -c enable_seqscan=off -c enable_bitmapscan=off"
        self._connection = psycopg.connect(url, autocommit=True, options=settings)

    def close(self) -> None:
        self._connection.close()

    def read(self, sql: str, parameters: Any) -> int:
        nodes = _nodes(self._explained(sql, parameters)["Plan"])
        return sum(_read(node) for node in nodes if "Relation Name" in node)

    def _explained(self, sql: str, parameters: Any) -> Mapping[str, Any]:
        explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}"
        found: Any = self._connection.execute(explain, parameters).fetchone()
        told: Mapping[str, Any] = found[0][0]
        return told

    def weigh(self, question: Question) -> Weight:
        told = self._explained(question.sql, question.parameters)
        nodes = [*_nodes(told["Plan"])]
        read = sum(_read(node) for node in nodes if node.get("Relation Name") == question.table)
        shown = int(told["Plan"]["Actual Rows"])
        plan = "; ".join(_told(node) for node in nodes if node["Actual Loops"] and _matters(node))
        seconds = (told["Planning Time"] + told["Execution Time"]) / 1e3
        return Weight(shown, max(0, read - shown), seconds, plan)


def _matters(node: Mapping[str, Any]) -> bool:
    return "Relation Name" in node or node["Node Type"] == "Sort"


def _told(node: Mapping[str, Any]) -> str:
    return f"{node['Node Type']} {node.get('Index Name', node.get('Relation Name', ''))}".strip()


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _read(node: Mapping[str, Any]) -> int:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int((node["Actual Rows"] + removed) * node["Actual Loops"])
