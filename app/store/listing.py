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
    """The SQL statements of a whole list."""

    selecting: str
    counting: str
    measuring: str
    parameters: Mapping[str, object]

    def count(self, tx: Transaction) -> int:
        """The number of records."""
        return self._number(tx, self.counting)

    def height(self, tx: Transaction) -> int:
        """The number of rows that the records take in a workbook."""
        return self._number(tx, self.measuring)

    def _number(self, tx: Transaction, statement: str) -> int:
        result = tx.connection.exec_driver_sql(statement, dict(self.parameters))
        return int(result.scalar_one())

    def slices(self, tx: Transaction) -> Generator[Sequence[Row], None, None]:
        """The rows in slices; the rest stays in the database."""
        streaming = tx.connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE)
        with streaming.exec_driver_sql(self.selecting, dict(self.parameters)) as result:
            yield from result.partitions(AT_ONCE)


def listing(
    resource: Resource, dialect: Dialect, query: Query, caller: Caller, said: str
) -> Listing:
    """The statements of a query within the caller's view; `said` is the selected expression."""
    view = caller.view(resource.name)
    parameters: dict[str, object] = {name: str(value) for name, value in caller.bindings.items()}
    where = search.condition(resource, dialect, query, parameters)
    rows = f"{resource.table.name} t WHERE ({where}) AND {speech.in_view(resource, dialect, view)}"
    return Listing(
        f"SELECT {said} FROM {rows} ORDER BY {search.ordering(query, dialect)}",
        f"SELECT count(*) FROM {rows}",
        f"SELECT coalesce(sum({speech.height(resource, dialect)}), 0) FROM {rows}",
        parameters,
    )
