"""Hosts: the address of a PostgreSQL that several servers keep together, of which one writes."""

import re
from urllib.parse import quote

from app.words import Words

NO_PLACE = Words(
    "{name}: нужен адрес базы вида postgresql://user@host/database, без пароля",
    "{name}: needs a database URL such as postgresql://user@host/database, without a password",
)
NO_HOSTS = Words(
    "{name}: не разобрать, какие серверы названы: нужно host:5432 или host:5432,host:5432",
    "{name}: cannot read which servers it names: host:5432 or host:5432,host:5432 is expected",
)

_ADDRESS = re.compile(
    r"(?P<scheme>postgres[^:/]*://)(?:(?P<user>[^/?#]*)@)?(?P<hosts>[^/?#]*)(?P<rest>.*)", re.DOTALL
)
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.%]+\]|[^\[\]:,]+)(?::(?P<port>\d{0,5}))?")

WRITING = "target_session_attrs"
"""The parameter of libpq that says which of several servers is wanted."""


def with_password(name: str, url: str, password: str) -> str:
    """An address with the password inserted; `name` is the setting that it belongs to.

    Raises:
        ValueError: it names no user, already has a password, or is not of PostgreSQL.

    """
    found = _ADDRESS.fullmatch(url)
    if not found or not found["user"] or ":" in found["user"]:
        raise ValueError(NO_PLACE.said(name=name))
    place = found["hosts"] + found["rest"]
    return f"{found['scheme']}{found['user']}:{quote(password, safe='')}@{place}"


def spread(name: str, url: str, wanted: str) -> str:
    """An address with several hosts in the form that SQLAlchemy reads too: in the query.

    `postgresql://user@a:5432,b/db` becomes `postgresql://user@/db?host=a,b&port=5432,5432`. Of
    several servers that one is meant which is `wanted`, unless the address says otherwise. Other
    addresses stay as they are.

    Raises:
        ValueError: a host or a port cannot be read; `name` is the setting that it belongs to.

    """
    found = _ADDRESS.fullmatch(url)
    if not found or not found["hosts"]:
        return url
    hosts = [_HOST.fullmatch(host) for host in found["hosts"].split(",")]
    if not all(hosts):
        raise ValueError(NO_HOSTS.said(name=name))
    if len(hosts) == 1:
        return url
    names = ",".join(host["name"].strip("[]") for host in hosts if host)
    ports = ",".join(host["port"] or "5432" for host in hosts if host)
    path, _, query = found["rest"].partition("?")
    parameters = [f"host={names}", f"port={ports}", *filter(None, query.split("&"))]
    if f"{WRITING}=" not in query:
        parameters.append(f"{WRITING}={wanted}")
    user = f"{found['user']}@" if found["user"] else ""
    return f"{found['scheme']}{user}{path or '/'}?{'&'.join(parameters)}"
