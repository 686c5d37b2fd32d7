"""Origins: the keyed hash of where a request comes from, and addresses that may be kept a while."""

import time
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache

from starlette.types import Scope

from app.journal.addresses import hashed
from app.rest.addresses import address_of
from app.rest.throttle import network_of

MOST = 1_000
"""Addresses that wait for being kept; a flood of others is not kept."""

AGAIN = 3600.0
"""Seconds after which an address that is still seen is kept anew."""


class Origins:
    """Names where requests come from; in one process's event loop."""

    def __init__(self, secret: Callable[[], bytes] = bytes, days: int = 0) -> None:
        """Take the secret when it is first needed; keep addresses if they may be kept any days."""
        self._read_secret = secret
        self.days = days
        self._seen: dict[str, str] = {}
        self._told: dict[str, float] = {}
        self._hashed = lru_cache(10_000)(self._hash)

    @cached_property
    def _secret(self) -> bytes:
        return self._read_secret()

    def _hash(self, network: str) -> str:
        return hashed(self._secret, network)

    def of(self, scope: Scope) -> tuple[str, str | None]:
        """The hash of where a request comes from; and the address, if it may be told."""
        network = network_of(address_of(scope))
        return self._hashed(network), network if self.days else None

    def note(self, scope: Scope) -> None:
        """See to it that the address of an entry in the trail is kept, if it may be."""
        name, address = scope["address_hash"], scope["address"]
        now = time.monotonic()
        if address is None or self._told.get(name, -AGAIN) > now - AGAIN:
            return
        if len(self._seen) < MOST:
            self._seen[name] = address

    def taken(self) -> Mapping[str, str]:
        """Addresses by hash that are to be kept now."""
        seen, self._seen = self._seen, {}
        now = time.monotonic()
        self._told = {name: at for name, at in self._told.items() if at > now - AGAIN}
        self._told |= dict.fromkeys(seen, now)
        return seen
