"""Blocks: the form of any kind of record, made from its declaration."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.findings import Finding
from app.model.headings import headings
from app.model.resource import PAIR, Resource
from app.pages import fields
from app.pages.fields import Field
from app.pages.typed import Typed

SERVICE = ("source", "source_key")
"""Fields for other systems, which stand apart."""


@dataclass(frozen=True)
class Row:
    """One row of a part in a form."""

    place: int
    fields: list[Field]


@dataclass(frozen=True)
class Blocks:
    """The fields of a form: those of the record, those of its parts, those for other systems."""

    plain: list[Field]
    parts: list[tuple[str, str, list[Row]]]
    """The title, the name and the rows of each part."""
    service: list[Field]

    @property
    def named(self) -> dict[str, Field]:
        """Every field by its name in the form."""
        inner = [one for _, _, rows in self.parts for row in rows for one in row.fields]
        return {one.name: one for one in (*self.plain, *inner, *self.service)}


def blocks(
    resource: Resource,
    record: Mapping[str, object],
    typed: Typed | None,
    findings: Sequence[Finding],
    names: Mapping[str, str],
) -> Blocks:
    """The form of a record, or of what was typed, with the names of the records it refers to.

    A record without an id is new: its fields are what the link to the form gave.
    """
    values = dict(typed.fields) if typed else fields.texts_of(resource, record)
    drawing = _Drawing(resource, values, findings, names, is_new="id" not in record)
    every = [drawing.field(heading.name) for heading in headings(resource)[1:] if not heading.part]
    parts = [
        (
            fields.title_of_part(resource, part),
            part,
            [drawing.row(part, place) for place in _places(resource, part, record, typed)],
        )
        for part in resource.parts
    ]
    return Blocks(
        [one for one in every if one.name not in SERVICE],
        parts,
        [one for one in every if one.name in SERVICE],
    )


@dataclass(frozen=True)
class _Drawing:
    resource: Resource
    values: Mapping[str, Sequence[str]]
    findings: Sequence[Finding]
    names: Mapping[str, str]
    is_new: bool

    def field(self, name: str) -> Field:
        """A field with its values, the names of records instead of their ids, and its error."""
        heading = fields.heading_at(self.resource, name)
        assert heading  # noqa: S101 - names are made of headings
        found = tuple(self.names.get(each, each) for each in self.values.get(name, ()))
        drawn = fields.field_of(self.resource, heading)
        is_fixed = not self.is_new and name in {*self.resource.immutable, PAIR[0]}
        return replace(
            drawn,
            name=name,
            values=found,
            error=fields.error_at(f"/{name.replace('.', '/')}", self.findings),
            is_fixed=is_fixed,
        )

    def row(self, part: str, place: int) -> Row:
        """A row of a part."""
        inner = [each for each in headings(self.resource) if each.part == part]
        names = [f"{part}.{place}.{each.name.partition('.')[2]}" for each in inner]
        return Row(place, [self.field(name) for name in names])


def _places(
    resource: Resource, part: str, record: Mapping[str, object], typed: Typed | None
) -> Iterator[int]:
    """The places of the rows: those there are, without a dropped one, with a new one behind."""
    if typed is None:
        stored = record.get(part)
        yield from range(len(stored) if isinstance(stored, list) else 0)
        return
    dropped = typed.pressed(f"drop.{part}.")
    places = [place for place, _ in fields.rows_of(resource, part, typed)]
    yield from (place for place in places if str(place) != dropped)
    if typed.pressed("add.") == part:
        yield max(places, default=-1) + 1
