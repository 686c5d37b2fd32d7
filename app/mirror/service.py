"""The service as a follower sees it: its public API, asked again until it answers."""

from collections.abc import Iterator
from typing import Any

from app.remote import Answer, Refused, Remote

COLLECTIONS = (
    "municipalities",
    "organizations",
    "organization_aliases",
    "legal_acts",
    "programs",
    "designations",
    "partnerships",
    "activities",
    "events",
    "teachers",
    "employments",
    "headcounts",
    "participations",
    "measures",
    "monitoring_records",
)
"""The types of records; each is listed under its name with hyphens."""

PATIENCE = 30
"""Seconds that the feed may wait for news."""

ENDED = {"/problems/cursor-expired", "/problems/invalid-cursor"}
"""Problems of a cursor: it is too old, or the service was given another secret."""

ABSENT = "/problems/not-found"

FORBIDDEN = "/problems/forbidden"
"""The key's role does not read this type at all: the feed has none of it either."""


class Expired(Exception):  # noqa: N818 - named by what happened
    """The cursor has ended, and why: whoever follows begins anew without one."""


class Service:
    """One service, and the key that opens it."""

    def __init__(self, url: str, key: str) -> None:
        # A read that waits for news has to outlast them.
        self._remote = Remote(url, key, patience=2 * PATIENCE)

    def changes(self, cursor: str | None, *, types: str, limit: int, wait: int) -> Answer:
        """A page of the feed: the changes behind a cursor, or the first ones.

        Raises:
            Expired: the cursor does not hold any more.

        """
        query: dict[str, Any] = {"limit": limit, "wait": wait}
        query |= {"cursor": cursor} if cursor else {}
        query |= {"types": types} if types else {}
        try:
            return self._remote.get("changes", **query)
        except Refused as refused:
            if refused.kind in ENDED:
                raise Expired(str(refused)) from refused
            raise

    def listed(self, kind: str) -> Iterator[Answer]:
        """Every record of a type that its list shows; none where the key may not read it."""
        try:
            yield from self._pages(kind)
        except Refused as refused:
            if refused.kind != FORBIDDEN:
                raise

    def _pages(self, kind: str) -> Iterator[Answer]:
        query: dict[str, Any] = {"limit": 500}
        while True:
            page = self._remote.get(_path(kind), **query)
            yield from page["items"]
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    def found(self, kind: str, record_id: str) -> Answer | None:
        """One record, if it is there and the key may read its type."""
        try:
            return self._remote.get(f"{_path(kind)}/{record_id}")
        except Refused as refused:
            if refused.kind in {ABSENT, FORBIDDEN}:
                return None
            raise


def _path(kind: str) -> str:
    return kind.replace("_", "-")
