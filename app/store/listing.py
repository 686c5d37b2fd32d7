"""Listing: streams a whole list, row by row from one snapshot, as texts."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

from app.database.dialects import Dialect
from app.database.transaction import Transaction
from app.model.caller import Caller
from app.model.resource import Resource
from app.store import search, speech
from app.store.query import Query
from app.store.unfolding import Row

AT_ONCE = 2_000
"""Rows in memory at once."""

_STREAMING = {"stream_results": True, "max_row_buffer": AT_ONCE}


@dataclass(frozen=True)
class Listing:
    """The records of a whole list, in SQL."""

    rows: str
    """The FROM and WHERE."""
    order: str
    lines: str
    """The number of rows that a record takes in a file."""
    parameters: Mapping[str, object]

    def count(self, tx: Transaction) -> int:
        """The number of records."""
        return self._numbers(tx, "count(*)")[0]

    def size(self, tx: Transaction) -> tuple[int, int]:
        """The number of records, and that of the rows that they take in a file."""
        count, height = self._numbers(tx, "count(*)", f"coalesce(sum({self.lines}), 0)")
        return count, height

    def _numbers(self, tx: Transaction, *counted: str) -> list[int]:
        statement = f"SELECT {', '.join(counted)} FROM {self.rows}"
        result = tx.connection.exec_driver_sql(statement, dict(self.parameters))
        return [int(number) for number in result.one()]

    def slices(self, tx: Transaction, said: str) -> Generator[Sequence[Row], None, None]:
        """What is said of each record, in slices; the rest stays in the database."""
        statement = f"SELECT {said} FROM {self.rows} ORDER BY {self.order}"
        # Options of the connection itself would let every later statement have a cursor too.
        run = tx.connection.exec_driver_sql
        with run(statement, dict(self.parameters), execution_options=_STREAMING) as result:
            yield from result.partitions(AT_ONCE)


def listing(resource: Resource, dialect: Dialect, query: Query, caller: Caller) -> Listing:
    """The records of a query within the caller's view."""
    view = caller.view(resource.name)
    parameters: dict[str, object] = {**caller.spoken_bindings}
    where = search.condition(resource, dialect, query, view, parameters)
    rows = f"{resource.table.name} t WHERE {where}"
    return Listing(
        rows, search.ordering(query, dialect), speech.height(resource, dialect), parameters
    )
