"""Called: what the records that an answer mentions are called, as far as the caller may read it."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from json.encoder import encode_basestring
from typing import NamedTuple

from pydantic_core import from_json
from starlette.requests import Request

from app.registry import KINDS
from app.rest.deps import service_of
from app.rest.gate import caller_of
from app.rest.known import Names
from app.rest.mentions import ANY, Found
from app.rest.showing import record_shown
from app.store.names import Naming, completed, ids_of

MANY = 500
"""Ids whose names are looked up in the event loop, at most."""

NAMING = Naming(KINDS)

_NAME = len('"00000000-0000-0000-0000-000000000000":')
"""Where the name begins in a member."""

Ids = Mapping[str, AbstractSet[str]]
"""By kind."""

Called = tuple[str, str, str | None]
"""The kind and the id of a record, and what it is called."""


class Page(NamedTuple):
    """The list that an answer is a page of: the kind, and the state in which it was read."""

    kind: str
    state: str


async def called(request: Request, found: Found, page: Page | None) -> Names:
    """The names of the records that an answer mentions and the caller may read."""
    ids = {kind: keys for kind, keys in found.ids.items() if kind != ANY and keys}
    if unsure := found.ids.get(ANY):
        ids = {kind: ids.get(kind, set()) | unsure for kind in KINDS.names}
    if not page:
        return _members(ids, await _read(request, ids))
    known = _known(request, page)
    news = {kind: more for kind, keys in ids.items() if (more := keys - known[kind].keys())}
    if news:
        await _learn(request, page, known, news)
    return {kind: {key: known[kind][key] for key in keys} for kind, keys in ids.items()}


async def names_by_id(request: Request, ids: Ids) -> dict[str, str]:
    """The names of records, as far as the caller may read them; the trail records the persons."""
    rows = await _read(request, {kind: keys for kind, keys in ids.items() if keys})
    for kind in KINDS.of_persons:
        if persons := sorted(key for of, key, name in rows if of == kind and name):
            record_shown(request, KINDS[kind], persons)
    return {key: name for _, key, name in rows if name}


def _known(request: Request, page: Page) -> Names:
    """The names that callers with the same rights were told in this state."""
    caller = caller_of(request)
    reader = caller.standpoint, *sorted(caller.bindings.items())
    return service_of(request).known.of(reader, page.state)


async def _learn(request: Request, page: Page, known: Names, ids: Ids) -> None:
    """Read names and add them to the known ones, which have those of all other ids of the page."""
    rows = await _read(request, ids, page.kind)
    names = {key: name for _, key, name in rows if name}
    texts = {
        key: from_json(member[_NAME:])
        for of in known.values()
        for key, member in of.items()
        if member
    }
    told = [
        (kind, key, completed(name, texts | names) if name else None) for kind, key, name in rows
    ]
    # The first template may name a record that the caller does not see, and another may not.
    silent = {key for kind, key, name in told if kind == page.kind and not name}
    told += await _read(request, {page.kind: silent})
    for kind, members in _members(ids, told).items():
        known[kind] |= dict.fromkeys(ids[kind], "") | members


async def _read(request: Request, ids: Ids, page: str = "") -> list[Called]:
    """The names of the records with these ids; open ones of the kind `page` (`Namer.statement`)."""
    count = sum(map(len, ids.values()))
    if not count:
        return []
    service, caller = service_of(request), caller_of(request)
    dialect = service.database.dialect
    parameters = {ids_of(kind): dialect.many([*keys]) for kind, keys in ids.items()}
    parameters |= {name: str(value) for name, value in caller.bindings.items()}
    sql = NAMING.seen_by(caller, dialect).statement(ids, page)
    rows = await service.reader.rows(sql, parameters, heavy=count > MANY)
    return [(kind, key, name) for kind, key, name in rows]


def _members(ids: Iterable[str], rows: Iterable[Called]) -> Names:
    names: Names = {kind: {} for kind in ids}
    for kind, key, name in rows:
        if name:
            names[kind][key] = f'"{key}":{encode_basestring(name)}'
    return names
