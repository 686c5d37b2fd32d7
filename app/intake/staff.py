"""Staff: teachers whom a list names first, made with their employment when the uploader says so."""

import uuid
from collections.abc import Sequence
from typing import Any

from app.findings import Finding
from app.intake.columns import PERSON
from app.intake.faults import TEACHER_CREATED
from app.intake.lines import Line, Remark
from app.problems import Invalid
from app.registry.employments import employments
from app.registry.teachers import teachers
from app.store import batch
from app.store.database import Transaction
from app.store.drafts import Draft
from app.store.placing import place
from app.store.resource import Resource
from app.store.text import fold
from app.store.validation import read_body


def enrol(tx: Transaction, lines: Sequence[Line], home: uuid.UUID | None) -> int:
    """Make the teachers whom rows name and nobody knows, one for each name and organization.

    How many were made is what comes back.
    """
    new: dict[Any, list[Line]] = {}
    for line in lines:
        if line.is_open and line.said.get("name") and "teacher_id" not in line.said:
            new.setdefault(_identity(line), []).append(line)
    drafted = [(_teacher(rows, home), rows) for rows in new.values()]
    made = _kept(tx, teachers, [(draft, rows) for draft, rows in drafted if draft])
    jobs = [(_employment(draft, rows), rows) for draft, rows in made]
    _kept(tx, employments, [(draft, rows) for draft, rows in jobs if draft])
    for draft, rows in made:
        rows[0].infos += (Remark(TEACHER_CREATED, PERSON.title),)
        for line in rows:
            line.said["teacher_id"] = draft.id
    return len(made)


def _identity(line: Line) -> tuple[str, ...]:
    name, said = line.said["name"], line.said
    return (*(fold(part or "") for part in name[:3]), str(said.get("organization_id")))


def _teacher(rows: Sequence[Line], home: uuid.UUID | None) -> Draft | None:
    name, said = rows[0].said["name"], rows[0].said
    body = {"last_name": name.last, "first_name": name.first, "patronymic": name.patronymic}
    body |= {"municipality_id": str(home) if home else None, "snils": said.get("snils")}
    try:
        return Draft(read_body(teachers, body))
    except Invalid as problem:
        _refuse(rows, problem.findings)
        return None


def _employment(teacher: Draft, rows: Sequence[Line]) -> Draft | None:
    said = rows[0].said
    body = {
        "teacher_id": str(teacher.id),
        "organization_id": str(said["organization_id"]),
        "position": next((text for line in rows if (text := line.said.get("position"))), None),
        "position_group": "teaching",
        "is_main_job": True,
        "valid_from": min(line.said["participated_on"] for line in rows),
    }
    try:
        return Draft(read_body(employments, body))
    except Invalid as problem:
        _refuse(rows, problem.findings)
        return None


def _kept(
    tx: Transaction, resource: Resource, made: Sequence[tuple[Draft, list[Line]]]
) -> list[tuple[Draft, list[Line]]]:
    """Write drafts; the rows of those that are refused are refused, the others come back."""
    drafts = [draft for draft, _ in made]
    for at, draft in enumerate(drafts):
        draft.at = at
    findings: list[Finding] = place(tx, resource, drafts)
    bad = {finding.at for finding in findings}
    for finding in findings:
        _refuse(made[finding.at][1], [finding])
    left = [pair for at, pair in enumerate(made) if at not in bad]
    for at, (draft, _) in enumerate(left):
        draft.at = at
    verdict = batch.check(tx, resource, [draft for draft, _ in left])
    refused = [*verdict.faults, *(finding for finding, _ in verdict.taken)]
    for finding in refused:
        _refuse(left[finding.at][1], [finding])
    bad = {finding.at for finding in refused}
    left = [pair for at, pair in enumerate(left) if at not in bad]
    batch.keep(tx, resource, [draft for draft, _ in left])
    return left


def _refuse(rows: Sequence[Line], findings: Sequence[Finding]) -> None:
    for line in rows:
        for finding in findings:
            line.refuse(finding.fault, PERSON.title, **finding.values)
