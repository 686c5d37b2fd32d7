"""Orders: an event with its list of participants, checked or written in one transaction."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from typing_extensions import TypedDict

from app.database.transaction import Transaction
from app.indicators.answer import indicators
from app.indicators.asking import Asked as Day
from app.indicators.documents import Indicator
from app.intake.carrying import sent_of
from app.intake.codes import RowOutcome
from app.intake.cures import Cure, CureKind, Cures, Subject
from app.intake.faults import EVENT_DAY_TAKEN, PARAMETER_TAKEN
from app.intake.parameters import home_of
from app.intake.places import name_key
from app.intake.questions import Asked, Questions
from app.intake.runs import Run
from app.intake.sheets.shapes import Asked as Options
from app.intake.terms import Basis, ImportMode, OnError, Terms
from app.json_types import Json
from app.model.columns import Choice
from app.model.text import fold
from app.registry.events import EventKind, EventStatus, events
from app.registry.organization_aliases import organization_aliases
from app.store import register
from app.store.precondition import Precondition
from app.store.uploads import Sent

SOME_EVENT = uuid.UUID(int=0)
"""Stands for the event of a list until there is one."""


class Goal(Choice):
    """What is to be done with a list."""

    CHECK = "check", "проверить"
    WRITE = "write", "записать, если никто не ждёт решения"
    SKIP = "skip", "записать готовое, остальное вернуть"


@dataclass(frozen=True)
class Order:
    """An event, and how its list is to be read."""

    program_id: uuid.UUID
    basis: Basis
    creates: bool
    """Whether unknown teachers are added."""
    event: Mapping[str, Any] = field(default_factory=dict)
    """The event as a body of the API; empty if it is stored."""
    event_id: uuid.UUID | None = None
    """The stored event."""
    organization_id: uuid.UUID | None = None
    """The organization of all rows, if the list has no column for it."""
    cures: Cures = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Spellings that are to be stored, with the id of their organization."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """What headings mean: the name of a field, or nothing where a column is not read."""
    header_row: int | None = None
    """In which row they stand, if that is not found."""

    @property
    def terms(self) -> Terms:
        """The terms of the list, before its event is known."""
        return Terms(
            ImportMode.DRY_RUN,
            OnError.SKIP,
            program_id=self.program_id,
            event_id=self.event_id or SOME_EVENT,
            organization_id=self.organization_id,
            processing_basis=self.basis,
            create_teachers=self.creates,
            columns=self.columns,
            asked=Options(header_row=self.header_row),
        )

    def as_json(self) -> dict[str, Json]:
        """The order as it is stored in a draft."""
        return {
            "program_id": str(self.program_id),
            "basis": self.basis,
            "creates": self.creates,
            "event": dict(self.event),
            "event_id": str(self.event_id) if self.event_id else None,
            "organization_id": str(self.organization_id) if self.organization_id else None,
            "cures": [[*subject, *cure] for subject, cure in self.cures.items()],
            "aliases": dict(self.aliases),
            "columns": dict(self.columns),
            "header_row": self.header_row,
        }

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> "Order":
        """The order of a draft."""
        return cls(
            uuid.UUID(said["program_id"]),
            Basis[said["basis"].upper()],
            said["creates"],
            said["event"],
            _id(said["event_id"]),
            _id(said["organization_id"]),
            {
                Subject(*subject): Cure(CureKind[kind.upper()], value)
                for *subject, kind, value in said["cures"]
            },
            said["aliases"],
            said["columns"],
            said["header_row"],
        )


def _id(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None


class Figure(TypedDict):
    """An indicator that a list has changed."""

    code: str
    before: "Value"
    after: "Value"


class Value(TypedDict):
    """What an indicator was or is."""

    numerator: int | None
    denominator: int | None
    value: str | None


class Facts(TypedDict):
    """How the file was read."""

    sheet: str | None
    header_row: int
    infos: list[str]


class Result(TypedDict):
    """What was found, or written."""

    asked: Asked
    file: Facts
    event_id: str | None
    """The event, if it was stored before or is now."""
    is_new_event: bool
    figures: list[Figure] | None
    """What the list changed; None if nothing is written."""


class Carried(NamedTuple):
    """An upload as it is stored, and its result as pages tell it."""

    sent: Sent
    result: Result

    @property
    def is_written(self) -> bool:
        """Whether the list was written."""
        return self.result["figures"] is not None


class Task(NamedTuple):
    """What is to be done with the list of an order."""

    order: Order
    name: str | None
    """The name of the file."""
    goal: Goal
    today: date


def carry(tx: Transaction, task: Task, run: Run, import_id: uuid.UUID) -> Carried:
    """Check a list, or write it with its event and the spellings that were decided.

    `Goal.WRITE` writes nothing as long as rows wait for an answer.

    Raises:
        Invalid: the event or a spelling is refused.

    """
    order, goal = task.order, task.goal
    before = _figures(tx, order, task.today) if goal != Goal.CHECK else {}
    questions = Questions(run)
    with tx.trial() as undo:
        known = _stored(tx, order)
        event_id = _write_event(tx, order, known)
        _write_aliases(tx, order)
        run.terms = replace(order.terms, event_id=event_id, mode=ImportMode.COMMIT)
        run.cures, run.heed = order.cures, questions.heed
        home = home_of(tx, run.terms)
        run.carry_out(tx, home)
        asked = questions.asked
        is_written = goal == Goal.SKIP or (goal == Goal.WRITE and not asked["waiting"])
        if not is_written:
            undo()
            run.terms = replace(run.terms, mode=ImportMode.DRY_RUN)
    sent = sent_of(run, import_id, task.name, home)
    if not is_written:
        sent = _of_a_check(sent)
    result: Result = {
        "asked": asked,
        "file": {
            "sheet": run.sheet.facts.sheet,
            "header_row": run.sheet.facts.header_row,
            "infos": [
                info.fault.words.sentences("ru", info.values)[0]
                for info in run.infos()
                # The form has asked for these values itself.
                if info.fault not in {PARAMETER_TAKEN, EVENT_DAY_TAKEN}
            ],
        },
        "event_id": str(event_id) if known or is_written else None,
        "is_new_event": known is None,
        "figures": _moved(before, _figures(tx, order, task.today)) if is_written else None,
    }
    return Carried(sent, result)


def _of_a_check(sent: Sent) -> Sent:
    """The upload of a list that was only checked: it has made no records and returns no rows."""
    report: dict[str, Any] = dict(sent.report)
    rows = report["rows"]
    report["rows"] = [
        {**row, "id": None} if row["outcome"] == RowOutcome.CREATED else row for row in rows
    ]
    return replace(sent, report=report, refused=None)


def _stored(tx: Transaction, order: Order) -> sa.Row[Any] | None:
    """The event of an order, if it is stored already: the same again is no second event."""
    table = events.table
    query = sa.select(table.c.id, table.c.status).where(tx.seen("events", table))
    if order.event_id:
        return tx.execute(query.where(table.c.id == order.event_id)).first()
    body = order.event
    is_same = (
        (table.c.kind == EventKind.HELD)
        & (table.c.status != EventStatus.CANCELLED)
        & (table.c.window_start == date.fromisoformat(body["window_start"]))
        & (table.c.title_key == fold(body["title"]))
    )
    for name in ("activity_id", "partnership_id", "host_id"):
        is_same &= table.c[name].is_not_distinct_from(_id(body.get(name)))
    return tx.execute(query.where(is_same).order_by(table.c.id)).first()


def _write_event(tx: Transaction, order: Order, known: sa.Row[Any] | None) -> uuid.UUID:
    """Create the event, or say of a stored one that it was held."""
    if known is None:
        return register.create(tx, events, dict(order.event)).id
    if order.event and known.status == EventStatus.PLANNED:
        held = {name: order.event[name] for name in ("status", "completed_on")}
        register.amend(tx, events, known.id, held, ANY)
    key: uuid.UUID = known.id
    return key


ANY = Precondition(any=True, given=True)


def write_event(tx: Transaction, order: Order) -> uuid.UUID:
    """Write the event of an order without a list."""
    return _write_event(tx, order, _stored(tx, order))


def _write_aliases(tx: Transaction, order: Order) -> None:
    table = organization_aliases.table
    for alias, organization_id in order.aliases.items():
        query = sa.select(table.c.alias).where(
            table.c.organization_id == uuid.UUID(organization_id),
            tx.seen(organization_aliases.name, table),
        )
        if name_key(alias) not in map(name_key, tx.execute(query).scalars()):
            body = {"organization_id": organization_id, "alias": alias}
            register.create(tx, organization_aliases, body)


def _figures(tx: Transaction, order: Order, today: date) -> dict[str, Indicator]:
    every = indicators(tx, order.program_id, Day(today))["items"]
    return {each["code"]: each for each in every}


def _moved(before: Mapping[str, Indicator], after: Mapping[str, Indicator]) -> list[Figure]:
    pairs = ((code, _value(before[code]), _value(after[code])) for code in after)
    return [{"code": code, "before": was, "after": now} for code, was, now in pairs if was != now]


def _value(one: Indicator) -> Value:
    return {
        "numerator": one["numerator"],
        "denominator": one["denominator"],
        "value": one["value"],
    }
