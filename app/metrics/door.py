"""The door of the metrics: `GET /metrics`, for this machine or for whoever has its key."""

import asyncio
import hmac
import ipaddress
import platform
import time
from collections.abc import Iterator
from functools import partial

from anyio import to_thread
from prometheus_client import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from starlette.requests import Request
from starlette.responses import Response

from app import VERSION
from app.metrics.families import FAMILIES
from app.metrics.family import Told
from app.metrics.sheet import sheets
from app.metrics.standing import PATIENCE, standing
from app.metrics.surroundings import Surroundings, surroundings
from app.problems import NotFound, TooManyRequests, Unauthorized
from app.rest.addresses import address_of, host_of
from app.rest.deps import Service, no_query, service_of

_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""Headers by which a proxy betrays itself."""


async def metrics(request: Request) -> Response:
    """Every number, in the format of Prometheus or of OpenMetrics, as the caller prefers.

    Raises:
        NotFound, Unauthorized, TooManyRequests: the caller may not read them.

    """
    _admit(request)
    no_query(request)
    told = await _told(request)
    is_open = "application/openmetrics-text" in request.headers.get("accept", "")
    encode, kind = _OPEN if is_open else _PLAIN
    text = await to_thread.run_sync(encode, _Collected(told))
    return Response(text, headers={"Content-Type": kind, "Cache-Control": "no-store"})


_OPEN = (
    partial(openmetrics.generate_latest, version="1.0.0"),
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
)
_PLAIN = generate_latest, "text/plain; version=0.0.4; charset=utf-8"


class _Collected:
    """What the encoders of prometheus_client ask for numbers."""

    def __init__(self, told: Told) -> None:
        self._told = told

    def collect(self) -> Iterator[Metric]:
        for family in FAMILIES:
            yield family.told(self._told)


async def _told(request: Request) -> Told:
    service, state = service_of(request), request.app.state
    if state.database_id is None and (first := await standing(service.database, service.reader)):
        state.database_id = first.database_id
    # The head outside is read first: while others write, it is never ahead of what is read later.
    around = await _around(service, state.database_id)
    now = await standing(service.database, service.reader)
    build = (
        VERSION,
        platform.python_version(),
        service.database.dialect.name,
        now.version if now else "",
    )
    return Told(sheets(request.app), build, service.database.is_full, now, around)


async def _around(service: Service, database_id: str | None) -> Surroundings | None:
    """What lies beside the database; None if a disk does not answer in time."""
    reading = to_thread.run_sync(surroundings, service, database_id, abandon_on_cancel=True)
    try:
        return await asyncio.wait_for(reading, PATIENCE)
    except (TimeoutError, OSError):
        return None


def _admit(request: Request) -> None:
    """Let in whoever has the key, or asks on this machine where nothing leads to it from outside.

    Raises:
        NotFound: there is no key, and the caller is not on this machine.
        Unauthorized: the key is another one, or missing.
        TooManyRequests: too many wrong keys from this address.

    """
    key = service_of(request).settings.metrics_secret
    scheme, _, said = request.headers.get("authorization", "").partition(" ")
    if not said and _is_from_here(request):
        return
    if not key:
        raise NotFound
    if scheme.lower() == "bearer" and hmac.compare_digest(said.strip().encode(), key):
        return
    failures = service_of(request).failures
    if said and (wait := failures.add(address_of(request.scope), time.monotonic())):
        raise TooManyRequests(wait)
    raise Unauthorized


def _is_from_here(request: Request) -> bool:
    """Whether a caller on this machine asks, and no proxy for somebody else.

    A proxy on this machine has a loopback address too. It adds a header, or names another host, or
    speaks HTTP/1.0 (nginx, unless told otherwise); and a service that is open to others was told
    its names or its proxies.
    """
    scope, settings = request.scope, service_of(request).settings
    is_open = bool(settings.hosts or settings.proxies)
    is_forwarded = any(name in request.headers for name in _FORWARDED)
    if is_open or is_forwarded or scope.get("http_version") == "1.0":
        return False
    return _is_loopback(address_of(scope)) and _is_loopback((host_of(scope) or "").strip("[]"))


def _is_loopback(name: str) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
