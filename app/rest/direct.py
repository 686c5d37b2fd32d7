"""Direct: a list and one record are answered in front of FastAPI's router, by the same endpoints.

The router tries routes in turn and resolves what an endpoint depends on, although ours take the
request alone: a third of the time in which a record is read (`bench.peers`). FastAPI keeps the
routes: the document follows from them, and every other request takes them.
"""

import re
from collections.abc import Iterable, Iterator
from inspect import signature

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.problems import Problem
from app.rest.errors import on_problem

_ITEM = "/{id}"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def direct(routers: Iterable[APIRouter], prefix: str) -> Iterator[Route]:
    """The routes of routers that read a whole path, or a path that ends with an id."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and _is_direct(route):
                yield Route(prefix + route.path, route.endpoint)


def _is_direct(route: APIRoute) -> bool:
    takes_the_request = [*signature(route.endpoint).parameters] == ["request"]
    is_found = "{" not in route.path.removesuffix(_ITEM)
    return route.methods == {"GET"} and takes_the_request and is_found


class Direct:
    """Answers GET of what has a direct route, and passes everything else on."""

    def __init__(self, app: ASGIApp, *, routes: Iterable[Route]) -> None:
        self._app = app
        self._routes = {route.path: route for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and (found := self._found(scope)):
            route, values = found
            scope.update(route=route, path_params=values)
            await _answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _found(self, scope: Scope) -> tuple[Route, dict[str, str]] | None:
        path: str = scope["path"]
        if route := self._routes.get(path):
            return route, {}
        collection, _, last = path.rpartition("/")
        if _ID.fullmatch(last) and (route := self._routes.get(collection + _ITEM)):
            return route, {"id": last}
        return None


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    try:
        response = await scope["route"].endpoint(request)
        await response(scope, receive, send)
    except Problem as problem:
        # An export finds out only while it is sent that it has to be refused.
        if scope["status"]:
            raise
        response = await on_problem(request, problem)
        await response(scope, receive, send)
