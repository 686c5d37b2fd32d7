"""A service elsewhere: its public API, asked again until it answers."""

import random
import re
import time
from collections.abc import Callable
from typing import Any

import httpx

PASSING = {429, 500, 502, 503, 504}
"""Statuses that pass by themselves."""

RUNNING = "/problems/still-running"
"""The problem of a write that is repeated while it is still carried out."""

LONGEST = 30
"""Seconds between two attempts at most, unless the service itself asks for more."""

Answer = dict[str, Any]


class Refused(Exception):  # noqa: N818 - named by what happened
    """What ends a command, as a sentence for whoever runs it."""

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind
        """The `type` of the problem (RFC 9457), if it is the service that refuses."""


class Remote:
    """One service, and the key that opens it."""

    def __init__(self, url: str, key: str, patience: float, language: str = "en") -> None:
        """Name a service; it may take `patience` seconds for an answer."""
        if not re.match("https?://.", url):
            raise Refused(f"An address begins with http:// or https://, this one does not: {url}")
        # httpx quotes a header that it cannot send, and the key must not be told.
        if not re.fullmatch("[!-~]+", key):
            raise Refused("The key has characters that no key has: copy it once more.")
        try:
            self._client = httpx.Client(
                base_url=f"{url.rstrip('/')}/api/v1",
                headers={"Authorization": f"Bearer {key}", "Accept-Language": language},
                timeout=httpx.Timeout(10, read=patience, write=patience),
            )
        except httpx.InvalidURL as error:
            raise Refused(f"{url} is no address: {error}") from error

    def get(self, path: str, **query: Any) -> Answer:
        """What a GET is answered.

        Raises:
            Refused: it is no success.

        """
        return read(self.ask(lambda client: client.get(path, params=query)))

    def ask(self, send: Callable[[httpx.Client], httpx.Response]) -> httpx.Response:
        """An answer, however long it takes until there is one; `send` must be repeatable."""
        attempt = 0
        while True:
            try:
                answer = send(self._client)
            except httpx.RequestError as error:
                _pause(attempt, str(error) or type(error).__name__)
            else:
                if answer.status_code not in PASSING and problem(answer).get("type") != RUNNING:
                    return answer
                asked = answer.headers.get("Retry-After", "")
                _pause(attempt, told(answer), int(asked) if asked.isdecimal() else 0)
            attempt += 1


def read(answer: httpx.Response) -> Answer:
    """The JSON of a success.

    Raises:
        Refused: it is none.

    """
    if not answer.is_success:
        sentence = f"The service refuses: {told(answer)}"
        raise Refused(sentence, problem(answer).get("type", ""))
    try:
        return dict(answer.json())
    except ValueError as error:
        raise Refused(f"What answers at {answer.url.host} is not this API.") from error


def told(answer: httpx.Response) -> str:
    """A status, with what the service itself says of it, if it is the service that speaks."""
    said = problem(answer)
    reasons = [each["detail"] for each in said.get("errors", [])]
    reasons = reasons or [said.get("detail", answer.reason_phrase)]
    return f"{answer.status_code} {' '.join(reasons)}"


def problem(answer: httpx.Response) -> Answer:
    """The problem (RFC 9457) that an answer tells, if it tells one."""
    is_problem = answer.headers.get("Content-Type") == "application/problem+json"
    return dict(answer.json()) if is_problem else {}


def _pause(attempt: int, why: str, least: int = 0) -> None:
    """Wait before the next attempt: twice as long each time, and never all clients at once."""
    longest = min(LONGEST, 2 ** min(attempt, 10))
    seconds = max(least, longest * random.uniform(0.5, 1))  # noqa: S311 - spreads, hides nothing
    print(f"No answer yet ({why}); asking again in {seconds:.0f} s", flush=True)
    time.sleep(seconds)
