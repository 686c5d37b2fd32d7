"""Answering: a document as JSON or as a file, by the Accept header."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from app.acts import Act
from app.database.transaction import Transaction
from app.documents.formats import FORMATS, etag
from app.documents.paper import Paper, canonical, digest
from app.documents.wording import day
from app.json_types import Schema
from app.model.resource import Resource
from app.rest import docs, media, preconditions, queries
from app.rest.answers import answer_of
from app.rest.crud import compute, fresh, unchanged
from app.rest.deps import service_of
from app.rest.gate import caller_of
from app.rest.showing import record_shown
from app.rest.turns import turn

DOWNLOAD = docs.query_parameter(
    "download", {"type": "boolean"}, "true — сохранить файлом с русским именем"
)
PATIENCE = 30.0
"""Seconds that a document waits for its turn: several large ones take that long."""
READERS: Mapping[str, queries.Reader] = {"download": queries.one_of("true", "false")}
"""Readers of `DOWNLOAD`."""


def is_saved(query: Mapping[str, object]) -> bool:
    """Whether a query asks for a file that the browser saves."""
    return query.get("download") == "true"


@dataclass(frozen=True)
class Shelf:
    """A kind of document as an endpoint gives it out."""

    name: str
    """Its name in ASCII, for old clients."""
    title: str
    """Its name as a file, before the day."""
    about: Resource
    """The kind of record that it is about; the trail notes its export."""


class Shown(NamedTuple):
    """A document, and the records by which it names persons."""

    paper: Paper
    kind: Resource
    ids: list[str]


class Wanted(NamedTuple):
    """A document that is asked for."""

    shelf: Shelf
    work: Callable[[Transaction], Shown]
    """Makes it in a transaction with the rights of the caller."""
    is_saved: bool = False
    """Whether a browser saves the file instead of showing it."""


async def give(request: Request, wanted: Wanted, kind: str | None = None) -> Response:
    """A document in a format; without one in that of the Accept header, which is JSON by default.

    Raises:
        Busy: others have been asked for, and take too long.

    """
    async with turn(service_of(request).papers, PATIENCE):
        return await _given(request, wanted, kind or media.preferred(request, FORMATS))


async def _given(request: Request, wanted: Wanted, kind: str) -> Response:
    shown = await compute(request, wanted.work)
    paper, personal = shown.paper, shown.paper["requisites"]["persons"]
    if kind == media.JSON:
        _note_persons(request, shown)
        return fresh(request, canonical(paper).decode(), f'"{digest(paper)}"', personal=personal)
    tag = etag(digest(paper), kind)
    if preconditions.is_current(request, tag):
        return unchanged(tag, personal=personal)
    address = verified_at(request, paper)
    file = await to_thread.run_sync(FORMATS[kind].render, paper, address)
    _note_persons(request, shown)
    _note_export(request, wanted.shelf, paper, kind)
    return Response(file, headers=_headers(wanted, paper, kind, tag), media_type=kind)


def verified_at(request: Request, paper: Paper) -> str | None:
    """Where everybody can verify a frozen document."""
    if paper["requisites"]["frozen"] is None:
        return None
    return f"{request.base_url}verify/{digest(paper)}"


def about(paper: Paper, kind: Resource) -> Shown:
    """A document that names persons of the record that it is about, if any."""
    return Shown(paper, kind, [paper["requisites"]["subject_id"]])


def response() -> Schema:
    """The OpenAPI response of an endpoint that gives a document."""
    return answer_of(Paper, "Документ", dict.fromkeys(FORMATS, docs.FILE))


def _note_persons(request: Request, shown: Shown) -> None:
    if shown.paper["requisites"]["persons"]:
        record_shown(request, shown.kind, shown.ids)


def _note_export(request: Request, shelf: Shelf, paper: Paper, kind: str) -> None:
    ids = (paper["requisites"]["subject_id"],)
    act = Act("export", shelf.about.name, ids, (), f"{shelf.name}.{FORMATS[kind].ending}")
    service_of(request).recorder.record(caller_of(request).actor, act)


def _headers(wanted: Wanted, paper: Paper, kind: str, tag: str) -> dict[str, str]:
    shelf, iso, ending = wanted.shelf, paper["requisites"]["as_of"], FORMATS[kind].ending
    names = f"{shelf.title}, {day(iso)}.{ending}", f"{shelf.name}-{iso}.{ending}"
    how: Literal["attachment", "inline"] = "attachment" if wanted.is_saved else "inline"
    control = "private, no-store" if paper["requisites"]["persons"] else "private, no-cache"
    return {
        "ETag": tag,
        "Cache-Control": control,
        "Content-Disposition": media.disposition(how, *names),
    }
