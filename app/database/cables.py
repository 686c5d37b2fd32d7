"""Cables: the sockets of an engine's connections, by which a waiting thread can be freed.

A thread that waits for PostgreSQL cannot be interrupted. It is freed when its socket is shut down:
the driver then takes the server for gone, the transaction fails, and the pool replaces the
connection. How long a socket rests is known of TCP alone: sockets of Unix are never silent.
"""

import os
import socket
import struct
import threading
from contextlib import suppress
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

UNLIMITED = "unlimited"
"""A name in `info` of a connection: its statements may take as long as they need."""

_TCP_INFO = struct.Struct("=44xI4xI")
"""Of Linux's `struct tcp_info`: for how many milliseconds nothing was sent, and nothing came."""


class _Cable(NamedTuple):
    """The socket of a connection, and what is noted of it."""

    socket: socket.socket
    info: dict[Any, Any]

    @property
    def rests(self) -> float:
        """The seconds for which nothing was sent and nothing came; 0 where nobody counts them."""
        if self.socket.family == socket.AF_UNIX:
            return 0
        told = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
        sent, heard = _TCP_INFO.unpack(told)
        return float(min(sent, heard)) / 1000

    @property
    def is_unlimited(self) -> bool:
        """Whether its statement may take as long as it needs."""
        return UNLIMITED in self.info

    def cut(self) -> None:
        """Shut it down: whoever waits on it takes the server for gone."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


class Cables:
    """A second descriptor of each socket, which belongs to nobody else.

    The driver's own may be closed, and its number given to another file, before it is shut down.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._lock = threading.Lock()
        self._cables: dict[DBAPIConnection, _Cable] = {}
        sa.event.listen(engine, "connect", self._add)
        sa.event.listen(engine, "close", self._remove)
        sa.event.listen(engine, "close_detached", self._remove)

    def cut(self) -> None:
        """Shut down every socket, in use or not."""
        with self._lock:
            for each in self._cables.values():
                each.cut()

    def give_up(self, seconds: float) -> int:
        """Shut down sockets over which nothing goes for so long although an answer is awaited.

        Returns how many. What comes in pieces is going on; of statements in one message the server
        sends something when it has 8 KiB. Where a transaction waits for us, no answer is awaited.
        """
        with self._lock:
            silent = [
                cable
                for connection, cable in self._cables.items()
                if cable.rests > seconds and _is_awaiting(connection) and not cable.is_unlimited
            ]
            for each in silent:
                each.cut()
        return len(silent)

    def _add(self, connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        own = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            self._cables[connection] = _Cable(own, record.info)

    def _remove(self, connection: DBAPIConnection, _record: object = None) -> None:
        with self._lock:
            cable = self._cables.pop(connection, None)
        if cable:
            cable.socket.close()


def _is_awaiting(connection: DBAPIConnection) -> bool:
    """Whether a statement was sent whose end was not heard."""
    # Commands open databases too, and most of them need no driver of PostgreSQL.
    from psycopg.pq import TransactionStatus  # noqa: PLC0415

    status: int = connection.pgconn.transaction_status
    return status == TransactionStatus.ACTIVE
