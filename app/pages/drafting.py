"""Drafting: a list that was sent is checked, kept as a draft, checked again and written."""

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from anyio import to_thread
from starlette.responses import RedirectResponse, Response

from app import scratch
from app.acts import Act
from app.database.database import Database
from app.database.transaction import Transaction
from app.findings import Finding
from app.intake.documents import ImportReport
from app.intake.faults import HEADINGS_READ
from app.intake.later import Errand, accepted
from app.intake.receiving import MULTIPART, Received
from app.intake.runs import Watch
from app.model.caller import Caller
from app.pages import figures
from app.pages.carrying import Carried, Task, carry
from app.pages.figures import Before
from app.pages.meanings import readings
from app.pages.opening import Opened, Unclear, opened
from app.pages.orders import Goal, Order
from app.pages.speaking import in_form
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.problems import Problem, StillRunning
from app.rest.deps import service_of
from app.rest.gate import caller_of
from app.rest.writing import Reply, write
from app.store import drafts, uploads
from app.store.uploads import Sent

SHORT = 2_000
"""Rows of a list that is checked or written before the answer; a longer one goes on after it."""


log = logging.getLogger(__name__)

Keep = Callable[[Transaction, Order], uuid.UUID]
"""Stores the draft with an order as it is by now; its id."""


class Ended(NamedTuple):
    """A list that was carried out, and its draft."""

    draft_id: uuid.UUID
    done: Carried


class Work(NamedTuple):
    """What is to be done with a list, and the draft that it is done for."""

    list: Opened
    task: Task
    keep: Keep


async def begin(
    visit: Visit, typed: Typed, order: Order, file: Received, *, instead_of: uuid.UUID | None
) -> Response:
    """Check a list that was just sent, keep it as a draft, and lead to what was found.

    Raises:
        Invalid: the file or the event is refused, and nothing is kept.
        DiskFull, Busy.

    """

    def keep(tx: Transaction, now: Order) -> uuid.UUID:
        if instead_of:
            drafts.drop(tx, instead_of)
        session, said = visit.session.id_hash, now.as_json()
        return drafts.keep(tx, session, said, _pieces(file), name=file.name, home=now.home(tx))

    try:
        read = await opened(visit, order, file)
    except Unclear as unclear:
        return await _ask(visit, typed, order, unclear, keep)
    task = Task(read.order, file.name, Goal.CHECK, visit.today)
    return await _carry(visit, typed, Work(read, task, keep))


async def proceed(
    visit: Visit, typed: Typed, draft: drafts.Kept, order: Order, goal: Goal
) -> Response:
    """Check the list of a draft with other decisions, or write it.

    Raises:
        Invalid: the event or a spelling is refused.
        NotFound: the draft has ended.

    """

    def keep(tx: Transaction, now: Order) -> uuid.UUID:
        if drafts.hold(tx, draft.id) != draft.upload_id:
            # Another tab has begun to check or write it.
            raise StillRunning
        drafts.change(tx, draft.id, said=now.as_json())
        return draft.id

    try:
        read = await opened(visit, order, await file_of(visit, draft))
    except Unclear as unclear:
        return await _ask(visit, typed, order, unclear, keep)
    task = Task(read.order, draft.name, goal, visit.today)
    return await _carry(visit, typed, Work(read, task, keep))


async def file_of(visit: Visit, draft: drafts.Kept) -> Received:
    """The file of a draft, as long as the visit lasts."""
    # It is closed with the visit, or with the job that takes it over.
    file = visit.held.enter_context(NamedTemporaryFile(prefix="upload-", dir=scratch.folder()))  # noqa: SIM115

    def fill(tx: Transaction) -> None:
        for piece in drafts.pieces(tx, draft.id):
            file.write(piece)

    await visit.read(fill)
    file.flush()
    return Received(Path(file.name), MULTIPART, draft.name)


async def _ask(visit: Visit, typed: Typed, order: Order, unclear: Unclear, keep: Keep) -> Response:
    """Keep the list, and lead to the question what its columns mean."""
    told = [
        in_form(order.resource, finding).fault.words.fill("ru", _in_words(order, finding))
        for finding in unclear.findings
        if finding.fault is not HEADINGS_READ
    ]

    def ask(tx: Transaction) -> Reply:
        draft_id = keep(tx, order)
        checked = {
            "columns": [column._asdict() for column in unclear.columns],
            "header_row": unclear.header_row,
            "told": told,
        }
        drafts.change(tx, draft_id, checked=checked, upload_id=None)
        return Reply(_to(f"/uploads/{draft_id}"))

    return await write(visit.request, ask, typed.once)


