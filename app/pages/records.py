"""Records for the pages of all data: read as the API's lists read them, and called by names."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.findings import Finding, fault
from app.model.headings import Heading, Kind, headings
from app.model.resource import Resource
from app.model.text import fold
from app.model.values import read_id
from app.pages import fields
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.problems import Invalid
from app.registry import KINDS
from app.rest import queries
from app.rest.breadth import bounded
from app.rest.called import names_by_id
from app.rest.deps import service_of
from app.rest.gate import caller_of
from app.rest.showing import record_shown
from app.store import search
from app.store.query import read_query

PLACES = 10
"""Rows of a part that the link to a form can give."""

OFFERED = 200
"""Names that a field of a reference offers at most; others are found as they are typed."""

NO_SUCH_NAME = fault(
    "no_such_name",
    "Записи с таким названием нет. Введите название целиком или выберите из списка.",
    "There is no record of this name. Type the whole name, or choose one of the list.",
)
SEVERAL_NAMES = fault(
    "several_names",
    "Так называются несколько записей. Выберите одну.",
    "Several records have this name. Choose one.",
)


async def counted(
    visit: Visit, resource: Resource, parameters: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """A page of a collection with how many there are: None where to count them reads too much.

    Raises:
        Invalid: what is asked of them reads too much.

    """
    service, caller = service_of(visit.request), caller_of(visit.request)
    query = read_query(resource, parameters, caller.view(resource.name))
    await bounded(service, resource, query, caller)
    try:
        await bounded(service, resource, replace(query, include_total=True), caller)
    except Invalid:
        return {"total": None, **await listed(visit, resource, parameters)}
    return await listed(visit, resource, [*parameters, ("include_total", "true")])


async def listed(
    visit: Visit, resource: Resource, parameters: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """A page of a collection, as the API answers it."""
    service, caller = service_of(visit.request), caller_of(visit.request)
    query = read_query(resource, parameters, caller.view(resource.name))
    database = service.database
    page = search.page(resource, database.dialect, query, database.secret, caller)
    rows = await service.reader.rows(page.sql, page.parameters, heavy=query.is_heavy(resource))
    record_shown(visit.request, resource, page.ids(rows))
    found: dict[str, Any] = json.loads(page.body(rows))
    return found


async def names_of(
    visit: Visit, resource: Resource, records: Sequence[Mapping[str, Any]], *, own: bool = True
) -> dict[str, str]:
    """What records and those that they refer to are called, by id."""
    ids: dict[str, set[str]] = {}
    for record in records:
        if own and "id" in record:
            ids.setdefault(resource.name, set()).add(str(record["id"]))
        flat = fields.texts_of(resource, record)
        for name, values in flat.items():
            heading = fields.heading_at(resource, name)
            if heading and heading.target:
                ids.setdefault(heading.target, set()).update(values)
    return await names_by_id(visit.request, ids)


def given(visit: Visit, resource: Resource) -> dict[str, object]:
    """What the link to the form of a new record gives: `?organization_id=…`.

    Raises:
        Invalid: the kind has no such field, or a reference is no id.

    """
    readers = {
        name: read_id if heading.target else str
        for heading in headings(resource)
        for name in _names(heading)
    }
    found: dict[str, object] = {}
    parts: dict[str, dict[str, dict[str, object]]] = {}
    for name, value in queries.read(visit.request, readers).items():
        part, _, inner = name.partition(".")
        place, _, field = inner.partition(".")
        if part in resource.parts:
            parts.setdefault(part, {}).setdefault(place, {})[field] = str(value)
        else:
            found[name] = str(value)
    return found | {part: [rows[at] for at in sorted(rows)] for part, rows in parts.items()}


def _names(heading: Heading) -> list[str]:
    """The names of a field in an address; a part's field has its place: `members.0.role`."""
    if not heading.part:
        return [heading.name]
    inner = heading.name.partition(".")[2]
    return [f"{heading.part}.{place}.{inner}" for place in range(PLACES)]


async def offered(visit: Visit, resource: Resource) -> dict[str, list[str]]:
    """The names that the references of a kind offer, by collection."""
    targets = {heading.target for heading in headings(resource) if heading.target}
    return {target: await offered_of(visit, KINDS[target]) for target in sorted(targets)}


async def offered_of(visit: Visit, target: Resource) -> list[str]:
    """The names of a kind that a field offers."""
    return sorted({*(await candidates(visit, target, "")).values()})


async def resolved(visit: Visit, resource: Resource, typed: Typed) -> Typed:
    """What was typed, with the ids of the records whose names stand in references.

    Raises:
        Invalid: a name fits no record, or several; these are offered by the form.

    """
    was = fields.texts_of(resource, typed.was)
    known = await names_of(visit, resource, [typed.was], own=False)
    changed: dict[str, tuple[str, ...]] = {}
    findings = []
    for name in typed.names:
        heading = fields.heading_at(resource, name)
        text = typed.text(name)
        if heading is None or heading.kind != Kind.REFERENCE or not text or _is_id(text):
            continue
        before = was.get(name, ("",))[-1]
        if before and known.get(before) == text:
            changed[name] = (before,)
            continue
        found = await meant(visit, KINDS[heading.target or ""], text)
        if len(found) == 1:
            changed[name] = tuple(found)
            continue
        visit.candidates[name] = found
        kind = SEVERAL_NAMES if found else NO_SUCH_NAME
        findings.append(Finding(kind, pointer=f"/{name.replace('.', '/')}"))
    if findings:
        raise Invalid(*findings)
    return typed.with_fields(changed)


async def meant(visit: Visit, resource: Resource, text: str) -> dict[str, str]:
    """The records that a name may mean: those that are called so, else those that contain it."""
    found = await candidates(visit, resource, text)
    same = {key: name for key, name in found.items() if fold(name) == fold(text)}
    return same or found


async def candidates(visit: Visit, resource: Resource, text: str) -> dict[str, str]:
    """Records with their names, found as the lists of the API find them."""
    # A name can hold words of several records («Берёзкинская – Тирякская»): `q` finds none then.
    searches = [[("q", text)], []] if text and "search_key" in resource.table.c else [[]]
    for more in searches:
        page = await listed(visit, resource, [*more, ("limit", str(OFFERED))])
        names = await names_by_id(
            visit.request, {resource.name: {item["id"] for item in page["items"]}}
        )
        if text and not more:
            names = {key: name for key, name in names.items() if fold(text) in fold(name)}
        if names:
            return names
    return {}


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def shown(heading: Heading, values: Sequence[str], names: Mapping[str, str]) -> str:
    """The values of a field in words."""
    if heading.kind == Kind.REFERENCE and values:
        return ", ".join(names.get(value, "скрыто") for value in values)
    return fields.spoken(heading, values)
