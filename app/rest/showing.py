"""Showing: records in the trail which persons an answer named, and to whom."""

from collections.abc import Sequence

from starlette.requests import Request

from app.acts import Act
from app.model.caller import Caller
from app.model.resource import Resource
from app.model.view import View
from app.rest.deps import service_of
from app.rest.gate import caller_of


def names_persons(resource: Resource, caller: Caller) -> bool:
    """Whether answers of a collection may name persons to a caller."""
    return caller.view(resource.name).personal and bool(resource.personal_fields)


def record_shown(
    request: Request, resource: Resource, ids: Sequence[str], by: View | None = None
) -> None:
    """Record which personal records a caller was shown; `by` is a view wider than their own.

    A record is recorded once for a request, also if the answer shows its fields and its name.
    """
    caller = caller_of(request)
    if not by and not names_persons(resource, caller):
        return
    shown = request.scope.setdefault("shown", {}).setdefault(resource.name, set())
    news = tuple(key for key in ids if key not in shown)
    if news:
        shown.update(news)
        act = Act("read", resource.name, news, resource.personal_fields)
        service_of(request).recorder.record(caller.actor, act)
