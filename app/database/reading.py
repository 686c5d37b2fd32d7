"""The reading lane: runs one SQL text on the raw driver; the database builds the JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from app.database.revisions import head

Rows = Sequence[Sequence[Any]]


class Reader(Protocol):
    """Runs the SQL texts of the reading lane."""

    async def open(self) -> None:
        """Connect."""

    async def close(self) -> None:
        """Close all connections."""

    async def rows(
        self, sql: str, parameters: Mapping[str, object], *, heavy: bool = False
    ) -> Rows:
        """The rows of a statement; a heavy one runs outside the event loop.

        Raises:
            Busy, Unavailable: no connection in time, or no database.

        """


async def is_at_head(reader: Reader) -> bool:
    """Whether the database has this program's schema.

    Raises:
        Busy, Unavailable: no connection in time, or no database.

    """
    rows = await reader.rows("SELECT version_num FROM alembic_version", {})
    return [row[0] for row in rows] == [head()]
