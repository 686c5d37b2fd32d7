"""Origins: keyed hashes of clients' addresses, and the addresses that may be stored for a time."""

import time
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache

from starlette.types import Scope

from app.journal.addresses import hashed
from app.rest.addresses import address_of
from app.rest.throttle import network_of

MOST = 1_000
"""Addresses that may wait to be stored; more of them are dropped."""

AGAIN = 3600.0
"""Seconds after which an address that is still seen is stored again."""


class Origins:
    """Hashes clients' addresses; used only in one process's event loop."""

    def __init__(self, secret: Callable[[], bytes] = bytes, days: int = 0) -> None:
        """Read the secret on first use; store addresses only if `days` is positive."""
        self._read_secret = secret
        self.days = days
        self._seen: dict[str, str] = {}
        self._stored_at: dict[str, float] = {}
        self._hashed = lru_cache(10_000)(self._hash)

    @cached_property
    def _secret(self) -> bytes:
        return self._read_secret()

    def _hash(self, network: str) -> str:
        return hashed(self._secret, network)

    def of(self, scope: Scope) -> tuple[str, str | None]:
        """The hash of the client's address, and the address itself if it may be stored."""
        network = network_of(address_of(scope))
        return self._hashed(network), network if self.days else None

    def note(self, scope: Scope) -> None:
        """Queue the client's address to be stored, if it may be, for an entry in the trail."""
        name, address = scope["address_hash"], scope["address"]
        now = time.monotonic()
        if address is None or self._stored_at.get(name, -AGAIN) > now - AGAIN:
            return
        if len(self._seen) < MOST:
            self._seen[name] = address

    def take(self) -> Mapping[str, str]:
        """Take the queued addresses, by hash."""
        seen, self._seen = self._seen, {}
        now = time.monotonic()
        self._stored_at = {name: at for name, at in self._stored_at.items() if at > now - AGAIN}
        self._stored_at |= dict.fromkeys(seen, now)
        return seen
