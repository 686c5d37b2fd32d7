"""Addresses: the host name of a request, and the client's address."""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.types import Scope

from app.findings import Words
from app.problems import BadRequest

Networks = Sequence[IPv4Network | IPv6Network]

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(:[0-9]{1,5})?")
_HOP = re.compile(r"\[?(?P<address>[0-9a-fA-F:]*:[0-9a-fA-F:.]*|[0-9.]+)(\]?(:[0-9]{1,5})?)")

HOPS = 50
"""Addresses of X-Forwarded-For that are read, counted from the end."""


class UnknownHost(BadRequest):
    """The Host header names another service (DNS rebinding, a misconfigured proxy)."""

    slug = "unknown-host"
    title = Words("Неизвестное имя сервиса", "Unknown host")
    detail = Words(
        "Сервис не отвечает по этому имени. Администратор может добавить его в SN_HOSTS.",
        "The service does not answer to this name. The administrator may add it to SN_HOSTS.",
    )


def host_of(scope: Scope) -> str | None:
    """The host name of a request without its port; None if it is missing, repeated or malformed."""
    values = _all(scope, b"host")
    return _host(values[0]) if len(values) == 1 else None


@lru_cache(1_000)
def _host(value: str) -> str | None:
    match = _HOST.fullmatch(value.lower())
    return match["name"] if match else None


def address_of(scope: Scope) -> str:
    """The client's address.

    It is the peer of the connection; if that is one of our proxies, the last address of
    X-Forwarded-For that is not a proxy. Earlier addresses can be forged.
    """
    client = scope.get("client")
    address = _plain(client[0]) if client else ""
    proxies: Networks = scope.get("proxies", ())
    if not _is_in(address, proxies):
        return address
    hops = ",".join(_all(scope, b"x-forwarded-for")).split(",")[-HOPS:]
    for hop in reversed(hops):
        if not (previous := _address(hop.strip())):
            return address
        address = previous
        if not _is_in(address, proxies):
            return address
    return address


def _all(scope: Scope, header: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == header]


def _address(hop: str) -> str | None:
    match = _HOP.fullmatch(hop)
    try:
        return _plain(str(ip_address(match["address"]))) if match else None
    except ValueError:
        return None


@lru_cache(10_000)
def _plain(address: str) -> str:
    """The address; an IPv4 address mapped into IPv6 (::ffff:192.0.2.1) becomes plain IPv4."""
    try:
        mapped = getattr(ip_address(address), "ipv4_mapped", None)
    except ValueError:
        return address
    return str(mapped) if mapped else address


def _is_in(address: str, networks: Networks) -> bool:
    if not networks:
        return False
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
