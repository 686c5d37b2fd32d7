"""Lanes: the reading lane of each database, on its raw driver."""

import asyncio
import queue
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from sqlite3 import Connection
from typing import TypeVar
from weakref import WeakSet

import psycopg
import sqlalchemy as sa
from anyio import to_thread
from psycopg.conninfo import make_conninfo

from app.database import patience
from app.database.database import Database
from app.database.dialects import SQLITE
from app.database.engines import LIVELY, PLAIN, WRITERS, sqlite, started
from app.database.links import Link
from app.database.outages import is_disk_full
from app.database.reading import Places, Reader, Rows
from app.database.watch import Watch
from app.problems import DiskFull, NoConnection, Unavailable

T = TypeVar("T")

PATIENCE = 2.0
"""Seconds that a read waits for a connection."""


def reader(database: Database) -> Reader:
    """The reading lane of a database."""
    if database.dialect is SQLITE:
        return _SqliteReader(database.url)
    return PostgresqlReader(database.url, database.watch, database.pooler)


_OPTIONS = (
    "-c timezone=UTC -c statement_timeout=60s -c default_transaction_read_only=on"
    # A statement that is cancelled before it begins goes on until this is looked at.
    " -c client_connection_check_interval=1s"
    # JIT compilation of the JSON expressions takes longer than any page of records.
    " -c jit=off"
)


class Behind(Exception):  # noqa: N818 - no error
    """A server is not as far as it must be."""


