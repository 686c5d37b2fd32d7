"""The reading lane on PostgreSQL: links to a server that is watched."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import TypeVar
from weakref import WeakSet

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

from app.database.engines import LIVELY, PLAIN, SPOKEN, SWIFT, as_options, started
from app.database.links import Link
from app.database.reading import Places, Rows
from app.database.seats import Seats
from app.database.watch import Watch
from app.problems import Unavailable

T = TypeVar("T")

_OPTIONS = (
    f"{as_options(SPOKEN)} -c statement_timeout=60s -c default_transaction_read_only=on"
    # A statement that is cancelled before it begins goes on until this is looked at.
    " -c client_connection_check_interval=1s"
    f" {as_options(SWIFT)}"
)


class Behind(Exception):  # noqa: N818 - no error
    """A server is not as far as it must be."""


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
        self._seats = Seats()
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
        self._watch.on_beat(self._give_up)
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
        async with self._seats:
            try:
                self._watch.demand()
                return await self._read(ask)
            except (TimeoutError, psycopg.OperationalError, psycopg.InterfaceError) as error:
                raise Unavailable from error

    @property
    def places(self) -> Places:
        return self._seats.places

    async def _read(self, ask: Callable[[Link], Awaitable[T]]) -> T:
        while self._idle:
            link = self._idle.pop()
            try:
                return await self._through(link, ask)
            except psycopg.OperationalError:
                # A link that broke, perhaps long ago, tells nothing of the database today.
                if link.was_cut or not link.is_broken or self._watch.is_gone:
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

    def _give_up(self, seconds: float) -> int:
        silent = [link for link in self._links if link.is_silent(seconds)]
        for each in silent:
            each.cut()
        return len(silent)

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
