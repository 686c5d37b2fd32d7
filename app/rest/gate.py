"""The gate: every operation demands a key whose role allows it."""

import functools
import time
from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.access.callers import KeyHolder
from app.access.matrix import grant_of, is_known
from app.acts import Act, Actor
from app.model.caller import Caller
from app.model.grants import Verb
from app.problems import Forbidden, TooManyRequests, Unauthorized
from app.rest.addresses import address_of
from app.rest.deps import service_of
from app.rest.strangers import NOBODY

Endpoint = Callable[..., Awaitable[Response]]


def admitted(subject: str, verb: Verb) -> Callable[[Endpoint], Endpoint]:
    """Guard an endpoint: only callers with this right on the subject may call it."""
    assert is_known(subject), subject  # noqa: S101 - the matrix must know it

    def guarded(endpoint: Endpoint) -> Endpoint:
        @functools.wraps(endpoint)
        async def enter(request: Request) -> Response:
            await _admit(request, subject, verb)
            return await endpoint(request)

        enter.permission = (subject, verb)  # type: ignore[attr-defined]
        return enter

    return guarded


def permissions(router: APIRouter) -> dict[tuple[str, str], tuple[str, Verb]]:
    """The right that each route of a router demands, by method and path.

    Raises:
        LookupError: a route demands none, so it would be open to everybody.

    """
    rights: dict[tuple[str, str], tuple[str, Verb]] = {}
    for route in router.routes:
        path, methods = getattr(route, "path", ""), getattr(route, "methods", ())
        permission = getattr(getattr(route, "endpoint", None), "permission", None)
        if permission is None:
            raise LookupError(f"{path} has no entry in the matrix")
        rights |= {(method, path): permission for method in methods}
    return rights


def caller_of(request: Request) -> Caller:
    """The caller whom the gate admitted."""
    caller: Caller = request.scope["caller"]
    return caller


def record_refusal(request: Request) -> None:
    """Record in the trail that a valid key was refused."""
    act = Act("authorize", request.scope["subject"], outcome="denied")
    service_of(request).recorder.record(caller_of(request).actor, act)


async def readmit(request: Request, subject: str, verb: Verb) -> None:
    """Check the caller again: the key may have been revoked while a request waited."""
    holder = await _authenticated(request)
    request.scope["caller"] = holder
    _demand(holder, subject, verb)


async def _admit(request: Request, subject: str, verb: Verb) -> None:
    request.scope["subject"] = subject
    admit(request, await _authenticated(request), subject, verb)


def admit(request: Request, holder: KeyHolder, subject: str, verb: Verb) -> None:
    """Let a caller in who has shown who they are, if their role has the right.

    Raises:
        TooManyRequests: the key asks too often.
        Forbidden: the role has no such right.

    """
    request.scope["subject"] = subject
    request.scope["caller"] = holder
    request.scope["key_id"] = holder.key_id
    if wait := service_of(request).buckets.take(holder.key_id, time.monotonic()):
        raise TooManyRequests(wait)
    _demand(holder, subject, verb)


def _demand(holder: KeyHolder, subject: str, verb: Verb) -> None:
    if not grant_of(holder.role, subject).allows(verb):
        raise Forbidden


async def _authenticated(request: Request) -> KeyHolder:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return await holder_of(request, token.strip() if scheme.lower() == "bearer" else "")


async def holder_of(request: Request, presented: str) -> KeyHolder:
    """The holder of the key that a request presents; the scope names the subject.

    Raises:
        Unauthorized: there is no valid key.
        TooManyRequests: too many wrong keys from this address.

    """
    service = service_of(request)
    holder = await service.keyring.holder(presented) if presented else None
    if holder is None:
        _count(request, wrong_key=bool(presented))
        if presented and (
            wait := service.failures.add(address_of(request.scope), time.monotonic())
        ):
            raise TooManyRequests(wait)
        raise Unauthorized
    return from_here(request, holder)


def from_here(request: Request, holder: KeyHolder) -> KeyHolder:
    """The holder, with the request and the address that the trail names."""
    scope = request.scope
    service_of(request).origins.note(scope)
    return holder.asking(scope["request_id"], scope["address_hash"], scope["traceparent"])


def _count(request: Request, *, wrong_key: bool) -> None:
    """Count a refusal without a valid key; refusals of one minute share an entry in the trail."""
    service, scope = service_of(request), request.scope
    actor = Actor(NOBODY, request_id=scope["request_id"], address_hash=scope["address_hash"])
    if service.strangers.add(actor, scope["subject"], time.monotonic(), wrong_key=wrong_key):
        service.origins.note(scope)
