"""Orders: how a list is to be read, and for participants the event that is written with it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from app.database.transaction import Transaction
from app.intake.cures import PLACE, Cure, CureKind, Cures, Subject
from app.intake.parameters import home_of
from app.intake.sheets.shapes import Asked as Options
from app.intake.terms import Basis, ImportMode, OnError, Terms
from app.json_types import Json
from app.model.columns import Choice
from app.model.resource import Resource
from app.registry import KINDS

SOME_EVENT = uuid.UUID(int=0)
"""Stands for the event of a list until there is one."""


class Goal(Choice):
    """What is to be done with a list."""

    CHECK = "check", "проверить"
    WRITE = "write", "записать, если никто не ждёт решения"
    SKIP = "skip", "записать готовое, остальное вернуть"


class Occasion(NamedTuple):
    """An event that is written together with the list of who took part in it."""

    program_id: uuid.UUID
    event: Mapping[str, Any]
    """The event as a body of the API; empty if it is stored."""
    event_id: uuid.UUID | None = None
    """The stored event."""


@dataclass(frozen=True)
class Order:
    """How a list is to be read."""

    collection: str
    basis: Basis | None = None
    """The legal basis, if the list names persons."""
    creates: bool = False
    """Whether unknown teachers are added."""
    occasion: Occasion | None = None
    standing: Mapping[str, uuid.UUID] = field(default_factory=dict)
    """References that hold for all rows, where the list has no column for them."""
    cures: Cures = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Spellings that are to be stored, with the id of their organization."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """What headings mean: the name of a field, or nothing where a column is not read."""
    header_row: int | None = None
    """In which row they stand, if that is not found."""

    @property
    def resource(self) -> Resource:
        """The kind of the list."""
        return KINDS[self.collection]

    @property
    def terms(self) -> Terms:
        """The terms of the list, before its event is known."""
        terms = Terms(
            ImportMode.DRY_RUN,
            OnError.SKIP,
            processing_basis=self.basis,
            create_teachers=self.creates,
            columns=self.columns,
            asked=Options(header_row=self.header_row),
        )
        given = dict(self.standing)
        if self.occasion:
            given["program_id"] = self.occasion.program_id
            given["event_id"] = self.occasion.event_id or SOME_EVENT
        return replace(terms, **given)  # type: ignore[arg-type]

    def placed(self, organization_id: uuid.UUID | None) -> "Order":
        """The order with an organization for all rows, or with none."""
        others = {name: key for name, key in self.standing.items() if name != PLACE}
        own = {PLACE: organization_id} if organization_id else {}
        return replace(self, standing=others | own)

    def home(self, tx: Transaction) -> uuid.UUID | None:
        """The municipality of the list.

        Raises:
            Invalid: a reference for all rows names no record that the caller sees.

        """
        terms = self.terms
        return home_of(tx, replace(terms, event_id=None) if self.occasion else terms)

    def as_json(self) -> dict[str, Json]:
        """The order as it is stored in a draft."""
        occasion = self.occasion
        return {
            "collection": self.collection,
            "basis": self.basis,
            "creates": self.creates,
            "occasion": occasion
            and {
                "program_id": str(occasion.program_id),
                "event": dict(occasion.event),
                "event_id": str(occasion.event_id) if occasion.event_id else None,
            },
            "standing": {name: str(key) for name, key in self.standing.items()},
            "cures": [[*subject, *cure] for subject, cure in self.cures.items()],
            "aliases": dict(self.aliases),
            "columns": dict(self.columns),
            "header_row": self.header_row,
        }

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> "Order":
        """The order of a draft."""
        return cls(
            said["collection"],
            Basis[said["basis"].upper()] if said["basis"] else None,
            said["creates"],
            _occasion(said["occasion"]),
            {name: uuid.UUID(key) for name, key in said["standing"].items()},
            {
                Subject(*subject): Cure(CureKind[kind.upper()], value)
                for *subject, kind, value in said["cures"]
            },
            said["aliases"],
            said["columns"],
            said["header_row"],
        )


def _occasion(said: Mapping[str, Any] | None) -> Occasion | None:
    if said is None:
        return None
    event_id = uuid.UUID(said["event_id"]) if said["event_id"] else None
    return Occasion(uuid.UUID(said["program_id"]), said["event"], event_id)
