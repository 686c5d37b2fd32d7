"""Hosts: names of the service, and the address of a PostgreSQL of one server or several."""

import ipaddress
import re
import warnings
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
NO_OPTIONS = Words(
    "{name}: после знака ? стоит то, чего PostgreSQL не понимает. Причина: {why}",
    "{name}: PostgreSQL does not understand what follows the question mark. The reason: {why}",
)
NO_FILE_OPTIONS = Words(
    "{name}: после знака ? стоит то, чего SQLite не понимает: {options}. Уберите это из адреса.",
    "{name}: SQLite does not understand what follows the question mark: {options}. Remove it.",
)
NO_NAME = Words(
    "нужно имя без схемы и порта: {value}",
    "a name without scheme and port is expected: {value}",
)
NOT_ASCII = Words(
    "вместо {value} впишите {ascii}: так это имя передают браузеры",
    "write {ascii} instead of {value}: browsers send this name so",
)

_NAME = re.compile("[A-Za-z0-9._-]+")
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


def demand_options(name: str, url: str) -> None:
    """Refuse an address of a database with options that no connection takes.

    Raises:
        ValueError: an option is unknown or cannot be read; `name` is the setting.

    """
    if url.startswith("sqlite"):
        _demand_file_options(name, url)
        return
    # They take long to import, and neither SQLite nor a command that goes over HTTP needs them.
    from psycopg import ProgrammingError  # noqa: PLC0415
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415
    from sqlalchemy import make_url  # noqa: PLC0415
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        address = make_url(url).set(drivername="postgresql+psycopg")
        _, options = address.get_dialect()().create_connect_args(address)
        make_conninfo(**options)
    except (ArgumentError, ProgrammingError) as error:
        raise ValueError(NO_OPTIONS.said(name=name, why=error)) from error


def _demand_file_options(name: str, url: str) -> None:
    """Refuse an address of SQLite with options that its driver does not take.

    Raises:
        ValueError: an option is unknown or cannot be read; `name` is the setting.

    """
    _, _, options = url.partition("?")
    if not options:
        return
    # It takes long to import, and hardly any address of SQLite has options.
    from sqlalchemy import make_url  # noqa: PLC0415
    from sqlalchemy.exc import SAWarning  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            # What the driver does not know would be ignored with a warning.
            warnings.simplefilter("error", SAWarning)
            address = make_url(url)
            address.get_dialect()().create_connect_args(address)
    except (SAWarning, ValueError) as error:
        raise ValueError(NO_FILE_OPTIONS.said(name=name, options=options)) from error


def demand_name(name: str) -> None:
    """Refuse what is neither the name of a host, as browsers send it, nor an address.

    Raises:
        ValueError.

    """
    if _NAME.fullmatch(name) or _is_address(name):
        return
    try:
        ascii_name = name.encode("idna").decode()
    except UnicodeError:
        ascii_name = ""
    if _NAME.fullmatch(ascii_name):
        raise ValueError(NOT_ASCII.said(value=name, ascii=ascii_name))
    raise ValueError(NO_NAME.said(value=name))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
