"""Questions: what a list asks, with the answers that can be chosen, and what was decided."""

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import NamedTuple

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.intake.asked import Question
from app.intake.cells import as_id
from app.intake.columns import PERSON
from app.intake.cures import Cure, CureKind, Subject
from app.intake.faults import UNKNOWN_ORGANIZATION
from app.model.grants import Verb
from app.model.headings import ID, Heading, Kind
from app.model.resource import Resource
from app.model.text import alphabetical
from app.pages import records, words
from app.pages.meanings import headings_of
from app.pages.orders import Order
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.registry import KINDS
from app.registry.employments import employments
from app.registry.organizations import organizations
from app.registry.teachers import teachers
from app.store import drafts

OTHER, NEW, OUT = "other", "new", "out"
"""Answers that name no record: another one, a new person, not to write the rows."""

ANSWERED = {
    Kind.DAY: "day",
    Kind.CHOICE: "choice",
    Kind.WEEKDAY: "choice",
    Kind.FLAG: "choice",
    Kind.REFERENCE: "record",
    Kind.ID: "record",
}
"""How a question is answered, by the kind of its field; others are answered by a text."""


class Answer(NamedTuple):
    """An answer that a question offers."""

    value: str
    words: str
    about: str = ""


@dataclass(frozen=True)
class Asking:
    """A question as the page shows it."""

    question: Question
    key: str
    kind: str
    """`organization`, `person`, `record`, `day`, `choice` or `text`."""
    target: str
    """The collection in which the answer is looked up; empty if in none."""
    answers: list[Answer]
    chosen: str
    value: str
    """What was typed before."""
    may_keep: bool
    """Whether the spelling can be stored for the next list."""
    is_kept: bool


def key_of(subject: Subject) -> str:
    """The name of a question in the form."""
    said = json.dumps([*subject])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def subject_of(question: Question) -> Subject:
    """What a question is about."""
    return Subject(question["field"], question["said"], question["beside"])


def _questions(draft: drafts.Kept) -> list[Question]:
    asked = (draft.checked or {}).get("asked", {"questions": []})
    found: list[Question] = asked["questions"]
    return found


def answered(visit: Visit, order: Order, draft: drafts.Kept, typed: Typed) -> Order:
    """The order with what was decided in the form."""
    cures, aliases = dict(order.cures), dict(order.aliases)
    if forgotten := typed.pressed("forget."):
        said = {subject.said for subject in cures if key_of(subject) == forgotten}
        aliases = {alias: place for alias, place in aliases.items() if alias not in said}
    if dropped := typed.pressed("drop."):
        cures = {subject: cure for subject, cure in cures.items() if key_of(subject) != dropped}
        kept = {subject.said for subject in cures}
        aliases = {said: place for said, place in aliases.items() if said in kept}
    for question in _questions(draft):
        subject = subject_of(question)
        if cure := _cure(question, key_of(subject), typed):
            cures[subject] = cure
            aliases.pop(subject.said, None)
            if _may_keep(visit, question) and _is_kept(key_of(subject), cure, typed):
                aliases[subject.said] = cure.value
    return replace(order, cures=cures, aliases=aliases)


def _cure(question: Question, key: str, typed: Typed) -> Cure | None:
    """The decision about a question; None if there is none."""
    chosen, value = typed.text(f"c.{key}"), typed.text(f"v.{key}")
    if chosen == OUT:
        return Cure(CureKind.LEAVE_OUT)
    if chosen == NEW and question["may_be_new"]:
        return Cure(CureKind.NEWCOMER)
    if chosen not in {"", OTHER, NEW}:
        return Cure(CureKind.REPLACE, chosen)
    return Cure(CureKind.REPLACE, value) if value else None


def _is_kept(key: str, cure: Cure, typed: Typed) -> bool:
    is_record = cure.kind == CureKind.REPLACE and as_id(cure.value) is not None
    return is_record and bool(typed.text(f"a.{key}"))


def _may_keep(visit: Visit, question: Question) -> bool:
    """Whether a spelling helps with the next list, and the caller may store it."""
    is_unknown = question["code"] == UNKNOWN_ORGANIZATION.code and bool(question["said"])
    return is_unknown and visit.may("organization_aliases", Verb.CREATE)


