"""Parts: finds the rows of one record in a list, and reads the parts of the record from them.

Rows belong to one record if they repeat its id, source key or natural key, wherever they are,
or if they follow its first row and leave its cells empty or repeat them unchanged.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from app.findings import Finding
from app.intake.codes import RowOutcome
from app.intake.faults import (
    ALREADY_IN_FILE,
    HEADER_AGAIN,
    NUMBERING_ROW,
    PART_WITHOUT_RECORD,
    RECORD_CONTRADICTED,
    RECORD_REFUSED,
    ROWS_SCATTERED,
)
from app.intake.layout import Layout
from app.intake.lines import Line
from app.model.headings import ID, Heading, Kind
from app.model.resource import PAIR, Resource
from app.model.values import json_value
from app.problems import Invalid

MOST = 5_000
"""Rows that can be held in memory until all rows of their records were read."""

Key = tuple[object, ...]
"""A value that is equal for rows of the same record."""


class _NaturalKey(NamedTuple):
    """The fields of a natural key, and those that a row must have to be identified by it."""

    fields: tuple[str, ...]
    required: tuple[str, ...]


@dataclass
class Records:
    """Groups the rows of one list by record."""

    resource: Resource
    layout: Layout
    given: frozenset[str]
    """Fields that have the value of a parameter in every row."""

    def together(self, lines: Callable[[], Iterable[Line]]) -> Iterator[list[Line]]:
        """The rows of a list, grouped by record; each call of `lines` begins with the first row.

        Raises:
            Invalid: too many rows are separated from the others of their records.

        """
        if not self._parts:
            yield from ([line] for line in lines())
            return
        apart = self._apart(lines())
        held: dict[Key, list[Line]] = {}
        for rows in self._runs(lines()):
            key = self._key(rows[0])
            if key is None or hash(key) not in apart:
                yield self._joined(rows)
                continue
            held.setdefault(key, []).extend(rows)
            if sum(map(len, held.values())) > MOST:
                raise Invalid(Finding(ROWS_SCATTERED, values={"most": MOST}))
        yield from map(self._joined, held.values())

    def fold(self, lines: Iterable[Line]) -> None:
        """Put the cells of parts and objects together in the first row of each record."""
        for line in lines:
            if line.head is None:
                for part, columns in self._parts.items():
                    self._fold_parts(line, part, columns)
                for name, columns in self._objects.items():
                    line.fields[name] = _cells(line, columns)
                close(line)

    @staticmethod
    def _fold_parts(head: Line, part: str, columns: Sequence[Heading]) -> None:
        filled = [(line, _cells(line, columns)) for line in (head, *head.rows)]
        filled = [
            (line, cells)
            for line, cells in filled
            if any(value is not None for value in cells.values())
        ]
        head.fields[part] = [cells for _, cells in filled]
        head.parts = {**head.parts, part: [line for line, _ in filled]}

    def _apart(self, lines: Iterable[Line]) -> set[int]:
        """The hashes of keys whose rows are not all consecutive."""
        seen: set[int] = set()
        again: set[int] = set()
        for rows in self._runs(lines):
            if key := self._key(rows[0]):
                (again if hash(key) in seen else seen).add(hash(key))
        return again

    def _runs(self, lines: Iterable[Line]) -> Iterator[list[Line]]:
        """Consecutive rows of one record; a blank row is a group of its own."""
        rows: list[Line] = []
        is_open = False
        for line in lines:
            if line.outcome == RowOutcome.BLANK:
                # A page break can split a record.
                is_open = is_open and bool(_OF_A_PAGE & {info.fault for info in line.infos})
                yield [line]
            elif rows and self._goes_on(rows[0], line, is_open=is_open):
                rows.append(line)
                is_open = True
            else:
                if rows:
                    yield rows
                rows, is_open = [line], True
        if rows:
            yield rows

    def _goes_on(self, head: Line, line: Line, *, is_open: bool) -> bool:
        """Whether a row belongs to the record of the rows above."""
        key = self._key(line)
        if key and (key in self._keys(head) or key[0] != _CELLS):
            return key in self._keys(head)
        fields = ((column.name, line.fields.get(column.name)) for column in self._own)
        is_alike = all(value is None or value == head.fields.get(name) for name, value in fields)
        return is_open and is_alike and self._tells_part(line)

    def _tells_part(self, line: Line) -> bool:
        columns = (column for of_part in self._parts.values() for column in of_part)
        return any(line.fields.get(column.name) is not None for column in columns)

    def _key(self, line: Line) -> Key | None:
        """The most specific key of the record of a row."""
        return next(self._keys(line), None)

    def _keys(self, line: Line) -> Iterator[Key]:
        fields = line.fields
        if fields.get(ID.name):
            yield (ID.name, fields[ID.name])
        if fields.get("source_key"):
            yield ("source_key", fields.get("source"), fields["source_key"])
        for key in self._natural_keys:
            if all(name in self.given or fields.get(name) is not None for name in key.required):
                yield (key.fields, *(fields.get(name) for name in key.fields))
        cells = [(column.name, fields.get(column.name)) for column in self._own]
        if self._tells_part(line) and any(value is not None for _, value in cells):
            yield (_CELLS, repr(cells))

    @cached_property
    def _natural_keys(self) -> list[_NaturalKey]:
        fields, columns = self.resource.write.model_fields, self.resource.table.c
        keys = []
        for key in self.resource.natural_keys:
            names = [
                name
                for column in key.columns
                for name in columns[column].info.get("folds", (column,))
            ]
            # The municipality of most records is derived.
            own = tuple(name for name in names if name != "municipality_id" or name in fields)
            required = tuple(name for name in own if name in fields and fields[name].is_required())
            if key.columns != PAIR and not key.unless and required and fields.keys() >= {*own}:
                keys.append(_NaturalKey(own, required))
        return keys

    def _joined(self, rows: list[Line]) -> list[Line]:
        """Collect the cells of the record in its first row, to which the others refer."""
        head, *others = rows
        for line in others:
            line.head = head
            for column in self._own:
                value = line.fields.pop(column.name, None)
                kept = head.fields.setdefault(column.name, value)
                if kept is None:
                    head.fields[column.name] = value
                elif value is not None and value != kept:
                    line.refuse(RECORD_CONTRADICTED, column.title, row=head.number)
        head.rows = others
        if head.is_open and all(head.fields.get(column.name) is None for column in self._own):
            head.refuse(PART_WITHOUT_RECORD)
        return rows

    @cached_property
    def _columns(self) -> list[Heading]:
        """The columns, one for each field that the list has."""
        listed = (column.base for column in self.layout.columns if column)
        return [*{column.name: column for column in listed}.values()]

    @cached_property
    def _own(self) -> list[Heading]:
        """The columns of the record itself."""
        return [column for column in self._columns if not column.part]

    @cached_property
    def _parts(self) -> Mapping[str, list[Heading]]:
        """The columns of each list of parts."""
        return _by_field(column for column in self._columns if column.part)

    @cached_property
    def _objects(self) -> Mapping[str, list[Heading]]:
        """The columns of each embedded object."""
        inner = (column for column in self._columns if column.is_inner and not column.part)
        return _by_field(column for column in inner if column.kind != Kind.PARTS)


def close(head: Line) -> None:
    """Give all rows of a record one outcome; one faulty row refuses all of them."""
    rows = (head, *head.rows)
    if wrong := next((row for row in rows if row.errors), None):
        for row in rows:
            if not row.errors:
                row.refuse(RECORD_REFUSED, row=wrong.number)
    for row in head.rows:
        row.draft = head.draft
        row.outcome = head.outcome
        if head.outcome == RowOutcome.DUPLICATE:
            row.infos += tuple(info for info in head.infos if info.fault is ALREADY_IN_FILE)


def _by_field(columns: Iterable[Heading]) -> dict[str, list[Heading]]:
    groups: dict[str, list[Heading]] = {}
    for column in columns:
        groups.setdefault(column.name.partition(".")[0], []).append(column)
    return groups


def _cells(line: Line, columns: Sequence[Heading]) -> dict[str, object]:
    """The cells of a part or an object, removed from the fields of the row."""
    return {
        column.name.partition(".")[2]: json_value(line.fields.pop(column.name, None))
        for column in columns
    }


_OF_A_PAGE = {HEADER_AGAIN, NUMBERING_ROW}
"""Blank rows after which a record can continue."""
_CELLS = "cells"
"""The name of the least specific key: all cells of the record."""
