"""Slowing down: whoever tries wrong keys, and a key whose owner's program runs away."""

import ipaddress
import math
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Generic, TypeVar

MINUTE = 60.0

REMEMBERED = 10_000
"""Addresses, or keys, of which an account is kept; the one unseen for longest is forgotten."""

Account = TypeVar("Account")


class _Recent(Generic[Account]):
    """The accounts of those who came last: a flood of new names cannot fill the memory."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Account] = OrderedDict()

    def get(self, name: str) -> Account | None:
        return self._kept.get(name)

    def keep(self, name: str, account: Account) -> None:
        self._kept[name] = account
        self._kept.move_to_end(name)
        if len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)

    def __len__(self) -> int:
        return len(self._kept)


class Failures:
    """Counts wrong keys by address; it is asked only once a key has turned out to be wrong.

    So a valid key from the same address is never held up.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._recent: _Recent[deque[float]] = _Recent()

    def add(self, address: str, now: float) -> int:
        """Note a wrong key; the seconds to wait if there were too many within a minute, else 0.

        Tries that are turned away do not count, so the wait ends however often one tries.
        """
        name = network_of(address)
        times = self._recent.get(name) or deque()
        while times and times[0] <= now - MINUTE:
            times.popleft()
        if len(times) >= self._most:
            return math.ceil(times[0] + MINUTE - now)
        times.append(now)
        self._recent.keep(name, times)
        return 0

    def __len__(self) -> int:
        return len(self._recent)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Buckets:
    """A bucket of tokens for each key: `rate` requests a second, and as many at once."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._recent: _Recent[_Bucket] = _Recent()

    def take(self, key_id: str, now: float) -> int:
        """Take a token; the seconds to wait if there is none, else 0."""
        bucket = self._recent.get(key_id)
        if bucket is None:
            bucket = _Bucket(self._rate, now)
            self._recent.keep(key_id, bucket)
        gained = max(0.0, now - bucket.at) * self._rate
        bucket.tokens = min(self._rate, bucket.tokens + gained)
        bucket.at = now
        if bucket.tokens < 1:
            return math.ceil((1 - bucket.tokens) / self._rate)
        bucket.tokens -= 1
        return 0

    def __len__(self) -> int:
        return len(self._recent)


def network_of(address: str) -> str:
    """Who counts as one: an IPv4 address, or the 64 bits of IPv6 that one customer is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:  # noqa: PLR2004 - the version of the Internet protocol
        return str(found)
    return str(ipaddress.ip_network((found.packed[:8] + bytes(8), 64)))
