"""Description: the OpenAPI document, from what every room says of its doors."""

from collections.abc import Awaitable, Callable
from functools import cache, lru_cache
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response

from app import VERSION, seeding
from app.documents import doors as papers
from app.feed import endpoints as feed
from app.indicators import documents, endpoints, movements, reports, snapshot_doors
from app.indicators.ways import documents as paths
from app.intake import documents as uploads
from app.intake import endpoints as intake
from app.model.values import spoken_json
from app.operations import generate_events, merge_teachers
from app.oversight import audit, keys, persons
from app.program import doors
from app.registry import RESOURCES
from app.rest import docs, failures, schemas
from app.rest.deps import service_of
from app.rest.document import Document
from app.rest.named import add_names
from app.rest.positions import add_positions
from app.vocabulary import documents as documents_of_words
from app.vocabulary import endpoints as words

SCHEMAS: schemas.Schemas = {
    **documents.SCHEMAS,
    **movements.SCHEMAS,
    **paths.SCHEMAS,
    **reports.SCHEMAS,
    **doors.SCHEMAS,
    **papers.SCHEMAS,
    **snapshot_doors.SCHEMAS,
    **uploads.SCHEMAS,
    **feed.SCHEMAS,
    **generate_events.SCHEMAS,
    **keys.SCHEMAS,
    **persons.SCHEMAS,
    **merge_teachers.SCHEMAS,
    **audit.SCHEMAS,
    **documents_of_words.SCHEMAS,
    **failures.SCHEMAS,
}
"""Schemas of bodies and answers that are not records, by their names in OpenAPI."""


def openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; its examples name records of the source program."""
    document = get_openapi(
        title=docs.TITLE,
        version=VERSION,
        description=docs.ABOUT,
        routes=app.routes,
        tags=[{"name": name} for name in tag_names()],
        servers=[docs.SERVER],
    )
    components = document.setdefault("components", {}).setdefault("schemas", {})
    components |= schemas.components(RESOURCES, SCHEMAS)
    document["components"]["responses"] = failures.shared_responses()
    document["components"]["securitySchemes"] = {"key": docs.BEARER}
    document["security"] = [{"key": []}]
    document["components"]["parameters"] = docs.shared_parameters()
    docs.repeatable(document["paths"])
    add_positions(document["paths"], document["components"].setdefault("headers", {}))
    add_names(document["paths"], components, document["components"]["parameters"])
    return document


def door(app: FastAPI) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of the OpenAPI document: to make that takes longer than the rest of a start."""
    exported = cache(lambda: spoken_json(openapi(app)))

    # The names change with the records that the source program is made of: hardly ever.
    @lru_cache(1)
    def made(names: tuple[tuple[str, str], ...]) -> Document:
        return Document(seeding.fill(exported(), dict(names)).encode())

    async def document(request: Request) -> Response:
        names = await seeding.names(service_of(request).reader)
        ready = await to_thread.run_sync(made, tuple(names.items()))
        return await to_thread.run_sync(ready.answer, request)

    return document


def tag_names() -> list[str]:
    """The tags of OpenAPI in reading order."""
    beside = [intake.TAG, feed.TAG, keys.TAG, persons.TAG, audit.TAG, words.TAG]
    return [
        endpoints.TAG,
        snapshot_doors.TAG,
        doors.TAG,
        papers.TAG,
        *(resource.titles.all for resource in RESOURCES),
        *beside,
    ]
