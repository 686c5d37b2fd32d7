"""Continuing: rows whose first cells are blank, because they go on with the row above.

They stay on one page with it, so that no page begins with a row of which nobody knows whose it is.
Where they are too many, the first on each page repeats the names.
"""

from collections.abc import Iterable, Iterator, Sequence

from app.documents.paper import RowKind
from app.documents.rendering.tables import Line, Table
from app.documents.rendering.widths import height

_TOGETHER = 16
"""Lines of text of rows that stay on one page, at most."""
_NAME = 4
"""Lines of a text that is repeated: a longer one is no name."""


def held(drawn: Table) -> Table:
    """A table of which the rows that continue one another are marked, and name what they are of."""
    lines = [
        line
        for group in _groups(drawn.lines)
        for rows in _pages(group, drawn.widths)
        for line in _marked(rows)
    ]
    return drawn._replace(lines=lines)


def _groups(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Each row with those that continue it."""
    group: list[Line] = []
    for line in lines:
        if group and group[0].kind == RowKind.ROW and _blanks(line):
            group.append(line)
        else:
            if group:
                yield group
            group = [line]
    if group:
        yield group


def _blanks(line: Line) -> int:
    """How many of the first cells of a row are blank."""
    if line.kind != RowKind.ROW:
        return 0
    filled = (at for at, place in enumerate(line.places) if place.value != "")
    return next(filled, len(line.places) - 1)


def _pages(group: list[Line], widths: Sequence[float]) -> Iterator[list[Line]]:
    """A group as parts that each stay on one page; each part begins with the names."""
    part, lines = [group[0]], group[0].height
    for line in group[1:]:
        if lines + line.height > _TOGETHER:
            yield part
            part, lines = [_named(line, group[0], widths)], 0
        else:
            part.append(line)
        lines += line.height
    yield part


def _named(line: Line, first: Line, widths: Sequence[float]) -> Line:
    """A row that repeats the names of the row that it continues."""
    places = list(line.places)
    for at in range(_blanks(line)):
        named = first.places[at]
        if height(named.lines, widths[at]) <= _NAME:
            places[at] = named
    tall = max(height(place.lines, widths[at]) for at, place in enumerate(places))
    return line._replace(places=places, height=tall)


def _marked(rows: list[Line]) -> Iterator[Line]:
    first, others = rows[0], rows[1:]
    shared = min(map(_blanks, others), default=0)
    yield first._replace(held=len(rows), continued=shared, goes_on=bool(others))
    for line in others:
        blanks = _blanks(line)
        above = [
            place._replace(above=named.lines)
            for place, named in zip(line.places[:blanks], first.places, strict=False)
        ]
        places = [*above, *line.places[blanks:]]
        goes_on = line is not others[-1]
        yield line._replace(places=places, held=0, continued=shared, goes_on=goes_on)
