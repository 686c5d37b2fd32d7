"""Called: what the records that an answer mentions are called, as far as the caller may read it."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from json.encoder import encode_basestring
from typing import NamedTuple

from starlette.requests import Request

from app.findings import Words
from app.registry import KINDS
from app.rest.deps import service_of
from app.rest.gate import caller_of
from app.rest.known import Names
from app.rest.mentions import ANY, Found
from app.rest.showing import record_shown
from app.store.names import Namer, Naming, ids_of

MANY = 500
"""Ids whose names are looked up in the event loop, at most."""

NAMING = Naming(KINDS)

Ids = Mapping[str, AbstractSet[str]]
"""By kind."""

Row = tuple[str, str, str | None]
"""The kind and the id of a record, and what it is called."""


class Called(NamedTuple):
    """What an answer says beside its fields."""

    members: Sequence[bytes]
    """The names, each as a member of a JSON object, `"id":"name"`."""
    persons: Mapping[str, Sequence[str]]
    """The ids of the persons among them, by kind."""
    labels: Mapping[str, AbstractSet[Words]]
    """The words of each code."""


async def called(request: Request, found: Found) -> Called:
    """The names of the records that an answer mentions, and the words of its codes."""
    ids = {kind: keys for kind, keys in found.ids.items() if kind != ANY and keys}
    if unsure := found.ids.get(ANY):
        ids = {kind: ids.get(kind, set()) | unsure for kind in KINDS.names}
    names = as_members(ids, await read(request, ids))
    members = [member for each in names.values() for member in each.values()]
    persons = {kind: sorted(names[kind]) for kind in KINDS.of_persons & names.keys()}
    return Called(members, persons, found.labels)


async def names_by_id(request: Request, ids: Ids) -> dict[str, str]:
    """The names of records, as far as the caller may read them; the trail records the persons."""
    rows = await read(request, {kind: keys for kind, keys in ids.items() if keys})
    for kind in KINDS.of_persons:
        if persons := sorted(key for of, key, name in rows if of == kind and name):
            record_shown(request, KINDS[kind], persons)
    return {key: name for _, key, name in rows if name}


async def read(request: Request, ids: Ids, page: str = "") -> list[Row]:
    """The names of the records with these ids; open ones of the kind `page` (`Namer.statement`)."""
    count = sum(map(len, ids.values()))
    if not count:
        return []
    service, caller = service_of(request), caller_of(request)
    dialect = service.database.dialect
    parameters = {ids_of(kind): dialect.many([*keys]) for kind, keys in ids.items()}
    parameters |= caller.spoken_bindings
    sql = namer_of(request).statement(ids, page)
    rows = await service.records.beside(sql, parameters, heavy=count > MANY)
    return [(kind, key, name) for kind, key, name in rows]


def namer_of(request: Request) -> Namer:
    """What writes the names that the caller may read."""
    return NAMING.seen_by(caller_of(request), service_of(request).database.dialect)


def as_members(ids: Iterable[str], rows: Iterable[Row]) -> Names:
    """Names as members of a JSON object, by kind and id; those that may be told."""
    names: dict[str, dict[str, bytes]] = {kind: {} for kind in ids}
    for kind, key, name in rows:
        if name:
            names[kind][key] = f'"{key}":{encode_basestring(name)}'.encode()
    return names
