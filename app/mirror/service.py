"""The service as a follower sees it: its public API, with retries."""

from collections.abc import Iterator

from app.mirror.replica import FeedPage
from app.remote import Answer, Refused, Remote
from app.words import Words

PATIENCE = 30
"""Seconds that the feed may wait for news."""

ENDED = {"/problems/cursor-expired", "/problems/invalid-cursor"}
"""Problem types of an unusable cursor: it is too old, or the service has another secret."""

ABSENT = "/problems/not-found"

FORBIDDEN = "/problems/forbidden"
"""The key's role may not read this type: the feed leaves it out too."""

NO_TYPES = Words(
    "{why} Без {document} виды записей неизвестны: назовите их в --types.",
    "{why} Without {document} the types are not known: name them in --types.",
)


class Expired(Exception):  # noqa: N818 - named by what happened
    """The cursor has expired; the message says why. Start again without a cursor."""


class Service:
    """One service, called with one key."""

    def __init__(self, url: str, key: str) -> None:
        # The read timeout must exceed the longest wait for news.
        self._remote = Remote(url, key, patience=2 * PATIENCE)
        self._document = f"{url}/openapi.json"

    def close(self) -> None:
        """Close the connections."""
        self._remote.close()

    def kinds(self) -> list[str]:
        """The types of records that the feed tells of, as its own description names them.

        Raises:
            Refused: the service shows no description (SN_DOCS is off).

        """
        try:
            document = self._remote.get(self._document)
        except Refused as refused:
            raise Refused(NO_TYPES.said(why=refused, document=self._document)) from refused
        schemas = document["components"]["schemas"]
        changes = [each["$ref"].rpartition("/")[2] for each in schemas["FeedChange"]["oneOf"]]
        return [str(schemas[name]["properties"]["type"]["const"]) for name in changes]

    def changes(self, cursor: str | None, *, types: str, limit: int, wait: int) -> FeedPage:
        """A page of the feed: the changes behind a cursor, or the first ones.

        Raises:
            Expired: the cursor cannot be used any more.

        """
        query: dict[str, str | int] = {"limit": limit, "wait": wait}
        query |= {"cursor": cursor} if cursor else {}
        query |= {"types": types} if types else {}
        try:
            page = self._remote.get("changes", **query)
        except Refused as refused:
            if refused.kind in ENDED:
                raise Expired(str(refused)) from refused
            raise
        return {
            "items": page["items"],
            "next_cursor": page["next_cursor"],
            "has_more": page["has_more"],
        }

    def listed(self, kind: str) -> Iterator[Answer]:
        """Every record of a type that the list shows; none if the key may not read it."""
        try:
            yield from self._pages(kind)
        except Refused as refused:
            if refused.kind != FORBIDDEN:
                raise

    def _pages(self, kind: str) -> Iterator[Answer]:
        query: dict[str, str | int] = {"limit": 500}
        while True:
            page = self._remote.get(_path(kind), **query)
            yield from page["items"]
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    def record(self, kind: str, record_id: str) -> Answer | None:
        """One record; None if it does not exist or the key may not read its type."""
        try:
            return self._remote.get(f"{_path(kind)}/{record_id}")
        except Refused as refused:
            if refused.kind in {ABSENT, FORBIDDEN}:
                return None
            raise


def _path(kind: str) -> str:
    return kind.replace("_", "-")
