"""Links: connections of PostgreSQL's reading lane, on libpq's own calls.

psycopg connects, converts values and raises; its cursors and its pool are left out, because they
took two thirds of the time in which a record is read (`bench.peers`). A statement that is met again
is prepared.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
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


class _Question(NamedTuple):
    """A statement with its parameters, in the form of the protocol."""

    statement: _Statement
    values: Sequence[Buffer | None]
    formats: Sequence[Format]


@lru_cache(2_000)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The text of a statement with `$1` for `%(name)s`, and the names in their order."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}" if found[1] else "%"

    return _PARAMETER.sub(number, sql).encode(), tuple(names)


class Link:
    """A connection that runs one statement at a time, in the event loop."""

    def __init__(self, connection: psycopg.AsyncConnection, *, prepares: bool = True) -> None:
        self._connection = connection
        self._pg = connection.pgconn
        self._prepares = prepares
        self._values = Transformer(connection)
        self._met: OrderedDict[_Statement, bytes] = OrderedDict()
        """The statements that were met, each with its name if it is prepared."""
        self._count = 0
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._is_sending = False
        self.mark: str | None = None
        """What the last second statement of `marked` said."""
        self.was_cut = False
        """Whether it was closed although the connection had not ended."""
        self._seen: tuple[asyncio.Future[None] | None, float] = None, 0
        """What it waited for when `is_silent` saw this first, and when that was."""
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

    def is_silent(self, seconds: float) -> bool:
        """Whether it has waited for so long, and heard nothing; as far as calls of this have seen.

        Nothing is noted while a statement is sent, which would cost each of them some time.
        """
        waiter, since = self._seen
        now = self._loop.time()
        if self._waiter is None or self._waiter is not waiter:
            self._seen = self._waiter, now
            return False
        return now > since + seconds

    async def rows(self, sql: str, parameters: Mapping[str, object]) -> Rows:
        """The rows of a statement; if the caller is cancelled meanwhile, the link is not at rest.

        Raises:
            psycopg.Error: the statement failed, or the connection broke.

        """
        question = self._question(sql, parameters)
        self._send(question, await self._name_of(question.statement))
        return self._rows_of(await self._result())

    async def marked(
        self, sql: str, parameters: Mapping[str, object], mark: str
    ) -> tuple[Rows, str]:
        """The rows of a statement, and the value of another one that runs after it.

        Both go in one message. What the second one says is kept as `mark`.

        Raises:
            psycopg.Error: as `rows`.

        """
        asked = [self._question(sql, parameters), self._question(mark, {})]
        names = [await self._name_of(question.statement) for question in asked]
        self._pg.enter_pipeline_mode()
        for question, name in zip(asked, names, strict=True):
            self._send(question, name)
        self._pg.pipeline_sync()
        first, second = await self._both()
        self._pg.exit_pipeline_mode()
        rows = self._rows_of(first)
        told: str = self._rows_of(second)[0][0]
        self.mark = told
        return rows, told

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
        self.was_cut = True
        self.close()
        self._end_wait(psycopg.OperationalError("the server does not answer"))

    def _question(self, sql: str, parameters: Mapping[str, object]) -> _Question:
        text, names = _numbered(sql)
        values = [parameters[name] for name in names]
        dumped = self._values.dump_sequence(values, [PyFormat.AUTO] * len(values))
        return _Question((text, self._values.types or ()), dumped, self._values.formats or ())

    def _send(self, question: _Question, name: bytes) -> None:
        (text, types), values, formats = question
        if name:
            self._pg.send_query_prepared(name, values, formats)
        else:
            self._pg.send_query_params(text, values, types, formats)

    def _rows_of(self, result: PGresult) -> Rows:
        if result.status in _FAILED:
            raise error_from_result(result)
        self._values.set_pgresult(result)
        return self._values.load_rows(0, result.ntuples, tuple)

    async def _name_of(self, statement: _Statement) -> bytes:
        """The name of a prepared statement; empty for one that is met for the first time."""
        if not self._prepares:
            return b""
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
        await self._flushed()
        result = await self._next()
        while await self._next():
            pass
        assert result  # noqa: S101 - something was sent
        if result.status in _FAILED:
            raise error_from_result(result)
        return result

    async def _both(self) -> tuple[PGresult, PGresult]:
        """The results of two statements that were sent in one message.

        If the first one failed, the second one was not run, and its result says so.
        """
        await self._flushed()
        results: list[PGresult] = []
        while not self.is_broken:
            result = await self._next()
            if result and result.status == ExecStatus.PIPELINE_SYNC:
                break
            results += [result] if result else []
        if self.is_broken:
            raise psycopg.OperationalError("the connection broke")
        return results[0], results[1]

    async def _flushed(self) -> None:
        while self._pg.flush():
            await self._sent()

    async def _next(self) -> PGresult | None:
        while self._pg.is_busy():
            self._waiter = self._loop.create_future()
            await self._waiter
        return self._pg.get_result()

    async def _sent(self) -> None:
        """Wait until the socket takes more."""
        self._waiter = self._loop.create_future()
        self._is_sending = True
        self._loop.add_writer(self._socket, self._on_room)
        try:
            await self._waiter
        finally:
            self._is_sending = False
            if self._is_open:
                self._loop.remove_writer(self._socket)

    def _on_news(self) -> None:
        try:
            self._pg.consume_input()
        except psycopg.OperationalError as error:
            # The server is gone, and libpq has closed the socket: in the next round of the event
            # loop its descriptor may be another's.
            self.close()
            self._end_wait(error)
            return
        # An answer of many pieces wakes its reader once, when it is whole.
        self._seen = None, 0
        if self._is_sending or not self._pg.is_busy():
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
