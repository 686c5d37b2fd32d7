"""The types of JSON: what was read from it, or is to be written as it."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"
"""Any value of JSON; whoever wants more of it has to look what it is."""

Schema: TypeAlias = dict[str, object]
"""A piece of an OpenAPI document: it is put together, and nobody looks into it."""
