"""Exports: a whole list as a file, CSV or XLSX, streamed."""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterable,
    Iterator,
    Sequence,
)
from contextlib import asynccontextmanager, closing, contextmanager
from itertools import chain
from tempfile import TemporaryFile

import anyio
from anyio import CancelScope, to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.acts import Act
from app.database.transaction import Transaction
from app.database.turn import WAIT
from app.findings import Finding, fault
from app.model.headings import Heading
from app.model.resource import Resource
from app.problems import Invalid
from app.registry import KINDS
from app.rest.called import NAMING
from app.rest.deps import service_of
from app.rest.gate import caller_of
from app.rest.media import CSV, FILES, attachment
from app.rest.showing import names_persons, record_shown
from app.rest.turns import turn
from app.rest.workbooks import MOST, Book
from app.store import csv_lines, speech
from app.store.captions import Captions
from app.store.listing import Listing, Row, listing
from app.store.query import read_query
from app.store.spelling import exported, speller, width
from app.store.unfolding import asked, unfolded, with_names

STALL = 30.0
"""Seconds that sending a piece may take before the client counts as stalled."""

_PIECE = 256 * 1024
"""Bytes of a workbook sent at a time."""

TOO_MANY = fault(
    "too_many_for_xlsx",
    "В лист Excel помещается {most} строк, а список занимает {count}. Возьмите CSV или сузьте "
    "список фильтрами.",
    "An Excel sheet holds {most} rows, and the list takes {count}. Request CSV, or narrow the list "
    "with filters.",
)

Pieces = Generator[bytes, None, None]


def export(request: Request, resource: Resource, kind: str) -> Response:
    """The answer with a list as a file.

    Raises:
        Invalid: a parameter is unknown, repeated, unreadable or belongs to paging.

    """
    caller, dialect = caller_of(request), service_of(request).database.dialect
    parameters = request.query_params.multi_items()
    query = read_query(resource, parameters, caller.view(resource.name), pages=False)
    columns, view = exported(resource), caller.view(resource.name)
    if kind == CSV:
        shown = f"CAST(t.id AS TEXT), {csv_lines.lines(resource, dialect, view, columns)}"
    else:
        shown = speech.texts(resource, dialect, view, asked(_selected(columns)))
    return _Export(request, resource, kind, listing(resource, dialect, query, caller, shown))


def _selected(columns: Sequence[Heading]) -> list[Heading]:
    """The columns of which a workbook is made: names are read by the ids."""
    return [column for column in columns if not column.of]


class _Export(Response):
    """A file produced while it is sent; after the first piece an error can only cut it short."""

    def __init__(self, request: Request, resource: Resource, kind: str, listed: Listing) -> None:
        name = f"{service_of(request).today()}.{FILES[kind]}"
        headers = attachment(f"{resource.titles.all} {name}", f"{resource.path}-{name}")
        super().__init__(None, 200, headers, kind)
        del self.headers["content-length"]
        self._request = request
        self._resource = resource
        self._listed = listed
        self._pieces = self._csv if kind == CSV else self._xlsx

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the file piece by piece.

        Raises:
            Busy, Unavailable, Invalid: before anything was sent.
            TimeoutError: the client has stalled.

        """
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        if scope["is_head"]:
            await send(start)
            await send({"type": "http.response.body", "body": b""})
            return
        places = service_of(self._request).exports
        async with turn(places, WAIT), _stepped(self._pieces()) as step:
            piece = await step()
            await send(start)
            while piece is not None and not await self._request.is_disconnected():
                with anyio.fail_after(STALL):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await step()
            await send({"type": "http.response.body", "body": b""})

    def _csv(self) -> Pieces:
        headings = csv_lines.written(column.title for column in exported(self._resource))
        with self._reading() as tx, closing(self._listed.slices(tx)) as slices:
            captions = self._captions(tx, csv_lines.name_cell)
            # Without the byte order mark Excel reads the file in the machine's legacy code page.
            yield f"\ufeff{headings}".encode()
            for rows in self._recorded(slices):
                lines = "".join(str(line) for _, line in rows)
                yield csv_lines.named(lines, captions).encode()

    def _xlsx(self) -> Pieces:
        columns = exported(self._resource)
        selected, spell = _selected(columns), speller(columns)
        with TemporaryFile() as file:
            with self._reading() as tx, Book(file, flat=True) as book:
                titles, widths = zip(*((each.title, width(each)) for each in columns), strict=True)
                page = book.sheet(self._resource.titles.all, titles, widths=widths)
                captions = self._captions(tx)
                slices = self._recorded(self._listed.slices(tx))
                told = (unfolded(selected, records) for records in slices)
                rows = (spell(with_names(selected, each, captions)) for each in told)
                count = book.fill(page, chain.from_iterable(rows))
                page.autofilter(0, 0, count, len(columns) - 1)
            file.seek(0)
            while piece := file.read(_PIECE):
                yield piece

    def _recorded(self, slices: Iterable[Sequence[Row]]) -> Iterator[Sequence[Row]]:
        """The rows, which begin with their ids; those shown are recorded in the trail first."""
        is_recorded = names_persons(self._resource, caller_of(self._request))
        for rows in slices:
            if is_recorded:
                record_shown(self._request, self._resource, [str(row[0]) for row in rows])
            yield rows

    def _captions(self, tx: Transaction, cell: Callable[[str], str] = str) -> Captions:
        """The names of records that the rows refer to; the trail records the persons among them."""
        caller = caller_of(self._request)

        def note(kind: str, ids: Sequence[str]) -> None:
            if kind in KINDS.of_persons:
                record_shown(self._request, KINDS[kind], ids)

        return Captions(tx, NAMING.seen_by(caller, tx.dialect), note, cell)

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        """Open the export's read transaction; its audit entry is queued before the first row."""
        service, caller = service_of(self._request), caller_of(self._request)
        view = caller.view(self._resource.name)
        with service.database.reading(caller) as tx:
            count = self._listed.count(tx)
            if self._pieces == self._xlsx and (height := self._listed.height(tx)) > MOST:
                values = {"most": MOST, "count": height}
                raise Invalid(Finding(TOO_MANY, header="Accept", values=values))
            fields = self._resource.personal_fields if view.personal else ()
            act = Act("export", self._resource.name, (), fields, f"{count} rows")
            service.recorder.record(caller.actor, act)
            yield tx


@asynccontextmanager
async def _stepped(pieces: Pieces) -> AsyncIterator[Callable[[], Awaitable[bytes | None]]]:
    """Yield a step that makes the next piece in a thread; closes the generator at the end."""

    async def step() -> bytes | None:
        return await to_thread.run_sync(next, pieces, None)

    try:
        yield step
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(pieces.close)
