"""Listing: streams a whole list, row by row from one snapshot, as texts."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

from app.database.dialects import Dialect
from app.database.transaction import Transaction
from app.model.caller import Caller
from app.model.resource import Resource
from app.store import search, speech
from app.store.query import Query

AT_ONCE = 1_000
"""Rows in memory at once."""

Row = Sequence[str | None]


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
        return self._number(tx, "count(*)")

    def height(self, tx: Transaction) -> int:
        """The number of rows that the records take in a workbook."""
        return self._number(tx, f"coalesce(sum({self.lines}), 0)")

    def _number(self, tx: Transaction, counted: str) -> int:
        statement = f"SELECT {counted} FROM {self.rows}"
        result = tx.connection.exec_driver_sql(statement, dict(self.parameters))
        return int(result.scalar_one())

    def slices(self, tx: Transaction, said: str) -> Generator[Sequence[Row], None, None]:
        """What is said of each record, in slices; the rest stays in the database."""
        streaming = tx.connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE)
        statement = f"SELECT {said} FROM {self.rows} ORDER BY {self.order}"
        with streaming.exec_driver_sql(statement, dict(self.parameters)) as result:
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
