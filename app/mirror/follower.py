"""The follower: reads the feed page by page and stores each page with its cursor.

All of it is in `step`. A page and the cursor behind it are stored in one transaction, so a killed
process continues where the replica stands. An expired cursor starts a new full load, which replaces
the old records only when it is complete.
"""

import time

from app.mirror.replica import FeedPage, Replica
from app.mirror.service import PATIENCE, Expired, Service
from app.words import Words, grouped

PAUSE = 1
"""Seconds before a new load: many cursors may expire at once and overload the service."""

QUIET = 10
"""Seconds between two lines about what was applied."""

ANEW = Words("Загружаю всё заново. {why}", "Loading everything anew. {why}")
COMPLETE = Words("Копия полна, записей: {count}", "The mirror is complete, records: {count}")
APPLIED = Words(
    "Применено изменений: {count}, последнее от {at}", "Changes applied: {count}, up to {at}"
)


class Follower:
    """Keeps a replica of a service."""

    def __init__(self, service: Service, replica: Replica, types: str, limit: int) -> None:
        self.service, self.replica = service, replica
        self._types, self._limit = types, limit
        self._applied, self._told_at = 0, time.monotonic()

    def follow(self) -> None:
        """Follow the feed until the process is stopped."""
        while True:
            self.step(PATIENCE)

    def catch_up(self) -> None:
        """Read pages until the replica is up to date."""
        while self.step():
            pass

    def step(self, wait: int = 0) -> bool:
        """Read and store a page, waiting up to `wait` seconds for news; whether more follow."""
        place = self.replica.place
        try:
            page = self._page(place.cursor, 0 if place.has_more else wait)
        except Expired as reason:
            print(ANEW.said(why=reason), flush=True)
            self.replica.begin_anew(place)
            time.sleep(PAUSE)
            return True
        self.replica.keep(place, page)
        self._count(page)
        if place.is_loading and not page["has_more"]:
            print(COMPLETE.said(count=grouped(len(self.replica))), flush=True)
        return bool(page["has_more"])

    def tell(self) -> None:
        """Print how many changes were applied since the last such line."""
        if self._applied:
            up_to = self.replica.place.changed_at
            print(APPLIED.said(count=grouped(self._applied), at=up_to), flush=True)
        self._applied, self._told_at = 0, time.monotonic()

    def _page(self, cursor: str | None, wait: int) -> FeedPage:
        return self.service.changes(cursor, types=self._types, limit=self._limit, wait=wait)

    def _count(self, page: FeedPage) -> None:
        self._applied += len(page["items"])
        if time.monotonic() - self._told_at >= QUIET:
            self.tell()
