"""What endpoints share: the service's database and reading lane, and reading a path."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime

from anyio import CapacityLimiter
from starlette.requests import Request

from app.access.keyring import Keyring
from app.database.database import Database
from app.database.engines import EXPORTS
from app.database.reading import Reader
from app.findings import Finding
from app.journal.recorder import Recorder
from app.model.values import KEY_PATTERN
from app.problems import Invalid, NotFound
from app.rest.memory import Memory
from app.rest.origins import Origins
from app.rest.strangers import Strangers
from app.rest.throttle import Buckets, Failures
from app.settings import Settings
from app.store.search import UNKNOWN_PARAMETER

BOOKS = 2
"""As many as there are cores on the smallest machine; each may take a GiB of memory."""

_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class Service:
    """What one process works with."""

    settings: Settings
    database: Database
    reader: Reader
    writers: CapacityLimiter
    keyring: Keyring
    failures: Failures
    """Wrong keys, by address."""
    strangers: Strangers
    """Refusals of those who come without a valid key."""
    origins: Origins
    buckets: Buckets
    recorder: Recorder
    books: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(BOOKS))
    """Lists that are taken apart at once, each in a process of its own."""
    exports: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(EXPORTS))
    """Whole lists that are given at once."""
    memory: Memory = field(default_factory=Memory)
    """Answers that took counting."""
    running: set[str] = field(default_factory=set)
    """Writes with an Idempotency-Key that have not ended."""

    def today(self) -> date:
        """The day in the configured zone."""
        return datetime.now(self.settings.zone).date()


def service_of(request: Request) -> Service:
    """The service behind a request."""
    service: Service = request.app.state.service
    return service


def id_of(request: Request, name: str = "id") -> uuid.UUID:
    """The id in the path; what is none names nothing."""
    text = request.path_params[name]
    if not _ID.fullmatch(text):
        raise NotFound
    return uuid.UUID(text)


def pair_of(request: Request) -> tuple[str, str]:
    """The foreign pair in the path."""
    source, key = request.path_params["source"], request.path_params["source_key"]
    if not all(re.fullmatch(KEY_PATTERN, text) and "\n" not in text for text in (source, key)):
        raise NotFound
    return source, key


def no_query(request: Request, *known: str) -> None:
    """Refuse parameters that the operation does not have."""
    said = [name for name, _ in request.query_params.multi_items()]
    faults = [Finding(UNKNOWN_PARAMETER, parameter=name) for name in said if name not in known]
    if faults:
        raise Invalid(*faults)
