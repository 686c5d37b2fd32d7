"""Layout: which field of a record each column of one list stands for, and what has to be asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.findings import Finding
from app.intake.columns import key_of
from app.intake.faults import (
    AMBIGUOUS_COLUMN,
    COLUMN_TWICE,
    HEADINGS_READ,
    NO_SUCH_HEADING,
    UNKNOWN_COLUMN,
)
from app.intake.quoting import column_name, listed
from app.intake.wording import Headings
from app.model.headings import Heading


@dataclass
class Layout:
    """What each column of one list stands for."""

    columns: list[Heading | None]
    infos: list[Finding] = field(default_factory=list)
    asked: list[Finding] = field(default_factory=list)
    """What only the uploader can say."""
    known: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    """The places of columns, counted from 0."""

    @property
    def names(self) -> set[str]:
        """The fields that the list has."""
        return {each.name for each in self.columns if each}


def lay_out(
    names: Headings, titles: Sequence[str], named: Mapping[str, str] | None = None
) -> Layout:
    """What the columns of a list stand for; unknown ones are left out and named."""
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
            fields = ", ".join(each.name for each in meanings)
            said = {**values, "fields": fields, "field": meanings[0].name}
            layout.asked.append(Finding(AMBIGUOUS_COLUMN, values=said))
    layout.asked += [*_twice(layout, titles), *_lost(titles, named or {})]
    return layout


def understood(layout: Layout, titles: Sequence[str]) -> Finding:
    """What was understood of the headings, and how to name the rest."""
    said = {
        "known": listed(titles, layout.known),
        "unknown": listed(titles, layout.unknown),
    }
    return Finding(HEADINGS_READ, values=said)


def _twice(layout: Layout, titles: Sequence[str]) -> Iterator[Finding]:
    places: dict[str, list[int]] = {}
    for at, heading in enumerate(layout.columns):
        if heading:
            places.setdefault(heading.title, []).append(at)
    for title, found in places.items():
        if len(found) > 1:
            values = {"columns": listed(titles, found), "title": title}
            yield Finding(COLUMN_TWICE, values=values)


def _lost(titles: Sequence[str], named: Mapping[str, str]) -> Iterator[Finding]:
    here = {key_of(title) for title in titles}
    for title in named:
        if key_of(title) not in here:
            yield Finding(NO_SUCH_HEADING, parameter="columns", values={"cell": title})
