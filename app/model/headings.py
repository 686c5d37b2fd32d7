"""Headings: the name of each field of a kind in a list of rows, and the type of its cells."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Any, get_args

import sqlalchemy as sa

from app.model.columns import Choice, Identifier, Scaled, Set
from app.model.graph import target_of
from app.model.leaves import heading_of, leaves, title_of
from app.model.resource import PAIR, Resource
from app.model.times import SchoolYear, TimeOfDay, Weekday
from app.model.values import Exact


class Kind(StrEnum):
    """The type of the cells of a column."""

    TEXT = "text"
    NUMBER = "number"
    DECIMAL = "decimal"
    FLAG = "flag"
    DAY = "day"
    TIME = "time"
    WEEKDAY = "weekday"
    YEARS = "years"
    """A school year."""
    CHOICE = "choice"
    CHOICES = "choices"
    REFERENCE = "reference"
    """What a record is called; a list may have its id or its key there instead."""
    ID = "id"
    """The id of the record that the column before it names."""
    PARTS = "parts"
    """Parts or an object in one cell, as in older lists; no longer read."""


WEEKDAYS = {
    "1": "понедельник",
    "2": "вторник",
    "3": "среда",
    "4": "четверг",
    "5": "пятница",
    "6": "суббота",
    "7": "воскресенье",
}
"""The names of the days of the week in lists."""


@dataclass(frozen=True)
class Heading:
    """A column of a list: one field of a record."""

    name: str
    """The field's name in the API; a list may use it instead of the title."""
    title: str
    """The Russian title, as it is printed."""
    kind: Kind
    about: str = ""
    is_required: bool = False
    is_personal: bool = False
    is_code: bool = False
    """Whether the text is a number or a code, whose characters matter one by one."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """The labels of the values of a closed list, and the names of weekdays."""
    target: str | None = None
    """The collection to which a reference leads."""
    exact: Exact | None = None
    """The form of a decimal."""
    part: str = ""
    """The field of parts to which the column belongs, one part in each row; empty: the record."""
    of: "Heading | None" = None
    """For a column of ids: the column of names that it stands beside."""

    @property
    def base(self) -> "Heading":
        """The column of the same field that is not one of ids beside it."""
        return self.of or self

    @property
    def is_inner(self) -> bool:
        """Whether the column is a field of a part or of an object, not of the body itself."""
        return "." in self.name


ID = Heading("id", "Номер записи", Kind.TEXT, "Идентификатор записи; у новой записи пусто")

BESIDE = " (ид.)"
"""Ends the title of a column of ids."""


def id_of(heading: Heading) -> Heading:
    """The column of ids beside a column of names."""
    return replace(
        heading,
        name=f"{heading.name}{BESIDE}",
        title=f"{heading.title}{BESIDE}",
        kind=Kind.ID,
        about=f"Номер записи, названной в столбце «{heading.title}»",
        is_required=False,
        target=None,
        of=heading,
    )


def with_ids(columns: Iterable[Heading]) -> Iterator[Heading]:
    """Columns, with a column of ids behind each one that refers to records."""
    for heading in columns:
        yield heading
        if heading.kind == Kind.REFERENCE:
            yield id_of(heading)


@cache
def headings(resource: Resource) -> tuple[Heading, ...]:
    """The columns of a collection's list in their order; the id is first."""
    return (ID, *_of_fields(resource))


def _of_fields(resource: Resource) -> Iterator[Heading]:
    # A field that is never shown, such as a СНИЛС, is personal too.
    personal = {*resource.personal_fields}
    personal |= resource.write.model_fields.keys() - {*resource.spoken, *PAIR}
    for leaf in leaves(resource):
        info, column = leaf.info, leaf.column
        yield Heading(
            leaf.path,
            title_of(resource, leaf),
            _kind(column),
            info.description or "",
            # Optional, because a record may lack the whole object.
            is_required=info.is_required() and (leaf.is_of_part or not leaf.inner),
            is_personal=leaf.path in personal,
            is_code=column is not None and not {"exact", "numeral"}.isdisjoint(column.info),
            choices=WEEKDAYS if _kind(column) == Kind.WEEKDAY else _labels(info.annotation),
            target=target_of(column).name if column is not None and column.foreign_keys else None,
            exact=_exact(column),
            part=leaf.field if leaf.is_of_part else "",
        )


@cache
def titles(resource: Resource) -> Mapping[str, str]:
    """The headings of all fields of a body, of its parts and objects, by path."""
    fields = {name: heading_of(info) for name, info in resource.write.model_fields.items()}
    return fields | {heading.name: heading.title for heading in headings(resource)}


def whole(resource: Resource, name: str) -> Heading:
    """The column of older lists that held all parts or an object; names its successors."""
    titles = (
        heading.title for heading in headings(resource) if heading.name.startswith(f"{name}.")
    )
    about = ", ".join(f"«{title}»" for title in titles)
    return Heading(f"{name}.*", heading_of(resource.write.model_fields[name]), Kind.PARTS, about)


def _kind(column: sa.Column[Any] | None) -> Kind:
    if column is None:
        return Kind.TEXT
    for column_type, cell_kind in _KINDS.items():
        if isinstance(column.type, column_type):
            return cell_kind
    return Kind.TEXT


_KINDS: Mapping[type[Any], Kind] = {
    Identifier: Kind.REFERENCE,
    Set: Kind.CHOICES,
    Scaled: Kind.DECIMAL,
    sa.Enum: Kind.CHOICE,
    sa.Boolean: Kind.FLAG,
    sa.Date: Kind.DAY,
    Weekday: Kind.WEEKDAY,
    TimeOfDay: Kind.TIME,
    SchoolYear: Kind.YEARS,
    sa.Integer: Kind.NUMBER,
}
"""By the type of the column; subtypes come before their base types."""


def _exact(column: sa.Column[Any] | None) -> Exact | None:
    kind = None if column is None else column.type
    return kind.exact if isinstance(kind, Scaled) else None


def closed_list(annotation: object) -> type[Choice] | None:
    """The closed list that an annotation contains at any depth, or None."""
    if isinstance(annotation, type) and issubclass(annotation, Choice):
        return annotation
    return next(filter(None, map(closed_list, get_args(annotation))), None)


def _labels(annotation: object) -> dict[str, str]:
    return {value.value: value.label for value in closed_list(annotation) or ()}
