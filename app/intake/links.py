"""Links: finds the records that cells refer to, by id, by source key, or by code and name."""

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
"""Columns by which people name a record, the most reliable first."""


_PERCENT = {"%", "в %", "процент", "проценты", "процентов", "в процентах"}
"""Units that are percentages."""


def understand(tx: Transaction, resource: Resource, lines: Sequence[Line], staff: Staff) -> None:
    """Replace texts that refer to other records with ids."""
    if resource is teachers:
        roll.understand(tx, lines, staff)
    for heading in headings(resource):
        if heading.kind != Kind.REFERENCE or heading.part:
            continue
        if heading.target == "organizations":
            _places(lines, heading, staff.places)
        elif heading.target != "teachers":
            _records(tx, lines, heading)
    if any(heading.target == "teachers" and not heading.part for heading in headings(resource)):
        _people(tx, lines, staff)


def understand_parts(
    tx: Transaction, resource: Resource, lines: Sequence[Line], places: Directory
) -> None:
    """Replace the names of other records in parts by ids; the store checks ids as they are."""
    for heading in headings(resource):
        if heading.kind != Kind.REFERENCE or not heading.part:
            continue
        cells = ((line, line.fields.get(heading.name)) for line in lines)
        named = [line for line, value in cells if value and not as_id(value)]
        if heading.target == "organizations":
            _places(named, heading, places)
        else:
            _records(tx, named, heading)


def _places(lines: Sequence[Line], heading: Heading, places: Directory) -> None:
    for line in lines:
        if line.is_open and line.fields.get(heading.name) and not line.holds(heading.name):
            aside = Line(line.number, (), {"organization_id": line.fields[heading.name]})
            if place := find_place(aside, places, None, line.day_of(heading.part)):
                line.fields[heading.name] = place.id
            for remark in aside.errors:
                line.refuse(remark.fault, heading.title, **remark.values)
            line.candidates += aside.candidates


def _people(tx: Transaction, lines: Sequence[Line], staff: Staff) -> None:
    for line in lines:
        name_of(line)
    places = staff.places
    people = crowd(tx, lines, None, places, Crowd(staff.licence, staff.claimed))
    claims = []
    for line in lines:
        if line.is_open:
            place = places.by_id.get(line.fields.get("organization_id"))
            if claim := people.settle(line, place, tx.secret):
                claims.append(claim)
    staff.meet(tx, claims)


def _records(tx: Transaction, lines: Sequence[Line], heading: Heading) -> None:
    texts = {line.fields[heading.name] for line in lines if line.fields.get(heading.name)}
    records = _named(tx, str(heading.target), texts)
    for line in lines:
        text = line.fields.get(heading.name)
        if not text or not line.is_open or line.holds(heading.name):
            continue
        ids = records.get(text, [])
        if len(ids) == 1:
            line.fields[heading.name] = ids[0]
        else:
            line.refuse(AMBIGUOUS_RECORD if ids else UNKNOWN_RECORD, heading.title)
            line.candidates += tuple(Candidate(id=str(key)) for key in ids[:20])


def check_percents(tx: Transaction, resource: Resource, lines: Sequence[Line]) -> None:
    """Refuse a percentage, except in a row about a measure whose unit is a percentage."""
    shares = [
        (line, heading, line.fields.get("measure_id"))
        for line in lines
        for heading in headings(resource)
        if isinstance(line.fields.get(heading.name), Percent)
    ]
    units = (
        columns_of(tx, measures.table, {measure for *_, measure in shares}, "unit")
        if shares
        else {}
    )
    for line, heading, measure in shares:
        if measure not in units or fold(units[measure].unit or "") not in _PERCENT:
            line.refuse(PERCENT_CELL, heading.title)


def _named(tx: Transaction, collection: str, texts: set[str]) -> dict[str, list[uuid.UUID]]:
    """The records of a collection by the texts that name them."""
    table = SQLModel.metadata.tables[collection]
    seen = tx.seen(collection, table)
    records: dict[str, list[uuid.UUID]] = {}
    ids = {key: text for text in texts if (key := as_id(text))}
    for part in slices(ids):
        rows = tx.execute(sa.select(table.c.id).where(table.c.id.in_(part), seen)).scalars()
        records |= {ids[key]: [key] for key in rows}
    for name in _NAMES:
        left = texts - records.keys() - set(ids.values())
        if name in table.c and left:
            records |= _by_column(tx, table, seen, name, left)
    return records


def _by_column(
    tx: Transaction, table: sa.Table, seen: sa.ColumnElement[bool], name: str, texts: set[str]
) -> dict[str, list[uuid.UUID]]:
    """The records that texts name in one column, folded if the table has a match key."""
    column = table.c.get(f"{name}_key")
    spelt: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for spelling in (text,) if column is None else _with_and_without_stop(text):
            spelt[spelling].add(text)
    match_column = table.c[name] if column is None else column
    records: dict[str, list[uuid.UUID]] = defaultdict(list)
    for part in slices(spelt):
        rows = sa.select(table.c.id, match_column.label("name")).where(match_column.in_(part), seen)
        for row in tx.execute(rows):
            for text in spelt[row.name]:
                records[text].append(row.id)
    return records


def _with_and_without_stop(text: str) -> tuple[str, str]:
    key = fold(text).rstrip(". ")
    return key, f"{key}."
