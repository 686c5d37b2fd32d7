"""A visit: one request of a signed-in person for a page."""

import uuid
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import date, datetime
from functools import partial
from typing import TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from app.access import sessions
from app.access.callers import KeyHolder
from app.access.keyring import Session
from app.access.matrix import grant_of
from app.database.transaction import Transaction
from app.findings import Finding
from app.indicators.standing import HEAD
from app.intake.cells import as_id
from app.intake.receiving import Received
from app.model.grants import Verb
from app.model.resource import Resource
from app.pages import words
from app.pages.speaking import in_form, warned
from app.pages.typed import Typed
from app.problems import Forbidden, Problem
from app.registry import KINDS
from app.rest.called import names_by_id
from app.rest.deps import id_of, service_of
from app.rest.gate import caller_of
from app.rest.turns import threaded
from app.rest.writing import REPLAYED, Reply, write
from app.store.register import Written

T = TypeVar("T")


class Visit:
    """A request for a page, and what the page may need to answer it."""

    def __init__(
        self, request: Request, session: Session, addresses: Mapping[str, str] | None = None
    ) -> None:
        self.request = request
        self.session = session
        self.addresses = addresses or {}
        """The pages of records that the caller may open, by collection, with `{id}`."""
        self.headers: dict[str, str] = {}
        """Headers of the answer beside those that every page has."""
        self.file: Received | None = None
        """The file that came with the form."""
        self.held = AsyncExitStack()
        """What exists as long as the visit; a job that goes on afterwards takes it over."""
        self.typed: Typed | None = None
        """What the form held that was refused; None where a form is shown first."""
        self.candidates: dict[str, dict[str, str]] = {}
        """Records that a name in the form may mean, by field: their names by id."""
        self.problem: Problem | None = None
        """Why it was refused."""
        self.section = ""
        """The entry of the navigation that is marked, where the page alone does not say it."""
        self.issued: Sequence[object] | None = None
        """The sheets of the keys that the form has issued, empty if it was sent again."""

    @property
    def caller(self) -> KeyHolder:
        """Who looks at the page."""
        return self.session.holder

    @property
    def id(self) -> uuid.UUID:
        """The id in the address.

        Raises:
            NotFound: it is not a UUID.

        """
        return id_of(self.request)

    @property
    def today(self) -> date:
        """Today in the configured time zone."""
        return service_of(self.request).today()

    def day_of(self, moment: datetime | str | None) -> str:
        """The day on which a moment falls in the configured time zone."""
        return words.day_of(moment, service_of(self.request).settings.zone)

    @property
    def findings(self) -> list[Finding]:
        """What was wrong with the form, in its words."""
        subject = self.request.scope["subject"]
        found = self.problem.findings if self.problem else ()
        if subject in KINDS:
            return [in_form(KINDS[subject], each) for each in found]
        return [in_form(None, each) for each in found]

    @property
    def told(self) -> list[str]:
        """What the form before has to tell: its message, then the warnings about its record."""
        return (self.session.message or "").splitlines()

    def may(self, subject: str, verb: Verb) -> bool:
        """Whether the role has a right; the record itself may still be out of reach."""
        return grant_of(self.caller.role, subject).allows(verb)

    def may_touch(self, kind: Resource, record: Mapping[str, object]) -> bool:
        """Whether a record that a page shows is one of those that the caller may change."""
        names = {"municipality_id", kind.owner}
        stored = {"municipality_id": self.caller.home, "source": None, **record}
        ids = {name: as_id(text) for name, text in stored.items() if name in names and text}
        return self.caller.may_touch(kind, stored | ids)

    def demand_touch(self, kind: Resource, record: Mapping[str, object]) -> None:
        """Refuse a form before it is filled in, if what it changes is out of the caller's reach.

        Raises:
            Forbidden.

        """
        if not self.may_touch(kind, record):
            raise Forbidden

    def demand(self, subject: str, verb: Verb) -> None:
        """Refuse a visit that needs one more right than its page.

        Raises:
            Forbidden.

        """
        self.request.scope["subject"], self.request.scope["verb"] = subject, verb
        if not self.may(subject, verb):
            raise Forbidden

    def query(self, name: str) -> str:
        """A parameter of the address; empty if it is not there."""
        return self.request.query_params.get(name, "")

    def same(self, **changes: str) -> str:
        """The address of this page with other parameters; an empty one is left out."""
        kept = [pair for pair in self.request.query_params.multi_items() if pair[0] not in changes]
        return self.with_query([*kept, *changes.items()])

    def with_query(self, parameters: Sequence[tuple[str, str]]) -> str:
        """The address of this page with these parameters alone; an empty one is left out."""
        query = urlencode([pair for pair in parameters if pair[1]])
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    def link(self, collection: str, record_id: object) -> str | None:
        """The address of a record's page; None where it has none or the caller may not open it."""
        address = self.addresses.get(collection)
        return address.replace("{id}", str(record_id)) if address and record_id else None

    def at(self, address: str, given: Mapping[str, str]) -> str:
        """An address with parameters."""
        query = urlencode(given)
        return f"{address}?{query}" if query else address

    def form(self, collection: str, given: Mapping[str, str]) -> str:
        """The address of the form of a new record, some fields given; empty without the right."""
        if not self.may(collection, Verb.CREATE):
            return ""
        return self.at(f"/data/{KINDS[collection].path}/new", given)

    async def called(self, **ids: Iterable[object]) -> dict[str, str]:
        """The names of records by id, as far as the caller may read them; collections by name.

        What is no id has no name.
        """
        asked = {kind: {str(key) for key in keys if as_id(str(key))} for kind, keys in ids.items()}
        return await names_by_id(self.request, asked)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Read one snapshot of the register with the rights of the caller."""
        service = service_of(self.request)
        read = partial(service.database.read, work, caller_of(self.request))
        return await threaded(service.visits, read)

    async def recalled(self, question: Hashable, work: Callable[[Transaction], T]) -> T:
        """What `work` reads of records for the page of this path; nobody may change it.

        It is kept while no record changes, for all who have the same rights. `question` is what it
        depends on besides, the day of today included.
        """
        service, caller = service_of(self.request), caller_of(self.request)
        rights = caller.standpoint, *sorted(caller.bindings.items())
        key = self.request.url.path, question, rights
        head = tuple((await service.reader.rows(HEAD, {}))[0])
        known: T | None = service.memory.find(key, head)
        if known is None:
            known = await self.read(work)
            service.memory.keep(key, head, known, len(repr(known)))
        return known

    async def write(
        self,
        typed: Typed,
        work: Callable[[Transaction], Written | None],
        *,
        then: str | Callable[[Written | None], str],
        message: str | Callable[[Written | None], str] = "",
        of: Resource | None = None,
    ) -> Response:
        """Write in one transaction, once for each form, and go to the page `then`.

        `message` is shown there once, and with it the warnings about the record that was written,
        whose kind `of` names. A form that is sent again is told the same again.
        """

        def run(tx: Transaction) -> Reply:
            done = work(tx)
            warnings = warned(of, done.warnings) if of and done else []
            said = message if isinstance(message, str) else message(done)
            told = "\n".join(filter(None, (said, *warnings)))
            if told:
                sessions.tell(tx, self.session.id_hash, told)
            # The body is what is told, so that the stored answer keeps it.
            location = then if isinstance(then, str) else then(done)
            response = Response(told, 303, {"Location": location}, "text/plain")
            return Reply(response, of.name if of and done else None, done.id if done else None)

        answer = await write(self.request, run, typed.once)
        if REPLAYED in answer.headers and (told := bytes(answer.body).decode()):
            await write(self.request, lambda tx: self._tell(tx, told))
        return answer

    def _tell(self, tx: Transaction, told: str) -> Reply:
        sessions.tell(tx, self.session.id_hash, told)
        return Reply(Response())
