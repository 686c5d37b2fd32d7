"""The gate: every operation is entered by a key whose role allows it, or not at all."""

import functools
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.access.callers import KeyHolder
from app.access.matrix import grant_of, is_known
from app.journal.trail import Act
from app.model.caller import Actor, Caller
from app.model.grants import Verb
from app.problems import Forbidden, TooManyRequests, Unauthorized
from app.rest.addresses import address_of
from app.rest.deps import service_of
from app.rest.strangers import NOBODY

Endpoint = Callable[..., Awaitable[Response]]


def admitted(subject: str, verb: Verb) -> Callable[[Endpoint], Endpoint]:
    """Let in only who may do this with the subject."""
    assert is_known(subject), subject  # noqa: S101 - a door that the matrix does not know

    def guarded(endpoint: Endpoint) -> Endpoint:
        @functools.wraps(endpoint)
        async def enter(request: Request) -> Response:
            await _admit(request, subject, verb)
            return await endpoint(request)

        enter.permission = (subject, verb)  # type: ignore[attr-defined]
        return enter

    return guarded


def permissions(router: APIRouter) -> dict[tuple[str, str], tuple[str, Verb]]:
    """What each route of a router demands, by method and path.

    Raises:
        LookupError: a route demands nothing: it would be open to everybody.

    """
    found: dict[tuple[str, str], tuple[str, Verb]] = {}
    for route in router.routes:
        path, methods = getattr(route, "path", ""), getattr(route, "methods", ())
        permission = getattr(getattr(route, "endpoint", None), "permission", None)
        if permission is None:
            raise LookupError(f"{path} has no entry in the matrix")
        found |= {(method, path): permission for method in methods}
    return found


def caller_of(request: Request) -> Caller:
    """Who was let in."""
    caller: Caller = request.scope["caller"]
    return caller


def put_down(request: Request) -> None:
    """Put it into the trail that a valid key was refused."""
    act = Act("authorize", request.scope["subject"], outcome="denied")
    service_of(request).recorder.record(caller_of(request).actor, act)


async def admitted_still(request: Request, subject: str, verb: Verb) -> None:
    """See again who it is: a key may end while its holder waits for an answer."""
    holder = await _authenticated(request)
    request.scope["caller"] = holder
    _demand(holder, subject, verb)


async def _admit(request: Request, subject: str, verb: Verb) -> None:
    request.scope["subject"] = subject
    holder = await _authenticated(request)
    request.scope["caller"] = holder
    request.scope["key_id"] = str(holder.actor.key_id)
    if wait := service_of(request).buckets.take(str(holder.actor.key_id), time.monotonic()):
        raise TooManyRequests(wait)
    _demand(holder, subject, verb)


def _demand(holder: KeyHolder, subject: str, verb: Verb) -> None:
    if not grant_of(holder.role, subject).allows(verb):
        raise Forbidden


async def _authenticated(request: Request) -> KeyHolder:
    service = service_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    said = token.strip() if scheme.lower() == "bearer" else ""
    holder = await service.keyring.holder(said) if said else None
    if holder is None:
        _count(request, wrong_key=bool(said))
        if said and (wait := service.failures.add(address_of(request.scope), time.monotonic())):
            raise TooManyRequests(wait)
        raise Unauthorized
    service.origins.note(request.scope)
    where = {name: request.scope[name] for name in ("request_id", "address_hash")}
    return replace(holder, actor=replace(holder.actor, **where))


def _count(request: Request, *, wrong_key: bool) -> None:
    """Have a refusal without a valid key put into the trail, among those of its minute."""
    service, scope = service_of(request), request.scope
    actor = Actor(NOBODY, request_id=scope["request_id"], address_hash=scope["address_hash"])
    if service.strangers.add(actor, scope["subject"], time.monotonic(), wrong_key=wrong_key):
        service.origins.note(scope)
