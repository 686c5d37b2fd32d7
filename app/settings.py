"""Settings: every environment variable of the service."""

import ipaddress
import os
import secrets
from datetime import datetime, time
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal, NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.hosts import demand_name, demand_options, spread, with_password
from app.secrecy import secret_in
from app.words import Words

_SCHEMES = ("postgres://", "postgresql://", "postgresql+psycopg://", "sqlite:///")
_IN_MEMORY = {"sqlite:///", "sqlite:///:memory:"}

TIME_ZONE = "Europe/Moscow"

NO_ZONE = Words("такого часового пояса IANA нет: {value}", "no such IANA time zone: {value}")
NOTHING = Words(
    "значение пусто. Уберите переменную, тогда действует {default}",
    "the value is empty. Remove the variable, and {default} is meant",
)
NO_NETWORK = Words(
    "это не адрес и не сеть: {value}", "it is neither an address nor a network: {value}"
)
TWO_URLS = Words(
    "SN_DATABASE_URL и SN_DATABASE_URL_FILE вместе не задают",
    "SN_DATABASE_URL and SN_DATABASE_URL_FILE exclude each other",
)
NO_DATABASE = Words(
    "{name}: нужен адрес базы вида postgresql://user@host/database или sqlite:///файл",
    "{name}: needs a database URL such as postgresql://user@host/database or sqlite:///file",
)
NO_REPLICA = Words(
    "SN_READ_URL: реплика бывает только у PostgreSQL",
    "SN_READ_URL: only PostgreSQL has replicas",
)
TWO_METRICS_KEYS = Words(
    "SN_METRICS_KEY и SN_METRICS_KEY_FILE вместе не задают",
    "SN_METRICS_KEY and SN_METRICS_KEY_FILE exclude each other",
)
SHORT_METRICS_KEY = Words(
    "SN_METRICS_KEY: нужно знаков не меньше {least}",
    "SN_METRICS_KEY: at least {least} characters are needed",
)
METRICS_KEY = 32
"""Characters that this key has at least."""

NO_TIME = Words("{text}: нужно время вида 02:30", "{text}: a time is written 02:30")


class Ledgers(NamedTuple):
    """Files that tell what a restored copy must not undo: destructions, and keys that ended."""

    destroyed: Path
    ended_keys: Path