class _Turns:
    """As many readers at once as there are connections; the others wait in order."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(WRITERS)
        self._asked = 0
        """Readers who have a turn or wait for one."""

    @property
    def places(self) -> Places:
        """How many there are, are taken and are waited for."""
        return Places(WRITERS, min(self._asked, WRITERS), max(0, self._asked - WRITERS))

    async def __aenter__(self) -> None:
        """Take a turn.

        Raises:
            NoConnection: it did not come in time.

        """
        self._asked += 1
        try:
            await self._take()
        except BaseException:
            self._asked -= 1
            raise

    async def _take(self) -> None:
        # A timer for each read would cost more than most turns, which come at once.
        if not self._free.locked():
            await self._free.acquire()
            return
        with patience.waiting(PATIENCE) as seconds:
            try:
                async with asyncio.timeout(seconds):
                    await self._free.acquire()
            except TimeoutError as error:
                raise NoConnection from error

    async def __aexit__(self, *_: object) -> None:
        self._asked -= 1
        self._free.release()


class _SqliteReader:
    """Runs bounded reads in the event loop: a thread switch costs more than such a read."""

    def __init__(self, url: sa.URL) -> None:
        self._path = url.database or ""
        self._inline: Connection
        self._spare: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self._turns = _Turns()

    async def open(self) -> None:
        self._inline = self._connect()
        for _ in range(WRITERS):
            self._spare.put(self._connect())

    async def close(self) -> None:
        self._inline.close()
        while not self._spare.empty():
            self._spare.get().close()

    async def rows(
        self, sql: str, parameters: Mapping[str, object], *, heavy: bool = False
    ) -> Rows:
        if heavy:
            async with self._turns:
                return await to_thread.run_sync(self._in_thread, sql, parameters)
        return _fetch(self._inline, sql, parameters)

    @property
    def places(self) -> Places:
        return self._turns.places

    def _in_thread(self, sql: str, parameters: Mapping[str, object]) -> Rows:
        # One is free, but the thread of a reader who was cancelled may be about to give it back.
        connection = self._spare.get()
        try:
            return _fetch(connection, sql, parameters)
        finally:
            self._spare.put(connection)

    def _connect(self) -> Connection:
        connection: Connection = sqlite.connect(
            self._path, check_same_thread=False, isolation_level=None
        )
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA busy_timeout = 2000")
        return connection


def _fetch(connection: Connection, sql: str, parameters: Mapping[str, object]) -> Rows:
    try:
        rows: Rows = connection.execute(sql, parameters).fetchall()
    except sqlite.OperationalError as error:
        raise (DiskFull if is_disk_full(error) else Unavailable) from error
    return rows


class PostgresqlReader:
    """Runs reads on links that are opened when they are needed and kept."""

    def __init__(self, url: sa.URL, watch: Watch, pooler: str) -> None:
        # Not from the URL's text: libpq refuses a text in which SQLAlchemy leaves a space.
        dialect = url.set(drivername="postgresql+psycopg").get_dialect()()
        _, options = dialect.create_connect_args(url)
        # A connection of the lane is told to write nothing, so it would never be "read-write".
        if options.get("target_session_attrs") == "read-write":
            options["target_session_attrs"] = "primary"
        self._address = make_conninfo("", **{**options, **LIVELY})
        self._pooler = pooler
        self._turns = _Turns()
        self._idle: list[Link] = []
        self._links: WeakSet[Link] = WeakSet()
        """All links that are in use or idle."""
        self._watch = watch
        self._asked: Link | None = None
        """The watch's own link."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        # A service starts without its database too, and says so at /ready.
        with suppress(psycopg.OperationalError):
            self._idle.append(await self._connected())
        self._watch.on_loss(self._cut)
        self._watching = asyncio.create_task(self._watch.keep(self._ask))

    async def close(self) -> None:
        self._watching.cancel()
        await asyncio.wait({self._watching})
        if self._asked:
            self._asked.close()
        await asyncio.gather(*self._tasks)
        while self._idle:
            self._idle.pop().close()

    async def rows(
        self,
        sql: str,
        parameters: Mapping[str, object],
        *,
        heavy: bool = False,  # noqa: ARG002 - a link waits without a thread
    ) -> Rows:
        return await self._answer(lambda link: link.rows(sql, parameters))

    async def marked(
        self,
        sql: str,
        parameters: Mapping[str, object],
        mark: str,
        is_enough: Callable[[str], bool] | None = None,
    ) -> tuple[Rows, str]:
        """The rows of a statement, and what the statement `mark` says of the server afterwards.

        Raises:
            Behind: what it says of the server before is not enough.
            Busy, Unavailable: as `rows`.

        """

        async def ask(link: Link) -> tuple[Rows, str]:
            # A server only goes on: what it said last may be enough.
            if is_enough and not (link.mark and is_enough(link.mark)):
                ((link.mark,),) = await link.rows(mark, {})
                if not link.mark or not is_enough(link.mark):
                    raise Behind
            return await link.marked(sql, parameters, mark)

        return await self._answer(ask)

    async def _answer(self, ask: Callable[[Link], Awaitable[T]]) -> T:
        self._watch.demand()
        async with self._turns:
            try:
                self._watch.demand()
                return await self._read(ask)
            except (TimeoutError, psycopg.OperationalError, psycopg.InterfaceError) as error:
                raise Unavailable from error

    @property
    def places(self) -> Places:
        return self._turns.places

    async def _read(self, ask: Callable[[Link], Awaitable[T]]) -> T:
        while self._idle:
            link = self._idle.pop()
            try:
                return await self._through(link, ask)
            except psycopg.OperationalError:
                # A link that broke, perhaps long ago, tells nothing of the database today.
                if not link.is_broken or self._watch.is_gone:
                    raise
        return await self._through(await self._connected(), ask)

    async def _through(self, link: Link, ask: Callable[[Link], Awaitable[T]]) -> T:
        try:
            answer = await ask(link)
            self._watch.heard += 1
            return answer
        finally:
            if link.is_at_rest:
                self._idle.append(link)
            else:
                self._part_with(link)

    async def _ask(self) -> None:
        """Ask the server something on the watch's own link."""
        link, self._asked = self._asked, None
        if link is None or link.is_broken:
            link = await self._connected()
        try:
            await link.rows("SELECT 1", {})
        finally:
            if link.is_at_rest:
                self._asked = link
            else:
                self._part_with(link)

    def _part_with(self, link: Link) -> None:
        if link.is_broken:
            # At once: libpq has closed the descriptor, which may soon be another's.
            link.close()
        else:
            # Whoever was cancelled leaves an answer on the way, which nobody else may get.
            self._later(link.drop())

    def _cut(self) -> None:
        self._idle.clear()
        for link in [*self._links]:
            link.cut()

    async def _connected(self) -> Link:
        opening = asyncio.create_task(self._opened())
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            # Half open, it would hold a place of the server's for a minute.
            self._later(_close(opening))
            raise

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _opened(self) -> Link:
        link = Link(
            await psycopg.AsyncConnection.connect(
                self._address,
                autocommit=True,
                options=started(self._pooler, _OPTIONS),
            ),
            prepares=self._pooler != PLAIN,
        )
        self._links.add(link)
        return link


async def _close(opening: asyncio.Task[Link]) -> None:
    """Close a link once it is open."""
    with suppress(psycopg.Error):
        (await opening).close()
