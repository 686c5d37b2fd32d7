"""The recorder: writes reads and refusals to the audit trail outside of requests.

Entries wait in memory for less than a second and are written in batches by a thread. If the
database is away, they keep waiting, in bounded memory. When that is full, `record` raises Busy: an
answer that names persons is not sent unless its entry can be stored. It neither waits nor writes
itself, as it is called in the event loop.
"""

import logging
import math
import threading
import time
from collections import deque
from datetime import UTC, datetime

from app.acts import Act, Actor, Row
from app.journal import trail
from app.journal.register import Register
from app.problems import Busy

GATHER = 0.2
"""Seconds for which entries are gathered into a batch."""

PAUSE = 0.5
"""Seconds between attempts while the database accepts no batch."""

PATIENCE = 5.0
"""Seconds that the last batches may take when the service stops."""

ROOM = 32 * 1024 * 1024
"""Bytes that may wait: some 60,000 reads of one record, or 15,000 pages."""

AT_ONCE = 256 * 1024
"""Bytes of one batch: writers wait while it is added to the chain."""

ROW = 500
"""Bytes counted for an entry without its ids."""

log = logging.getLogger(__name__)


class Recorder:
    """Accepts acts from every thread and writes them in order."""

    def __init__(self, database: Register) -> None:
        self._database = database
        self._rows: deque[Row] = deque()
        self._size = 0
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._deadline = math.inf
        self._fails = False

    def start(self) -> None:
        """Start the writing thread."""
        self._thread.start()

    def stop(self) -> None:
        """Write the waiting entries, and stop the thread."""
        self._deadline = time.monotonic() + PATIENCE
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join(PATIENCE + PAUSE)
        if self._rows:
            log.error("%d entries of the audit trail could not be written", len(self._rows))

    def record(self, actor: Actor, act: Act, at: datetime | None = None) -> None:
        """Queue an act for the trail; its time is now, unless `at` is given.

        Raises:
            Busy: the queue is full, because the database has accepted no entries for a while.

        """
        row = trail.row(at or datetime.now(UTC), actor, act)
        with self._changed:
            if self._size + _size(row) > ROOM:
                raise Busy
            self._rows.append(row)
            self._size += _size(row)
            self._changed.notify()

    @property
    def waiting(self) -> int:
        """Bytes of entries that are not written yet."""
        return self._size

    def _run(self) -> None:
        while self._has_work():
            self._stopping.wait(GATHER)
            batch = self._batch()
            try:
                self._database.append(batch)
            except Exception as error:  # noqa: BLE001 - no error may lose an entry
                self._report(error)
                if time.monotonic() > self._deadline:
                    return
                time.sleep(PAUSE)
            else:
                self._drop(batch)

    def _has_work(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._rows or self._stopping.is_set())
            return bool(self._rows)

    def _batch(self) -> list[Row]:
        batch: list[Row] = []
        size = 0
        with self._changed:
            for row in self._rows:
                size += _size(row)
                if batch and size > AT_ONCE:
                    break
                batch.append(row)
        return batch

    def _drop(self, batch: list[Row]) -> None:
        with self._changed:
            for _ in batch:
                self._size -= _size(self._rows.popleft())
        self._fails = False

    def _report(self, error: Exception) -> None:
        if not self._fails:
            log.error("Entries of the audit trail wait for the database", exc_info=error)
        self._fails = True


def _size(row: Row) -> int:
    return ROW + len(row["ids"])
