"""Typed rows: columns of a kind that are read as tuples with names.

A program has ten thousand rows, and a model object for each would cost more than counting them.
`Kind` compares the types with the model's when it is made, so the service does not start over a
column that was renamed or has another type.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Generic, NamedTuple, TypeVar, get_type_hints

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.among import among, keyed
from app.database.transaction import Transaction

Id = uuid.UUID
R = TypeVar("R", bound=NamedTuple)


@dataclass(frozen=True)
class Kind(Generic[R]):
    """What is read of a kind: the fields of `row` are columns of `model`, of the same types.

    Raises:
        TypeError: a field is no column of the model, or of another type.

    """

    row: type[R]
    model: type[SQLModel]

    def __post_init__(self) -> None:
        declared = get_type_hints(self.model)
        for name, hint in get_type_hints(self.row).items():
            # A body may leave its municipality out, a stored program or organization has one.
            known = uuid.UUID if name == "municipality_id" else declared.get(name)
            if name not in self.table.c or hint != known:
                raise TypeError(
                    f"{self.row.__name__}.{name} is no such column of {self.table.name}"
                )

    @property
    def table(self) -> sa.Table:
        """The table of the model."""
        return SQLModel.metadata.tables[str(self.model.__tablename__)]

    @property
    def columns(self) -> sa.Select[*tuple[object, ...]]:
        """The columns, from which rows are to be chosen."""
        return sa.select(*(self.table.c[name] for name in self.row._fields))

    def having(self, tx: Transaction, **values: object) -> list[R]:
        """The rows with these values in their columns."""
        return self.read(tx, _having(self, tuple(values)), **values)

    def among(self, tx: Transaction, name: str, values: Collection[object]) -> list[R]:
        """The rows with one of these values in a column."""
        return self.read(tx, _among(self, name), **{name: values})

    def where(self, tx: Transaction, *conditions: sa.ColumnElement[bool]) -> list[R]:
        """The rows that meet all conditions."""
        return self.read(tx, self.columns.where(*conditions))

    def read(
        self, tx: Transaction, statement: sa.Select[*tuple[object, ...]], **bound: object
    ) -> list[R]:
        """The rows of a statement that was made of `columns`."""
        return [self.row._make(row) for row in tx.execute(statement, bound or None).all()]

    def of_town(self, tx: Transaction, home: Id) -> list[R]:
        """The rows of a municipality; of one snapshot they are read once, for all its programs."""
        read = partial(self.having, tx, municipality_id=home)
        return tx.once((Kind.of_town, self, home), read)

    def parts(self, tx: Transaction, owners: Sequence[Id]) -> list[R]:
        """The parts of these records, in the order given; of one snapshot they are read once."""
        if not owners:
            return []
        read = partial(self.read, tx, _parts(self), owner_id=owners)
        return tx.once((self, *owners), read)


# The statements are made once: to make one and to look its text up takes longer than to run it.


@cache
def _having(kind: Kind[Any], names: Sequence[str]) -> sa.Select[*tuple[object, ...]]:
    return kind.columns.where(keyed(kind.table, names, alone=True))


@cache
def _among(kind: Kind[Any], name: str) -> sa.Select[*tuple[object, ...]]:
    return kind.columns.where(among(kind.table.c[name], name))


@cache
def _parts(kind: Kind[Any]) -> sa.Select[*tuple[object, ...]]:
    return _among(kind, "owner_id").order_by(kind.table.c.place)
