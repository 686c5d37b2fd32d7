"""Names: what an answer's ids and codes are called, beside its fields, if `names=true` asks for it.

Names are read within the caller's view, as everything is, so they tell nothing that another request
of the caller would not.
"""

import functools
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import itemgetter
from typing import Any
from urllib.parse import unquote_plus

from pydantic_core import PydanticCustomError, from_json
from starlette.requests import Request
from starlette.responses import Response

from app.findings import FAULTS, Finding
from app.json_types import REF
from app.model.naming import ADDED
from app.model.resource import Resource
from app.model.values import spoken_json
from app.problems import Invalid
from app.registry import KINDS
from app.rest import media, preconditions
from app.rest.deps import service_of
from app.rest.errors import language_of
from app.rest.gate import caller_of
from app.rest.mentions import ANY, Columns, Found
from app.rest.shapes import Shapes
from app.rest.showing import record_shown
from app.store.filters import flag
from app.store.names import Namer, Naming, completed, ids_of
from app.store.query import REPEATED

ASKED = "names"
"""The parameter."""

_TERM = b"names="
_WANTED, _FOUND = "names_wanted", "names_found"

MANY = 500
"""Ids whose names are looked up in the event loop, at most."""

NAMING = Naming(KINDS)

Endpoint = Callable[..., Awaitable[Response]]

Called = tuple[str, str, str]
"""The kind and the id of a record, and what it is called."""


def verbatim(endpoint: Endpoint) -> Endpoint:
    """Mark an endpoint whose bytes stay as they are, whether or not names are asked for."""
    endpoint.verbatim = True  # type: ignore[attr-defined]
    return endpoint


def are_wanted(request: Request) -> bool:
    """Whether the answer will get names, and its ETag with them."""
    return bool(request.scope.get(_WANTED))


def columns_of(request: Request, resource: Resource) -> Columns | None:
    """The columns that a page selects besides its JSON, if names are wanted and they suffice."""
    shapes: Shapes = request.app.state.shapes
    return shapes.columns(resource) if are_wanted(request) else None


def expressions(request: Request, resource: Resource, columns: Columns) -> list[str]:
    """What to select for `note`: the name of the record, and these columns."""
    return [_namer(request).open(resource), *columns.selected]


def note(
    request: Request, resource: Resource, columns: Columns, rows: Sequence[Sequence[Any]]
) -> None:
    """Note what the rows of a page mention, so that its JSON need not be read."""
    width = len(columns.selected)
    found = columns.found([row[len(row) - width :] for row in rows])
    found.kind = resource.name
    found.open = {str(row[2]): row[-1 - width] for row in rows}
    request.scope[_FOUND] = found


def schema_of(document: Mapping[str, Any]) -> str:
    """The name of the schema of an operation's JSON answer; empty if it has none."""
    success = document.get("responses", {}).get("200", {})
    schema = success.get("content", {}).get(media.JSON, {}).get("schema", {})
    return str(schema.get("$ref", "")).removeprefix(REF)


def naming(endpoint: Endpoint, schema: str) -> Endpoint:
    """Let an endpoint that reads take the parameter `names`; its answer has this schema."""

    @functools.wraps(endpoint)
    async def read(request: Request) -> Response:
        request.scope[_FOUND] = None
        request.scope[_WANTED] = False
        if _TERM not in request.scope["query_string"]:
            return await endpoint(request)
        is_wanted, faults = _take(request)
        keeps = not is_wanted or hasattr(endpoint, "verbatim")
        asked = request if keeps else _without_condition(request)
        request.scope[_WANTED] = not keeps
        inner = Request(request.scope, request.receive)
        try:
            response = await endpoint(inner)
        except Invalid as refused:
            raise Invalid(*refused.findings, *faults) from refused
        if faults:
            raise Invalid(*faults)
        if keeps or response.headers.get("content-type") != media.JSON:
            return response
        return await _with_names(asked, inner, response, schema)

    return read


