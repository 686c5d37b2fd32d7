"""Waiting: for what is to come about, however busy the machine is, and never for a time."""

import time
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

import httpx2

from app.acts import Act, Actor
from tests.scene import Service

T = TypeVar("T")

LIMIT = 120
"""Seconds after which something does not come about at all."""
PAUSE = 0.02
"""Seconds between two looks."""


def until(look: Callable[[], T]) -> T:
    """Look again and again until the answer is true; it is given back."""
    ends = time.monotonic() + LIMIT
    while not (found := look()):
        assert time.monotonic() < ends, "it does not come about"
        time.sleep(PAUSE)
    return found


def patient(ask: Callable[[], Any]) -> Any:
    """The answer to a request; a service that counts many programs may ask to be asked again."""

    def answered() -> Any:
        answer = ask()
        return None if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE else answer

    return until(answered)


def recorded(service: Service) -> None:
    """Wait until everything that was read or refused so far stands in the trail.

    The recorder writes in the order in which it is told: its last entry comes after all others.
    """
    mark = str(uuid.uuid4())
    running: Any = service.client.app
    running.state.service.recorder.record(Actor("reader"), Act("read", "programs", (mark,)))
    query = {"id": mark, "limit": "1"}
    until(lambda: service.client.get("/audit", params=query).json()["items"])


def counted(ask: Callable[[], httpx2.Response]) -> httpx2.Response:
    """What is answered in the end: a table that is not counted yet is answered 503 first.

    In a register with the municipalities of all tests, one of the region takes its time.
    """
    answers: list[httpx2.Response] = []

    def is_counted() -> bool:
        answers.append(ask())
        return answers[-1].status_code != 503 or "retry-after" not in answers[-1].headers

    until(is_counted)
    return answers[-1]
