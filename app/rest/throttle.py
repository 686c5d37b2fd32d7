"""Throttling: limits wrong keys by address, and requests by key."""

import ipaddress
import math
from collections import OrderedDict, deque
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

MINUTE = 60.0

REMEMBERED = 10_000
"""Addresses or keys remembered; the least recently seen is forgotten."""

Account = TypeVar("Account")


class _Recent(Generic[Account]):
    """The most recent accounts; bounded, so that a flood of names cannot fill the memory."""

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
    """Counts wrong keys by address.

    Only a wrong key is counted or delayed, so a valid key from the same address always works.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._recent: _Recent[deque[float]] = _Recent()

    def add(self, address: str, now: float) -> int:
        """Count a wrong key; returns seconds to wait after too many within a minute, else 0.

        Refused attempts do not count, so the wait ends even if the attempts go on.
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
    """A token bucket for each key: `rate` requests a second, and a burst of as many."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._recent: _Recent[_Bucket] = _Recent()

    def take(self, key_id: str, now: float) -> int:
        """Take a token; returns 0, or the seconds to wait if there is none."""
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


@lru_cache(10_000)
def network_of(address: str) -> str:
    """The unit that is counted: an IPv4 address, or the /64 network of an IPv6 customer."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:  # noqa: PLR2004 - the version of the Internet protocol
        return str(parsed)
    return str(ipaddress.ip_network((parsed.packed[:8] + bytes(8), 64)))
