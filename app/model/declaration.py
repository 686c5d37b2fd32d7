"""Declaration: what one kind of record declares; everything else is derived from it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic import BaseModel
from sqlmodel import SQLModel

from app.findings import Finding, Words
from app.model.derivation import Derivation
from app.model.drafts import Draft
from app.model.grants import Grants
from app.model.record import Part, Record, Write
from app.model.rule import Inquiry, Judge
from app.model.view import Condition
from app.model.workflow import Workflow

UNSAID: Any = object()
"""The value of a required field that a declaration has not set."""


class Titles(NamedTuple):
    """The Russian names of a kind, in the forms that sentences need."""

    all: str
    """The heading, nominative with a capital: «Организации»."""
    one: str = ""
    """One record, accusative: «Добавить организацию»."""
    many: str = ""
    """Several records, genitive: «Список организаций»."""


@dataclass(frozen=True)
class Word:
    """A rule of `registry/rules.py`, with the columns or parts of this kind that it reads."""

    name: str
    of: tuple[str, ...]
    """The columns and parts of the kind that the rule reads."""
    judge: Callable[["Declaration", Inquiry, Sequence[Draft]], Iterable[Finding]]
    values: Mapping[str, Iterable[str]] = field(default_factory=dict)
    """The values of columns to which the rule is limited."""
    is_of_period: bool = False
    """Whether the rule reads the kind's period too."""


Rule = Judge | Word


@dataclass(frozen=True, eq=False)
class Declaration:
    """One kind of record: its fields, its grants and its rules."""

    name: str
    titles: Titles
    row: type[Record]
    write: type[Write]
    called: tuple[str, ...] = ()
    """What a record is called, as `model/naming.py` reads it: the first template whose columns are
    all set. Required."""
    access: Grants = field(default_factory=dict)
    """What each role may do. Required, like everything that `model/demands.py` asks for."""
    owner: str | Condition | None = None
    """To which organization a record belongs: the column that names it (`id` for organizations
    themselves), or a condition for what the caller's organization may read and write."""
    period: tuple[str, str] | None = UNSAID
    """The columns of the first and the last day, both included; None if it has no period."""
    hangs_on: tuple[str, ...] = ()
    """References that give the municipality; the first that is set counts. Empty: the record names
    its own."""
    parts: Mapping[str, type[Part]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    remarks: tuple[Rule, ...] = ()
    """Rules whose findings are only warnings."""
    guards: tuple[str, ...] = ()
    """References whose other children the rules read: writers lock the referenced row."""
    remembers: Mapping[str, Callable[[Draft], list[dict[str, Any]]]] = field(default_factory=dict)
    """Parts that keep former values when a change does not name them; returns their new content."""
    derived: tuple[Derivation, ...] = ()
    """Columns that are read from texts: they follow a changed text (`store/following.py`)."""
    has_heirs: bool = False
    """Whether records can be merged: the pair of a merged record then leads to its heir."""
    immutable: tuple[str, ...] = ()
    """Fields that cannot change after creation."""
    workflow: Workflow | None = None
    sorts: tuple[str, ...] = ()
    example: Mapping[str, Any] = field(default_factory=dict)
    """A body for the documentation; `$name` stands for the id of a record (a record of the source
    program where it has one)."""
    change: Mapping[str, object] = field(default_factory=dict)
    """A merge patch that the example accepts: it changes every field that it names."""

    @property
    def spoken_name(self) -> Words:
        """The name of the collection in both languages; in English it is made of the code."""
        return Words(self.titles.all, self.name.replace("_", " "))

    @property
    def words(self) -> list[Word]:
        """The rules that this kind shares with others."""
        return [rule for rule in (*self.rules, *self.remarks) if isinstance(rule, Word)]

    @cached_property
    def table(self) -> sa.Table:
        """The table of the rows."""
        return table_of(self.row)

    @cached_property
    def is_shareable(self) -> bool:
        """Whether a record may have no municipality and so be shared by all."""
        return bool(self.table.c.municipality_id.info.get("shared"))

    @cached_property
    def embedded(self) -> dict[str, type[BaseModel]]:
        """Fields with one object each, stored in columns of the row with the field as prefix."""
        models = {}
        for name, info in self.write.model_fields.items():
            if name not in self.parts and (model := model_in(info.annotation)):
                models[name] = model
        return models


def table_of(row: type[SQLModel]) -> sa.Table:
    """The table of a row class."""
    table: sa.Table = row.__table__  # type: ignore[attr-defined]
    return table


def model_in(annotation: object) -> type[BaseModel] | None:
    """The model of a field that holds an object or null; None for other fields."""
    options = getattr(annotation, "__args__", (annotation,))
    for option in options:
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None
