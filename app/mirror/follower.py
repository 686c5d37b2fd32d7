"""The follower: reads the feed page by page and keeps each page with its place.

Its whole duty is in `step`. A page and the cursor behind it are kept in one transaction, so
whenever the process is killed, it goes on where the replica is; an ended cursor begins a new load,
which takes the old one's place only when it is complete.
"""

import time

from app.mirror.replica import Replica
from app.mirror.service import PATIENCE, Expired, Service
from app.remote import Answer

PAUSE = 1
"""Seconds before a new load: should every cursor end at once, nobody is stormed."""

QUIET = 10
"""Seconds between two lines about what was applied."""


class Follower:
    """Whoever keeps a replica of a service."""

    def __init__(self, service: Service, replica: Replica, types: str, limit: int) -> None:
        self.service, self.replica = service, replica
        self._types, self._limit = types, limit
        self._applied, self._told_at = 0, time.monotonic()

    def follow(self) -> None:
        """Go on for ever."""
        while True:
            self.step(PATIENCE)

    def catch_up(self) -> None:
        """Go on until the replica has everything."""
        while self.step():
            pass

    def step(self, wait: int = 0) -> bool:
        """Read and keep a page, waiting so many seconds for news; whether there is more."""
        place = self.replica.place
        try:
            page = self._page(place.cursor, 0 if place.has_more else wait)
        except Expired as reason:
            print(f"Loading everything anew. {reason}", flush=True)
            self.replica.begin_anew(place)
            time.sleep(PAUSE)
            return True
        self.replica.keep(place, page)
        self._count(page)
        if place.is_loading and not page["has_more"]:
            print(f"The mirror is complete: {len(self.replica):,} records", flush=True)
        return bool(page["has_more"])

    def tell(self) -> None:
        """Say what was applied since it was last said."""
        if self._applied:
            up_to = self.replica.place.changed_at
            print(f"{self._applied:,} changes applied, up to {up_to}", flush=True)
        self._applied, self._told_at = 0, time.monotonic()

    def _page(self, cursor: str | None, wait: int) -> Answer:
        return self.service.changes(cursor, types=self._types, limit=self._limit, wait=wait)

    def _count(self, page: Answer) -> None:
        self._applied += len(page["items"])
        if time.monotonic() - self._told_at >= QUIET:
            self.tell()
