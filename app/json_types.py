"""The types of JSON values, read or to be written."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"
"""Any JSON value; its type must be checked before use."""

Schema: TypeAlias = dict[str, object]
"""A part of an OpenAPI document; it is only assembled, never read."""
