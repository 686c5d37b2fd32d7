"""Layout: the field of each column of one list, and what the uploader has to clarify."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from app.findings import Finding
from app.intake.columns import ACTIVITY, PERSON, key_of
from app.intake.faults import (
    AMBIGUOUS_COLUMN,
    COLUMN_TWICE,
    HEADINGS_READ,
    MISSING_COLUMN,
    NO_SUCH_HEADING,
    UNKNOWN_COLUMN,
)
from app.intake.quoting import column_name, listed
from app.intake.sheets.shapes import Row
from app.intake.terms import Terms
from app.intake.wording import Headings
from app.model.headings import Heading
from app.model.resource import Resource
from app.registry.participations import participations
from app.registry.teachers import teachers


@dataclass
class Layout:
    """The fields of a list's columns."""

    columns: list[Heading | None]
    infos: list[Finding] = field(default_factory=list)
    asked: list[Finding] = field(default_factory=list)
    """Findings that only the uploader can resolve."""
    known: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    """Positions of columns, counted from 0."""

    @property
    def names(self) -> set[str]:
        """The fields that the list has."""
        return {heading.base.name for heading in self.columns if heading}

    @cached_property
    def of_ids(self) -> list[Heading]:
        """The columns of ids beside names."""
        return [heading for heading in self.columns if heading and heading.of]

    def without_empty(self, rows: Iterable[Row], names: Collection[str]) -> "Layout":
        """The layout without those columns of these fields in which no row has anything."""
        places = {
            at: heading.base.name
            for at, heading in enumerate(self.columns)
            if heading and heading.base.name in names
        }
        empty = {*places.values()}
        for row in rows if empty else ():
            empty -= {name for at, name in places.items() if row.cells[at] not in {None, ""}}
            if not empty:
                break
        columns = [
            None if places.get(at) in empty else heading for at, heading in enumerate(self.columns)
        ]
        return replace(self, columns=columns)


def lay_out(
    names: Headings, titles: Sequence[str], named: Mapping[str, str] | None = None
) -> Layout:
    """Assign fields to the columns of a list; unknown columns are reported and ignored."""
    layout = Layout([])
    for at, title in enumerate(titles):
        meanings = names.meanings(title) if title else ()
        layout.columns.append(meanings[0] if meanings and len(meanings) == 1 else None)
        values = {"letter": column_name(at), "cell": title}
        if meanings is None:
            layout.unknown.append(at)
            layout.infos.append(Finding(UNKNOWN_COLUMN, values=values))
        elif meanings:
            layout.known.append(at)
        if meanings and len(meanings) > 1:
            fields = ", ".join(meaning.name for meaning in meanings)
            details = {**values, "fields": fields, "field": meanings[0].name}
            layout.asked.append(Finding(AMBIGUOUS_COLUMN, values=details))
    layout.asked += [*_twice(layout, titles), *_lost(titles, named or {})]
    return layout


def understood(layout: Layout, titles: Sequence[str]) -> Finding:
    """A finding that lists known and unknown headings, and how to name the latter."""
    values = {
        "known": listed(titles, layout.known),
        "unknown": listed(titles, layout.unknown),
    }
    return Finding(HEADINGS_READ, values=values)


def missing(resource: Resource, terms: Terms, layout: Layout) -> Iterator[Finding]:
    """Missing columns that a list of people needs; rows may name records by id or key instead."""
    if layout.names & {"id", "source_key"}:
        return
    who = {PERSON.name, "last_name", "teacher_id", "snils"}
    if resource is teachers and not layout.names & who:
        yield Finding(MISSING_COLUMN, values={"column": PERSON.title})
    if resource is not participations:
        return
    for title, given, names in (
        (PERSON.title, None, who),
        ("Организация", terms.organization_id, {"organization_id"}),
        (ACTIVITY.title, terms.event_id or terms.activity_id, {"event_id", ACTIVITY.name}),
    ):
        if not given and not layout.names & names:
            yield Finding(MISSING_COLUMN, values={"column": title})


def _twice(layout: Layout, titles: Sequence[str]) -> Iterator[Finding]:
    places: dict[str, list[int]] = {}
    for at, heading in enumerate(layout.columns):
        if heading:
            places.setdefault(heading.title, []).append(at)
    for title, columns in places.items():
        if len(columns) > 1:
            values = {"columns": listed(titles, columns), "title": title}
            yield Finding(COLUMN_TWICE, values=values)


def _lost(titles: Sequence[str], named: Mapping[str, str]) -> Iterator[Finding]:
    here = {key_of(title) for title in titles}
    for title in named:
        if key_of(title) not in here:
            yield Finding(NO_SUCH_HEADING, parameter="columns", values={"cell": title})
