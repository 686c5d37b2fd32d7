"""Twins: what a kept record takes from a dropped one, where a teacher cannot have both.

The surviving card's record is kept. But nobody loses days of work or a seminar that they attended,
because they had two cards.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.model.resource import PAIR, Resource
from app.registry.participations import ATTENDED, participations

_OF_CARDS = {*PAIR, "teacher_id"}
"""Columns that say whose a record is."""


def taken(
    resource: Resource, kept: Mapping[str, Any], dropped: Mapping[str, Any]
) -> dict[str, object]:
    """The columns of the kept record that change: a longer period, or that the teacher attended."""
    values: dict[str, object] = {}
    if resource.period:
        first, last = resource.period
        values = {first: min(kept[first], dropped[first]), last: _later(kept[last], dropped[last])}
    if resource is participations and dropped["status"] == ATTENDED != kept["status"]:
        names = resource.write.model_fields.keys() - _OF_CARDS
        values = {name: dropped[name] for name in names}
    return {name: value for name, value in values.items() if value != kept[name]}


def _later(one: date | None, other: date | None) -> date | None:
    """The later end of two periods; one without an end goes on."""
    return None if one is None or other is None else max(one, other)