def _in_words(order: Order, finding: Finding) -> Mapping[str, object]:
    """The values of a finding, with the headings of fields in place of their names."""
    titles = readings(order.resource)
    names = str(finding.values.get("fields", "")).split(", ")
    return {**finding.values, "fields": ", ".join(f"«{titles.get(name, name)}»" for name in names)}


async def _carry(visit: Visit, typed: Typed, work: Work) -> Response:
    """Carry out a list at once, or after the answer if it is long."""
    if work.list.first.sheet.total > SHORT:
        return await _later(visit, typed, work)

    before = await visit.read(partial(_before, task=work.task))
    ended: list[Ended] = []

    def whole(tx: Transaction) -> Reply:
        draft_id, import_id = work.keep(tx, work.task.order), uploads.new()
        done = carry(tx, work.task, work.list.runs(), import_id, before)
        _settle(tx, draft_id, done)
        ended[:] = [Ended(draft_id, done)]
        if not done.result["is_written"]:
            return Reply(_to(f"/uploads/{draft_id}"))
        uploads.keep(tx, done.sent)
        act = Act("import", done.sent.collection, (str(import_id),), outcome=done.sent.status)
        tx.acts.append(act)
        return Reply(_to(f"/uploads/{import_id}/done"), record_id=import_id)

    response = await write(visit.request, whole, typed.once)
    service = service_of(visit.request)
    for each in ended:
        tell = partial(_tell, service.database, caller_of(visit.request), each)
        await to_thread.run_sync(tell, limiter=service.writers)
    return response


async def _later(visit: Visit, typed: Typed, work: Work) -> Response:
    kept: list[uuid.UUID] = []
    before: list[Before | None] = []
    ended: list[Ended] = []

    def answer(tx: Transaction, report: ImportReport) -> Response:
        kept[:] = [work.keep(tx, work.task.order)]
        drafts.change(tx, kept[0], upload_id=uuid.UUID(report["id"]))
        return _to(f"/uploads/{kept[0]}")

    def count(database: Database, caller: Caller) -> None:
        before[:] = [database.read(partial(_before, task=work.task), caller)]

    def carry_out(tx: Transaction, import_id: uuid.UUID, watch: Watch) -> Sent:
        drafts.hold(tx, kept[0])
        run = work.list.runs()
        run.watch = watch
        done = carry(tx, work.task, run, import_id, before[0])
        _settle(tx, kept[0], done)
        ended[:] = [Ended(kept[0], done)]
        return done.sent

    def tell(database: Database, caller: Caller) -> None:
        for each in ended:
            _tell(database, caller, each)

    errand = Errand(
        work.list.first,
        work.task.name,
        carry_out,
        work.task.order.home,
        answer,
        typed.once,
        before=count,
        after=tell,
    )
    return await accepted(visit.request, errand, visit.held)


def _settle(tx: Transaction, draft_id: uuid.UUID, done: Carried) -> None:
    """Keep what was found or written in the draft, in the transaction of its effect."""
    if done.result["is_written"]:
        drafts.written(tx, draft_id, done.sent.id, done.result)
    else:
        drafts.change(tx, draft_id, checked=done.result, upload_id=None)


def _before(tx: Transaction, task: Task) -> Before | None:
    """The indicators before a list is written; nothing for a check, or without a program."""
    if task.goal == Goal.CHECK:
        return None
    program_id = figures.program_of(tx, task.order)
    return figures.before(tx, program_id, task.today) if program_id else None


def _tell(database: Database, caller: Caller, ended: Ended) -> None:
    """Keep in the draft what the list changed, after the commit.

    If that fails, the list is written all the same, and its page says that this is not known.
    """
    done = ended.done
    if done.effect is None:
        return
    try:
        moved = database.read(partial(figures.moved, done=done.effect), caller)
        checked = {**done.result, "figures": moved}
        change = partial(drafts.change, draft_id=ended.draft_id, checked=checked)
        database.write(change, caller)
    except Problem as problem:
        log.info("What a list changed was not counted", exc_info=problem)


def _pieces(file: Received) -> Iterator[bytes]:
    with file.path.open("rb") as content:
        while piece := content.read(drafts.PIECE):
            yield piece


def _to(address: str) -> Response:
    return RedirectResponse(address, 303)
