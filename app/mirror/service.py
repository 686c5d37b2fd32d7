"""The service as a follower sees it: its public API, asked again until it answers."""

import random
import re
import time
from collections.abc import Iterator
from typing import Any

import httpx

from app.mirror.ends import Expired, Refused

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

TIMEOUT = httpx.Timeout(10, read=2 * PATIENCE)
"""A read that waits for news has to outlast them."""

PASSING = {429, 500, 502, 503, 504}
"""Statuses that pass by themselves."""

ENDED = {"/problems/cursor-expired", "/problems/invalid-cursor"}
"""Problems of a cursor: it is too old, or the service was given another secret."""

ABSENT = "/problems/not-found"

LONGEST = 30
"""Seconds between two attempts at most, unless the service itself asks for more."""

Answer = dict[str, Any]


class Service:
    """One service, and the key that opens it."""

    def __init__(self, url: str, key: str) -> None:
        if not re.match("https?://.", url):
            raise Refused(f"An address begins with http:// or https://, this one does not: {url}")
        # httpx quotes a header that it cannot send, and the key must not be told.
        if not re.fullmatch("[!-~]+", key):
            raise Refused("The key has characters that no key has: copy it once more.")
        try:
            self._client = httpx.Client(
                base_url=f"{url}/api/v1",
                headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"},
                timeout=TIMEOUT,
            )
        except httpx.InvalidURL as error:
            raise Refused(f"{url} is no address: {error}") from error

    def changes(self, cursor: str | None, *, types: str, limit: int, wait: int) -> Answer:
        """A page of the feed: the changes behind a cursor, or the first ones.

        Raises:
            Expired: the cursor does not hold any more.

        """
        query: dict[str, Any] = {"limit": limit, "wait": wait}
        query |= {"cursor": cursor} if cursor else {}
        query |= {"types": types} if types else {}
        try:
            return self._get("changes", **query)
        except Refused as refused:
            if refused.kind in ENDED:
                raise Expired(str(refused)) from refused
            raise

    def listed(self, kind: str) -> Iterator[Answer]:
        """Every record of a type that its list shows."""
        query: dict[str, Any] = {"limit": 500}
        while True:
            page = self._get(_path(kind), **query)
            yield from page["items"]
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    def found(self, kind: str, record_id: str) -> Answer | None:
        """One record, if it is there."""
        try:
            return self._get(f"{_path(kind)}/{record_id}")
        except Refused as refused:
            if refused.kind == ABSENT:
                return None
            raise

    def _get(self, path: str, **query: Any) -> Answer:
        """An answer, however long it takes until there is one."""
        attempt = 0
        while True:
            try:
                answer = self._client.get(path, params=query)
            except httpx.RequestError as error:
                _pause(attempt, str(error) or type(error).__name__)
            else:
                if answer.status_code not in PASSING:
                    return _read(answer)
                asked = answer.headers.get("Retry-After", "")
                _pause(attempt, _told(answer), int(asked) if asked.isdecimal() else 0)
            attempt += 1


def _path(kind: str) -> str:
    return kind.replace("_", "-")


def _pause(attempt: int, why: str, least: int = 0) -> None:
    """Wait before the next attempt: twice as long each time, and never all followers at once."""
    longest = min(LONGEST, 2 ** min(attempt, 10))
    seconds = max(least, longest * random.uniform(0.5, 1))  # noqa: S311 - spreads, hides nothing
    print(f"No answer yet ({why}); asking again in {seconds:.0f} s", flush=True)
    time.sleep(seconds)


def _read(answer: httpx.Response) -> Answer:
    if not answer.is_success:
        raise Refused(f"The service refuses: {_told(answer)}", _problem(answer).get("type", ""))
    try:
        return dict(answer.json())
    except ValueError as error:
        raise Refused(f"What answers at {answer.url.host} is not this API.") from error


def _told(answer: httpx.Response) -> str:
    """A status, with what the service itself says of it, if it is the service that speaks."""
    problem = _problem(answer)
    reasons = [each["detail"] for each in problem.get("errors", [])]
    reasons = reasons or [problem.get("detail", answer.reason_phrase)]
    return f"{answer.status_code} {' '.join(reasons)}"


def _problem(answer: httpx.Response) -> Answer:
    is_problem = answer.headers.get("Content-Type") == "application/problem+json"
    return dict(answer.json()) if is_problem else {}
