"""Drafting: a list that was sent is checked, kept as a draft, checked again and written."""

import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from starlette.responses import RedirectResponse, Response

from app.acts import Act
from app.database.transaction import Transaction
from app.intake.cures import PLACE
from app.intake.documents import ImportReport
from app.intake.later import Errand, accepted
from app.intake.layout import lay_out
from app.intake.opening import sheets_of
from app.intake.parameters import home_of
from app.intake.receiving import MULTIPART, Received
from app.intake.runs import Run, Watch, begun
from app.intake.wording import Headings
from app.pages.orders import Carried, Goal, Order, Task, carry
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.problems import StillRunning
from app.registry.participations import participations
from app.rest.deps import service_of
from app.rest.writing import Reply, write
from app.store import drafts, uploads
from app.store.uploads import Sent

SHORT = 2_000
"""Rows of a list that is checked or written before the answer; a longer one goes on after it."""

Runs = Callable[[], Run]


class Opened(NamedTuple):
    """A list whose columns are understood."""

    order: Order
    file: Received
    runs: Runs
    """A new run for each attempt."""
    first: Run


class Work(NamedTuple):
    """What is to be done with a list, and the draft that it is done for."""

    list: Opened
    task: Task
    keep: Callable[[Transaction], uuid.UUID]
    """Stores the draft as it is by now; its id."""


async def begin(
    visit: Visit, typed: Typed, order: Order, file: Received, *, instead_of: uuid.UUID | None
) -> Response:
    """Check a list that was just sent, keep it as a draft, and lead to what was found.

    Raises:
        Invalid: the event or the file is refused, and nothing is kept.
        DiskFull, Busy.

    """
    opened = await _opened(visit, order, file)

    def keep(tx: Transaction) -> uuid.UUID:
        if instead_of:
            drafts.drop(tx, instead_of)
        home = home_of(tx, replace(opened.order.terms, event_id=None))
        said = opened.order.as_json()
        return drafts.keep(
            tx, visit.session.id_hash, said, _pieces(file), name=file.name, home=home
        )

    task = Task(opened.order, file.name, Goal.CHECK, visit.today)
    return await _carry(visit, typed, Work(opened, task, keep))


async def proceed(
    visit: Visit, typed: Typed, draft: drafts.Kept, order: Order, goal: Goal
) -> Response:
    """Check the list of a draft with other decisions, or write it.

    Raises:
        Invalid: the event or a spelling is refused.
        NotFound: the draft has ended.

    """
    opened = await _opened(visit, order, await file_of(visit, draft))

    def keep(tx: Transaction) -> uuid.UUID:
        if drafts.hold(tx, draft.id) != draft.upload_id:
            # Another tab has begun to check or write it.
            raise StillRunning
        drafts.change(tx, draft.id, said=order.as_json())
        return draft.id

    task = Task(opened.order, draft.name, goal, visit.today)
    return await _carry(visit, typed, Work(opened, task, keep))


async def file_of(visit: Visit, draft: drafts.Kept) -> Received:
    """The file of a draft, as long as the visit lasts."""
    # It is closed with the visit, or with the job that takes it over.
    file = visit.held.enter_context(tempfile.NamedTemporaryFile(prefix="upload-"))  # noqa: SIM115

    def fill(tx: Transaction) -> None:
        for piece in drafts.pieces(tx, draft.id):
            file.write(piece)

    await visit.read(fill)
    file.flush()
    return Received(Path(file.name), MULTIPART, draft.name)


async def _opened(visit: Visit, order: Order, file: Received) -> Opened:
    stack = visit.held.enter_context(ExitStack())
    sheets = await sheets_of(visit.request, stack, participations, order.terms, file)
    zone = service_of(visit.request).database.zone
    first_sheet = sheets()
    order = _placed(visit, order, first_sheet.headings)
    first = begun(participations, order.terms, first_sheet, zone)
    ready = [first]

    def runs() -> Run:
        return ready.pop() if ready else begun(participations, order.terms, sheets(), zone)

    return Opened(order, file, runs, first)


def _placed(visit: Visit, order: Order, titles: Sequence[str]) -> Order:
    """The order with an organization for all rows only if the list has no column for it."""
    layout = lay_out(Headings(participations), titles)
    if PLACE in layout.names:
        return replace(order, organization_id=None)
    return replace(order, organization_id=order.organization_id or visit.caller.organization_id)


async def _carry(visit: Visit, typed: Typed, work: Work) -> Response:
    """Carry out a list at once, or after the answer if it is long."""
    if work.list.first.sheet.total > SHORT:
        return await _later(visit, typed, work)

    def whole(tx: Transaction) -> Reply:
        draft_id, import_id = work.keep(tx), uploads.new()
        done = carry(tx, work.task, work.list.runs(), import_id)
        _settle(tx, draft_id, done)
        if not done.is_written:
            return Reply(_to(f"/uploads/{draft_id}"))
        uploads.keep(tx, done.sent)
        act = Act("import", done.sent.collection, (str(import_id),), outcome=done.sent.status)
        tx.acts.append(act)
        return Reply(_to(f"/uploads/{import_id}/done"), record_id=import_id)

    return await write(visit.request, whole, typed.once)


async def _later(visit: Visit, typed: Typed, work: Work) -> Response:
    kept: list[uuid.UUID] = []

    def answer(tx: Transaction, report: ImportReport) -> Response:
        kept[:] = [work.keep(tx)]
        drafts.change(tx, kept[0], upload_id=uuid.UUID(report["id"]))
        return _to(f"/uploads/{kept[0]}")

    def carry_out(tx: Transaction, import_id: uuid.UUID, watch: Watch) -> Sent:
        drafts.hold(tx, kept[0])
        run = work.list.runs()
        run.watch = watch
        done = carry(tx, work.task, run, import_id)
        _settle(tx, kept[0], done)
        return done.sent

    def home(tx: Transaction) -> uuid.UUID | None:
        return home_of(tx, replace(work.task.order.terms, event_id=None))

    errand = Errand(work.list.first, work.task.name, carry_out, home, answer, typed.once)
    return await accepted(visit.request, errand, visit.held)


def _settle(tx: Transaction, draft_id: uuid.UUID, done: Carried) -> None:
    """Keep what was found or written in the draft, in the transaction of its effect."""
    if done.is_written:
        drafts.written(tx, draft_id, done.sent.id, done.result)
    else:
        drafts.change(tx, draft_id, checked=done.result, upload_id=None)


def _pieces(file: Received) -> Iterator[bytes]:
    with file.path.open("rb") as content:
        while piece := content.read(drafts.PIECE):
            yield piece


def _to(address: str) -> Response:
    return RedirectResponse(address, 303)