def _take(request: Request) -> tuple[bool, list[Finding]]:
    """Take the parameter out of the query: whether names are wanted, or what is wrong with it."""
    terms = request.scope["query_string"].split(b"&")
    taken = [term for term in terms if term.startswith(_TERM)]
    request.scope["query_string"] = b"&".join(term for term in terms if term not in taken)
    if len(taken) > 1:
        return False, [Finding(REPEATED, parameter=ASKED)]
    try:
        values = [unquote_plus(term.removeprefix(_TERM).decode("latin-1")) for term in taken]
        return any(map(flag, values)), []
    except PydanticCustomError as error:
        return False, [Finding(FAULTS[error.type], parameter=ASKED, values=error.context or {})]


def _without_condition(request: Request) -> Request:
    """Take If-None-Match out of the request; returns the request as it was.

    The endpoint compares it with the ETag of an answer without names.
    """
    asked = Request({**request.scope})
    request.scope["headers"] = [
        header for header in request.scope["headers"] if header[0] != b"if-none-match"
    ]
    return asked


async def _with_names(
    asked: Request, request: Request, response: Response, schema: str
) -> Response:
    body, language = bytes(response.body), language_of(request)
    found = request.scope[_FOUND] or _found(request, body, schema)
    called = await _called(request, found)
    texts = {key: text for _, key, text in sorted(called, key=itemgetter(1))}
    said = dict(zip(ADDED, (texts, _labels(found, language)), strict=True))
    body = b",".join((body[:-1], spoken_json(said)[1:].encode()))
    headers = {**response.headers, "content-language": language}
    del headers["content-length"]
    if _record_persons(request, called):
        headers["cache-control"] = "private, no-store"
    if before := headers.get("etag"):
        headers["etag"] = _tag(before, body)
        if preconditions.is_current(asked, headers["etag"]):
            return Response(None, 304, headers)
    return Response(body, 200, headers)


def _found(request: Request, body: bytes, schema: str) -> Found:
    """What an answer mentions, found in the answer itself."""
    shapes: Shapes = request.app.state.shapes
    return shapes[schema].found(body.decode(), from_json(body))


async def _called(request: Request, found: Found) -> list[Called]:
    """The names of the records that an answer mentions and the caller may read."""
    ids = {kind: keys for kind, keys in found.ids.items() if kind != ANY and keys}
    if unsure := found.ids.get(ANY):
        ids = {kind: ids.get(kind, set()) | unsure for kind in KINDS.names}
    called = await _read(request, ids)
    if not found.open:
        return called
    names = {key: name for _, key, name in called}
    told = {key: completed(name, names) for key, name in found.open.items()}
    called += [(found.kind, key, name) for key, name in told.items() if name]
    # The first template may name a record that the caller does not see, and another may not.
    silent = {key for key, name in told.items() if not name}
    return called + await _read(request, {found.kind: silent})


async def _read(request: Request, ids: Mapping[str, AbstractSet[str]]) -> list[Called]:
    """The names of the records with these ids by kind, as far as the caller may read them."""
    count = sum(map(len, ids.values()))
    if not count:
        return []
    service, caller = service_of(request), caller_of(request)
    dialect = service.database.dialect
    parameters = {ids_of(kind): dialect.many([*keys]) for kind, keys in ids.items()}
    parameters |= {name: str(value) for name, value in caller.bindings.items()}
    sql = _namer(request).statement(ids)
    rows = await service.reader.rows(sql, parameters, heavy=count > MANY)
    return [(kind, key, name) for kind, key, name in rows if name]


def _namer(request: Request) -> Namer:
    return NAMING.seen_by(caller_of(request), service_of(request).database.dialect)


def _record_persons(request: Request, called: Sequence[Called]) -> bool:
    """Record in the trail which persons are named; whether there are any."""
    persons: dict[str, list[str]] = {}
    of_persons = KINDS.of_persons
    for kind, key, _ in called:
        if kind in of_persons:
            persons.setdefault(kind, []).append(key)
    for kind, keys in persons.items():
        record_shown(request, KINDS[kind], sorted(keys))
    return bool(persons)


def _labels(found: Found, language: str) -> dict[str, str]:
    """The words for each code; of a code with several meanings all of them."""
    return {
        code: " / ".join(sorted({words.fill(language, {}) for words in meanings}))
        for code, meanings in sorted(found.labels.items())
    }


def _tag(before: str, body: bytes) -> str:
    """The ETag of an answer with names; that of a record begins with its version."""
    digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    version = before.strip('"')
    return f'"{version}-{digest}"' if version.isdecimal() else f'"{digest}"'
