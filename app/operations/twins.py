"""Twins: what a kept record takes from a dropped one, where a teacher cannot have both.

The surviving card's record is kept. But nobody loses days of work or a seminar that they attended,
because they had two cards, and no system loses the record that it sends.
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
    """The columns of the kept record that change: its period, its pair, or that they attended."""
    values: dict[str, object] = {}
    if resource.period:
        first, last = resource.period
        values = {first: min(kept[first], dropped[first]), last: _later(kept[last], dropped[last])}
    if resource is participations and dropped["status"] == ATTENDED != kept["status"]:
        names = resource.write.model_fields.keys() - _OF_CARDS
        values = {name: dropped[name] for name in names}
    # The system that sent the dropped record sends it again: under its pair it finds this one. A
    # second such record of the teacher would be refused for ever.
    if kept["source"] is None:
        values |= {name: dropped[name] for name in PAIR}
    return {name: value for name, value in values.items() if value != kept[name]}


def _later(one: date | None, other: date | None) -> date | None:
    """The later end of two periods; one without an end goes on."""
    return None if one is None or other is None else max(one, other)