class Settings(BaseSettings):
    """The administrator's settings; the variable of a field is `SN_` and the field's name."""

    # Validation errors must not print a URL, which may contain a password.
    model_config = SettingsConfigDict(env_prefix="SN_", frozen=True, hide_input_in_errors=True)

    data: Path = Field(Path("data"), description="Folder of what is kept outside the database")
    database_url: str = Field("", description="sqlite:///… or postgresql://…; default: in `data`")
    database_url_file: str = Field("", description="File that holds the URL instead")
    database_password_file: str = Field(
        "", description="File that holds the password, in any characters, which the URL leaves out"
    )
    pooler: Literal["", "plain", "prepared"] = Field(
        "",
        description="PgBouncer in transaction mode is in front of PostgreSQL; `prepared`: "
        "it is 1.21 or newer and carries prepared statements",
    )
    read_url: str = Field("", description="postgresql://… of a replica from which records are read")
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on")
    retention_days: int = Field(
        0, ge=0, le=36_500, description="Days after which personal data is due for destruction"
    )
    time_zone: str = Field(TIME_ZONE, description="IANA zone that decides what today is")
    workers: int = Field(1, ge=1, le=64, description="Processes that serve")
    secret: str = Field("", description="Key of hashes and cursors; default: made once in `data`")
    wrong_keys: int = Field(20, ge=1, description="Wrong keys that one address may try in a minute")
    address_days: int = Field(
        0, ge=0, le=30, description="Days for which addresses of those who asked are kept"
    )
    rate: int = Field(10_000, ge=1, description="Requests a second that one key may make")
    header_bytes: int = Field(
        65_536, ge=4_096, description="Bytes of a request's address and headers together"
    )
    header_fields: int = Field(100, ge=20, description="Headers of a request")
    header_seconds: float = Field(
        20, gt=0, description="Seconds in which a request's headers must be complete"
    )
    body_seconds: float = Field(
        30, gt=0, description="Seconds after which a body that does not go on is given up"
    )
    connections: int = Field(1_000, ge=1, description="Connections that a process keeps at once")
    drain: float = Field(
        5, ge=0, le=15, description="Seconds for which a service that stops still listens"
    )
    hosts: str = Field(
        "", description="Names that the service answers to, beside localhost and its address"
    )
    proxies: str = Field("", description="Addresses or networks whose X-Forwarded-For counts")
    language: Literal["", "ru", "en"] = Field(
        "", description="Language of the commands; default: English where the locale names it"
    )
    contact: str = Field(
        "", max_length=200, description="Whom pages tell people to ask: a name, a telephone, a mail"
    )
    metrics_key: str = Field("", description="Key that opens /metrics to other machines")
    metrics_key_file: str = Field("", description="File that holds this key instead")
    backup_at: str = Field(
        "02:30", description="Times of the day, comma between, at which `backup --at` makes a copy"
    )
    backup_keep: int = Field(
        0, ge=0, description="Copies that `backup --into` keeps in its folder; 0: all"
    )
    log: bool = Field(default=True, description="A line for each request on standard error")
    docs: bool = Field(default=True, description="Whether /docs and /openapi.json are served")

    @field_validator("data", "host", "time_zone", "backup_at", mode="before")
    @classmethod
    def _is_something(cls, value: object, asked: ValidationInfo) -> object:
        # Empty, the folder is the one where a command runs, the address all of the machine's.
        if isinstance(value, str) and not value.strip():
            raise ValueError(NOTHING.said(default=cls.model_fields[asked.field_name or ""].default))
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(NO_ZONE.said(value=value)) from error
        return value

    @field_validator("hosts")
    @classmethod
    def _are_names(cls, value: str) -> str:
        for name in _listed(value):
            demand_name(name)
        return value

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for name in _listed(value):
            try:
                ipaddress.ip_network(name)
            except ValueError as error:
                raise ValueError(NO_NETWORK.said(value=name)) from error
        return value

    @field_validator("backup_at")
    @classmethod
    def _are_times(cls, value: str) -> str:
        daily(value)
        return value

    @model_validator(mode="after")
    def _database_is_known(self) -> Self:
        if self.database_url and self.database_url_file:
            raise ValueError(TWO_URLS.said())
        # Read at once: a missing file stops the start with a message, not a later request.
        url = self.url
        if not url.startswith(_SCHEMES) or url in _IN_MEMORY:
            name = "SN_DATABASE_URL_FILE" if self.database_url_file else "SN_DATABASE_URL"
            raise ValueError(NO_DATABASE.said(name=name))
        if self.replica_url and not url.startswith("postgres"):
            raise ValueError(NO_REPLICA.said())
        demand_options("SN_DATABASE_URL", url)
        if self.replica_url:
            demand_options("SN_READ_URL", self.replica_url)
        return self

    @model_validator(mode="after")
    def _metrics_key_is_long(self) -> Self:
        if self.metrics_key and self.metrics_key_file:
            raise ValueError(TWO_METRICS_KEYS.said())
        # Whoever guesses it is not told from whoever knows it.
        if self.metrics_secret and len(self.metrics_secret) < METRICS_KEY:
            raise ValueError(SHORT_METRICS_KEY.said(least=METRICS_KEY))
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which days are counted."""
        return ZoneInfo(self.time_zone)

    @property
    def host_names(self) -> frozenset[str]:
        """The names that the service answers to, in the form of the Host header."""
        names = {"localhost", "127.0.0.1", "::1", self.host, *_listed(self.hosts)}
        return frozenset(f"[{name}]" if ":" in name else name.lower() for name in names)

    @property
    def proxy_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The proxies in front of the service."""
        return tuple(ipaddress.ip_network(name) for name in _listed(self.proxies))

    @cached_property
    def url(self) -> str:
        """The database's URL, including the password."""
        url = self.database_url
        if self.database_url_file:
            url = secret_in("SN_DATABASE_URL_FILE", self.database_url_file)
        if self._password:
            url = with_password("SN_DATABASE_PASSWORD_FILE", url, self._password)
        url = url or f"sqlite:///{self.data / 'school-network.db'}"
        return spread("SN_DATABASE_URL", url, "primary")

    @cached_property
    def replica_url(self) -> str:
        """The URL of a replica, including the password, which is that of the database."""
        url = self.read_url
        if url and self._password:
            url = with_password("SN_READ_URL", url, self._password)
        return spread("SN_READ_URL", url, "prefer-standby")

    @cached_property
    def _password(self) -> str:
        """The password that stands in a file of its own."""
        if not self.database_password_file:
            return ""
        return secret_in("SN_DATABASE_PASSWORD_FILE", self.database_password_file)

    @cached_property
    def metrics_secret(self) -> bytes:
        """The key that opens the metrics to other machines; empty if none does."""
        if self.metrics_key_file:
            return secret_in("SN_METRICS_KEY_FILE", self.metrics_key_file).encode()
        return self.metrics_key.encode()

    @property
    def heads(self) -> Path:
        """The folder of the audit trail's heads, kept outside the database."""
        return self.data / "audit-heads"

    @property
    def ledgers(self) -> Ledgers:
        """The ledgers, kept outside the database and its backups."""
        return Ledgers(self.data / "destroyed.jsonl", self.data / "ended-keys.jsonl")

    def secret_key(self) -> bytes:
        """The secret of keyed hashes and cursors; generated once and stored in `data`.

        Raises:
            OSError: its file cannot be read or made.

        """
        if self.secret:
            return self.secret.encode()
        path = self.data / "secret"
        if not path.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"secret.{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_hex(32))
            # A link fails if the file exists: of two starting processes, the first one wins.
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        try:
            return secret_in("SN_DATA", str(path)).strip().encode()
        except ValueError as error:
            # It is a file of the data folder, and told like others of them.
            raise OSError(str(error)) from error


def daily(text: str) -> list[time]:
    """Times of the day: 02:30, or 02:30,14:30.

    Raises:
        ValueError: it is neither; the message says what is expected.

    """
    try:
        return [datetime.strptime(each.strip(), "%H:%M").time() for each in text.split(",")]  # noqa: DTZ007 - a time of every day
    except ValueError as error:
        raise ValueError(NO_TIME.said(text=text)) from error


def _listed(value: str) -> list[str]:
    return [name.strip(" []") for name in value.split(",") if name.strip(" []")]
