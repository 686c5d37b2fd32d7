"""Unfolding: a record in a workbook takes a row for each of its parts, those of two kinds abreast.

The first row has all that is said of the record itself, the next ones repeat its id alone.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from app.model.headings import ID, Heading
from app.store.listing import Row


def asked(columns: Sequence[Heading]) -> list[str]:
    """What the database is asked for: a record's own fields, and each kind of parts as JSON."""
    return [each.name for each in columns if not each.part] + _parts(columns)


def unfolded(columns: Sequence[Heading], records: Iterable[Row]) -> Iterator[Row]:
    """The rows of records for each of which there are the texts of `asked`."""
    parts, names = _parts(columns), asked(columns)
    if not parts:
        yield from records
        return
    for record in records:
        texts = dict(zip(names, record, strict=True))
        told = {name: json.loads(texts[name] or "[]") for name in parts}
        for place in range(max([1, *map(len, told.values())])):
            yield [_text(each, place, texts, told) for each in columns]


def _parts(columns: Sequence[Heading]) -> list[str]:
    return list(dict.fromkeys(each.part for each in columns if each.part))


def _text(
    heading: Heading, place: int, texts: dict[str, str | None], told: dict[str, list[Any]]
) -> str | None:
    if not heading.part:
        return texts[heading.name] if place == 0 or heading.name == ID.name else None
    if place >= len(told[heading.part]):
        return None
    return text_of(told[heading.part][place][heading.name.partition(".")[2]])


def text_of(value: object) -> str | None:
    """A value of JSON as the database would cast it."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
