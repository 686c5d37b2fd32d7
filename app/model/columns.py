"""The types of the records' columns, the same on SQLite and PostgreSQL."""

import json
import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field

from app.model.values import Exact, spoken_instant
from app.words import Choice as Choice  # noqa: PLC0414 - declarations take every word from here

HEADING = 60
"""Characters; a description up to this length can serve as the heading too."""

_PARTED = re.compile(r"[,;:.()]")


class Identifier(TypeDecorator[uuid.UUID]):
    """A UUID: PostgreSQL's own type; on SQLite the dashed lower-case text, as in JSON."""

    impl = sa.String(36)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[object]:
        kind = sa.Uuid() if dialect.name == "postgresql" else sa.String(36)
        return dialect.type_descriptor(cast("TypeEngine[Any]", kind))

    def process_bind_param(self, value: uuid.UUID | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else str(value)

    def process_result_value(
        self,
        value: uuid.UUID | str | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> uuid.UUID | None:
        return _identifier(value) if isinstance(value, str) else value


# Reading repeats ids: attendances name few teachers and events. Making one costs 3 µs.
_identifier = lru_cache(8_192)(uuid.UUID)


class Instant(TypeDecorator[datetime]):
    """An instant in UTC with microseconds; on SQLite the text of the API."""

    impl = sa.String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[object]:
        kind = sa.DateTime(timezone=True) if dialect.name == "postgresql" else sa.String(27)
        return dialect.type_descriptor(cast("TypeEngine[Any]", kind))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else spoken_instant(value)

    def process_result_value(
        self,
        value: datetime | str | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC) if value else None


class Scaled(TypeDecorator[Decimal]):
    """A decimal, stored as an integer of its smallest unit (no float anywhere)."""

    impl = sa.BigInteger
    cache_ok = True

    def __init__(self, exact: Exact) -> None:
        super().__init__()
        self.exact = exact

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else self.exact.scale(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else Decimal(value).scaleb(-self.exact.places)


class Set(TypeDecorator[list[str]]):
    """A set of enumeration values, stored as the sorted JSON list of the API."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str:  # noqa: ARG002 - SQLAlchemy's signature
        return json.dumps(sorted(value or ()), separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str]:  # noqa: ARG002 - SQLAlchemy's signature
        found: list[str] = json.loads(value) if value else []
        return found


# The functions below declare a field. The first argument is its description in Russian, which
# OpenAPI shows. They stand right of `=`; the annotation on the left validates. `heading` names the
# field in lists; without it, a short description does.


def line(about: str, *, heading: str = "", default: object = ..., **notes: bool) -> Any:
    """One line of text.

    A `personal` one identifies a person and is null for most callers; a `numeral` numbers
    something, such as «1.10».
    """
    kwargs = noted(about, heading, line=True, **notes)
    return Field(default, description=about, sa_type=sa.String(500), sa_column_kwargs=kwargs)


def text(about: str, *, heading: str = "") -> Any:
    """A long text with line breaks; may be absent."""
    return Field(None, description=about, sa_type=sa.Text, sa_column_kwargs=noted(about, heading))


def code(about: str, *, heading: str = "", default: object = ..., length: int = 100) -> Any:
    """A short code that is only searched for as a whole, such as an ИНН."""
    return Field(
        default,
        description=about,
        sa_type=sa.String(length),
        sa_column_kwargs=noted(about, heading, exact=True),
    )


def day(about: str, *, heading: str = "", default: object = ...) -> Any:
    """A calendar day of the configured time zone."""
    return Field(
        default, description=about, sa_type=sa.Date, sa_column_kwargs=noted(about, heading)
    )


def moment(about: str, *, reached: tuple[str, tuple[str, ...]]) -> Any:
    """An instant that the store sets: when the named field last took one of the values."""
    return Field(
        None,
        description=about,
        sa_type=Instant,
        sa_column_kwargs={"info": {"reached": reached}},
    )


def flag(about: str, *, heading: str = "", default: object = ...) -> Any:
    """A boolean."""
    return Field(
        default,
        description=about,
        sa_type=sa.Boolean,
        sa_column_kwargs=noted(about, heading, exact=True),
    )


def integer(about: str, low: int, high: int, *, heading: str = "", default: object = ...) -> Any:
    """An integer from `low` to `high`, both included."""
    return Field(
        default,
        description=about,
        ge=low,
        le=high,
        sa_type=sa.Integer,
        sa_column_kwargs=noted(about, heading),
    )


def decimal(about: str, exact: Exact, *, heading: str = "", default: object = None) -> Any:
    """A decimal; the annotation on the left names the same `exact`."""
    return Field(
        default,
        description=f"{about}. {exact.about}",
        sa_type=Scaled(exact),
        sa_column_kwargs=noted(about, heading),
    )


def choice(about: str, values: type[Choice], *, heading: str = "", default: object = ...) -> Any:
    """One value of a closed list, stored as text with a named CHECK."""
    kind = sa.Enum(
        values,
        name=values.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )
    return Field(
        default,
        description=f"{about}. {labels(values)}",
        sa_type=kind,
        sa_column_kwargs=noted(about, heading, exact=True),
    )


def choices(about: str, values: type[Choice], *, heading: str = "") -> Any:
    """A set of values of a closed list."""
    return Field(
        default_factory=list,
        description=f"{about}. {labels(values)}",
        sa_type=Set,
        sa_column_kwargs=noted(about, heading),
    )


def parts(about: str, *, heading: str = "") -> Any:
    """A list of parts, in the order of the body."""
    return Field(
        default_factory=list,
        description=about,
        max_length=500,
        sa_column_kwargs=noted(about, heading),
    )


def embedded(about: str, *, heading: str = "") -> Any:
    """An object, stored in columns of the row whose names begin with the field's name."""
    return Field(None, description=about, sa_column_kwargs=noted(about, heading))


def unkept(about: str, *, heading: str = "") -> Any:
    """A value that is neither stored nor shown, such as a СНИЛС; may be absent."""
    return Field(None, description=about, sa_column_kwargs=noted(about, heading))


def reference(
    to: str,
    about: str,
    *,
    heading: str = "",
    default: object = ...,
    beyond: bool = False,
    index: bool = True,
) -> Any:
    """The id of a record of `to`; `beyond` allows a record of another municipality."""
    return Field(
        default,
        description=about,
        sa_type=Identifier,
        foreign_key=f"{to}.id",
        index=index,
        sa_column_kwargs=noted(about, heading, exact=True, beyond=beyond),
    )


def noted(about: str, heading: str = "", **more: object) -> dict[str, object]:
    """The notes on a column; a short plain description becomes the heading if none is given."""
    is_plain = len(about) <= HEADING and not _PARTED.search(about)
    return {"info": {"heading": heading or (about if is_plain else ""), **more}}


def folded(*fields: str, unique: bool = False) -> Any:
    """A hidden column that the store fills: the match key of these fields (null counts as empty).

    With `unique` it is a natural key in which two absent values are equal.
    """
    return Field(
        "",
        sa_type=sa.Text,
        unique=unique,
        sa_column_kwargs={"info": {"folds": fields}},
    )


def keyed_hash(of: str) -> Any:
    """A hidden column that the store fills: the keyed hash of a value that is never stored."""
    return Field(None, sa_type=sa.String(64), sa_column_kwargs={"info": {"hashes": of}})


def who(about: str, *, reached: tuple[str, tuple[str, ...]]) -> Any:
    """The key by which the named field last took one of the values; the store sets it."""
    return Field(
        None,
        description=about,
        sa_type=sa.String(128),
        sa_column_kwargs={"info": {"reached_by": reached}},
    )


def entered_by() -> Any:
    """A hidden column that the store fills: the organization whose key created the record."""
    return Field(None, sa_type=Identifier, sa_column_kwargs={"info": {"entered_by": True}})


def gone() -> Any:
    """A hidden column: when the record was erased. From then on no view contains it."""
    return Field(None, sa_type=Instant, sa_column_kwargs={"info": {"gone": True}})


def labels(values: type[Choice]) -> str:
    """The values of a closed list with their Russian labels, for a description."""
    return "; ".join(f"`{value.value}`: {value.label}" for value in values)
