"""Later: lists that are accepted at once and written afterwards, with their progress.

The answer 202 says only that a list is accepted. All that can be known without its rows was checked
before; what becomes of it is told by its report.
"""

import json
import logging
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import cast

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from app.database.database import Database
from app.database.transaction import Transaction
from app.intake.carrying import carried
from app.intake.codes import ImportStatus
from app.intake.documents import ImportProgress, ImportReport
from app.intake.duplicates import Duplicates
from app.intake.parameters import home_of
from app.intake.report import Tally, file_of, report
from app.intake.runs import Run, Watch
from app.model.caller import SERVICE, Caller
from app.problems import Busy, ImportInterrupted, Problem
from app.rest.crud import compute, private
from app.rest.deps import Service, service_of
from app.rest.errors import told
from app.rest.gate import caller_of
from app.rest.jobs import Jobs
from app.rest.preferences import ASYNC
from app.rest.turns import threaded
from app.rest.writing import REPLAYED, Reply, write
from app.store import pulse, running, uploads
from app.store.pulse import Pulse
from app.store.uploads import RUNNING, Kept, Sent

PATIENCE = 60
"""How often a list is tried while other writers keep the database busy, each time for seconds."""

log = logging.getLogger(__name__)


def nothing(_database: Database, _caller: Caller) -> None:
    """Do nothing before or after a list."""


Carry = Callable[[Transaction, uuid.UUID, Watch], Sent]
"""Carries out a list under the id of its upload, once for each attempt, and says how it ended."""


@dataclass(frozen=True)
class Errand:
    """A list that is to be carried out after its request was answered."""

    first: Run
    """What is known of it before its rows are read."""
    name: str | None
    """The name of its file."""
    carry: Carry
    home: Callable[[Transaction], uuid.UUID | None]
    answer: Callable[[Transaction, ImportReport], Response]
    """Answers the request, in the transaction that accepts the list."""
    once: str | None = None
    """The idempotency key of a form."""
    before: Callable[[Database, Caller], None] = nothing
    """Is called before each attempt to write the list."""
    after: Callable[[Database, Caller], None] = nothing
    """Is called when the list is committed."""

    @classmethod
    def of_list(cls, run_of: Callable[[], Run], name: str | None) -> "Errand":
        """A list that was sent to its door; `run_of` begins a new run for each attempt."""
        first = run_of()
        runs = _first_then(first, run_of)

        def carry(tx: Transaction, import_id: uuid.UUID, watch: Watch) -> Sent:
            run = runs()
            run.watch = watch
            return carried(tx, run, import_id, name)

        return cls(first, name, carry, lambda tx: home_of(tx, first.terms), _accepted)


def _accepted(_: Transaction, body: ImportReport) -> Response:
    headers = {"Location": f"/api/v1/imports/{body['id']}", "Preference-Applied": ASYNC}
    return private(json.dumps(body, ensure_ascii=False), 202, headers)


@dataclass
class Accepted:
    """A list that is to be written after its request was answered."""

    id: uuid.UUID
    errand: Errand
    pulse: Pulse
    database: Database
    caller: Caller
    jobs: Jobs

    @property
    def total(self) -> int:
        """Its rows."""
        return self.errand.first.sheet.total

    def carry_out(self) -> None:
        """Write the list; whatever prevents it is told by its report."""
        try:
            self._persist()
        except Problem as problem:
            self._reject(problem)
        except Exception as error:
            log.exception("A list could not be written", exc_info=error)
            self._reject(Problem())
        else:
            self.errand.after(self.database, self.caller)

    def _persist(self) -> None:
        for _ in range(PATIENCE):
            try:
                self.errand.before(self.database, self.caller)
                return self.database.write(self._write, self.caller)
            except Busy:
                self._demand_life()
        raise Busy

    def _write(self, tx: Transaction) -> None:
        self._watch(0, 0)
        sent = self.errand.carry(tx, self.id, self._watch)
        stats = cast("ImportReport", sent.report)["stats"]
        self._watch(self.total, stats["created"] + stats["updated"])
        running.finish(tx, sent)

    def _watch(self, read: int, written: int) -> None:
        """Tell how far the list is, unless it has to end here."""
        self._demand_life()
        self.pulse.tell(json.dumps(_progress(self.total, read, written)))

    def _demand_life(self) -> None:
        if self.jobs.is_stopping:
            raise ImportInterrupted

    def _reject(self, problem: Problem) -> None:
        try:
            self.database.write(lambda tx: _reject(tx, self.id, problem), self.caller)
        except Problem:
            # Its sign ends with this job: whoever asks for its report next tells the same.
            log.warning("The end of a list could not be stored")


