"""A remote service: its public API, with retries until it answers."""

import argparse
import os
import random
import re
import time
from collections.abc import Callable
from typing import Any

import httpx

from app.words import Words, language

PASSING = {429, 500, 502, 503, 504}
"""Statuses that are worth a retry."""

RUNNING = "/problems/still-running"
"""The problem type of a repeated write whose first attempt is still running."""

LONGEST = 30
"""Seconds between two attempts at most, unless Retry-After asks for more."""

Answer = dict[str, Any]

KEY_NEEDED = Words(
    "Нужен ключ: задайте SN_KEY или --key.", "A key is needed: set SN_KEY, or pass --key."
)
NO_SCHEME = Words(
    "Адрес начинается с http:// или https://: {url}",
    "An address must begin with http:// or https://: {url}",
)
NO_KEY_TEXT = Words(
    "В ключе знаки, которых в ключах не бывает: скопируйте его снова.",
    "The key contains characters that keys never have: copy it again.",
)
NO_ADDRESS = Words("{url} — не адрес.", "{url} is not an address.")
REFUSES = Words("Сервис отказал: {why}", "The service refuses: {why}")
NOT_THIS = Words(
    "По адресу {host} отвечает не этот сервис.", "What answers at {host} is not this API."
)
ASKING_AGAIN = Words(
    "Ответа пока нет ({why}); повтор через {seconds} с",
    "No answer yet ({why}); asking again in {seconds} s",
)
TOO_LATE = Words("время ожидания вышло", "timed out")
NOT_REACHED = Words("сервис не отвечает", "the service cannot be reached")


def declare_service(parser: argparse.ArgumentParser) -> None:
    """Declare which service a command calls, and with which key."""
    parser.add_argument(
        "--url",
        required=True,
        help=Words(
            "сервис, например http://127.0.0.1:8000", "the service, such as http://127.0.0.1:8000"
        ).said(),
    )
    parser.add_argument(
        "--key",
        metavar=Words("КЛЮЧ", "KEY").said(),
        help=Words(
            "ключ; лучше в SN_KEY: там его не видно в списке процессов",
            "the key; better in SN_KEY, where the list of processes does not show it",
        ).said(),
    )


def key_of(args: argparse.Namespace) -> str:
    """The key that a command was given, else SN_KEY.

    Raises:
        Refused: there is none.

    """
    key: str = args.key or os.environ.get("SN_KEY", "")
    if not key:
        raise Refused(KEY_NEEDED.said())
    return key


class Refused(Exception):  # noqa: N818 - named by what happened
    """Ends a command with a message for the person who runs it."""

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind
        """The `type` of the problem (RFC 9457); empty if it is not the service that refuses."""


class Remote:
    """One service, called with one key."""

    def __init__(self, url: str, key: str, patience: float) -> None:
        """Name a service; `patience` is the read and write timeout in seconds."""
        if not re.match("https?://.", url):
            raise Refused(NO_SCHEME.said(url=url))
        # httpx quotes an unsendable header in its error, which would print the key.
        if not re.fullmatch("[!-~]+", key):
            raise Refused(NO_KEY_TEXT.said())
        try:
            self._client = httpx.Client(
                base_url=f"{url.rstrip('/')}/api/v1",
                headers={"Authorization": f"Bearer {key}", "Accept-Language": language()},
                timeout=httpx.Timeout(10, read=patience, write=patience),
            )
        except httpx.InvalidURL as error:
            raise Refused(NO_ADDRESS.said(url=url)) from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, path: str, **query: str | int) -> Answer:
        """The JSON answer to a GET.

        Raises:
            Refused: it is not a success.

        """
        return read(self.ask(lambda client: client.get(path, params=query)))

    def ask(self, send: Callable[[httpx.Client], httpx.Response]) -> httpx.Response:
        """Retry until there is an answer that is not transient; `send` must be repeatable."""
        attempt = 0
        while True:
            try:
                answer = send(self._client)
            except httpx.RequestError as error:
                _pause(attempt, _unreached(error))
            else:
                if answer.status_code not in PASSING and problem(answer).get("type") != RUNNING:
                    return answer
                retry_after = answer.headers.get("Retry-After", "")
                _pause(attempt, told(answer), int(retry_after) if retry_after.isdecimal() else 0)
            attempt += 1


def read(answer: httpx.Response) -> Answer:
    """The JSON of a successful answer.

    Raises:
        Refused: the answer is an error, or not JSON.

    """
    if not answer.is_success:
        sentence = REFUSES.said(why=told(answer))
        raise Refused(sentence, problem(answer).get("type", ""))
    try:
        return dict(answer.json())
    except ValueError as error:
        raise Refused(NOT_THIS.said(host=answer.url.host)) from error


def told(answer: httpx.Response) -> str:
    """The status, with the problem's own text if the service sent one."""
    body = problem(answer)
    reasons = [error["detail"] for error in body.get("errors", [])]
    reasons = reasons or [body.get("detail", answer.reason_phrase)]
    return f"{answer.status_code} {' '.join(reasons)}"


def problem(answer: httpx.Response) -> Answer:
    """The problem (RFC 9457) in an answer; empty if it has none."""
    is_problem = answer.headers.get("Content-Type") == "application/problem+json"
    return dict(answer.json()) if is_problem else {}


def _unreached(error: httpx.RequestError) -> str:
    """Why there is no answer at all; httpx and the system say it in English alone."""
    return (TOO_LATE if isinstance(error, httpx.TimeoutException) else NOT_REACHED).said()


def _pause(attempt: int, why: str, least: int = 0) -> None:
    """Sleep before the next attempt: exponential backoff with jitter."""
    longest = min(LONGEST, 2 ** min(attempt, 10))
    seconds = max(least, longest * random.uniform(0.5, 1))  # noqa: S311 - jitter, not a secret
    print(ASKING_AGAIN.said(why=why, seconds=round(seconds)), flush=True)
    time.sleep(seconds)
