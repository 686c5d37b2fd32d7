"""Declaration: what one kind of record says of itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic import BaseModel
from sqlmodel import SQLModel

from app.findings import Finding
from app.model.drafts import Draft
from app.model.grants import Grants
from app.model.record import Part, Record, Write
from app.model.rule import Inquiry, Judge
from app.model.view import Condition
from app.model.workflow import Workflow

UNSAID: Any = object()
"""Stands where a declaration has not said whether there is anything."""


class Titles(NamedTuple):
    """What a kind is called in Russian, in the forms that sentences need."""

    all: str
    """Nominative plural, capital: a heading («Организации»)."""
    one: str
    """Accusative singular («организацию»)."""


@dataclass(frozen=True)
class Word:
    """A rule that several kinds have, said of the columns or parts of one: `registry/rules.py`."""

    name: str
    of: tuple[str, ...]
    """The columns and parts of the kind that it reads."""
    judge: Callable[["Declaration", Inquiry, Sequence[Draft]], Iterable[Finding]]
    values: Mapping[str, Iterable[str]] = field(default_factory=dict)
    """The values of columns of which alone it speaks."""
    is_of_period: bool = False
    """Whether it reads the kind's period too."""


Rule = Judge | Word


@dataclass(frozen=True, eq=False)
class Declaration:
    """One kind of record: what it is, what it hangs on, and the truths it must keep."""

    name: str
    titles: Titles
    row: type[Record]
    write: type[Write]
    access: Grants = field(default_factory=dict)
    """What each role may do. Required, as all that `model/demands.py` asks for."""
    owner: str | Condition | None = None
    """Whose a record is: the column that names its organization (`id` of an organization itself),
    or the condition for what the caller's organization may read and write."""
    period: tuple[str, str] | None = UNSAID
    """The columns of its first and last day, both included; None: a record has no period."""
    hangs_on: tuple[str, ...] = ()
    """References that give the municipality, first that is set; empty: the record names its own."""
    parts: Mapping[str, type[Part]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    remarks: tuple[Rule, ...] = ()
    """Rules whose findings are warnings."""
    guards: tuple[str, ...] = ()
    """References whose other children the rules look at: writers of siblings take turns on them."""
    remembers: Mapping[str, Callable[[Draft], list[dict[str, Any]]]] = field(default_factory=dict)
    """Parts that keep former values where a change does not speak of them: what is in them then."""
    has_heirs: bool = False
    """Whether records can be merged: then the pair of a merged one leads to its heir."""
    immutable: tuple[str, ...] = ()
    """Fields that keep their first value."""
    workflow: Workflow | None = None
    sorts: tuple[str, ...] = ()
    example: Mapping[str, Any] = field(default_factory=dict)
    """A body for the documentation; `$name` stands for the id of a record, that of the source
    program where it has one."""
    change: Mapping[str, object] = field(default_factory=dict)
    """A merge patch that the example may take: it changes what it names, and no rule refuses it."""

    @property
    def words(self) -> list[Word]:
        """The rules that other kinds have too."""
        return [each for each in (*self.rules, *self.remarks) if isinstance(each, Word)]

    @cached_property
    def table(self) -> sa.Table:
        """The table of the rows."""
        return table_of(self.row)

    @cached_property
    def is_shareable(self) -> bool:
        """Whether a record may be of no municipality, and so shared by all."""
        return bool(self.table.c.municipality_id.info.get("shared"))

    @cached_property
    def embedded(self) -> dict[str, type[BaseModel]]:
        """Fields that are one object each, kept in columns of the row with the field as prefix."""
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
    """The model of a field that is one object, or may be one."""
    options = getattr(annotation, "__args__", (annotation,))
    for option in options:
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None
