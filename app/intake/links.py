"""Links: finds the records that cells refer to, by id, by source key, or by code and name."""

from collections.abc import Sequence

from pydantic_core import PydanticCustomError

from app.database.transaction import Transaction
from app.intake import roll, usages
from app.intake.amounts import Percent
from app.intake.attendance import find_place
from app.intake.cells import as_id
from app.intake.citations import library
from app.intake.columns import TIME
from app.intake.faults import AMBIGUOUS_RECORD, PERCENT_CELL, UNKNOWN_RECORD
from app.intake.gathering import crowd
from app.intake.lines import Line
from app.intake.naming import name_of
from app.intake.narrowing import Known, candidates, narrowed, of_its_days
from app.intake.people import Crowd
from app.intake.places import Directory
from app.intake.staff import Staff
from app.intake.timing import NOT_TIMES, times
from app.model.headings import Heading, Kind, headings
from app.model.resource import Resource
from app.model.text import fold
from app.registry.events import events
from app.registry.measures import measures
from app.registry.participations import participations
from app.registry.resource_uses import resource_uses
from app.registry.schedule_slots import schedule_slots
from app.registry.teachers import teachers

_PERCENT = {"%", "в %", "процент", "проценты", "процентов", "в процентах"}
"""Units that are percentages."""


def understand(
    tx: Transaction, resource: Resource, lines: Sequence[Line], staff: Staff, known: Known
) -> None:
    """Replace texts that refer to other records with ids."""
    if resource is teachers:
        roll.understand(tx, lines, staff)
    if resource is schedule_slots:
        split_times(lines)
        usages.join_users(lines)
    listed = [each for each in headings(resource) if each.kind == Kind.REFERENCE and not each.part]
    # Organizations come first, as they narrow what else a row can mean.
    for heading in listed:
        if heading.target == "organizations":
            _places(lines, heading, known.places)
    for heading in listed:
        if heading.target not in {"organizations", "teachers"}:
            _records(tx, resource, lines, heading, known)
    if any(heading.target == "teachers" for heading in listed):
        _people(tx, lines, staff)


def understand_events(tx: Transaction, lines: Sequence[Line], known: Known) -> None:
    """Replace the names of events in a list of participants by ids."""
    heading = next(each for each in headings(participations) if each.target == events.name)
    cells = ((line, line.fields.get(heading.name)) for line in lines)
    named = [line for line, value in cells if value and not as_id(value)]
    _records(tx, participations, named, heading, known)


def understand_parts(
    tx: Transaction, resource: Resource, lines: Sequence[Line], known: Known
) -> None:
    """Replace the names of other records in parts by ids; the store checks ids as they are."""
    for heading in headings(resource):
        if heading.kind != Kind.REFERENCE or not heading.part:
            continue
        cells = ((line, line.fields.get(heading.name)) for line in lines)
        named = [line for line, value in cells if value and not as_id(value)]
        if heading.target == "organizations":
            _places(named, heading, known.places)
        else:
            _records(tx, resource, named, heading, known)


def split_times(lines: Sequence[Line]) -> None:
    """Where a row has the start and the end in one cell, make two fields of them."""
    for line in lines:
        text = line.fields.pop(TIME.name, None)
        if not text or not line.is_open:
            continue
        try:
            said = times(text)._asdict()
        except PydanticCustomError:
            line.refuse(NOT_TIMES, TIME.title)
            continue
        if any(line.fields.get(name) not in {None, said[name]} for name in said):
            line.refuse(NOT_TIMES, TIME.title)
        line.fields |= said


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


def _records(
    tx: Transaction, resource: Resource, lines: Sequence[Line], heading: Heading, known: Known
) -> None:
    asked = [
        line
        for line in lines
        if line.is_open and line.fields.get(heading.name) and not line.holds(heading.name)
    ]
    if not asked:
        return
    texts = {str(line.fields[heading.name]) for line in asked}
    shelf = library(tx, str(heading.target), known.home, texts, known.zone)
    cited = {line.number: shelf.of(str(line.fields[heading.name]), known.zone) for line in asked}
    by = shelf.by
    if heading.target == resource_uses.name:
        others = [line for line in asked if not cited[line.number]]
        cited |= usages.find_uses(tx, others, known)
        by = usages.BY
    for line in asked:
        rows = narrowed(resource, heading, line, cited[line.number], known)
        rows = of_its_days(shelf.kind, rows, line.day_of(heading.part))
        if len(rows) == 1:
            line.fields[heading.name] = rows[0].id
            continue
        fault = AMBIGUOUS_RECORD if rows else UNKNOWN_RECORD
        values = {"where": shelf.kind.titles.all, "by": by, "cell": line.fields[heading.name]}
        line.refuse(fault, heading.title, **values)
        line.candidates += tuple(candidates(shelf.kind, rows, known.places))


def check_percents(
    tx: Transaction, resource: Resource, lines: Sequence[Line], known: Known
) -> None:
    """Refuse a percentage, except in a row about a measure whose unit is a percentage."""
    named = {heading.name: heading for heading in headings(resource)}
    shares = [
        (line, named[name], str(line.fields.get("measure_id")))
        for line in lines
        for name, value in line.fields.items()
        if isinstance(value, Percent) and name in named
    ]
    ids = {measure for *_, measure in shares if as_id(measure)}
    cited = library(tx, measures.name, known.home, ids, known.zone).found if ids else {}
    for line, heading, measure in shares:
        units = [fold(row.unit or "") for row in cited.get(measure, ())]
        if not units or units[0] not in _PERCENT:
            line.refuse(PERCENT_CELL, heading.title)
