"""Addresses: by which name the service was asked, and from where."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.types import Scope

from app.problems import BadRequest, Words

Networks = Sequence[IPv4Network | IPv6Network]

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(:[0-9]{1,5})?")
_HOP = re.compile(r"\[?(?P<address>[0-9a-fA-F:]*:[0-9a-fA-F:.]*|[0-9.]+)(\]?(:[0-9]{1,5})?)")

HOPS = 50
"""Addresses of X-Forwarded-For that are looked at."""


class UnknownHost(BadRequest):
    """A request for a name that is not this service's (DNS rebinding, a mistaken proxy)."""

    slug = "unknown-host"
    title = Words("Неизвестное имя сервиса", "Unknown host")
    detail = Words(
        "Сервис не отвечает по этому имени. Администратор может добавить его в SN_HOSTS.",
        "The service does not answer to this name. The administrator may add it to SN_HOSTS.",
    )


def host_of(scope: Scope) -> str | None:
    """The name that the request is for, without its port; None if it is unreadable or doubtful."""
    said = _all(scope, b"host")
    found = _HOST.fullmatch(said[0].lower()) if len(said) == 1 else None
    return found["name"] if found else None


def address_of(scope: Scope) -> str:
    """Where a request comes from.

    It is the other end of the connection; if that is one of our proxies, the last address of
    X-Forwarded-For that is not: what stands before it, anybody may have written.
    """
    client = scope.get("client")
    address = _plain(client[0]) if client else ""
    proxies: Networks = scope.get("proxies", ())
    if not _is_in(address, proxies):
        return address
    hops = ",".join(_all(scope, b"x-forwarded-for")).split(",")[-HOPS:]
    for hop in reversed(hops):
        if not (found := _address(hop.strip())):
            return address
        address = found
        if not _is_in(address, proxies):
            return address
    return address


def _all(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]


def _address(hop: str) -> str | None:
    found = _HOP.fullmatch(hop)
    try:
        return _plain(str(ip_address(found["address"]))) if found else None
    except ValueError:
        return None


def _plain(address: str) -> str:
    """An IPv4 address that came through an IPv6 socket (::ffff:192.0.2.1) as itself."""
    try:
        mapped = getattr(ip_address(address), "ipv4_mapped", None)
    except ValueError:
        return address
    return str(mapped) if mapped else address


def _is_in(address: str, networks: Networks) -> bool:
    if not networks:
        return False
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)
