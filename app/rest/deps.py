"""Dependencies: what every endpoint uses of the service, and reading of paths."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime

from anyio import CapacityLimiter
from starlette.requests import Request

from app.access.followers import Followers
from app.access.keyring import Keyring
from app.database.engines import EXPORTS
from app.database.reading import Reader
from app.findings import Finding
from app.journal.recorder import Recorder
from app.journal.register import Register
from app.journal.replicas import Primary, Records
from app.model.faults import NOT_A_KEY
from app.model.values import is_key
from app.problems import Invalid, NotFound
from app.rest.jobs import Jobs
from app.rest.known import Known
from app.rest.memory import Memory
from app.rest.origins import Origins
from app.rest.spool import Spools
from app.rest.strangers import Strangers
from app.rest.throttle import Buckets, Failures
from app.settings import Settings
from app.store.figures import Pending
from app.store.query import UNKNOWN_PARAMETER

BOOKS = 2
"""Two, as the smallest machine has two cores; each process may take a GiB of memory."""

VISITS = 1
"""Pages are drawn in Python: two at once take no less time, and hold up the API's readers."""

PAPERS = 1
"""A document of a large program takes 100 MB, and Python's part of it holds up other requests."""

_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class Service:
    """The parts of one process of the service."""

    settings: Settings
    database: Register
    reader: Reader
    """Reads from the database that takes writes."""
    records: Primary | Records
    """Reads records, from a replica where one suffices."""
    writers: CapacityLimiter
    keyring: Keyring
    failures: Failures
    """Counts wrong keys by address."""
    strangers: Strangers
    """Counts refusals without a valid key."""
    origins: Origins
    buckets: Buckets
    recorder: Recorder
    jobs: Jobs
    books: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(BOOKS))
    """Limits the lists parsed at once, each in a child process."""
    papers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(PAPERS))
    """Limits the documents made at once."""
    visits: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(VISITS))
    """Limits what is read and drawn for pages at once, so that they leave the writers their places
    and wait for each other, not the API for them."""
    exports: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(EXPORTS))
    """Limits the whole lists that are read at once."""
    spools: Spools = field(default_factory=Spools)
    """Limits the files of exports that wait for their readers."""
    memory: Memory = field(default_factory=Memory)
    """A cache of computed answers."""
    counting: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
    """Lets one request at a time count many programs; the others find what it has counted."""
    figures: Pending = field(default_factory=Pending)
    """Counted answers that wait to be kept in the database."""
    known: Known = field(default_factory=Known)
    """A cache of names."""
    followers: Followers = field(default_factory=Followers)
    """Where keys read the change feed."""
    running: set[str] = field(default_factory=set)
    """Idempotent writes in progress."""

    def today(self) -> date:
        """Today in the configured time zone."""
        return datetime.now(self.settings.zone).date()


def service_of(request: Request) -> Service:
    """The service that handles the request."""
    service: Service = request.app.state.service
    return service


def id_of(request: Request, name: str = "id") -> uuid.UUID:
    """The id in the path.

    Raises:
        NotFound: it is not a UUID, so no record has it.

    """
    return uuid.UUID(spoken_id_of(request, name))


def spoken_id_of(request: Request, name: str = "id") -> str:
    """The id in the path as a text, as answers and statements have it.

    Raises:
        NotFound: it is not a UUID, so no record has it.

    """
    text: str = request.path_params[name]
    if not _ID.fullmatch(text):
        raise NotFound
    return text.lower()


def pair_of(request: Request, *, is_made: bool = False) -> tuple[str, str]:
    """The source and the source key in the path; `is_made` if the record may be new.

    Raises:
        NotFound: no record can have such a key.
        Invalid: it is to have one.

    """
    pair = {name: request.path_params[name] for name in ("source", "source_key")}
    wrong = [name for name, text in pair.items() if not is_key(text)]
    if wrong and is_made:
        raise Invalid(*(Finding(NOT_A_KEY, parameter=name) for name in wrong))
    if wrong:
        raise NotFound
    return pair["source"], pair["source_key"]


def no_query(request: Request, *allowed: str) -> None:
    """Refuse parameters that the operation does not know."""
    if not request.scope["query_string"]:
        return  # to parse nothing takes longer than this look
    names = [name for name, _ in request.query_params.multi_items()]
    faults = [Finding(UNKNOWN_PARAMETER, parameter=name) for name in names if name not in allowed]
    if faults:
        raise Invalid(*faults)
