"""The reading lane: runs one SQL text on the raw driver; the database builds the JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from app.database import revisions

Rows = Sequence[Sequence[Any]]


class Places(NamedTuple):
    """How many may do something at once, how many do, and how many wait."""

    size: int
    taken: int
    waiting: int


class Reader(Protocol):
    """Runs the SQL texts of the reading lane."""

    @property
    def places(self) -> Places:
        """The connections of the lane, and who waits for one."""

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


async def has_our_schema(reader: Reader) -> bool:
    """Whether the database has this program's schema, or one with additions alone.

    Raises:
        Busy, Unavailable: no connection in time, or no database.

    """
    ((revision,),) = await reader.rows(revisions.CURRENT, {})
    if not revisions.is_newer(revision):
        return bool(revision == revisions.head())
    ((oldest,),) = await reader.rows(revisions.OLDEST, {})
    return revisions.goes_on(oldest)
