"""crud(resource): the endpoints of a collection, the same for every kind of record."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from fastapi import APIRouter
from pydantic_core import PydanticCustomError
from starlette.requests import Request
from starlette.responses import Response

from app.database.reading import Rows
from app.database.transaction import Transaction
from app.findings import Finding
from app.model.faults import NOT_AN_ID
from app.model.grants import Verb
from app.model.resource import Resource
from app.model.values import read_id, spoken_json
from app.problems import AmbiguousKey, Invalid, NotFound
from app.rest import docs, media, names, preconditions
from app.rest.bodies import MERGE_PATCH, read_json
from app.rest.breadth import bounded
from app.rest.deps import id_of, no_query, pair_of, service_of, spoken_id_of
from app.rest.errors import as_json, language_of
from app.rest.exports import export
from app.rest.freshness import Fresh, cache_headers
from app.rest.gate import admitted, caller_of
from app.rest.names import are_wanted
from app.rest.routing import NarrowRouter
from app.rest.showing import names_persons, record_shown
from app.rest.turns import threaded
from app.rest.writing import Reply, write
from app.store import register, search, speech
from app.store.precondition import Precondition
from app.store.query import read_query
from app.store.register import Written

T = TypeVar("T")

_Change = Callable[[Transaction, Resource, uuid.UUID, object, Precondition], Written]

BY_KEY = "/by-key/{source}/{source_key}"


@cache
def crud(resource: Resource) -> APIRouter:
    """The router with all endpoints of a collection, the same for every application."""
    router = NarrowRouter(prefix=f"/{resource.path}", tags=[resource.titles.all])
    items, item = _Items(resource), _Item(resource)
    keyed = _ByKey(resource)
    routes: list[tuple[str, str, Any, int, Verb]] = [
        ("GET", "", items.list, 200, Verb.READ),
        ("POST", "", items.create, 201, Verb.CREATE),
        ("GET", BY_KEY, keyed.read, 200, Verb.READ),
        ("PUT", BY_KEY, keyed.put, 200, Verb.CREATE),
        ("DELETE", BY_KEY, keyed.delete, 204, Verb.DELETE),
        ("GET", "/{id}", item.read, 200, Verb.READ),
        ("PUT", "/{id}", item.replace, 200, Verb.CHANGE),
        ("PATCH", "/{id}", item.amend, 200, Verb.CHANGE),
        ("DELETE", "/{id}", item.delete, 204, Verb.DELETE),
    ]
    for method, path, endpoint, status, verb in routes:
        router.add_api_route(
            path,
            admitted(resource.name, verb)(endpoint),
            methods=[method],
            status_code=status,
            response_class=Response,
            **docs.operation(resource, method, path),
        )
    return router


class _Items:
    """The endpoints of the collection itself."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource

    async def list(self, request: Request) -> Response:
        if (kind := media.preferred(request)) in media.FILES:
            return export(request, self._resource, kind)
        service = service_of(request)
        caller = caller_of(request)
        resource, database = self._resource, service.database
        view = caller.view(resource.name)
        query = read_query(resource, request.query_params.multi_items(), view)
        await bounded(service, resource, query, caller)
        more = names.expressions(request)
        page = search.page(resource, database.dialect, query, database.secret, caller, more)
        rows = await service.records.rows(page.sql, page.parameters, heavy=query.is_heavy(resource))
        ids = page.ids(rows)
        names.note(request, resource, rows, ids)
        record_shown(request, resource, ids)
        return fresh(request, page.body(rows), personal=names_persons(resource, caller))

    async def create(self, request: Request) -> Response:
        body = await read_json(request)
        no_query(request)
        return await write(
            request,
            lambda tx: written(request, self._resource, register.create(tx, self._resource, body)),
        )