async def askings(visit: Visit, draft: drafts.Kept, order: Order) -> list[Asking]:
    """The open questions of a draft, with the records that may be meant."""
    found = _questions(draft)
    ids: dict[str, set[str]] = {}
    for each in found:
        if target := target_of(order.resource, each["field"]):
            ids.setdefault(target, set()).update(each["candidates"])
    names = await visit.called(**ids)
    people = ids.get(teachers.name, set())
    jobs = await visit.read(lambda tx: _jobs(tx, people))
    return [_asking(visit, question, order, names, jobs) for question in found]


def _asking(
    visit: Visit,
    question: Question,
    order: Order,
    names: dict[str, str],
    jobs: dict[str, str],
) -> Asking:
    subject = subject_of(question)
    heading = headings_of(order.resource)[question["field"]]
    key, typed, target = key_of(subject), visit.typed, target_of(order.resource, heading.name)
    cure = order.cures.get(subject)
    before = cure.value if cure and cure.kind == CureKind.REPLACE else ""
    return Asking(
        question,
        key,
        KINDS_OF_ANSWERS.get(target, ANSWERED.get(heading.kind, "text")),
        target,
        [*_answers(question, heading, names, jobs)],
        typed.text(f"c.{key}") if typed else "",
        typed.text(f"v.{key}") if typed else before,
        _may_keep(visit, question),
        bool(typed.text(f"a.{key}")) if typed else True,
    )


KINDS_OF_ANSWERS = {"organizations": "organization", "teachers": "person"}
"""Records that are answered for in a way of their own: one is chosen, the other one is typed."""


def target_of(resource: Resource, field: str) -> str:
    """The collection of the record that a field names; empty if it names none."""
    if field == PERSON.name:
        return teachers.name
    return resource.name if field == ID.name else headings_of(resource)[field].target or ""


def _answers(
    question: Question, heading: Heading, names: dict[str, str], jobs: dict[str, str]
) -> Iterator[Answer]:
    if ANSWERED.get(heading.kind) == "choice":
        labels = heading.choices.values() or ("да", "нет")
        yield from (Answer(label, label) for label in labels)
    for key in question["candidates"]:
        if key in names:
            yield Answer(key, names[key], jobs.get(key, ""))
    if question["may_be_new"]:
        yield Answer(NEW, "это новый человек: добавить в реестр")


def _jobs(tx: Transaction, people: AbstractSet[str]) -> dict[str, str]:
    """Where teachers work, as far as the caller may read it: it tells namesakes apart."""
    job, place = employments.table, organizations.table
    query = (
        sa.select(job.c.teacher_id, job.c.position, place.c.short_name)
        .join(place, place.c.id == job.c.organization_id)
        .where(
            job.c.teacher_id.in_([uuid.UUID(key) for key in people]),
            tx.seen(employments.name, job),
        )
        .order_by(job.c.valid_from)
    )
    rows = tx.execute(query).all() if people else []
    return {
        str(row.teacher_id): ", ".join(filter(None, (row.position, row.short_name))) for row in rows
    }


def ask_for_place(asked: Sequence[Asking]) -> bool:
    """Whether an organization is asked for."""
    return any(each.kind == "organization" for each in asked)


async def places(visit: Visit) -> list[tuple[str, str]]:
    """The organizations that can be chosen, by name."""
    rows = (await records.listed(visit, organizations, [("limit", "500")]))["items"]
    return sorted(
        ((row["id"], row["short_name"]) for row in rows), key=lambda each: alphabetical(each[1])
    )


async def offered(visit: Visit, asked: Sequence[Asking]) -> dict[str, list[str]]:
    """The names that the fields of open questions offer, by collection."""
    targets = {each.target for each in asked if each.kind == "record"}
    return {target: await records.offered_of(visit, KINDS[target]) for target in sorted(targets)}


def rows_told(rows: Sequence[int], count: int) -> str:
    """Rows in words: «строка 12», «строки 11, 13–16», at most as many as a line holds."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][-1] + 1:
            spans[-1][1:] = [row]
        else:
            spans.append([row])
    told = [f"{span[0]}–{span[1]}" if len(span) > 1 else str(span[0]) for span in spans]
    more = " и другие" if len(told) > TOLD or count > len(rows) else ""
    return f"{words.plural(count, 'строка', 'строки', 'строки')} {', '.join(told[:TOLD])}{more}"


TOLD = 12
"""Spans of rows that are told."""
