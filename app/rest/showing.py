"""Showing: answers that name persons stand in the trail with whom they named, and to whom."""

from collections.abc import Sequence

from starlette.requests import Request

from app.journal.trail import Act
from app.model.caller import Caller, View
from app.model.resource import Resource
from app.rest.deps import service_of
from app.rest.gate import caller_of


def tells_of_persons(resource: Resource, caller: Caller) -> bool:
    """Whether answers of a collection may name persons to a caller."""
    return caller.view(resource.name).personal and bool(resource.personal_fields)


def told(request: Request, resource: Resource, ids: Sequence[str], by: View | None = None) -> None:
    """Put down who was shown which records that name persons, in their own or a wider view."""
    caller = caller_of(request)
    if ids and (by or tells_of_persons(resource, caller)):
        act = Act("read", resource.name, tuple(ids), resource.personal_fields)
        service_of(request).recorder.record(caller.actor, act)
