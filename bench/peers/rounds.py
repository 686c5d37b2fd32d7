"""Rounds: every side in turn, with its requests a second and its CPU a request."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import NamedTuple, Self

import sqlalchemy as sa

from app.journal.register import Register
from app.registry.organizations import organizations
from app.registry.participations import participations
from app.settings import Settings
from bench.peers import cpu
from bench.peers.client import Load, answer_of, client
from bench.peers.sides import ONE, PAGE, Asked, Side, Sides, port_of, running

CONNECTIONS = 16


class Cost(NamedTuple):
    """What a side did in one round."""

    rate: float
    """Requests a second."""
    server: float
    """Seconds of CPU a request, of the serving processes."""
    database: float
    """Likewise of PostgreSQL's, where they run on this machine."""

    @property
    def spent(self) -> float:
        """Seconds of CPU a request, of both."""
        return self.server + self.database


Costs = Mapping[str, Sequence[Cost]]
"""The costs of a question by side, one for each round."""


def asked_of(settings: Settings) -> Asked:
    """A school, and the event with most participations."""
    place, guest = organizations.table.c, participations.table.c
    school = sa.select(place.id).where(place.kind == "general_school").order_by(place.id)
    events = sa.select(guest.event_id).group_by(guest.event_id)
    longest = events.order_by(sa.func.count().desc(), guest.event_id)
    database = Register(settings.url, settings.secret_key(), settings.heads)
    with database.engine.connect() as connection:
        event = connection.execute(longest.limit(1)).scalar_one()
        page = sa.select(guest.id).where(guest.event_id == event).order_by(guest.id).limit(100)
        found = connection.execute(school.limit(1)).scalar_one()
        shown = connection.execute(page).scalars().all()
    database.close()
    return Asked(str(found), str(event), list(map(str, shown)))


class Bench:
    """All sides running, and the client; each side has shown that it answers the same."""

    def __init__(self, settings: Settings, sides: Sides, asked: Asked) -> None:
        self._settings, self._asked = settings, asked
        self._sides = {name: side for name, side in sides.items() if isinstance(side, Side)}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._client = stack.enter_context(client())
            self._processes = {
                name: stack.enter_context(
                    running(side, self._settings.data / f"{port_of(side)}.log")
                )
                for name, side in self._sides.items()
            }
            for name, side in self._sides.items():
                check(name, side, self._asked)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def rounds(self, question: str, rounds: int, seconds: float) -> Costs:
        """Measure every side in turn; what the first round costs more is not counted."""
        costs: dict[str, list[Cost]] = defaultdict(list)
        for number in range(rounds + 1):
            for name in self._sides:
                cost = self._cost(name, question, seconds)
                if number:
                    costs[name].append(cost)
        return costs

    def _cost(self, name: str, question: str, seconds: float) -> Cost:
        side = self._sides[name]
        load = Load(port_of(side), side.requests[question], CONNECTIONS, seconds)
        url, process = self._settings.url, self._processes[name]
        backends, server = _backends(url), cpu.of_tree(process)
        answers, lasted = self._client.send(load)
        server = cpu.of_tree(process) - server
        database = cpu.more(backends, _backends(url))
        return Cost(answers / lasted, server / answers, database / answers)


def _backends(url: str) -> Mapping[int, float]:
    """Seconds of CPU of PostgreSQL, whose processes all sides share; SQLite has none."""
    return {} if url.startswith("sqlite") else cpu.of_backends(url)


def check(name: str, side: Side, asked: Asked) -> None:
    """Refuse to measure a side that shows other records, or in another order.

    Raises:
        ValueError: it does.

    """
    for question in (ONE, PAGE):
        body = answer_of(port_of(side), side.requests[question]).decode()
        places = [body.find(f'"{key}"') for key in asked.of(question)]
        if -1 in places or places != sorted(places):
            raise ValueError(f"{name}, {question}: {body[:1000]}")
