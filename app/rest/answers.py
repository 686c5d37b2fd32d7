"""Answers: types of the fields of answers that are not records, with their OpenAPI schemas."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema
from typing_extensions import TypeAliasType, TypedDict

from app.json_types import REF, Schema
from app.model.resource import Resource
from app.model.values import MEASURED, read_day, read_id, read_instant
from app.rest import docs
from app.rest.schemas import RECORD, Schemas, singular_of


def _day(text: str) -> date:
    return read_day(text)


def _id(text: str) -> uuid.UUID:
    return read_id(text)


def _moment(text: str) -> datetime:
    return read_instant(text)


def _decimal(text: str) -> Decimal:
    return MEASURED.read(text)


def _text(**schema: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **schema})


DayText = Annotated[str, AfterValidator(_day), _text(format="date")]
"""A calendar day in JSON, `YYYY-MM-DD`."""

IdText = Annotated[str, AfterValidator(_id), _text(format="uuid")]
"""The id of a record in JSON."""

MomentText = Annotated[str, AfterValidator(_moment), _text(format="date-time")]
"""An instant in JSON."""

DecimalText = Annotated[str, AfterValidator(_decimal), _text(pattern=MEASURED.pattern)]
"""An exact decimal in JSON."""

JsonRecord = Mapping[str, object]
"""A record as JSON; `shown_as` refers OpenAPI to the schema of its kind."""


def shown_as(resource: Resource) -> WithJsonSchema:
    """The annotation by which OpenAPI refers to a kind of record inside an answer."""
    return WithJsonSchema({"type": "object", RECORD: f"{singular_of(resource)}Read"})


def typed(name: str, about: str, fields: Mapping[str, object]) -> type[object]:
    """A type of answers whose fields follow from the kinds there are: a TypedDict of that name."""
    kind: type[object] = TypedDict(name, dict(fields))  # type: ignore[misc]
    kind.__doc__ = about
    return kind


def one_of(name: str, about: str, by: str, kinds: Iterable[type[object]]) -> object:
    """A named type for values of one of these types; the field `by` tells of which."""
    union = reduce(or_, kinds)
    return TypeAliasType(name, Annotated[union, Field(discriminator=by, description=about)])


def answers(*kinds: type[object]) -> Schemas:
    """Types of answers by their class names, for OpenAPI."""
    return {kind.__name__: (kind, "serialization") for kind in kinds}


def answer_of(
    kind: type[object],
    about: str = "Готово",
    other_forms: Mapping[str, object] = docs.NO_FORMS,
) -> Schema:
    """The OpenAPI response of an endpoint that answers with a type, or with files, and an ETag."""
    return docs.done_with_etag(kind.__name__, about, other_forms)


def shown_once(kind: type[object], about: str = "Готово") -> Schema:
    """The OpenAPI response of an endpoint that answers with a type and without an ETag."""
    return docs.done({"$ref": f"{REF}{kind.__name__}"}, about)
