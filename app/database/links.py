"""Links: connections of PostgreSQL's reading lane, on libpq's own calls.

psycopg connects, converts values and raises; its cursors and its pool are left out, because they
took two thirds of the time in which a record is read (`bench.peers`). A statement that is met again
is prepared.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from app.database.reading import Rows

MET = 500
"""Statements that a connection remembers, at most; the longest unused are forgotten first."""

_CANCELLING = 1.0
"""Seconds that the server may take to hear that nobody waits for an answer."""

_FAILED = {ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE, ExecStatus.NONFATAL_ERROR}
_PARAMETER = re.compile(r"%\((\w+)\)s|%%")

_Statement = tuple[bytes, tuple[int, ...]]
"""The text, and the types of its parameters."""


@lru_cache(2_000)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The text of a statement with `$1` for `%(name)s`, and the names in their order."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}" if found[1] else "%"

    return _PARAMETER.sub(number, sql).encode(), tuple(names)


class Link:
    """A connection that runs one statement at a time, in the event loop."""

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        self._connection = connection
        self._pg = connection.pgconn
        self._values = Transformer(connection)
        self._met: OrderedDict[_Statement, bytes] = OrderedDict()
        """The statements that were met, each with its name if it is prepared."""
        self._count = 0
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._socket = self._pg.socket
        self._is_open = True
        self._loop.add_reader(self._socket, self._on_news)

    @property
    def is_broken(self) -> bool:
        """Whether nothing can be asked of it any more."""
        return self._pg.status != ConnStatus.OK

    @property
    def is_at_rest(self) -> bool:
        """Whether it waits for the next statement."""
        return self._pg.transaction_status == TransactionStatus.IDLE

    async def rows(self, sql: str, parameters: Mapping[str, object]) -> Rows:
        """The rows of a statement; if the caller is cancelled meanwhile, the link is not at rest.

        Raises:
            psycopg.Error: the statement failed, or the connection broke.

        """
        text, names = _numbered(sql)
        values = [parameters[name] for name in names]
        dumped = self._values.dump_sequence(values, [PyFormat.AUTO] * len(values))
        types, formats = self._values.types or (), self._values.formats
        if name := await self._name_of((text, types)):
            self._pg.send_query_prepared(name, dumped, formats)
        else:
            self._pg.send_query_params(text, dumped, types, formats)
        result = await self._result()
        self._values.set_pgresult(result)
        return self._values.load_rows(0, result.ntuples, tuple)

    async def drop(self) -> None:
        """Stop what the server still does for it, and close it."""
        with suppress(psycopg.Error, OSError):
            await self._connection.cancel_safe(timeout=_CANCELLING)
        self.close()

    def close(self) -> None:
        """Close it at once; again, nothing happens: its descriptor may be another's by then."""
        if self._is_open:
            self._is_open = False
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._pg.finish()

    def cut(self) -> None:
        """Close it although an answer is awaited, which will not come."""
        self.close()
        self._end_wait(psycopg.OperationalError("the server does not answer"))

    async def _name_of(self, statement: _Statement) -> bytes:
        """The name of a prepared statement; empty for one that is met for the first time."""
        name = self._met.get(statement)
        if name is None:
            self._met[statement] = b""
            if len(self._met) > MET:
                await self._forget()
            return b""
        if not name:
            self._count += 1
            name = self._met[statement] = f"s{self._count}".encode()
            self._pg.send_prepare(name, *statement)
            await self._result()
        self._met.move_to_end(statement)
        return name

    async def _forget(self) -> None:
        """Forget the statement that was not met for longest."""
        _, name = self._met.popitem(last=False)
        if name:
            self._pg.send_close_prepared(name)
            await self._result()

    async def _result(self) -> PGresult:
        """The result of what was sent."""
        while self._pg.flush():
            await self._sent()
        result = await self._next()
        while await self._next():
            pass
        assert result  # noqa: S101 - something was sent
        if result.status in _FAILED:
            raise error_from_result(result)
        return result

    async def _next(self) -> PGresult | None:
        while self._pg.is_busy():
            self._waiter = self._loop.create_future()
            await self._waiter
        return self._pg.get_result()

    async def _sent(self) -> None:
        """Wait until the socket takes more."""
        self._waiter = self._loop.create_future()
        self._loop.add_writer(self._socket, self._on_room)
        try:
            await self._waiter
        finally:
            if self._is_open:
                self._loop.remove_writer(self._socket)

    def _on_news(self) -> None:
        try:
            self._pg.consume_input()
        except psycopg.OperationalError as error:
            # The server is gone: the socket would be readable for ever.
            self._loop.remove_reader(self._socket)
            self._end_wait(error)
            return
        self._end_wait()

    def _on_room(self) -> None:
        self._loop.remove_writer(self._socket)
        self._end_wait()

    def _end_wait(self, error: psycopg.Error | None = None) -> None:
        waiter, self._waiter = self._waiter, None
        if not waiter or waiter.done():
            return
        if error:
            waiter.set_exception(error)
        else:
            waiter.set_result(None)
