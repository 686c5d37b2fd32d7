"""Summary: one of a program's answers as a page, and as the file that the API gives.

A page reads what the API's endpoint reads, by the same function and with the same parameters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from app.database.transaction import Transaction
from app.indicators.catalogue import measure
from app.indicators.documents import Indicator
from app.indicators.facts import program_of
from app.indicators.figures import indicator
from app.model.grants import Verb
from app.pages import paging
from app.pages.days import days_of
from app.pages.navigation import INSIDE
from app.pages.page import Context, Page
from app.pages.visit import Visit
from app.program.doors import Door
from app.program.frame import Answer, Frame, Framed, framed
from app.registry.program_parts import IndicatorCode
from app.registry.programs import programs
from app.rest import media, queries
from app.rest.showing import record_shown

A = TypeVar("A", bound=Answer)

SECTION = "Ресурсы и итоги"


@dataclass(frozen=True)
class Summary(Generic[A]):
    """The page of one answer."""

    door: Door[A]
    told: Callable[[Visit, Framed, A], Context]
    """What the template is given besides the answer; it reads the same state."""
    codes: Sequence[IndicatorCode] = ()
    """The indicators above the table."""
    narrows: Mapping[str, queries.Reader] = field(default_factory=dict)
    """Parameters by which the page alone narrows its table; the API's answer is the whole one."""
    pages: Sequence[str] = (paging.PAGE,)
    """Parameters with the number of the page of each of its tables."""

    @property
    def address(self) -> str:
        """The address of the page."""
        return f"/programs/{{id}}/{self.door.name}"

    def declare(self) -> None:
        """Declare the page and its file."""
        Page(
            address=self.address,
            subject="indicators",
            verb=Verb.READ,
            template=f"{self.door.name}.html",
            show=self.show,
            section=SECTION,
            about="programs",
        )
        Page(
            address=f"{self.address}.xlsx",
            subject="indicators",
            verb=Verb.READ,
            template="",
            show=self.file,
            about="programs",
        )

    async def show(self, visit: Visit) -> Context:
        """What the page shows."""
        request = self._of_api(visit)
        count, asked = self.door.reads(request, False)  # noqa: FBT003 - as all readings

        def work(tx: Transaction) -> tuple[A, Context]:
            seen = framed(tx, visit.id, asked)
            body = count(seen)
            program = program_of(tx, visit.id)
            days = {"start_date": program.start_date, "end_date": program.end_date}
            return body, {
                "days": days_of(visit, days, body["as_of"]),
                "figures": figures(seen.frame, self.codes),
                **self.told(visit, seen, body),
            }

        body, context = await visit.read(work)
        record_shown(visit.request, programs, [str(visit.id)])
        download = f"{visit.request.url.path}.xlsx"
        query = request.url.query
        return {
            "title": next(
                entry.title for entry in INSIDE[SECTION] if entry.address == self.address
            ),
            "body": body,
            "download": f"{download}?{query}" if query else download,
            **context,
        }

    def _of_api(self, visit: Visit) -> Request:
        """The request without what the API does not know, which is read here."""
        readers = {**self.narrows, **dict.fromkeys(self.pages, paging.read)}
        given = visit.request.query_params.multi_items()
        queries.read(_with(visit.request, [pair for pair in given if pair[0] in readers]), readers)
        return _with(visit.request, [pair for pair in given if pair[0] not in readers])

    async def file(self, visit: Visit) -> Response:
        """The answer as XLSX."""
        return await self.door.file(visit.request, media.XLSX, visit.id)


def _with(request: Request, parameters: Sequence[tuple[str, str]]) -> Request:
    """The request with these parameters alone."""
    return Request({**request.scope, "query_string": urlencode(parameters).encode()})


def figures(frame: Frame | None, codes: Sequence[IndicatorCode]) -> dict[str, Indicator]:
    """Indicators by code, counted from the same rows; none outside the program's period."""
    if frame is None:
        return {}
    network = frame.network
    return {code: indicator(network.facts, code, measure(network, code)) for code in codes}
