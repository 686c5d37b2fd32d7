"""Values as they travel: texts, days, instants, ids, decimals and keys, each strictly read."""

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core.core_schema import (
    CoreSchema,
    no_info_plain_validator_function,
    plain_serializer_function_ser_schema,
    str_schema,
)

from app.model.faults import (
    BLANK,
    NOT_A_DAY,
    NOT_A_DECIMAL,
    NOT_A_KEY,
    NOT_A_LINK,
    NOT_AN_ID,
    NOT_AN_INSTANT,
    OUT_OF_RANGE,
    TOO_LONG,
    UNREADABLE,
    refuse,
)
from app.model.text import Unreadable, clean_line, clean_text

LINE, TEXT = 500, 20_000
"""Characters of one line and of a long text."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]{8,15}([Zz]|[+-][0-9]{2}:[0-9]{2})")
KEY_PATTERN = r"^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,128}$"
_KEY = re.compile(KEY_PATTERN)
_DIGITS, _FINEST = 12, 6
"""Digits of any decimal before and behind the point: what fits a 64-bit integer once scaled."""
_DECIMAL = re.compile(rf"-?[0-9]{{1,{_DIGITS}}}(\.[0-9]{{1,{_FINEST}}})?")


def _line(value: str) -> str:
    # The length first: cleaning a megabyte to refuse it afterwards would be a gift to attackers.
    return _bounded(value, LINE, clean_line)


def _text(value: str) -> str:
    return _bounded(value, TEXT, clean_text)


def _bounded(value: str, limit: int, clean: Callable[[str], str]) -> str:
    if len(value) > 2 * limit:
        refuse(TOO_LONG, limit=limit)
    try:
        cleaned: str = clean(value)
    except Unreadable:
        refuse(UNREADABLE)
    if not cleaned:
        refuse(BLANK)
    if len(cleaned) > limit:
        refuse(TOO_LONG, limit=limit)
    return cleaned


def _link(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", value):
        refuse(NOT_A_LINK)
    return value


def _key(value: str) -> str:
    if not _KEY.fullmatch(value) or value.endswith("\n"):
        refuse(NOT_A_KEY)
    return value


def read_day(value: object) -> date:
    """A day from its text; a JSON number is never a date."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        refuse(NOT_A_DAY)
    try:
        return date.fromisoformat(value)
    except ValueError:
        refuse(NOT_A_DAY)


def read_id(value: object) -> uuid.UUID:
    """An id from its text in the one form that the service writes."""
    if isinstance(value, uuid.UUID):
        return value
    if not isinstance(value, str) or not _ID.fullmatch(value):
        refuse(NOT_AN_ID)
    return uuid.UUID(value)


def read_instant(value: object) -> datetime:
    """An instant from its text, which carries an offset."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        refuse(NOT_AN_INSTANT)
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        refuse(NOT_AN_INSTANT)


@dataclass(frozen=True)
class Exact:
    """What a decimal may be: `places` behind the point, and `between` two bounds (inclusive).

    A field names it twice, in its annotation and in its column, so what is accepted, what is kept
    and what OpenAPI says are one text. Zeros at the end count for nothing: "1.50" has one place.
    """

    places: int
    between: tuple[int, int] | None = None

    def read(self, value: object) -> Decimal:
        """An exact decimal from its text.

        Raises:
            PydanticCustomError: it is no text of a decimal, finer than `places`, or out of range.

        """
        # Decimals travel as strings: a JSON number has been through a float somewhere.
        if not isinstance(value, str | Decimal):
            refuse(NOT_A_DECIMAL, places=self.places)
        return _exact(self, value)

    def scale(self, value: Decimal) -> int:
        """The whole number that is kept of a decimal.

        Raises:
            ValueError: the decimal is finer than what is kept.

        """
        scaled = value.scaleb(self.places)
        if scaled != int(scaled):
            message = f"a decimal has more than {self.places} places"
            raise ValueError(message)
        return int(scaled)

    @property
    def about(self) -> str:
        """What may be written, in Russian."""
        bounds = "от {} до {}, ".format(*self.between) if self.between else ""
        return f"Число {bounds}знаков после точки не больше {self.places}"

    @property
    def pattern(self) -> str:
        """The texts that are read, as a regular expression of JSON Schema."""
        low, high = self.between or (-1, 10**_DIGITS - 1)
        sign = "-?" if low < 0 else ""
        zeros = f"0{{0,{_FINEST - self.places}}}" if self.places < _FINEST else ""
        return rf"^{sign}[0-9]{{1,{len(str(high))}}}(\.[0-9]{{1,{self.places}}}{zeros})?$"

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's hook: how the value is read and told."""
        told = plain_serializer_function_ser_schema(spoken_decimal, return_schema=str_schema())
        return no_info_plain_validator_function(self.read, serialization=told)

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, object]:
        """Pydantic's hook: what OpenAPI says."""
        return {"type": "string", "pattern": self.pattern}


@lru_cache(1_000)
def _exact(kind: Exact, value: str | Decimal) -> Decimal:
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value):
            refuse(NOT_A_DECIMAL, places=kind.places)
        value = Decimal(value)
    if value != round(value, kind.places):
        refuse(NOT_A_DECIMAL, places=kind.places)
    if kind.between and not kind.between[0] <= value <= kind.between[1]:
        refuse(OUT_OF_RANGE, limit="–".join(map(str, kind.between)))
    return value


def spoken_decimal(value: Decimal) -> str:
    """A decimal without exponent and trailing zeros."""
    if value == 0:
        return "0"
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def spoken_instant(value: datetime) -> str:
    """RFC 3339 in UTC with microseconds and `Z`, of one length, so that texts order as times do."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


Line = Annotated[
    str,
    AfterValidator(_line),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LINE}),
]
"""One line: NFC, trimmed, white space collapsed, 1 to 500 characters."""

Text = Annotated[
    str,
    AfterValidator(_text),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": TEXT}),
]
"""A long text: as `Line`, but its line feeds stay; 1 to 20,000 characters."""

Key = Annotated[
    str,
    AfterValidator(_key),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 128, "pattern": KEY_PATTERN}),
]
"""A foreign system's name or key; safe in a path as it is."""

Link = Annotated[
    Line,
    AfterValidator(_link),
    WithJsonSchema({"type": "string", "maxLength": LINE, "pattern": r"^https?://[^\s/]+\S*$"}),
]
"""An address of the web."""

Day = Annotated[
    date, BeforeValidator(read_day), WithJsonSchema({"type": "string", "format": "date"})
]
"""A calendar day, `YYYY-MM-DD`."""

Id = Annotated[
    uuid.UUID, BeforeValidator(read_id), WithJsonSchema({"type": "string", "format": "uuid"})
]
"""The id of a record."""

Moment = Annotated[
    datetime,
    BeforeValidator(read_instant),
    PlainSerializer(spoken_instant, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An instant in UTC."""

MEASURED = Exact(places=6)
Decimals = Annotated[Decimal, MEASURED]
"""An exact decimal of at most 12 digits before and 6 behind the point, as a string."""


def spoken_json(found: object) -> str:
    """A value as the bodies of answers are written: equal values make equal texts."""
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def digest(key: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def keyed_hash(secret: bytes, value: str | None) -> str | None:
    """HMAC-SHA-256 in hexadecimal; without the secret it tells nothing of the value."""
    if value is None:
        return None
    return hmac.new(secret, value.encode(), hashlib.sha256).hexdigest()
