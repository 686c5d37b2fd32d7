"""Routing: a collection's router is asked only about the paths under its own prefix."""

from fastapi import APIRouter
from starlette.routing import Match
from starlette.types import Scope


class PrefixRouter(APIRouter):
    """A router that looks through its routes only where its prefix stands in the path.

    FastAPI asks every router in its order, and each of those every route: with two hundred of
    them that took a fifth of a request.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a route of this router fits."""
        return super().matches(scope) if self.prefix in scope["path"] else (Match.NONE, {})
