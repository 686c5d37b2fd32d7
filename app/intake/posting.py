"""Posting: rows that have been understood become records, through the engine's one door."""

import uuid
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from app.findings import Finding
from app.intake.bodies import listed_body, said_of, spoken
from app.intake.duplicates import Duplicates
from app.intake.faults import KEY_TAKEN_ROW, NOT_YOURS_ROW
from app.intake.lines import Line, Outcome, Remark
from app.intake.matching import find_by_nature, find_named, is_new, merge_again
from app.problems import Invalid
from app.store import batch
from app.store.database import Transaction
from app.store.drafts import Draft
from app.store.headings import Kind, headings
from app.store.placing import place
from app.store.record import new_ids
from app.store.resource import Resource


def post(tx: Transaction, resource: Resource, lines: Sequence[Line], known: Duplicates) -> None:
    """Write what the rows say; each gets its outcome."""
    find_named(tx, resource, [line for line in lines if line.is_open])
    _draft(tx, resource, [line for line in lines if line.is_open])
    new = [line for line in lines if line.is_open and is_new(line)]
    is_free = not find_by_nature(tx, resource, new)
    known.sift([(line, _identity(tx, resource, line)) for line in lines if line.is_open])
    for line in lines:
        if line.is_open and not is_new(line):
            _hold_to_rights(tx, resource, line)
    _keep(tx, resource, [line for line in lines if line.is_open], is_free=is_free)


def _draft(tx: Transaction, resource: Resource, lines: Sequence[Line]) -> None:
    """Make validated drafts of rows, and place them."""
    fields, lists = resource.write.model_fields.keys(), _lists(resource)
    drafted: list[Line] = []
    for line, new in zip(lines, new_ids(len(lines)), strict=True):
        stored = line.draft.stored if line.draft else None
        said = line.said.items()
        # An empty cell clears a field of a record that there is; a list is cleared by an empty one.
        if stored:
            body = {name: value for name, value in said if name in fields}
            body |= {name: [] for name in lists if name in body and body[name] is None}
        else:
            told = {name: it for name, it in said if it is not None and name in fields}
            body = {**line.defaults, **told}
        try:
            line.draft = Draft(listed_body(resource, body), stored, new)
        except Invalid as problem:
            _refuse(resource, line, problem.findings)
        else:
            line.draft.at = len(drafted)
            drafted.append(line)
    drafts = [line.draft for line in drafted if line.draft]
    for finding in place(tx, resource, drafts):
        _refuse(resource, drafted[finding.at], [finding])
    batch.match(tx, resource, [draft for draft in drafts if draft.stored is None])
    merge_again(resource, drafted)


@cache
def _lists(resource: Resource) -> frozenset[str]:
    """The fields that hold lists."""
    return frozenset(
        each.name
        for each in headings(resource)
        if each.kind == Kind.CHOICES or each.name in resource.parts
    )


def _identity(tx: Transaction, resource: Resource, line: Line) -> tuple[str | int, ...]:
    """What makes two rows rows about one record."""
    draft = line.draft
    assert draft is not None  # noqa: S101 - every open row has one by now
    # A record that an earlier row of this list made is told as that row was.
    if draft.stored and draft.stored.columns["created_at"] != tx.now:
        return (draft.id.int,)
    columns = draft.columns
    for key in resource.natural_keys:
        if key.unless and columns[key.unless] is not None:
            continue
        values = [value for name in key.columns if (value := columns[name]) is not None]
        if len(values) == len(key.columns):
            return (*key.columns, *map(_plain, values))
    return tuple(f"{name}={value}" for name, value in sorted(line.said.items()))


def _plain(value: Any) -> str | int:
    return value.int if isinstance(value, uuid.UUID) else str(value)


def _hold_to_rights(tx: Transaction, resource: Resource, line: Line) -> None:
    draft = line.draft
    if draft is None or draft.stored is None or not draft.is_changed:
        return
    stored = draft.stored
    said = {name: said_of(value) for name, value in line.said.items()}
    if not tx.caller.may_touch(resource.name, stored.columns) or any(
        tx.caller.overreach(resource.name, lambda: spoken(resource, stored), said)
    ):
        line.refuse(NOT_YOURS_ROW)


def _keep(tx: Transaction, resource: Resource, lines: Sequence[Line], *, is_free: bool) -> None:
    """Hold rows against the rules until none is refused any more, and write those that are left."""
    verdict = batch.Verdict()
    left = list(lines)
    while left:
        drafts = _numbered(left)
        verdict = batch.check(tx, resource, drafts, is_free=is_free and all(map(is_new, left)))
        for finding in (*verdict.faults, *verdict.illegal):
            _refuse(resource, left[finding.at], [finding])
        for finding, holder in verdict.taken:
            _refuse_taken(resource, left[finding.at], finding, holder)
        # A refused row may have been what another one was held against.
        if len(passed := [line for line in left if line.is_open]) == len(left):
            break
        left = passed
    _numbered(left)
    for finding in verdict.warnings if left else ():
        left[finding.at].warnings += (_remark(resource, finding),)
    drafts = _numbered(left)
    written = set(map(id, batch.keep(tx, resource, drafts)))
    for line in left:
        if id(line.draft) not in written:
            line.outcome = Outcome.UNCHANGED
        else:
            line.outcome = Outcome.CREATED if is_new(line) else Outcome.UPDATED


def _numbered(lines: Sequence[Line]) -> list[Draft]:
    drafts = [line.draft for line in lines if line.draft]
    for at, draft in enumerate(drafts):
        draft.at = at
    return drafts


def _refuse(resource: Resource, line: Line, findings: Iterable[Finding]) -> None:
    for finding in findings:
        remark = _remark(resource, finding)
        line.refuse(remark.fault, remark.column, **remark.values)


def _refuse_taken(
    resource: Resource, line: Line, finding: Finding, holder: uuid.UUID | None
) -> None:
    if holder is None:
        _refuse(resource, line, [finding])
        return
    line.refuse(KEY_TAKEN_ROW, _remark(resource, finding).column)
    line.candidates += ({"id": str(holder)},)


def _remark(resource: Resource, finding: Finding) -> Remark:
    name = (finding.pointer or "").split("/")[1:2]
    titles = {each.name: each.title for each in headings(resource)}
    return Remark(finding.fault, titles.get(name[0]) if name else None, finding.values)
