"""Settings: every environment variable of the service, once."""

import ipaddress
import os
import secrets
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What the administrator decides; each variable is the field's name behind `SN_`."""

    model_config = SettingsConfigDict(env_prefix="SN_", frozen=True)

    data: Path = Field(Path("data"), description="Folder of what is kept outside the database")
    database_url: str = Field("", description="sqlite:///… or postgresql://…; default: in `data`")
    host: str = Field("127.0.0.1", description="Address to listen on; loopback until keys exist")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on")
    time_zone: str = Field("Europe/Moscow", description="IANA zone that decides what today is")
    workers: int = Field(1, ge=1, le=64, description="Processes that serve")
    secret: str = Field("", description="Key of hashes and cursors; default: made once in `data`")
    hosts: str = Field("", description="x")
    inside_container: bool = Field(
        default=False, description="The container's wall allows listening on every address"
    )

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no such IANA time zone: {value}") from error
        return value

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if not self.inside_container and not _is_loopback(self.host):
            raise ValueError("SN_HOST must be a loopback address as long as there are no keys")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose calendar days count."""
        return ZoneInfo(self.time_zone)

    @property
    def url(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.data / 'school-network.db'}"

    @property
    def heads(self) -> Path:
        """The folder of the audit trail's heads, outside the database that they vouch for."""
        return self.data / "audit-heads"

    def secret_key(self) -> bytes:
        """The secret of keyed hashes and cursors; made once and kept beside the database."""
        if self.secret:
            return self.secret.encode()
        path = self.data / "secret"
        if not path.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"secret.{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_hex(32))
            # A link, not a rename: of two processes that start together, the first one's stays.
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip().encode()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
