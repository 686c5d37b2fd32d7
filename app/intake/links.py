"""Links: the records that the cells of any list refer to, by id, by key, or by code and name."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.slicing import slices
from app.database.transaction import Transaction
from app.intake import roll
from app.intake.attendance import find_place
from app.intake.cells import Percent, as_id
from app.intake.documents import Candidate
from app.intake.faults import AMBIGUOUS_RECORD, PERCENT_CELL, UNKNOWN_RECORD
from app.intake.gathering import crowd
from app.intake.lines import Line
from app.intake.naming import name_of
from app.intake.people import Crowd
from app.intake.places import Directory
from app.intake.staff import Staff
from app.model.headings import Heading, Kind, headings
from app.model.resource import Resource
from app.model.text import fold
from app.registry.measures import measures
from app.registry.teachers import teachers
from app.store.lookups import columns_of

_NAMES = ("source_key", "code", "oktmo", "plan_no", "number", "title", "name")
"""Columns by which people name a record, those for certain first."""


_PERCENT = {"%", "в %", "процент", "проценты", "процентов", "в процентах"}
"""Units in which a percent is counted."""


def understand(tx: Transaction, resource: Resource, lines: Sequence[Line], staff: Staff) -> None:
    """Put ids in the place of what the rows say of other records."""
    if resource is teachers:
        roll.understand(tx, lines, staff)
    for heading in headings(resource):
        if heading.kind != Kind.REFERENCE:
            continue
        if heading.target == "organizations":
            _places(lines, heading, staff.places)
        elif heading.target != "teachers":
            _records(tx, lines, heading)
    if any(heading.target == "teachers" for heading in headings(resource)):
        _people(tx, lines, staff)


def _places(lines: Sequence[Line], heading: Heading, places: Directory) -> None:
    for line in lines:
        if line.is_open and line.said.get(heading.name) and not line.holds(heading.name):
            aside = Line(line.number, (), {"organization_id": line.said[heading.name]})
            if place := find_place(aside, places, None, line.day):
                line.said[heading.name] = place.id
            for remark in aside.errors:
                line.refuse(remark.fault, heading.title, **remark.values)
            line.candidates += aside.candidates


def _people(tx: Transaction, lines: Sequence[Line], staff: Staff) -> None:
    for line in lines:
        name_of(line)
    places = staff.places
    found = crowd(tx, lines, None, places, Crowd(staff.licence, staff.claimed))
    claims = []
    for line in lines:
        if line.is_open:
            place = places.by_id.get(line.said.get("organization_id"))
            if claim := found.settle(line, place, tx.secret):
                claims.append(claim)
    staff.meet(tx, claims)


def _records(tx: Transaction, lines: Sequence[Line], heading: Heading) -> None:
    texts = {line.said[heading.name] for line in lines if line.said.get(heading.name)}
    found = _named(tx, str(heading.target), texts)
    for line in lines:
        text = line.said.get(heading.name)
        if not text or not line.is_open or line.holds(heading.name):
            continue
        ids = found.get(text, [])
        if len(ids) == 1:
            line.said[heading.name] = ids[0]
        else:
            line.refuse(AMBIGUOUS_RECORD if ids else UNKNOWN_RECORD, heading.title)
            line.candidates += tuple(Candidate(id=str(each)) for each in ids[:20])


def hold_percents_to_units(tx: Transaction, resource: Resource, lines: Sequence[Line]) -> None:
    """Refuse a percent but in a row about a measure that is counted in percent."""
    shares = [
        (line, heading, line.said.get("measure_id"))
        for line in lines
        for heading in headings(resource)
        if isinstance(line.said.get(heading.name), Percent)
    ]
    units = columns_of(tx, measures.table, {each for *_, each in shares}, "unit") if shares else {}
    for line, heading, measure in shares:
        if measure not in units or fold(units[measure].unit or "") not in _PERCENT:
            line.refuse(PERCENT_CELL, heading.title)


def _named(tx: Transaction, collection: str, texts: set[str]) -> dict[str, list[uuid.UUID]]:
    """The records of a collection by the texts that name them."""
    table = SQLModel.metadata.tables[collection]
    seen = tx.seen(collection, table)
    found: dict[str, list[uuid.UUID]] = {}
    ids = {key: text for text in texts if (key := as_id(text))}
    for some in slices(ids):
        rows = tx.execute(sa.select(table.c.id).where(table.c.id.in_(some), seen)).scalars()
        found |= {ids[key]: [key] for key in rows}
    for name in _NAMES:
        left = texts - found.keys() - set(ids.values())
        if name in table.c and left:
            found |= _by_column(tx, table, seen, name, left)
    return found


def _by_column(
    tx: Transaction, table: sa.Table, seen: sa.ColumnElement[bool], name: str, texts: set[str]
) -> dict[str, list[uuid.UUID]]:
    """The records that texts name in a column, folded where the table keeps its match key."""
    column = table.c.get(f"{name}_key")
    spelt: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for spelling in (text,) if column is None else _with_and_without_stop(text):
            spelt[spelling].add(text)
    said = table.c[name] if column is None else column
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    for some in slices(spelt):
        rows = sa.select(table.c.id, said.label("name")).where(said.in_(some), seen)
        for row in tx.execute(rows):
            for text in spelt[row.name]:
                found[text].append(row.id)
    return found


def _with_and_without_stop(text: str) -> tuple[str, str]:
    key = fold(text).rstrip(". ")
    return key, f"{key}."
