"""People who click through the pages, beside a client of the API (`bench.pages --people`).

The client asks at fixed moments, and waits from the moment at which a request is due: what holds up
the process before it can even be sent counts too. With people and without alternate.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Mapping
from typing import Any

from bench.municipality import ANY, call, stream

ROUNDS, SECONDS, PAUSE, EVERY = 5, 20.0, 5.0, 0.02
"""Rounds, seconds of each half, seconds between two clicks, and between two requests."""

PAGES = (
    "/programs/{programs}",
    "/programs/{programs}/indicators/org_involvement_share",
    "/programs/{programs}/plan",
    "/programs/{programs}/network",
    "/organizations/{organizations}",
    "/data",
    "/data/organizations",
)
"""P1 to P4, P7 and the data."""

ANSWERS = (
    "/organizations/{organizations}",
    "/participations?limit=100",
    "/organizations?limit=100",
    "/programs/{programs}/indicators",
)


async def walked(app: Any, ids: Mapping[str, str], key: str, cookie: str, people: int) -> None:
    """Print the percentiles of what the client waits, with and without people."""
    pages, answers = ([each.format(**ids) for each in some] for some in (PAGES, ANSWERS))
    for page in pages:
        await look(app, page, cookie)
    alone, beside, clicks = [], [], 0
    for _ in range(ROUNDS):
        alone.append(await asked(app, answers, key))
        walkers = [asyncio.create_task(walk(app, pages, cookie)) for _ in range(people)]
        beside.append(await asked(app, answers, key))
        for walker in walkers:
            walker.cancel()
        ended = await asyncio.gather(*walkers, return_exceptions=True)
        clicks += sum(each for each in ended if isinstance(each, int))
    print(f"{people} people, {clicks / ROUNDS / SECONDS:.1f} pages a second")
    for title, share in (("median", 50), ("p99", 99)):
        before, after = ([part(each, share) * 1e3 for each in some] for some in (alone, beside))
        ratio = statistics.median(b / a for a, b in zip(before, after, strict=True))
        print(
            f"{title} of an answer: {statistics.median(before):.1f} ms alone,"
            f" {statistics.median(after):.1f} ms beside them, {ratio:.2f} times"
        )


def part(spent: list[float], share: int) -> float:
    """A percentile."""
    return statistics.quantiles(spent, n=100)[share - 1]


async def asked(app: Any, answers: list[str], key: str) -> list[float]:
    """What the client waits for each of its requests."""
    spent: list[float] = []
    start = time.perf_counter()
    for number in range(int(SECONDS / EVERY)):
        due = start + number * EVERY
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await call(app, answers[number % len(answers)], key)
        spent.append(time.perf_counter() - due)
    return spent


async def walk(app: Any, pages: list[str], cookie: str) -> int:
    """Click until somebody ends it; the number of clicks."""
    clicks = 0
    try:
        while True:
            await asyncio.sleep(random.expovariate(1 / PAUSE))
            await look(app, random.choice(pages), cookie)  # noqa: S311 - a benchmark's own dice
            clicks += 1
    except asyncio.CancelledError:
        return clicks


async def look(app: Any, address: str, cookie: str) -> None:
    """Get a page."""
    await stream(app, address, "", len, status=ANY, root="", cookie=cookie)
