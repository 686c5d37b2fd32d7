"""Posting: writes understood rows as records, with the same checks as single writes."""

import uuid
from collections.abc import Sequence

from app.database.transaction import Transaction
from app.intake.codes import RowOutcome
from app.intake.documents import Candidate
from app.intake.duplicates import Duplicates, Identity
from app.intake.faults import AMBIGUOUS_RECORD, NOT_YOURS_ROW, UNKNOWN_RECORD
from app.intake.lines import Line, Remark
from app.intake.settlement import Settlement, refuse, remark
from app.intake.staff import Staff
from app.model.drafts import Stored
from app.model.headings import ID
from app.model.record import new_ids
from app.model.resource import Resource
from app.registry.teachers import teachers
from app.store.batch import Batch, Prepared, keep, prepare


def post(
    tx: Transaction, resource: Resource, lines: Sequence[Line], duplicates: Duplicates, staff: Staff
) -> None:
    """Write the rows; each gets its outcome."""
    lines = [line for line in lines if line.is_open]
    ids = [staff.id_of(line) or new for line, new in zip(lines, new_ids(len(lines)), strict=True)]
    prepared = prepare(tx, resource, lines, ids, staff.jobs_made(tx, lines))
    _refuse(resource, lines, prepared)
    rows = [(line, _identity(tx, resource, line)) for line in lines if line.is_open]
    duplicates.reject_known(rows)
    rows = [(line, identity) for line, identity in rows if line.is_open]
    faults = _faults(resource, lines, prepared)
    contests = Settlement(tx, resource, staff, faults, is_free=prepared.is_free).settle(rows)
    _keep(tx, resource, [contest.front for contest in contests], staff, prepared.beside)
    duplicates.keep((contest.front, contest.identity, contest.others) for contest in contests)


def _refuse(resource: Resource, lines: Sequence[Line], prepared: Prepared) -> None:
    """Refuse the rows that cannot become drafts of records."""
    for at, ids in prepared.misnamed:
        where = resource.titles.all
        if ids:
            lines[at].refuse(AMBIGUOUS_RECORD, ID.title, where=where)
            lines[at].candidates += tuple(Candidate(id=str(key)) for key in ids)
        else:
            lines[at].refuse(UNKNOWN_RECORD, ID.title, where=where, by="номеру записи", cell="")
    for finding in prepared.refused:
        refuse(resource, lines[finding.at], [finding])


def _faults(
    resource: Resource, lines: Sequence[Line], prepared: Prepared
) -> dict[int, list[Remark]]:
    """Faults of rows that do not depend on other rows, by row number."""
    faults = {lines[at].number: [Remark(NOT_YOURS_ROW)] for at in prepared.foreign}
    for finding in prepared.faults:
        faults.setdefault(lines[finding.at].number, []).append(remark(resource, finding))
    return faults


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


def _keep(
    tx: Transaction, resource: Resource, lines: Sequence[Line], staff: Staff, jobs: Sequence[Stored]
) -> None:
    """Write the settled rows, after the people that they need."""
    drafts = [line.draft for line in lines if line.draft]
    for batch in (*staff.to_keep(lines, jobs), Batch(resource, drafts, is_placed=True)):
        kept = keep(tx, batch)
    tx.awaited.clear()
    for finding in kept.warnings:
        warning = remark(resource, finding)
        lines[finding.at].row_of(warning).warnings += (warning,)
    written = set(map(id, kept.drafts))
    for line in lines:
        if line.draft is None or id(line.draft) not in written:
            line.outcome = RowOutcome.UNCHANGED
        else:
            line.outcome = RowOutcome.CREATED if line.draft.is_new else RowOutcome.UPDATED
