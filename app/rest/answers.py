"""Answers that are no records: the types of what they hold, and how OpenAPI learns of them."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema

from app.model.resource import Resource
from app.model.values import MEASURED, read_day, read_id, read_instant
from app.rest import docs
from app.rest.schemas import RECORD, REF, Schemas, singular_of


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
"""A calendar day as JSON has it, `YYYY-MM-DD`."""

IdText = Annotated[str, AfterValidator(_id), _text(format="uuid")]
"""The id of a record as JSON has it."""

MomentText = Annotated[str, AfterValidator(_moment), _text(format="date-time")]
"""An instant as JSON has it."""

DecimalText = Annotated[str, AfterValidator(_decimal), _text(pattern=MEASURED.pattern)]
"""An exact decimal as JSON has it."""

JsonRecord = dict[str, Any]
"""A record as the database tells it; its kind declares its fields, see `shown_as`."""


def shown_as(resource: Resource) -> WithJsonSchema:
    """What OpenAPI says of a record inside an answer: what it says of its kind."""
    return WithJsonSchema({"type": "object", RECORD: f"{singular_of(resource)}Read"})


def answers(*kinds: type[object]) -> Schemas:
    """Types of answers under their own names."""
    return {kind.__name__: (kind, "serialization") for kind in kinds}


def answer_of(kind: type[object], about: str = "Готово") -> dict[str, Any]:
    """What OpenAPI says of a door that answers with a type, and with an ETag."""
    return shown_once(kind, about) | {"headers": {"ETag": {"schema": {"type": "string"}}}}


def shown_once(kind: type[object], about: str = "Готово") -> dict[str, Any]:
    """What OpenAPI says of a door whose answer is not to be asked for again: it has no ETag."""
    return docs.done({"$ref": f"{REF}{kind.__name__}"}, about)
