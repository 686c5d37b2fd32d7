"""Names: what an answer's ids and codes are called, beside its fields, if `names=true` asks for it.

Names are read within the caller's view, as everything is, so they tell nothing that another request
of the caller would not.
"""

import functools
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_plus

from pydantic_core import PydanticCustomError
from starlette.requests import Request
from starlette.responses import Response

from app.findings import FAULTS, Finding
from app.journal.since import STATE, State
from app.json_types import REF
from app.model.resource import Resource
from app.model.values import spoken_json
from app.problems import Invalid
from app.registry import KINDS
from app.rest import media, preconditions
from app.rest.called import Called, called
from app.rest.errors import language_of
from app.rest.recalled import Page, recalled
from app.rest.shapes import Shapes
from app.rest.showing import record_shown
from app.store.filters import flag
from app.store.query import REPEATED

ASKED = "names"
"""The parameter."""

_TERM = b"names="
_WANTED, _PAGE = "names_wanted", "names_page"

Endpoint = Callable[..., Awaitable[Response]]


def verbatim(endpoint: Endpoint) -> Endpoint:
    """Mark an endpoint whose bytes stay as they are, whether or not names are asked for."""
    endpoint.verbatim = True  # type: ignore[attr-defined]
    return endpoint


def are_wanted(request: Request) -> bool:
    """Whether the answer will get names, and its ETag with them."""
    return bool(request.scope.get(_WANTED))


def expressions(request: Request) -> list[str]:
    """What a page selects besides its records, for `note`."""
    return [STATE] if are_wanted(request) else []


def note(
    request: Request, resource: Resource, rows: Sequence[Sequence[Any]], keys: Sequence[str]
) -> None:
    """Note the rows of a page and their ids: what this process knows of them is not read again."""
    if rows and are_wanted(request):
        state = State.of(rows[0][-1])
        request.scope[_PAGE] = Page(resource.name, state, rows[: len(keys)], keys)


def schema_of(document: Mapping[str, Any]) -> str:
    """The name of the schema of an operation's JSON answer; empty if it has none."""
    success = document.get("responses", {}).get("200", {})
    schema = success.get("content", {}).get(media.JSON, {}).get("schema", {})
    return str(schema.get("$ref", "")).removeprefix(REF)


def naming(endpoint: Endpoint, schema: str) -> Endpoint:
    """Let an endpoint that reads take the parameter `names`; its answer has this schema."""

    @functools.wraps(endpoint)
    async def read(request: Request) -> Response:
        request.scope.update({_WANTED: False, _PAGE: None})
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
            raise Invalid(*_others(refused, faults), *faults) from refused
        if faults:
            # Every endpoint judges its parameters before it reads (`test_a_wrong_…`).
            raise Invalid(*faults)
        if keeps or response.headers.get("content-type") != media.JSON:
            return response
        return await _with_names(asked, inner, response, schema)

    return read


def _take(request: Request) -> tuple[bool, list[Finding]]:
    """Take the parameter out of the query: whether names are wanted, or what is wrong with it.

    A wrong one stays there: no endpoint knows it, so the endpoint refuses it before it reads.
    """
    terms = request.scope["query_string"].split(b"&")
    taken = [term for term in terms if term.startswith(_TERM)]
    if len(taken) > 1:
        return False, [Finding(REPEATED, parameter=ASKED)]
    try:
        values = [unquote_plus(term.removeprefix(_TERM).decode("latin-1")) for term in taken]
        is_wanted = any(map(flag, values))
    except PydanticCustomError as error:
        return False, [Finding(FAULTS[error.type], parameter=ASKED, values=error.context or {})]
    request.scope["query_string"] = b"&".join(term for term in terms if term not in taken)
    return is_wanted, []


def _others(refused: Invalid, faults: Sequence[Finding]) -> list[Finding]:
    """What an endpoint refuses besides a wrong wish for names."""
    return [each for each in refused.findings if not faults or each.parameter != ASKED]


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
    said = await _said(request, body, schema)
    names = b",".join(sorted(said.members))
    labels = spoken_json(_labels(said, language)).encode()
    body = b"".join((body[:-1], b',"names":{', names, b'},"labels":', labels, b"}"))
    headers = {**response.headers, "content-language": language}
    del headers["content-length"]
    if _record_persons(request, said):
        headers["cache-control"] = "private, no-store"
    if before := headers.get("etag"):
        headers["etag"] = _tag(before, body)
        if preconditions.is_current(asked, headers["etag"]):
            return Response(None, 304, headers)
    return Response(body, 200, headers)


async def _said(request: Request, body: bytes, schema: str) -> Called:
    shapes: Shapes = request.app.state.shapes
    page: Page | None = request.scope[_PAGE]
    if page:
        return await recalled(request, page, shapes.of_record(page.kind))
    return await called(request, shapes[schema].found(body.decode()))


def _record_persons(request: Request, said: Called) -> bool:
    """Record in the trail which persons are named; whether there are any."""
    for kind, keys in said.persons.items():
        record_shown(request, KINDS[kind], keys)
    return any(said.persons.values())


def _labels(said: Called, language: str) -> dict[str, str]:
    """The words for each code; of a code with several meanings all of them."""
    return {
        code: " / ".join(sorted({words.fill(language, {}) for words in meanings}))
        for code, meanings in sorted(said.labels.items())
    }


def _tag(before: str, body: bytes) -> str:
    """The ETag of an answer with names; that of a record begins with its version."""
    digest = hashlib.sha256(body, usedforsecurity=False).hexdigest()[:32]
    version = before.strip('"')
    return f'"{version}-{digest}"' if version.isdecimal() else f'"{digest}"'
