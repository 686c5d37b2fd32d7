"""The sieve of a list: a field of the form for everything that the API filters and sorts by.

What is typed stands in the address as the API reads it: a name becomes the id of its record, so
that the address can be sent to somebody.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from pydantic_core import PydanticCustomError

from app.intake.cells import as_id
from app.model.columns import Instant, Scaled
from app.model.graph import target_of
from app.model.headings import Heading, headings
from app.model.resource import Resource
from app.model.values import read_day
from app.pages import records
from app.pages.fields import iso
from app.pages.visit import Visit
from app.registry import KINDS
from app.rest.deps import service_of
from app.store.filters import Filter, filters
from app.store.query import is_searched, sorts

YES_NO = {"true": "да", "false": "нет"}
IS_EMPTY = {"true": "не заполнено", "false": "заполнено"}

OPEN = 2
"""Closed lists that stand beside the words; everything else is folded away."""

FEW = 3
"""Fields that need no folding."""

STORED = {
    "created_at": "Создана",
    "updated_at": "Изменена",
    "submitted_at": "Отправлена",
    "decided_at": "Рассмотрена",
    "municipality_id": "Муниципалитет",
    "valid_on": "Действует в день",
    "id": "Номер записи",
}
"""The titles of what only the store writes."""


class Control(NamedTuple):
    """One control of a field."""

    name: str
    """The parameter of the address."""
    label: str
    kind: str
    """`choice`, `day`, `moment`, `number`, `reference` or `text`."""
    options: Mapping[str, str]
    target: str = ""
    """The collection of a reference."""


class Sieve(NamedTuple):
    """What a list can be narrowed by: the controls of one column."""

    title: str
    controls: list[Control]

    @property
    def is_closed(self) -> bool:
        """Whether it is a closed list."""
        return self.controls[0].options not in ({}, IS_EMPTY) and len(self.controls) == 1


class Asked(NamedTuple):
    """What the address asks for."""

    parameters: list[tuple[str, str]]
    """As the API reads them."""
    unclear: Mapping[str, Mapping[str, str]]
    """Names that mean no record, or several: these by id, by parameter."""
    moved: str
    """Where the same is asked by ids; empty if it is already."""


def sieves(resource: Resource, visit: Visit) -> list[Sieve]:
    """Everything that the caller can narrow a list by."""
    view = visit.caller.view(resource.name)
    found = every(resource, personal=view.personal)
    if not visit.caller.home:
        return [*found]
    # Whoever sees one municipality has nothing to choose.
    return [each for each in found if each.controls[0].name != "municipality_id"]


@cache
def every(resource: Resource, *, personal: bool) -> tuple[Sieve, ...]:
    """Everything that a list can be narrowed by, with the columns that identify persons or not."""
    known = filters(resource, personal=personal)
    by_column = {each.name.replace(".", "_"): each for each in headings(resource)}
    made = []
    for column in resource.table.columns:
        heading = by_column.get(column.name)
        title = heading.title if heading else STORED.get(column.name, column.name)
        if controls := list(_controls(column, heading, title, known)):
            made.append(Sieve(title, controls))
        if (name := f"{column.name}_is_null") in known:
            made.append(Sieve(title, [Control(name, f"{title}: есть ли", "choice", IS_EMPTY)]))
    for name, heading in by_column.items():
        if heading.part and heading.target and name in known:
            made.append(Sieve(heading.title, [_reference(name, heading.title, heading.target)]))
    if "valid_on" in known:
        title = STORED["valid_on"]
        made.insert(0, Sieve(title, [Control("valid_on", title, "day", {})]))
    return (*sorted(made, key=_rank),)


def _rank(sieve: Sieve) -> int:
    """Closed lists first; what only the store writes last, behind whether something is there."""
    name = sieve.controls[0].name
    if name.startswith(("created_at", "updated_at", "source")):
        return 3
    if name.endswith("_is_null"):
        return 2
    return 0 if sieve.is_closed else 1


def _controls(
    column: sa.Column[object], heading: Heading | None, title: str, known: Mapping[str, Filter]
) -> Iterator[Control]:
    name, kind, options = column.name, _kind_of(column), heading.choices if heading else {}
    if f"{name}_from" in known:
        words = ("с", "по") if kind in _DAYS else ("от", "до")
        for end, word in zip(("from", "to"), words, strict=True):
            shape = "choice" if options else kind
            yield Control(f"{name}_{end}", f"{title}, {word}", shape, options)
    elif name in known and column.foreign_keys:
        yield _reference(name, title, target_of(column).name)
    elif name in known:
        flags = YES_NO if isinstance(column.type, sa.Boolean) else {}
        yield Control(name, title, "choice" if options or flags else "text", options or flags)


_DAYS = ("day", "moment")


def _kind_of(column: sa.Column[object]) -> str:
    if isinstance(column.type, Instant):
        return "moment"
    if isinstance(column.type, sa.Date):
        return "day"
    return "number" if isinstance(column.type, Scaled | sa.Integer) else "text"


def _reference(name: str, title: str, target: str) -> Control:
    return Control(name, title, "reference", {}, target)


async def asked(visit: Visit, resource: Resource) -> Asked:
    """What the address asks for, with the ids of the records whose names were typed."""
    controls = {each.name: each for sieve in sieves(resource, visit) for each in sieve.controls}
    given = [each for each in visit.request.query_params.multi_items() if each[1].strip()]
    read: list[tuple[str, str]] = []
    unclear: dict[str, Mapping[str, str]] = {}
    is_moved = False
    for name, text in given:
        control = controls.get(name)
        if control and control.kind == "reference" and as_id(text) is None:
            found = await records.meant(visit, KINDS[control.target], text)
            if len(found) != 1:
                unclear[name] = found
                continue
            is_moved = True
            read.append((name, next(iter(found))))
        else:
            read.append((name, _spoken(visit, control, text)))
    return Asked(read, unclear, visit.with_query(read) if is_moved and not unclear else "")


def _spoken(visit: Visit, control: Control | None, text: str) -> str:
    """A text as the API reads it."""
    if control is None:
        return text
    if control.kind == "number":
        return text.replace(",", ".").replace(" ", "")
    if control.kind == "day":
        return iso(text)
    if control.kind == "moment":
        return _moment(visit, text, is_end=control.name.endswith("_to"))
    return text


def _moment(visit: Visit, text: str, *, is_end: bool) -> str:
    """A day as the first or last moment of it in the configured time zone."""
    try:
        day: date = read_day(iso(text))
    except PydanticCustomError:
        return text
    zone = service_of(visit.request).settings.zone
    return datetime.combine(day, time.max if is_end else time.min, zone).isoformat()


async def drawn(visit: Visit, resource: Resource, asked: Asked) -> dict[str, object]:
    """What the form and the headings of a list need."""
    fields = orders(resource, visit)
    beside, more = folded(sieves(resource, visit))
    given = {name: text for name, text in visit.request.query_params.items() if text.strip()}
    is_open = any(given.get(each.name) for one in more for each in one.controls)
    controls = [each for one in (*beside, *more) for each in one.controls]
    return {
        "beside": beside,
        "folded": more,
        "is_open": is_open,
        "given": given,
        "called": await _called(visit, controls, given),
        "offered": await _offered(visit, controls) if is_open else {},
        "unclear": asked.unclear,
        "orders": fields,
        "leading": leading(resource, fields),
        "is_narrowed": bool(given.keys() - {"sort", "limit", "cursor"}),
        "has_search": is_searched(resource, visit.caller.view(resource.name)),
    }


async def _called(
    visit: Visit, controls: Sequence[Control], given: Mapping[str, str]
) -> dict[str, str]:
    """What the records are called that the list is narrowed by."""
    ids: dict[str, set[str]] = {}
    for control in controls:
        if control.kind == "reference" and given.get(control.name):
            ids.setdefault(control.target, set()).add(given[control.name])
    return await visit.called(**ids)


async def _offered(visit: Visit, controls: Sequence[Control]) -> dict[str, Sequence[str]]:
    """The names that fields of references offer; those of persons are typed, not shown."""
    targets = {each.target for each in controls if each.target}
    kinds = [KINDS[target] for target in sorted(targets)]
    return {
        kind.name: await records.offered_of(visit, kind)
        for kind in kinds
        if not kind.personal_fields
    }


def orders(resource: Resource, visit: Visit) -> dict[str, str]:
    """What a list can be sorted by: the fields with their titles."""
    titles = {each.name: each.title for each in headings(resource)}
    fields = sorts(resource, personal=visit.caller.view(resource.name).personal)
    return {name: titles.get(name) or STORED.get(name, name) for name in fields if name != "id"}


def leading(resource: Resource, fields: Mapping[str, str]) -> str:
    """The field by which a list is sorted in the column of names; empty if there is none."""
    told = " ".join(resource.called)
    places = {told.index(f"{{{name}"): name for name in fields if f"{{{name}" in told}
    return places[min(places)] if places else ""


def folded(found: Sequence[Sieve]) -> tuple[list[Sieve], list[Sieve]]:
    """The fields that stand beside the words, and those that are folded away."""
    if len(found) <= FEW:
        return [*found], []
    beside = [each for each in found if each.is_closed][:OPEN]
    return beside, [each for each in found if each not in beside]
