"""Hindsight: a record as it was on a past day, without later changes.

Days are compared as texts, because the JSON of a record has them as YYYY-MM-DD.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from app.model.resource import Resource
from app.registry.partnerships import PartnershipStatus, partnerships

Record = dict[str, Any]
"""A record of any kind as JSON; its `Resource` lists its parts."""


def parts_by(resource: Resource, record: Record, day: date) -> Record:
    """A record with the parts that had begun by a day; ends after that day are removed."""
    return record | {
        name: _begun(record[name], day.isoformat())
        for name, part in resource.parts.items()
        if "valid_from" in part.model_fields
    }


def partnerships_by(records: Iterable[Record], day: date) -> list[Record]:
    """The partnerships that had begun by a day, as they were on it."""
    return [
        parts_by(partnerships, entry, day) | _not_ended(entry, day.isoformat())
        for entry in records
        if entry["start_date"] <= day.isoformat()
    ]


def _not_ended(partnership: Record, day: str) -> Record:
    """Undo an end that came after the day; an end that was only agreed stays."""
    if partnership["status"] != PartnershipStatus.ENDED or partnership["end_date"] <= day:
        return {}
    return {"status": PartnershipStatus.ACTIVE.value, "end_date": None}


def _begun(rows: Iterable[Record], day: str) -> list[Record]:
    return [
        entry | {"valid_to": None} if (entry["valid_to"] or day) > day else entry
        for entry in rows
        if (entry["valid_from"] or day) <= day
    ]