class _Item:
    """The endpoints of a record by its id."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource

    async def read(self, request: Request) -> Response:
        no_query(request)
        service = service_of(request)
        view = caller_of(request).view(self._resource.name)
        sql = speech.item(self._resource, service.database.dialect, view)
        rows = await service.records.rows(sql, scoped(request, id=spoken_id_of(request)))
        return one(request, self._resource, rows)

    async def replace(self, request: Request) -> Response:
        return await self._change(request, register.replace, await read_json(request))

    async def amend(self, request: Request) -> Response:
        return await self._change(request, register.amend, await read_json(request, MERGE_PATCH))

    async def delete(self, request: Request) -> Response:
        condition = preconditions.of_change(request)
        no_query(request)
        record_id = id_of(request)

        def work(tx: Transaction) -> Reply:
            register.delete(tx, self._resource, record_id, condition)
            return deleted()

        return await write(request, work)

    async def _change(self, request: Request, verb: _Change, body: object) -> Response:
        condition = preconditions.of_change(request)
        no_query(request)
        record_id = id_of(request)

        def work(tx: Transaction) -> Reply:
            changed = verb(tx, self._resource, record_id, body, condition)
            return written(request, self._resource, changed)

        return await write(request, work)


class _ByKey:
    """The endpoints of a record by its source and source key."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource

    async def read(self, request: Request) -> Response:
        municipality = _municipality(request)
        source, key = pair_of(request)
        service = service_of(request)
        sql = speech.by_key(
            self._resource,
            service.database.dialect,
            caller_of(request).view(self._resource.name),
            in_municipality=municipality is not None,
        )
        parameters = scoped(
            request, source=source, source_key=key, municipality_id=str(municipality)
        )
        rows = await service.records.rows(sql, parameters)
        if len(rows) > 1:
            raise AmbiguousKey
        return one(request, self._resource, rows)

    async def put(self, request: Request) -> Response:
        body = await read_json(request)
        condition = preconditions.of_change(request)
        municipality = _municipality(request)
        pair = pair_of(request, is_made=True)

        def work(tx: Transaction) -> Reply:
            done = register.put_by_key(tx, self._resource, pair, body, condition, municipality)
            return written(request, self._resource, done)

        return await write(request, work)

    async def delete(self, request: Request) -> Response:
        condition = preconditions.of_change(request)
        municipality = _municipality(request)
        pair = pair_of(request)

        def work(tx: Transaction) -> Reply:
            register.delete_by_key(tx, self._resource, pair, condition, municipality)
            return deleted()

        return await write(request, work)


def deleted() -> Reply:
    """The answer 204 to a deletion."""
    return Reply(Response(status_code=204))


async def compute(request: Request, work: Callable[[Transaction], T]) -> T:
    """Run a read of one snapshot of the database in a thread."""
    service, caller = service_of(request), caller_of(request)
    return await threaded(service.writers, service.database.read, work, caller)


def scoped(request: Request, **parameters: str) -> dict[str, str]:
    """Parameters of a statement, with those that limit it to the caller's scope."""
    return {**parameters, **caller_of(request).spoken_bindings}


def one(request: Request, resource: Resource, rows: Rows) -> Response:
    """The answer with one record.

    Raises:
        NotFound: there is no row.

    """
    if not rows:
        raise NotFound
    text, version, key = rows[0][:3]
    record_shown(request, resource, [str(key)])
    personal = names_persons(resource, caller_of(request))
    return fresh(request, text, f'"{version}"', personal=personal)


def answer(request: Request, value: object, *, personal: bool = False) -> Response:
    """The JSON answer of an endpoint that reads."""
    return fresh(request, spoken_json(value), personal=personal)


def private(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer that no cache may store."""
    headers_sent = {"Cache-Control": "private, no-store", **(headers or {})}
    return Response(text.encode(), status, headers_sent, "application/json")


def fresh(
    request: Request, text: str, etag: str | None = None, *, personal: bool = False
) -> Response:
    """A JSON answer with an ETag, or 304 if the caller has the current one."""
    body = text.encode()
    if etag is None:
        # With names the answer gets its ETag when they are there.
        digest = "" if are_wanted(request) else hashlib.blake2b(body, digest_size=16).hexdigest()
        etag = f'"{digest}"'
    if preconditions.is_current(request, etag):
        return unchanged(etag, personal=personal)
    return Fresh(body, etag, personal=personal)


def unchanged(etag: str, *, personal: bool = False) -> Response:
    """The answer 304."""
    answer = Response(status_code=304)
    answer.raw_headers += cache_headers(etag, personal=personal)
    return answer


def written(request: Request, resource: Resource, done: Written) -> Reply:
    """The answer to a write: the record and its warnings."""
    language = language_of(request)
    warnings = [as_json(warning, language) for warning in done.warnings]
    warnings_json = spoken_json(warnings)
    headers = {"ETag": f'"{done.version}"', "Content-Language": language}
    if done.created:
        headers["Location"] = f"/api/v1/{resource.path}/{done.id}"
    response = Response(
        f'{done.json[:-1]},"warnings":{warnings_json}}}'.encode(),
        201 if done.created else 200,
        headers,
        "application/json",
    )
    return Reply(response, resource.name, done.id)


def _municipality(request: Request) -> uuid.UUID | None:
    no_query(request, "municipality_id")
    values = request.query_params.getlist("municipality_id")
    if not values:
        return None
    try:
        if len(values) == 1:
            return read_id(values[0])
    except PydanticCustomError:
        pass
    raise Invalid(Finding(NOT_AN_ID, parameter="municipality_id"))
