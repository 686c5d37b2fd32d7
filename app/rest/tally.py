"""The tally: what this process has answered, counted in plain numbers for whoever watches it.

The names of routes, methods and causes come from closed lists, so no request can make it grow.
"""

from collections import defaultdict

from starlette.types import Scope

from app.database.durations import Durations
from app.rest.log import METHODS, route_of

OTHER = "other"
"""Stands for every route that there is not, and for every method that nobody serves."""

BROKEN = "broken"
"""Instead of a status: the connection was lost before there was an answer."""

Answer = tuple[str, str, str, str]
"""Route, method, status and the cause of a 503."""


class Tally:
    """The answers of one process; used in its event loop alone."""

    def __init__(self) -> None:
        self.answers: dict[Answer, int] = defaultdict(int)
        self.durations: dict[tuple[str, str], Durations] = defaultdict(Durations)
        """By route and method."""
        self.running = 0
        """Requests that are being answered."""
        self.connections = 0
        """Connections of clients that are open."""

    def add(self, scope: Scope, method: str, status: int | None, seconds: float) -> None:
        """Count an answer that was sent, or failed to be."""
        route = route_of(scope) or OTHER
        verb = method if method in METHODS else OTHER
        code = str(status) if status else BROKEN
        self.answers[route, verb, code, scope.get("cause", "")] += 1
        self.durations[route, verb].note(seconds)
