"""A flood: hundreds of connections that ask a service without a pause, and what they were told."""

import asyncio
import itertools
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

ENDS = 40.0
"""Seconds after which an answer counts as never given."""

PROBE = 0.1
"""Seconds between two questions whether the process lives."""

OVERLOADED = {429, 503}


@dataclass
class Told:
    """What came of a flood."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    """How long each answer took."""
    lives: list[float] = field(default_factory=list)
    """How long /live took."""
    silent: int = 0
    """Refusals that did not say when to come again."""
    resets: int = 0
    """Connections that ended without an answer."""
    slowest: dict[str, float] = field(default_factory=dict)
    """By what was asked."""

    def __str__(self) -> str:
        ordered, lives = sorted(self.seconds), sorted(self.lives)
        return (
            f"{len(ordered)} answers {dict(self.statuses)}, p50 {at(ordered, 0.5):.2f} s, "
            f"p99 {at(ordered, 0.99):.2f} s, most {ordered[-1]:.2f} s; /live p99 "
            f"{at(lives, 0.99):.3f} s of {len(lives)}; {self.resets} resets, {self.silent} silent;"
            f" slowest { ({name: round(each, 1) for name, each in self.slowest.items()}) }"
        )


def at(ordered: Sequence[float], share: float) -> float:
    """A quantile of ordered numbers."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


Ask = Callable[[int], tuple[str, str, bytes]]
"""Method, path and body of a request, by its number."""


def asks(base: str, key: str) -> dict[str, Ask]:
    """Requests of every sort, as often as their names stand in `MIX`."""
    with httpx.Client(base_url=f"{base}/api/v1", timeout=ENDS) as client:
        client.headers["Authorization"] = f"Bearer {key}"

        def first(path: str) -> str:
            return str(client.get(path, params={"limit": "1"}).json()["items"][0]["id"])

        home, program, school = map(first, ("/municipalities", "/programs", "/organizations"))

    def teacher(_: int) -> tuple[str, str, bytes]:
        name = "".join(chr(ord("а") + int(each, 16)) for each in uuid.uuid4().hex)
        body = {"municipality_id": home, "last_name": f"Поток{name}", "first_name": "Анна"}
        return "POST", "/api/v1/teachers", json.dumps(body).encode()

    def get(path: str) -> Ask:
        return lambda _: ("GET", f"/api/v1{path}", b"")

    return {
        "record": get(f"/organizations/{school}"),
        "list": get("/participations?limit=100"),
        "search": get("/teachers?q=%D0%B0%D0%BD&limit=50"),
        "write": teacher,
        "indicators": get(f"/programs/{program}/indicators"),
        "feed": get("/changes?limit=100"),
    }


MIX = ("record", "list", "write", "record", "search", "list", "indicators", "record", "feed")


Answer = tuple[int, dict[bytes, bytes]]
"""The status and the headers."""


class Client:
    """One connection that is kept, and made anew when it has ended."""

    def __init__(self, base: str, key: str) -> None:
        place = urlsplit(base)
        self._place = place.hostname, place.port
        self._key = key
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        """The status and the headers of an answer.

        Raises:
            OSError, asyncio.IncompleteReadError: the connection ended without one.

        """
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._place)
        reader, writer = self._streams
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        lines.append(f"Authorization: Bearer {self._key}")
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        fields = (each.partition(b": ") for each in head[1:])
        headers = {name.lower(): text for name, _, text in fields}
        await reader.readexactly(int(headers.get(b"content-length", 0)))
        if headers.get(b"connection") == b"close":
            self.close()
        return int(head[0].split()[1]), headers

    def close(self) -> None:
        """End the connection."""
        if self._streams:
            self._streams[1].close()
        self._streams = None


async def flood(base: str, key: str, connections: int, seconds: float) -> Told:
    """Ask on many connections at once; a refused one waits as long as it was told."""
    told, wanted = Told(), asks(base, key)
    ends = time.monotonic() + seconds

    async def ask_on(names: Iterator[str]) -> None:
        client = Client(base, key)
        for number in itertools.count():
            if time.monotonic() > ends:
                break
            name = next(names)
            start = time.monotonic()
            try:
                async with asyncio.timeout(ENDS):
                    status, headers = await client.ask(*wanted[name](number))
            except (OSError, EOFError, TimeoutError):
                told.resets += 1
                client.close()
                continue
            spent = time.monotonic() - start
            told.statuses[status] += 1
            told.seconds.append(spent)
            told.slowest[name] = max(told.slowest.get(name, 0), spent)
            if status in OVERLOADED:
                told.silent += b"retry-after" not in headers
                await asyncio.sleep(float(headers.get(b"retry-after", 0)))
        client.close()

    async def look() -> None:
        client = Client(base, key)
        try:
            while True:
                start = time.monotonic()
                assert (await client.ask("GET", "/live"))[0] == 200
                told.lives.append(time.monotonic() - start)
                await asyncio.sleep(PROBE)
        finally:
            client.close()

    looking = asyncio.create_task(look())
    async with asyncio.TaskGroup() as tasks:
        for number in range(connections):
            tasks.create_task(ask_on(itertools.islice(itertools.cycle(MIX), number, None)))
    if looking.done():
        looking.result()
    looking.cancel()
    await asyncio.wait({looking})
    return told
