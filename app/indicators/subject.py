"""Subjects: one organization or teacher, why counted and why not, in every indicator."""

import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.findings import Finding
from app.indicators.asking import Asked, moment_of
from app.indicators.catalogue import INDICATORS, Indicator
from app.indicators.facts import load, program_of
from app.indicators.network import Network
from app.indicators.reasons import REASONS
from app.problems import Invalid
from app.store.database import Transaction
from app.store.faults import UNKNOWN_REFERENCE


class Subject(NamedTuple):
    """Who is asked about: a collection, `organizations` or `teachers`, and an id."""

    type: str
    id: uuid.UUID


def explain_subject(
    tx: Transaction, program_id: uuid.UUID, subject: Subject, asked: Asked, language: str
) -> dict[str, Any]:
    """A subject in every indicator of a program; several entries where it stands several times.

    Raises:
        NotFound: there is no such program.
        Invalid: there is no such subject in the caller's view; the period ends after the day, or
            before it starts.

    """
    program = program_of(tx, program_id)
    _demand_visible(tx, subject)
    day, moment = moment_of(program, asked)
    answer: dict[str, Any] = {"type": subject.type, "id": str(subject.id)}
    answer["as_of"] = day.isoformat()
    if moment is None:
        return answer | {"items": []}
    network = Network(load(tx, program, moment.start), moment)
    entries = [
        {"code": code, "outcome": outcome, "reason": reason}
        for code, indicator in INDICATORS.items()
        for outcome, reason in _standing(network, indicator, subject)
    ]
    texts = {name: words.fill(language, {}) for name, words in REASONS.items()}
    return answer | {
        "items": [each | {"reason_text": texts[str(each["reason"])]} for each in entries]
    }


def _demand_visible(tx: Transaction, subject: Subject) -> None:
    table = SQLModel.metadata.tables[subject.type]
    wanted = sa.select(table.c.id).where(table.c.id == subject.id, tx.seen(subject.type, table))
    if tx.execute(wanted).first() is None:
        parameter = f"{subject.type.removesuffix('s')}_id"
        raise Invalid(Finding(UNKNOWN_REFERENCE, parameter=parameter))


def _standing(
    network: Network, indicator: Indicator, subject: Subject
) -> Iterator[tuple[str | None, str]]:
    """The outcomes and reasons of a subject; no outcome where it is not looked at."""
    if indicator.looks_at != subject.type:
        yield None, f"looks_at_{indicator.looks_at}"
        return
    owners = {each.id: each.organization_id for each in network.facts.designations}
    items = [
        item
        for item in indicator.measure(network).items
        if owners.get(item.id, item.id) == subject.id
    ]
    yield from sorted({(item.outcome, item.reason) for item in items})
    if not items:
        yield None, _why_not(network, indicator, subject)


def _why_not(network: Network, indicator: Indicator, subject: Subject) -> str:
    if subject.type == "teachers":
        return indicator.unless
    own = {each.id for each in network.facts.own}
    if subject.id not in own and indicator.unless != "no_social_partner":
        return "other_municipality"
    # Who is of another kind is no less in no category: the kind says more.
    if indicator.unless == "not_priority" and subject.id not in network.standing:
        return "other_kind"
    return indicator.unless
