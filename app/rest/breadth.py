"""Breadth: a list that needs a whole collection is asked for while the collection is small."""

from app.model.caller import Caller
from app.model.resource import Resource
from app.rest.deps import Service
from app.store import breadth
from app.store.query import Query


async def bounded(service: Service, resource: Resource, query: Query, caller: Caller) -> None:
    """Refuse a query that would read all of a large collection.

    Raises:
        Invalid: with every parameter that makes it do so.

    """
    if breadth.is_wide(resource, query, caller):
        rows = await service.records.rows(service.database.dialect.about(resource.table.name), {})
        breadth.refuse_if_large(resource, query, int(rows[0][0]))
