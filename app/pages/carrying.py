"""Carrying: the list of an order, checked or written in one transaction with what belongs to it."""

import uuid
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa
from typing_extensions import TypedDict

from app.database.transaction import Transaction
from app.intake.asked import Asked
from app.intake.carrying import sent_of
from app.intake.codes import RowOutcome
from app.intake.parameters import home_of
from app.intake.places import name_key
from app.intake.questions import Questions
from app.intake.runs import Run
from app.intake.terms import ImportMode
from app.model.resource import Resource
from app.pages import occasions, remarks
from app.pages.figures import Before, Effect, Figure, effect, just_before
from app.pages.orders import Goal, Order
from app.pages.speaking import in_list, warned
from app.registry.events import events
from app.registry.organization_aliases import organization_aliases
from app.store import register
from app.store.register import Written
from app.store.uploads import Sent


class Facts(TypedDict):
    """How the file was read."""

    sheet: str | None
    header_row: int


class Alias(TypedDict):
    """A spelling that was stored with a list."""

    id: str
    alias: str
    organization_id: str


class Result(TypedDict):
    """What was found, or written."""

    is_written: bool
    asked: Asked
    file: Facts
    event_id: str | None
    """The event, if it was stored before or is now."""
    is_new_event: bool
    aliases: list[Alias]
    warnings: list[str]
    """What needs attention in the event and the spellings."""
    program_id: str | None
    """The program whose indicators were compared."""
    figures: list[Figure] | None
    """What the list changed in them; None as long as that is not known."""


class Carried(NamedTuple):
    """An upload as it is stored, and its result as pages tell it."""

    sent: Sent
    result: Result
    effect: Effect | None
    """What it takes to count what the list changed; None if there is nothing to count."""


class Task(NamedTuple):
    """What is to be done with the list of an order."""

    order: Order
    name: str | None
    """The name of the file."""
    goal: Goal
    today: date


def carry(
    tx: Transaction, task: Task, run: Run, import_id: uuid.UUID, known: Before | None
) -> Carried:
    """Check a list, or write it with its event and the spellings that were decided.

    `Goal.WRITE` writes nothing as long as rows wait for an answer. `known` are the indicators as
    they were counted before the transaction; a check needs none.

    Raises:
        Invalid: the event, a spelling or a reference for all rows is refused.

    """
    before = just_before(tx, known) if known else None
    done = _done(tx, task, run)
    sent = sent_of(run, import_id, task.name, done.home)
    result: Result = {
        "is_written": done.is_written,
        "asked": done.asked,
        "file": _facts(run),
        "event_id": str(done.event_id) if done.event_id else None,
        "is_new_event": done.is_new_event,
        "aliases": done.aliases,
        "warnings": done.warnings,
        "program_id": before.program.id if before else None,
        "figures": None,
    }
    if not done.is_written:
        return Carried(_of_a_check(sent), result, None)
    return Carried(sent, result, effect(tx, before) if before else None)


class _Done(NamedTuple):
    """What became of an order."""

    is_written: bool
    asked: Asked
    home: uuid.UUID | None
    """The municipality of the list."""
    event_id: uuid.UUID | None
    """The event, if it is stored."""
    is_new_event: bool
    aliases: list[Alias]
    """The spellings that were stored."""
    warnings: list[str]
    """About the event and the spellings, whether they are stored or were only tried."""


def _done(tx: Transaction, task: Task, run: Run) -> _Done:
    """Carry the list out, and undo it unless it is to be written and no row waits."""
    order, kind = task.order, run.resource
    questions = Questions(run, partial(in_list, kind))
    occasion, stored, event_id = order.occasion, None, None
    warnings: list[str] = []
    with tx.trial() as undo:
        if occasion:
            stored = occasions.stored(tx, occasion)
            done = occasions.write(tx, occasion, stored)
            event_id = done.id if done else stored.id if stored else None
            warnings += _about("Мероприятие", events, done) if done else []
        aliases = _write_aliases(tx, order, warnings)
        run.terms = replace(order.terms, mode=ImportMode.COMMIT)
        if occasion:
            run.terms = replace(run.terms, event_id=event_id)
        run.cures, run.heed = order.cures, questions.heed
        home = home_of(tx, run.terms)
        run.carry_out(tx, home)
        asked = questions.asked
        asked["notes"] = [
            *remarks.of_repeated(kind, run.duplicates.groups.values()),
            *remarks.of_list(kind, run.infos()),
            *asked["notes"],
        ]
        is_written = task.goal == Goal.SKIP or (task.goal == Goal.WRITE and not asked["waiting"])
        if not is_written:
            undo()
            run.terms = replace(run.terms, mode=ImportMode.DRY_RUN)
    is_new_event = occasion is not None and stored is None
    if not is_written:
        event_id, aliases = event_id if stored else None, []
    return _Done(is_written, asked, home, event_id, is_new_event, aliases, warnings)


def _facts(run: Run) -> Facts:
    return {
        "sheet": run.sheet.facts.sheet,
        "header_row": run.sheet.facts.header_row,
    }


def _of_a_check(sent: Sent) -> Sent:
    """The upload of a list that was only checked: it has made no records and returns no rows."""
    report: dict[str, Any] = dict(sent.report)
    rows = report["rows"]
    report["rows"] = [
        {**row, "id": None} if row["outcome"] == RowOutcome.CREATED else row for row in rows
    ]
    return replace(sent, report=report, refused=None)


def _about(what: str, kind: Resource, done: Written) -> list[str]:
    """The warnings about what was written beside the list."""
    return [f"{what}. {line}" for line in warned(kind, done.warnings)]


def _write_aliases(tx: Transaction, order: Order, warnings: list[str]) -> list[Alias]:
    """Store the spellings that are not known yet; which these are. Warnings are added."""
    table = organization_aliases.table
    made: list[Alias] = []
    for alias, organization_id in order.aliases.items():
        query = sa.select(table.c.alias).where(
            table.c.organization_id == uuid.UUID(organization_id),
            tx.seen(organization_aliases.name, table),
        )
        if name_key(alias) not in map(name_key, tx.execute(query).scalars()):
            body = {"organization_id": organization_id, "alias": alias}
            done = register.create(tx, organization_aliases, body)
            warnings += _about(f"Написание «{alias}»", organization_aliases, done)
            made.append({"id": str(done.id), "alias": alias, "organization_id": organization_id})
    return made
