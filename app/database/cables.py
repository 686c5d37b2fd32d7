"""Cables: the sockets of an engine's connections, by which a waiting thread can be freed.

A thread that waits for PostgreSQL cannot be interrupted. It is freed when its socket is shut down:
the driver then takes the server for gone, the transaction fails, and the pool replaces the
connection.
"""

import os
import socket
import threading
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection


class Cables:
    """A second descriptor of each socket, which belongs to nobody else.

    The driver's own may be closed, and its number given to another file, before it is shut down.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._lock = threading.Lock()
        self._sockets: dict[DBAPIConnection, socket.socket] = {}
        sa.event.listen(engine, "connect", self._add)
        sa.event.listen(engine, "close", self._remove)
        sa.event.listen(engine, "close_detached", self._remove)

    def cut(self) -> None:
        """Shut down every socket, in use or not."""
        with self._lock:
            for each in self._sockets.values():
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def _add(self, connection: DBAPIConnection, _record: object) -> None:
        own = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            self._sockets[connection] = own

    def _remove(self, connection: DBAPIConnection, _record: object = None) -> None:
        with self._lock:
            own = self._sockets.pop(connection, None)
        if own:
            own.close()
