"""Resource: one kind of record, with everything that is derived from its declaration."""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, get_args

import sqlalchemy as sa
from pydantic import BaseModel, Field, create_model
from pydantic.fields import FieldInfo

from app.model.columns import Instant
from app.model.declaration import Declaration, Rule, Word, table_of
from app.model.demands import demand_whole
from app.model.record import Record, Write
from app.model.rule import Judge
from app.model.values import Id, Moment

PAIR = ("municipality_id", "source", "source_key")


@dataclass(frozen=True)
class NaturalKey:
    """Columns that identify a record; a row with an absent value has no such key."""

    columns: tuple[str, ...]
    unless: str | None = None
    """Records with this column set are exempt (a structural unit shares its parent's ИНН)."""


@dataclass(frozen=True, eq=False)
class Resource(Declaration):
    """One kind of record: its declaration, and what is derived from it."""

    def __post_init__(self) -> None:
        """Refuse an incomplete declaration.

        Raises:
            ValueError.

        """
        demand_whole(self)

    @cached_property
    def judges(self) -> tuple[Judge, ...]:
        """The rules, bound to the kind."""
        return tuple(map(self._judge, self.rules))

    @cached_property
    def remarking(self) -> tuple[Judge, ...]:
        """The rules whose findings are warnings, bound to the kind."""
        return tuple(map(self._judge, self.remarks))

    @cached_property
    def path(self) -> str:
        """The collection's name in URLs."""
        return self.name.replace("_", "-")

    @cached_property
    def owns(self) -> bool:
        """Whether a body names the municipality itself."""
        return "municipality_id" in self.write.model_fields

    @cached_property
    def natural_keys(self) -> tuple[NaturalKey, ...]:
        """All natural keys, that of the source first."""
        constraints = [
            NaturalKey(tuple(column.name for column in constraint.columns))
            for constraint in self.table.constraints
            if isinstance(constraint, sa.UniqueConstraint)
        ]
        indexes = [
            NaturalKey(tuple(column.name for column in index.columns), index.info.get("unless"))
            for index in self.table.indexes
            if index.unique
        ]
        return tuple(
            sorted([*constraints, *indexes], key=lambda key: (key.columns != PAIR, key.columns))
        )

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The columns that only the store writes and answers show, such as `submitted_at`."""
        declared = {*Record.model_fields, *self.write.model_fields, "municipality_id"}
        return tuple(
            column.name
            for column in self.table.columns
            if column.name not in declared
            and not is_hidden(column)
            and not self._embeds(column.name)
        )

    @cached_property
    def spoken(self) -> tuple[str, ...]:
        """The fields of the body that answers show, in order."""
        return tuple(
            name
            for name in self.write.model_fields
            if name in self.parts or name in self.embedded or name in self.table.columns
        )

    @cached_property
    def read(self) -> type[BaseModel]:
        """The answer's model: fields of the body (except write-only ones) and of the store."""
        of_row = self.row.model_fields
        kept: dict[str, Any] = {
            "id": (Id, Field(description="Идентификатор записи")),
            "etag": (str, Field(description="ETag записи: для `If-Match`, когда её меняют")),
            "version": (int, Field(description="Версия записи; растёт с каждым изменением")),
            "created_at": (Moment, Field(description="Когда создана")),
            "updated_at": (Moment, Field(description="Когда изменена")),
        }
        for name in ("source", "source_key", "municipality_id"):
            info = self.write.model_fields.get(name) or of_row[name]
            kept[name] = (info.annotation, info)
        for name in self.spoken:
            info = self.write.model_fields[name]
            if name in self.parts:
                kept[name] = (_shown_parts(info, table_of(self.parts[name])), info)
                continue
            of_person = name in self.table.c and is_personal(self.table.c[name])
            kept[name] = (info.annotation | None if of_person else info.annotation, info)  # type: ignore[operator]
        for name in self.shown:
            kind = self.table.c[name].type
            kept[name] = ((Moment if isinstance(kind, Instant) else str) | None, of_row[name])
        singular = self.write.__name__.removesuffix("Write")
        model: type[BaseModel] = create_model(
            f"{singular}Read", __config__=Write.model_config, __doc__=self.write.__doc__, **kept
        )
        return model

    @cached_property
    def personal_fields(self) -> tuple[str, ...]:
        """The fields that identify a person, those of parts as paths."""
        rows = [("", self.table)]
        rows += [(f"{name}.", table_of(part)) for name, part in self.parts.items()]
        return tuple(
            f"{prefix}{column.name}"
            for prefix, table in rows
            for column in table.columns
            if column.info.get("personal")
        )

    @cached_property
    def kept_in(self) -> dict[str, frozenset[str]]:
        """The columns that store each field of the body (parts have their own rows)."""
        hashed = {column.info.get("hashes"): column.name for column in self.table.columns}
        columns = {}
        for name in self.write.model_fields:
            inner = self.embedded[name].model_fields if name in self.embedded else ()
            columns[name] = frozenset(
                {name, hashed.get(name, name), *(f"{name}_{i}" for i in inner)}
            )
        return columns

    def folds(self, column: str) -> tuple[str, ...]:
        """The columns of which a match key is made; none for other columns."""
        folded: tuple[str, ...] = self.table.c[column].info.get("folds", ())
        return folded

    def _judge(self, rule: Rule) -> Judge:
        return partial(rule.judge, self) if isinstance(rule, Word) else rule

    def _embeds(self, column: str) -> bool:
        return any(column.startswith(f"{name}_") for name in self.embedded)


def _shown_parts(info: FieldInfo, table: sa.Table) -> object:
    """The type of a list of parts in answers: personal fields may be null."""
    (body,) = get_args(info.annotation)
    hidden: dict[str, Any] = {
        name: (field_info.annotation | None, field_info)
        for name, field_info in body.model_fields.items()
        if is_personal(table.c[name]) and field_info.is_required()
    }
    if not hidden:
        return info.annotation
    shown: Any = create_model(f"{body.__name__}Read", __base__=body, __doc__=body.__doc__, **hidden)
    return list[shown]


def is_hidden(column: sa.Column[object]) -> bool:
    """Whether answers never show the column, such as match keys and keyed hashes."""
    return bool(column.info.keys() & {"folds", "hashes", "entered_by", "gone"})


def is_personal(column: sa.Column[object]) -> bool:
    """Whether the column identifies a person, itself or as a match key."""
    folds = column.info.get("folds", ())
    return any(column.table.c[name].info.get("personal") for name in (column.name, *folds))
