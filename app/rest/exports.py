"""Exports: a whole list as a file, CSV or XLSX, sent while it is written."""

import asyncio
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from typing import NamedTuple

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
from app.model.view import View
from app.problems import Invalid
from app.registry import KINDS
from app.rest.called import NAMING
from app.rest.deps import service_of
from app.rest.gate import caller_of
from app.rest.long_books import FIRST, headed, rows_into
from app.rest.media import CSV, FILES, attachment
from app.rest.showing import names_persons, record_shown
from app.rest.spool import Spool
from app.rest.turns import turn
from app.rest.workbooks import MOST
from app.store import csv_lines, sheet_rows
from app.store.captions import Captions
from app.store.listing import Listing, listing
from app.store.query import Query, read_query
from app.store.spelling import exported, width
from app.store.unfolding import Row, selected, unfolding

STALL = 30.0
"""Seconds that sending a piece may take before the client counts as stalled."""

TOO_MANY = fault(
    "too_many_for_xlsx",
    "В лист Excel помещается {most} строк, а список занимает {count}. Возьмите CSV или сузьте "
    "список фильтрами.",
    "An Excel sheet holds {most} rows, and the list takes {count}. Request CSV, or narrow the list "
    "with filters.",
)


def export(request: Request, resource: Resource, kind: str) -> Response:
    """The answer with a list as a file.

    Raises:
        Invalid: a parameter is unknown, repeated, unreadable or belongs to paging.

    """
    parameters = request.query_params.multi_items()
    view = caller_of(request).view(resource.name)
    return _Export(request, resource, kind, read_query(resource, parameters, view, pages=False))


class _Listed(NamedTuple):
    """What an export reads."""

    tx: Transaction
    view: View
    records: Listing
    height: int
    """The rows of a workbook; 0 for other files."""


class _Export(Response):
    """A file written while it is sent; after the first piece an error can only cut it short."""

    def __init__(self, request: Request, resource: Resource, kind: str, query: Query) -> None:
        name = f"{service_of(request).today()}.{FILES[kind]}"
        headers = attachment(f"{resource.titles.all} {name}", f"{resource.path}-{name}")
        super().__init__(None, 200, headers, kind)
        del self.headers["content-length"]
        self._request = request
        self._resource = resource
        self._query = query
        self._fill = self._csv if kind == CSV else self._xlsx

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
        async with self._spooled() as spool:
            is_started = False
            async for piece in spool.pieces():
                if await self._request.is_disconnected():
                    return
                if not is_started:
                    await send(start)
                    is_started = True
                with anyio.fail_after(STALL):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

    @asynccontextmanager
    async def _spooled(self) -> AsyncIterator[Spool]:
        """The file, which is written meanwhile."""
        spool = Spool(service_of(self._request).spools)
        writing = asyncio.create_task(self._write(spool))
        try:
            yield spool
        finally:
            spool.leave()
            with CancelScope(shield=True):
                await writing
            spool.close()

    async def _write(self, spool: Spool) -> None:
        """Write the file in a thread that holds a place until the last row is read."""
        try:
            async with turn(service_of(self._request).exports, WAIT):
                await to_thread.run_sync(self._fill, spool)
        except Exception as error:  # noqa: BLE001 - whoever reads raises it
            spool.fail(error)

    def _csv(self, spool: Spool) -> None:
        columns = exported(self._resource)
        with self._reading() as listed:
            # Without the byte order mark Excel reads the file in the machine's legacy code page.
            spool.add(BOM_UTF8 + csv_lines.line(column.title for column in columns))
            lines = csv_lines.Lines(columns, self._captions(listed))
            with closing(self._rows(listed, columns)) as slices:
                for rows in slices:
                    if not spool.add(lines.of(rows)):
                        return
        spool.finish()

    def _xlsx(self, spool: Spool) -> None:
        columns, name = exported(self._resource), self._resource.titles.all
        with self._reading() as listed:
            headings = [(column.title, width(column)) for column in columns]
            frame = headed(name, headings, listed.height)
            sheet = sheet_rows.Rows(columns, self._captions(listed), frame.day, FIRST)
            with (
                rows_into(spool.file, frame) as write,
                closing(self._rows(listed, columns)) as slices,
            ):
                for rows in slices:
                    write(sheet.of(rows))
                    if not spool.count():
                        return
        spool.count()
        spool.finish()

    def _rows(
        self, listed: _Listed, columns: Sequence[Heading]
    ) -> Generator[Sequence[Row], None, None]:
        """The rows in slices; persons who are shown are recorded in the trail first."""
        resource = self._resource
        is_recorded = names_persons(resource, caller_of(self._request))
        told = [column for column in columns if not column.of]
        unfold = unfolding(told)
        asked = selected(resource, listed.tx.dialect, listed.view, told)
        with closing(listed.records.slices(listed.tx, asked)) as slices:
            for records in slices:
                if is_recorded:
                    record_shown(self._request, resource, [str(row[0]) for row in records])
                yield unfold(records)

    def _captions(self, listed: _Listed) -> Captions:
        """The names of records that rows refer to; the trail records the persons among them."""
        namer = NAMING.seen_by(caller_of(self._request), listed.tx.dialect)
        return Captions(listed.tx, namer, self._note)

    def _note(self, kind: str, ids: Sequence[str]) -> None:
        """Record in the trail the persons among the records that rows refer to."""
        if kind in KINDS.of_persons:
            record_shown(self._request, KINDS[kind], ids)

    @contextmanager
    def _reading(self) -> Iterator[_Listed]:
        """Open the export's read transaction; its audit entry is queued before the first row."""
        service, caller = service_of(self._request), caller_of(self._request)
        resource, view = self._resource, caller.view(self._resource.name)
        with service.database.reading(caller) as tx:
            records = listing(resource, tx.dialect, self._query, caller)
            is_book = self._fill == self._xlsx
            count, height = records.size(tx) if is_book else (records.count(tx), 0)
            if height > MOST:
                values = {"most": MOST, "count": height}
                raise Invalid(Finding(TOO_MANY, header="Accept", values=values))
            fields = resource.personal_fields if view.personal else ()
            act = Act("export", resource.name, (), fields, f"{count} rows")
            service.recorder.record(caller.actor, act)
            yield _Listed(tx, view, records, height)
