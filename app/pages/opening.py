"""Opening: a list whose columns are understood, or the question what they mean."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import NamedTuple

from anyio import to_thread

from app.findings import Finding
from app.intake.cures import PLACE
from app.intake.faults import (
    AMBIGUOUS_COLUMN,
    COLUMN_TWICE,
    HEADINGS_READ,
    MISSING_COLUMN,
    NO_SUCH_HEADING,
)
from app.intake.layout import lay_out
from app.intake.opening import sheets_of
from app.intake.receiving import Received
from app.intake.runs import Run, begun
from app.intake.sheets.refusals import NO_HEADER, SEVERAL_HEADERS
from app.intake.sheets.shapes import Sheet
from app.intake.wording import Headings
from app.pages.orders import Order
from app.pages.visit import Visit
from app.problems import Invalid
from app.rest.deps import service_of


class Column(NamedTuple):
    """A column of a list, as its sender is asked about it."""

    title: str
    field: str
    """What it is taken for; empty if it is not read."""
    cells: list[str]


class Unclear(Exception):  # noqa: N818 - asked about, never told as an error
    """The columns of a list are not understood; whoever sent it can say what they mean."""

    def __init__(self, sheet: Sheet, order: Order, findings: Sequence[Finding]) -> None:
        super().__init__()
        self.columns = [*_columns(sheet, order)]
        self.header_row = sheet.facts.header_row
        self.findings = findings


ABOUT_COLUMNS = {AMBIGUOUS_COLUMN, COLUMN_TWICE, HEADINGS_READ, MISSING_COLUMN, NO_SUCH_HEADING}
"""Faults that end when it is said what the columns mean."""

ABOUT_HEADINGS = {NO_HEADER, SEVERAL_HEADERS}
"""Faults that end when it is said in which row the headings stand."""

SHOWN = 3
"""Cells of a column that are shown, from its first rows."""


class Opened(NamedTuple):
    """A list whose columns are understood."""

    order: Order
    file: Received
    runs: Callable[[], Run]
    """A new run for each attempt."""
    first: Run


async def opened(visit: Visit, order: Order, file: Received) -> Opened:
    """Open a list that exists as long as the visit.

    Raises:
        Unclear: it is not understood what its columns mean, or where the headings stand.
        Invalid, NotAList, TooMuch: it is no list.

    """
    stack = visit.held.enter_context(ExitStack())
    try:
        sheets = await sheets_of(visit.request, stack, order.resource, order.terms, file)
    except Invalid as problem:
        found = {finding.fault for finding in problem.findings}
        if order.header_row or not found <= ABOUT_HEADINGS:
            raise
        sheet = await _tried(visit, stack, order, file)
        raise Unclear(sheet, order, problem.findings) from problem
    zone = service_of(visit.request).database.zone
    first_sheet = sheets()
    order = await to_thread.run_sync(_placed, visit, order, first_sheet)
    try:
        first = await to_thread.run_sync(begun, order.resource, order.terms, first_sheet, zone)
    except Invalid as problem:
        if all(finding.fault in ABOUT_COLUMNS for finding in problem.findings):
            raise Unclear(first_sheet, order, problem.findings) from problem
        raise
    ready = [first]

    def runs() -> Run:
        return ready.pop() if ready else begun(order.resource, order.terms, sheets(), zone)

    return Opened(order, file, runs, first)


async def _tried(visit: Visit, stack: ExitStack, order: Order, file: Received) -> Sheet:
    """The list with the first row as headings that looks like some.

    Raises:
        Invalid: none does.

    """
    for row in range(1, TRIED + 1):
        terms = replace(order, header_row=row).terms
        try:
            sheets = await sheets_of(visit.request, stack, order.resource, terms, file)
        except Invalid:
            if row == TRIED:
                raise
            continue
        sheet = sheets()
        if row == TRIED or sum(map(bool, sheet.headings)) >= FEWEST:
            return sheet
    raise AssertionError


TRIED, FEWEST = 10, 2
"""Rows that are tried, and headings that are enough."""


def _columns(sheet: Sheet, order: Order) -> Iterator[Column]:
    """The columns of a list with their first cells, and what each is taken for."""
    rows = [*itertools.islice((row for row in sheet.rows if any(row.cells)), SHOWN)]
    names = Headings(order.resource, order.columns)
    for at, title in enumerate(sheet.headings):
        if title:
            meanings = names.meanings(title) or ()
            cells = [str(row.cells[at])[:LONGEST] for row in rows if row.cells[at] is not None]
            yield Column(title, meanings[0].name if len(meanings) == 1 else "", cells)


LONGEST = 60
"""Characters of a cell that is shown."""


def _placed(visit: Visit, order: Order, sheet: Sheet) -> Order:
    """The order with an organization for all rows only if no row of the list names one."""
    if PLACE not in order.resource.write.model_fields:
        return order
    layout = lay_out(Headings(order.resource, order.columns), sheet.headings, order.columns)
    if PLACE in layout.without_empty(sheet.rows, {PLACE}).names:
        return order.placed(None)
    return order.placed(order.standing.get(PLACE) or visit.caller.organization_id)
