"""Narrowing: which of several records a row can mean, by what else the row says.

Only what the rules demand anyway narrows, so the records left out would be refused.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from functools import partial

from app.intake.cells import as_id
from app.intake.citations import Row, is_on
from app.intake.documents import Candidate
from app.intake.lines import Line
from app.intake.places import Directory
from app.model.declaration import Declaration, Word
from app.model.headings import Heading
from app.model.resource import Resource

_LENT = ("resource_uses", "resource_id")
"""The resource of a use belongs to its provider."""
_PLACES = ("organization_id", "host_id", "provider_id")
"""Columns that tell an organization to which a record belongs."""


@dataclass(frozen=True)
class Known:
    """What is known of a list besides its rows."""

    places: Directory
    home: uuid.UUID | None
    zone: tzinfo
    given: Mapping[str, object] = field(default_factory=dict)
    """Values of parameters that stand for a column."""

    def value(self, line: Line, name: str) -> object:
        """The value of a field in a row, in the first row of its record, or of a parameter."""
        own = line.fields.get(name)
        return own or (line.head or line).fields.get(name) or self.given.get(name)

    def town(self, line: Line) -> uuid.UUID | None:
        """The municipality of the organizations that a row names."""
        fields = (line.head or line).fields
        if fields.get("municipality_id"):
            return as_id(str(fields["municipality_id"]))
        places = (self.places.by_id.get(value) for value in fields.values() if _is_id(value))
        return next((place.home for place in places if place), self.home)


def _is_id(value: object) -> bool:
    return isinstance(value, uuid.UUID)


def narrowed(
    resource: Resource, heading: Heading, line: Line, rows: Sequence[Row], known: Known
) -> Sequence[Row]:
    """Those of the cited records that a row can mean; all of them if it can mean none."""
    tests = [*_tests(resource, heading, line, known)]
    for test in tests:
        if len(rows) > 1:
            rows = [row for row in rows if test(row)] or rows
    return rows


def _tests(
    resource: Resource, heading: Heading, line: Line, known: Known
) -> Iterator[Callable[[Row], bool]]:
    if (town := known.town(line)) is not None:
        yield lambda row: getattr(row, "municipality_id", None) in {town, None}
    for shared in _agreeing(resource, heading.name):
        if (value := known.value(line, shared)) is not None:
            yield partial(_has, shared, str(value))
    lender = known.places.by_id.get(line.fields.get("provider_id"))
    if (resource.name, heading.name) == _LENT and lender:
        yield partial(_belongs, known.places, lender.legal_person)


def of_its_days(kind: Declaration, rows: Sequence[Row], day: date | None) -> Sequence[Row]:
    """Of several records those that are valid on the day of a row; all if none is."""
    if day is None or len(rows) < 2:  # noqa: PLR2004 - one is clear
        return rows
    return [row for row in rows if is_on(kind, row, day)] or rows


def _agreeing(resource: Resource, reference: str) -> list[str]:
    """The columns in which a record must have the same value as the one that it refers to."""
    words = (rule for rule in resource.rules if isinstance(rule, Word) and rule.name == "agrees")
    return [shared for about, shared in (word.of for word in words) if about == reference]


def _has(name: str, said: str, row: Row) -> bool:
    return str(getattr(row, name)) == said


def _belongs(places: Directory, person: uuid.UUID, row: Row) -> bool:
    place = places.by_id.get(row.organization_id)
    return place is not None and place.legal_person == person


def candidates(kind: Declaration, rows: Sequence[Row], places: Directory) -> list[Candidate]:
    """Records to choose from, each with what tells it from the others."""
    return [Candidate(id=str(row.id), name=_label(kind, row, places)) for row in rows[:_MOST]]


_MOST = 20
"""Candidates of a row at most."""


def _label(kind: Declaration, row: Row, places: Directory) -> str:
    title = getattr(row, "title", None) or getattr(row, "name", None)
    number = getattr(row, "number", None) or getattr(row, "plan_no", None)
    owners = (places.by_id.get(getattr(row, name, None)) for name in _PLACES)
    day = getattr(row, kind.period[0] if kind.period else "act_date", None)
    is_shared = "municipality_id" in kind.write.model_fields and row.municipality_id is None
    told = (
        f"№ {number}" if number else None,
        title,
        getattr(row, "academic_year", None),
        next((place.name for place in owners if place), None),
        f"{day:%d.%m.%Y}" if day else None,
        "общий" if is_shared else None,
    )
    return ", ".join(filter(None, told)) or kind.titles.all
