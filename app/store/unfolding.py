"""Unfolding: a record takes one row of a workbook for each of its parts, two kinds side by side.

The first row has the record's own fields; the next ones repeat only its id.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from app.model.headings import ID, Heading, Kind
from app.store.captions import Captions, token
from app.store.listing import Row


def asked(columns: Sequence[Heading]) -> list[str]:
    """The fields to select: a record's own fields, then each kind of parts as JSON."""
    return [column.name for column in columns if not column.part] + _parts(columns)


def unfolded(columns: Sequence[Heading], records: Iterable[Row]) -> Iterator[Row]:
    """The rows of records, each given as the texts of the fields in `asked`."""
    parts, names = _parts(columns), asked(columns)
    if not parts:
        yield from records
        return
    for record in records:
        texts = dict(zip(names, record, strict=True))
        parts_of = {name: json.loads(texts[name] or "[]") for name in parts}
        for place in range(max([1, *map(len, parts_of.values())])):
            yield [_text(column, place, texts, parts_of) for column in columns]


def with_names(
    columns: Sequence[Heading], rows: Iterable[Row], captions: Captions
) -> Iterator[Row]:
    """The rows with a name before each id that refers to a record."""
    pairs = zip(columns, zip(*rows, strict=True), strict=False)
    return zip(*chain.from_iterable(_named(*pair, captions) for pair in pairs), strict=True)


def _named(heading: Heading, ids: Row, captions: Captions) -> Iterator[Row]:
    if heading.kind == Kind.REFERENCE:
        kind, known = token(heading.target or ""), [each for each in ids if each]
        cells = captions.of([kind + each for each in known])
        names = dict(zip(known, cells, strict=True))
        yield [names[each] or None if each else None for each in ids]
    yield ids


def _parts(columns: Sequence[Heading]) -> list[str]:
    return list(dict.fromkeys(column.part for column in columns if column.part))


def _text(
    heading: Heading, place: int, texts: dict[str, str | None], parts_of: dict[str, list[Any]]
) -> str | None:
    if not heading.part:
        return texts[heading.name] if place == 0 or heading.name == ID.name else None
    if place >= len(parts_of[heading.part]):
        return None
    return text_of(parts_of[heading.part][place][heading.name.partition(".")[2]])


def text_of(value: object) -> str | None:
    """A JSON value as the text to which the database would cast it."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
