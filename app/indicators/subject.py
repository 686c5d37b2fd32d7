"""Subjects: one organization or teacher in every indicator, and why it counts or not."""

import uuid
from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.findings import Finding
from app.indicators.asking import Asked, moment_of
from app.indicators.catalogue import INDICATORS, Definition, measure
from app.indicators.codes import ItemOutcome, SubjectType
from app.indicators.documents import SubjectExplanation
from app.indicators.facts import names_of_teachers, program_of
from app.indicators.network import Network, network_on
from app.indicators.obstacles import NONE, obstacle
from app.indicators.reasons import REASONS
from app.model.faults import UNKNOWN_REFERENCE
from app.problems import Invalid
from app.registry.partnerships import MemberRole
from app.registry.program_parts import IndicatorCode


class Subject(NamedTuple):
    """The organization or teacher that the question is about."""

    type: SubjectType
    id: uuid.UUID


def explain_subject(
    tx: Transaction, program_id: uuid.UUID, subject: Subject, asked: Asked, language: str
) -> SubjectExplanation:
    """A subject in every indicator of a program; one entry for each way in which it counts.

    Raises:
        NotFound: there is no such program.
        Invalid: there is no such subject in the caller's view; the period ends after the day, or
            before it starts.

    """
    program = program_of(tx, program_id)
    _demand_visible(tx, subject)
    day, moment = moment_of(program, asked)
    answer: SubjectExplanation = {
        "type": subject.type,
        "id": str(subject.id),
        "as_of": day.isoformat(),
        "items": [],
    }
    if moment:
        network = network_on(tx, program, moment)
        answer["items"] = [
            {
                "code": code,
                "outcome": outcome,
                "reason": reason,
                "reason_text": REASONS[reason].fill(language, {}),
            }
            for code in INDICATORS
            for outcome, reason in _standing(network, code, subject)
        ]
    return answer


def _demand_visible(tx: Transaction, subject: Subject) -> None:
    table = SQLModel.metadata.tables[subject.type]
    query = sa.select(table.c.id).where(table.c.id == subject.id, tx.seen(subject.type, table))
    if tx.execute(query).first() is None:
        parameter = f"{subject.type.removesuffix('s')}_id"
        raise Invalid(Finding(UNKNOWN_REFERENCE, parameter=parameter))


def _standing(
    network: Network, code: IndicatorCode, subject: Subject
) -> Iterator[tuple[ItemOutcome | None, str]]:
    """The outcomes and reasons of a subject; no outcome if the indicator does not count it."""
    definition = INDICATORS[code]
    if definition.looks_at != subject.type:
        yield None, f"looks_at_{definition.looks_at}"
        return
    owners: dict[uuid.UUID | str | None, uuid.UUID] = {
        row.id: row.organization_id for row in network.facts.designations
    }
    items = [
        item for item in measure(network, code).items if owners.get(item.id, item.id) == subject.id
    ]
    yield from sorted({(item.outcome, item.reason) for item in items})
    if not items:
        yield None, _why_not(network, definition, subject)


def _why_not(network: Network, definition: Definition, subject: Subject) -> str:
    if subject.type == "teachers":
        return definition.unless
    own = {row.id for row in network.facts.own}
    if subject.id not in own and definition.unless != "no_social_partner":
        return "other_municipality"
    # An organization of another kind has no category either, but the kind is the better reason.
    if definition.unless == "not_priority" and subject.id not in network.standing:
        return "other_kind"
    if definition.unless == NONE:
        return obstacle(network, subject.id, only=MemberRole.SUPPORTED)
    return definition.unless


def name_of(tx: Transaction, subject: Subject) -> str:
    """The subject's name, as far as the caller may see it."""
    if subject.type == "teachers":
        return names_of_teachers(tx, {subject.id}).get(subject.id) or ""
    table = SQLModel.metadata.tables["organizations"]
    name: str = tx.execute(
        sa.select(table.c.short_name).where(table.c.id == subject.id)
    ).scalar_one()
    return name
