"""Posting: writes understood rows as records, with the same checks as single writes."""

import uuid
from collections.abc import Mapping, Sequence
from functools import cache

from app.database.transaction import Transaction
from app.intake.bodies import listed_body
from app.intake.codes import RowOutcome
from app.intake.duplicates import Duplicates, Identity
from app.intake.lines import Line
from app.intake.matching import find_alike, find_named, is_new, merge_again
from app.intake.settlement import Settlement, numbered, refuse, remark
from app.intake.staff import Staff
from app.model.drafts import Draft
from app.model.headings import Kind, headings
from app.model.record import new_ids
from app.model.resource import Resource
from app.problems import Invalid
from app.registry.teachers import teachers
from app.store import checking, keeping
from app.store.matches import prepare


def post(
    tx: Transaction, resource: Resource, lines: Sequence[Line], duplicates: Duplicates, staff: Staff
) -> None:
    """Write the rows; each gets its outcome."""
    find_named(tx, resource, [line for line in lines if line.is_open])
    is_free = _draft(tx, resource, [line for line in lines if line.is_open], staff)
    find_alike(tx, resource, [line for line in lines if line.is_open])
    rows = [(line, _identity(tx, resource, line)) for line in lines if line.is_open]
    duplicates.reject_known(rows)
    rows = [(line, identity) for line, identity in rows if line.is_open]
    settlement = Settlement(tx, resource, staff, is_free=is_free)
    contests = settlement.settle(rows)
    _keep(tx, resource, [contest.front for contest in contests], staff)
    duplicates.keep((contest.front, contest.identity, contest.others) for contest in contests)


def _draft(tx: Transaction, resource: Resource, lines: Sequence[Line], staff: Staff) -> bool:
    """Make validated drafts of the rows, and match them with stored records.

    Returns whether no record has the natural keys of new rows.
    """
    fields, lists = resource.write.model_fields.keys(), _lists(resource)
    drafted: list[Line] = []
    for line, new in zip(lines, new_ids(len(lines)), strict=True):
        stored = line.draft.stored if line.draft else None
        values = _without_gaps(resource, line.fields).items()
        # An empty cell clears a field of an existing record, and empties a list.
        if stored:
            body = {name: value for name, value in values if name in fields}
            body |= {name: [] for name in lists if name in body and body[name] is None}
        else:
            given = {name: value for name, value in values if value is not None and name in fields}
            body = {**line.defaults, **given}
        try:
            line.draft = Draft(listed_body(resource, body), stored, staff.id_of(line) or new)
        except Invalid as problem:
            refuse(resource, line, problem.findings)
        else:
            line.draft.at = len(drafted)
            drafted.append(line)
    drafts = [line.draft for line in drafted if line.draft]
    findings, is_free = prepare(tx, resource, drafts)
    for finding in findings:
        refuse(resource, drafted[finding.at], [finding])
    merge_again(resource, drafted)
    return is_free


def _without_gaps(resource: Resource, fields: Mapping[str, object]) -> Mapping[str, object]:
    """The fields of a row, without the empty cells of parts and objects."""
    nested = fields.keys() & (resource.parts.keys() | resource.embedded.keys())
    return {**fields, **{name: _filled(fields[name]) for name in nested}} if nested else fields


def _filled(value: object) -> object:
    if isinstance(value, list):
        return [_filled(part) for part in value]
    cells = value if isinstance(value, dict) else {}
    return {name: cell for name, cell in cells.items() if cell is not None} or None


@cache
def _lists(resource: Resource) -> frozenset[str]:
    """The fields that hold lists."""
    return frozenset(
        heading.name
        for heading in headings(resource)
        if heading.kind == Kind.CHOICES and not heading.is_inner
    )


def _identity(tx: Transaction, resource: Resource, line: Line) -> Identity:
    """A value that is equal for rows about the same record."""
    draft = line.draft
    assert draft is not None  # noqa: S101 - every open row has one by now
    # A record made by an earlier row of this list is identified as that row was.
    if draft.stored and draft.stored.columns["created_at"] != tx.now:
        return (draft.id.int,)
    columns = draft.columns
    if resource is teachers and columns["source"] is None:
        return (draft.id.int,)
    for key in resource.natural_keys:
        if key.unless and columns[key.unless] is not None:
            continue
        values = [value for name in key.columns if (value := columns[name]) is not None]
        if len(values) == len(key.columns):
            return (*key.columns, *map(_plain, values))
    return tuple(f"{name}={value}" for name, value in sorted(line.fields.items()))


def _plain(value: object) -> str | int:
    return value.int if isinstance(value, uuid.UUID) else str(value)


def _keep(tx: Transaction, resource: Resource, lines: Sequence[Line], staff: Staff) -> None:
    """Write the settled rows, after the people that they need."""
    staff.keep(tx, lines)
    drafts = numbered(lines)
    for finding in checking.remarks(tx, resource, drafts):
        warning = remark(resource, finding)
        lines[finding.at].row_of(warning).warnings += (warning,)
    written = set(map(id, keeping.keep(tx, resource, drafts)))
    for line in lines:
        if id(line.draft) not in written:
            line.outcome = RowOutcome.UNCHANGED
        else:
            line.outcome = RowOutcome.CREATED if is_new(line) else RowOutcome.UPDATED