async def accepted(request: Request, errand: Errand, held: AsyncExitStack) -> Response:
    """Answer that a list is accepted, and write it afterwards; `held` is closed when that is done.

    Raises:
        Busy: too many lists wait already.
        Invalid: a column or a parameter is wrong.

    """
    service, first, import_id = service_of(request), errand.first, uploads.new()
    database, jobs, total = service.database, service.jobs, first.sheet.total

    def work(tx: Transaction) -> Reply:
        # Not before: the repetition of an accepted request needs no place.
        jobs.accept(import_id)
        body, progress = _begun(import_id, first, errand.name), _progress(total, 0, 0)
        home, kind = errand.home(tx), first.resource.name
        sent = Sent(import_id, kind, home, ImportStatus.RUNNING, body, None)
        running.accept(tx, sent, cast("dict[str, int]", progress))
        body["progress"] = progress
        return Reply(errand.answer(tx, body), record_id=import_id)

    sign = await to_thread.run_sync(pulse.begun, database, import_id)
    held.push_async_callback(to_thread.run_sync, sign.end)
    held.callback(jobs.leave, import_id)
    response = await write(request, work, errand.once)
    if REPLAYED not in response.headers:
        job = Accepted(import_id, errand, sign, database, caller_of(request), jobs)
        jobs.start(partial(_carry_out, service, job, held.pop_all()))
    return response


async def _carry_out(service: Service, job: Accepted, held: AsyncExitStack) -> None:
    async with held:
        await to_thread.run_sync(job.carry_out, limiter=service.writers)


def _first_then(first: Run, more: Callable[[], Run]) -> Callable[[], Run]:
    """The first run once, then another one for each attempt."""
    ready = [first]
    return lambda: ready.pop() if ready else more()


def _begun(import_id: uuid.UUID, run: Run, name: str | None) -> ImportReport:
    """The report of a list none of whose rows is read yet."""
    facts = file_of(run.sheet.facts, name)
    empty = report(import_id, Tally(), Duplicates(), run.terms, facts)
    return {**empty, "status": ImportStatus.RUNNING}


def _progress(total: int, read: int, written: int) -> ImportProgress:
    return {"total": total, "read": read, "written": written}


def _reject(tx: Transaction, import_id: uuid.UUID, problem: Problem) -> None:
    running.reject(tx, import_id, told(problem, "ru", str(import_id)))


def shown(database: Database, import_id: uuid.UUID, upload: Kept) -> ImportReport:
    """The report of an upload, with its progress while it runs."""
    body: ImportReport = json.loads(upload.report)
    if upload.status == RUNNING and upload.progress:
        body["progress"] = json.loads(pulse.told(database, import_id) or upload.progress)
    return body


def settled(database: Database, running_ids: Iterable[uuid.UUID]) -> bool:
    """End uploads that nobody carries out any more; whether there were any.

    Raises:
        Busy, DiskFull, Unavailable.

    """
    dead = [each for each in running_ids if not pulse.is_felt(database, each)]
    for each in dead:
        database.write(partial(_reject, import_id=each, problem=ImportInterrupted()), SERVICE)
    return bool(dead)


async def current(request: Request, upload_id: uuid.UUID) -> Kept:
    """An upload as it is now: one that ended with its process is not running any more.

    Raises:
        NotFound: the caller sees none.

    """
    upload = await compute(request, lambda tx: uploads.one(tx, upload_id))
    if upload.status == RUNNING and await settle(request, [upload_id]):
        return await compute(request, lambda tx: uploads.one(tx, upload_id))
    return upload


async def settle(request: Request, running_ids: Sequence[uuid.UUID]) -> bool:
    """End uploads that nobody carries out any more; whether there were any."""
    if not running_ids:
        return False
    service = service_of(request)
    return await threaded(service.writers, settled, service.database, running_ids)
