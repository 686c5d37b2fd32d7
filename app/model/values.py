"""Values in JSON: texts, days, instants, ids, decimals and keys, each strictly validated."""

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
from typing import Annotated, Any

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
    between,
    characters,
    refuse,
)
from app.model.text import Unreadable, clean_line, clean_text

LINE, TEXT = 500, 20_000
"""Maximal lengths of one line and of a long text, in characters."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]{8,15}([Zz]|[+-][0-9]{2}:[0-9]{2})")
KEY_PATTERN = r"^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,128}$"
_KEY = re.compile(KEY_PATTERN)
_DIGITS, _FINEST = 12, 6
"""Digits of any decimal before and behind the point: scaled, they fit a 64-bit integer."""
_DECIMAL = re.compile(rf"-?[0-9]{{1,{_DIGITS}}}(\.[0-9]{{1,{_FINEST}}})?")


def _line(value: str) -> str:
    # The length is checked first: cleaning a megabyte only to refuse it would waste time.
    return _bounded(value, LINE, clean_line)


def _text(value: str) -> str:
    return _bounded(value, TEXT, clean_text)


def _bounded(value: str, limit: int, clean: Callable[[str], str]) -> str:
    if len(value) > 2 * limit:
        refuse(TOO_LONG, limit=characters(limit))
    try:
        cleaned: str = clean(value)
    except Unreadable:
        refuse(UNREADABLE)
    if not cleaned:
        refuse(BLANK)
    if len(cleaned) > limit:
        refuse(TOO_LONG, limit=characters(limit))
    return cleaned


def _link(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", value):
        refuse(NOT_A_LINK)
    return value


def is_key(value: str) -> bool:
    """Whether a text can be a foreign system's name or key."""
    return bool(_KEY.fullmatch(value)) and not value.endswith("\n")


def _key(value: str) -> str:
    if not is_key(value):
        refuse(NOT_A_KEY)
    return value


def read_day(value: object) -> date:
    """A day from its text; a JSON number is refused."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        refuse(NOT_A_DAY)
    try:
        return date.fromisoformat(value)
    except ValueError:
        refuse(NOT_A_DAY)


def read_id(value: object) -> uuid.UUID:
    """An id from its text, in the one form that the service writes."""
    if isinstance(value, uuid.UUID):
        return value
    if not isinstance(value, str) or not _ID.fullmatch(value):
        refuse(NOT_AN_ID)
    return uuid.UUID(value)


def read_instant(value: object) -> datetime:
    """An instant from its text, which must have an offset."""
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
    """The form of a decimal: at most `places` behind the point, `between` two bounds (inclusive).

    A field names it twice, in its annotation and in its column, so that validation, storage and
    OpenAPI agree. Trailing zeros do not count: "1.50" has one place.
    """

    places: int
    between: tuple[int, int] | None = None

    def read(self, value: object) -> Decimal:
        """A decimal from its text.

        Raises:
            PydanticCustomError: not a decimal's text, more than `places`, or out of range.

        """
        # Decimals are strings in JSON: many clients would read a number as a float.
        if not isinstance(value, str | Decimal):
            refuse(NOT_A_DECIMAL, places=self.places)
        return _exact(self, value)

    def scale(self, value: Decimal) -> int:
        """The integer that is stored for a decimal.

        Raises:
            ValueError: the decimal has more than `places`.

        """
        scaled = value.scaleb(self.places)
        if scaled != int(scaled):
            message = f"a decimal has more than {self.places} places"
            raise ValueError(message)
        return int(scaled)

    @property
    def about(self) -> str:
        """The description of allowed values, in Russian."""
        bounds = "от {} до {}, ".format(*self.between) if self.between else ""
        return f"Число {bounds}знаков после точки не больше {self.places}"

    @property
    def pattern(self) -> str:
        """The accepted texts as a regular expression for JSON Schema."""
        low, high = self.between or (-1, 10**_DIGITS - 1)
        sign = "-?" if low < 0 else ""
        zeros = f"0{{0,{_FINEST - self.places}}}" if self.places < _FINEST else ""
        return rf"^{sign}[0-9]{{1,{len(str(high))}}}(\.[0-9]{{1,{self.places}}}{zeros})?$"

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's hook: how the value is validated and serialized."""
        serializer = plain_serializer_function_ser_schema(
            spoken_decimal, return_schema=str_schema()
        )
        return no_info_plain_validator_function(self.read, serialization=serializer)

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, object]:
        """Pydantic's hook: the JSON Schema."""
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
        refuse(OUT_OF_RANGE, limit=between(*kind.between))
    return value


def spoken_decimal(value: Decimal) -> str:
    """A decimal's text without exponent and trailing zeros."""
    if value == 0:
        return "0"
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def json_value(value: object) -> Any:
    """A value of a column as JSON represents it."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Decimal):
        return spoken_decimal(value)
    return value.isoformat() if isinstance(value, date) else value


def spoken_instant(value: datetime) -> str:
    """RFC 3339 in UTC with microseconds and `Z`; of one length, so that texts sort as times do."""
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
"""A long text: like `Line`, but line feeds stay; 1 to 20,000 characters."""

Key = Annotated[
    str,
    AfterValidator(_key),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 128, "pattern": KEY_PATTERN}),
]
"""A foreign system's name or key; needs no escaping in a path."""

Link = Annotated[
    Line,
    AfterValidator(_link),
    WithJsonSchema({"type": "string", "maxLength": LINE, "pattern": r"^https?://[^\s/]+\S*$"}),
]
"""A web address."""

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


def spoken_json(value: object) -> str:
    """A value as JSON, written like answers: equal values give equal texts."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def digest(key: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def keyed_hash(secret: bytes, value: str | None) -> str | None:
    """HMAC-SHA-256 in hexadecimal; without the secret it reveals nothing about the value."""
    if value is None:
        return None
    return hmac.new(secret, value.encode(), hashlib.sha256).hexdigest()
