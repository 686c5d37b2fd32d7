"""Opening: the sheet of a received list, opened before the transaction that reads it."""

from collections.abc import Callable
from contextlib import ExitStack

from anyio import to_thread
from starlette.requests import Request

from app.intake.receiving import UNNAMED, Received
from app.intake.sheets.opening import opened
from app.intake.sheets.refusals import NO_TEXT, NotAList
from app.intake.sheets.shapes import Sheet
from app.intake.terms import Terms
from app.intake.wording import Headings
from app.model.resource import Resource
from app.problems import Invalid
from app.rest.deps import service_of


async def sheets_of(
    request: Request, stack: ExitStack, resource: Resource, terms: Terms, file: Received
) -> Callable[[], Sheet]:
    """Open a list up to its header; returns the sheet once, then another for each retry.

    Raises:
        NotAList, TooMuch, Invalid.

    """
    books = service_of(request).books
    first = await to_thread.run_sync(_opened, stack, resource, terms, file, limiter=books)
    ready = [first]
    return lambda: ready.pop() if ready else _opened(stack, resource, terms, file)


def _opened(stack: ExitStack, resource: Resource, terms: Terms, file: Received) -> Sheet:
    names = Headings(resource, terms.columns)
    try:
        return stack.enter_context(opened(file.path, terms.asked, names.knows))
    except Invalid as problem:
        # Neither the media type nor the content says what the file is.
        if file.kind == UNNAMED and any(finding.fault is NO_TEXT for finding in problem.findings):
            raise NotAList(*problem.findings) from problem
        raise
