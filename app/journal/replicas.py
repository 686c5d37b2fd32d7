"""Replicas: records are read from a replica that has what the caller has seen (0039)."""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa

from app.database.postgresql_lane import Behind, PostgresqlReader
from app.database.reading import Reader, Rows
from app.database.watch import Watch
from app.journal.sight import SIGHT, Sight
from app.journal.since import STATE, State
from app.problems import Problem

MARK = f"SELECT {STATE}"
"""The statement that tells how far a server is."""

REST = 1.0
"""Seconds for which a replica that failed is not asked."""

STALEST = 60.0
"""Seconds that a replica may be behind; one that is further behind is not asked."""

PAUSE = 1.0
"""Seconds between two looks at the primary's state."""

log = logging.getLogger(__name__)


def records(reader: Reader, url: str, pooler: str) -> "Primary | Records":
    """What reads records: beside a reading lane a replica, if there is one at a URL."""
    if not url or not isinstance(reader, PostgresqlReader):
        return Primary(reader)
    return Records(reader, PostgresqlReader(sa.make_url(url), Watch(), pooler))


@dataclass
class Counts:
    """How reads of records were answered since the start."""

    replica: int = 0
    primary: int = 0
    """Of callers who do not say what they have seen."""
    behind: int = 0
    """By the primary, as the replica lacked what the caller had seen."""
    failed: int = 0
    """By the primary, as the replica failed or was resting after it had."""


class Primary:
    """Reads records where everything is; without a replica no read tells its state."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def rows(
        self, sql: str, parameters: Mapping[str, object], *, heavy: bool = False
    ) -> Awaitable[Rows]:
        """The rows of a statement, as the reading lane has them."""
        return self._reader.rows(sql, parameters, heavy=heavy)

    beside = rows

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Nothing has to be watched."""
        yield


class Records:
    """Reads records from a replica where it suffices, else from the primary.

    What is read tells its state, so that the next request of the caller sees no less.
    """

    def __init__(self, primary: PostgresqlReader, replica: PostgresqlReader) -> None:
        self.counts = Counts()
        self._primary = primary
        self._replica = replica
        self._rests_until = -math.inf
        self._fresh = _Freshness()

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Know how far the primary is while the service runs."""
        await self._replica.open()
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            await self._replica.close()

    async def state(self) -> State:
        """The state of the primary.

        Raises:
            Busy, Unavailable: as `rows` of the reading lane.

        """
        return State.of((await self._primary.rows(MARK, {}))[0][0])

    async def beside(
        self, sql: str, parameters: Mapping[str, object], *, heavy: bool = False
    ) -> Rows:
        """The rows of a statement about what stands beside records that were read; as `rows`."""
        sight = SIGHT.get()
        if sight is None or sight.shown is None:
            return await self._primary.rows(sql, parameters, heavy=heavy)
        return await self.rows(sql, parameters)

    async def rows(
        self,
        sql: str,
        parameters: Mapping[str, object],
        *,
        heavy: bool = False,  # noqa: ARG002 - as the reading lane's
    ) -> Rows:
        """The rows of a statement about records.

        Raises:
            Busy, Unavailable: as the reading lane, if the primary fails.

        """
        sight = SIGHT.get()
        if sight is None:
            return await self._primary.rows(sql, parameters)
        if (rows := await self._from_replica(sight, sql, parameters)) is None:
            rows, mark = await self._primary.marked(sql, parameters, MARK)
            sight.show(State.of(mark))
        return rows

    async def _from_replica(
        self, sight: Sight, sql: str, parameters: Mapping[str, object]
    ) -> Rows | None:
        """The rows as a replica has them; None if it must not be asked, or does not answer."""
        if sight.seen is None:
            self.counts.primary += 1
            return None
        if time.monotonic() < self._rests_until:
            self.counts.failed += 1
            return None

        def is_enough(mark: str) -> bool:
            state = State.of(mark)
            return self._fresh.is_fresh(state) and sight.reached_by(state)

        try:
            rows, mark = await self._replica.marked(sql, parameters, MARK, is_enough)
        except Behind:
            self.counts.behind += 1
            return None
        except (Problem, psycopg.Error) as error:
            self._rest(error)
            return None
        self._wake()
        self.counts.replica += 1
        sight.show(State.of(mark))
        return rows

    def _rest(self, error: Exception) -> None:
        self.counts.failed += 1
        if self._rests_until == -math.inf:
            log.warning("The replica does not answer; the primary is read", exc_info=error)
        self._rests_until = time.monotonic() + REST

    def _wake(self) -> None:
        if self._rests_until != -math.inf:
            log.warning("The replica answers again")
        self._rests_until = -math.inf

    async def _watch(self) -> None:
        while True:
            with suppress(Problem):
                self._fresh.note(await self.state(), time.monotonic())
            await asyncio.sleep(PAUSE)


class _Freshness:
    """What a replica must have to be at most `STALEST` seconds behind."""

    def __init__(self) -> None:
        self._noted: deque[tuple[float, State]] = deque()

    def note(self, state: State, now: float) -> None:
        """Note the state of the primary; the newest of those that are old enough is kept."""
        self._noted.append((now, state))
        while len(self._noted) > 1 and self._noted[1][0] <= now - STALEST:
            self._noted.popleft()

    def is_fresh(self, state: State) -> bool:
        """Whether a state is new enough; while nobody knows, none is."""
        return bool(self._noted) and state.reaches(self._noted[0][1])
