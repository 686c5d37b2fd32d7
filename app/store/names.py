"""Names: SQL expressions of what records are called, as far as a caller sees them.

What a name is made of stands in the declaration of the kind (`called`). The database makes the
names, so those of a page are one statement, and a file of any length has its names row by row.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

import sqlalchemy as sa

from app.database.dialects import Dialect
from app.model.caller import Caller
from app.model.headings import WEEKDAYS, closed_list
from app.model.kinds import Kinds
from app.model.naming import Piece, pieces
from app.model.resource import Resource
from app.model.times import Weekday
from app.model.view import View
from app.store import speech
from app.store.phrases import labelled, literal, printed_day

Refer = Callable[[sa.Column[object], str], str]
"""Writes the name of the record that a column of an alias refers to."""

_WORD = re.compile(r"\w+")

MARK = "\x01"
"""Stands around an id in an open name; no stored text has it."""

NOTHING = "CAST(NULL AS TEXT)"

CALLED = "called"
"""The parameter of `search` with the names."""


def ids_of(name: str) -> str:
    """The parameter of `statement` with the ids of one kind."""
    return f"ids_of_{name}"


class Naming:
    """The SQL of names, made once for each standpoint and dialect."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._namers: dict[Hashable, Namer] = {}

    def seen_by(self, caller: Caller, dialect: Dialect) -> "Namer":
        """What writes the names that a caller may read."""
        key = caller.standpoint, dialect.name
        if key not in self._namers:
            views = {name: caller.view(name) for name in self._kinds.names}
            self._namers[key] = Namer(self._kinds, dialect, views)
        return self._namers[key]


class Namer:
    """Writes the expressions of names for one view of the register."""

    def __init__(self, kinds: Kinds, dialect: Dialect, views: Mapping[str, View]) -> None:
        self._kinds = kinds
        self._dialect = dialect
        self._views = views
        self._statements: dict[tuple[str, ...], str] = {}
        self._reads: dict[str, frozenset[str]] = {}

    def statement(self, asked: Iterable[str], page: str = "") -> str:
        """The statement of the names of records of some kinds: their kind, id and name.

        Records of the kind `page` have marked ids in the place of the names of others: those names
        are asked for as well, so `completed` is cheaper than to look them up for each record.
        """
        key = *sorted(asked), page
        if key not in self._statements:
            selects = [self._of_kind(name, is_open=name == page) for name in key[:-1]]
            self._statements[key] = " UNION ALL ".join(selects)
        return self._statements[key]

    def _of_kind(self, name: str, *, is_open: bool) -> str:
        kind, view = self._kinds[name], self._views[name]
        called = _first(self._options(kind, "t", _marked if is_open else self.referred))
        return (
            f"SELECT {literal(name)}, CAST(t.id AS TEXT), {called}"
            f" {self._dialect.picked(name, ids_of(name))}"
            f" AND {speech.in_view(kind, self._dialect, view)}"
        )

    def reads(self, name: str) -> frozenset[str]:
        """The kinds that the names of a kind are made of, beside the record itself.

        Names contain other names, and records are in view because of others. Whatever table the
        expressions mention is taken for read: one too many costs time, one too few the truth.
        """
        if name not in self._reads:
            kind = self._kinds[name]
            seen = speech.in_view(kind, self._dialect, self._views[name])
            words = _WORD.findall(f"{self.called(kind, 't')} {seen}")
            self._reads[name] = frozenset(
                self._kinds.by_table[word] for word in words if word in self._kinds.by_table
            )
        return self._reads[name]

    def search(self, name: str) -> str:
        """The statement of the records of a kind that are called as one of the bound `CALLED`.

        It names all that the caller sees, so it is for texts that nothing else finds.
        """
        kind = self._kinds[name]
        seen = speech.in_view(kind, self._dialect, self._views[name])
        named = f"SELECT CAST(t.id AS TEXT) AS id, {self.called(kind, 't')} AS name FROM {name} t"
        is_asked = self._dialect.one_of("name", CALLED)
        return f"SELECT id, name FROM ({named} WHERE {seen}) c WHERE {is_asked}"

    def called(self, kind: Resource, row: str) -> str:
        """The name of the record of an alias; null if nothing that it is called by may be told."""
        return _first(self._options(kind, row, self.referred))

    def referred(self, column: sa.Column[object], row: str) -> str:
        """The name of the record that a column of an alias refers to; null out of view."""
        kind, below = self._kinds.target(column), f"{row}_{column.name}"
        seen = speech.in_view(kind, self._dialect, self._views[kind.name], below)
        return (
            f"(SELECT {self.called(kind, below)} FROM {kind.name} {below}"
            f" WHERE {below}.id = {row}.{column.name} AND {seen})"
        )

    def _options(self, kind: Resource, row: str, refer: Refer) -> list[str]:
        """The expression of each template."""
        return [
            " || ".join(
                self._piece(kind, piece, row, refer, is_first=not at)
                for at, piece in enumerate(pieces(template))
            )
            for template in kind.called
        ]

    def _piece(
        self, kind: Resource, piece: Piece, row: str, refer: Refer, *, is_first: bool
    ) -> str:
        if piece.text:
            return literal(piece.text)
        column, value = kind.table.c[piece.column], f"{row}.{piece.column}"
        if column.info.get("personal") and not self._views[kind.name].personal:
            return NOTHING
        if column.foreign_keys:
            return refer(column, row)
        if piece.until:
            return _period(value, f"{row}.{piece.until}")
        return _value(kind, column, value, is_first=is_first)


def completed(name: str, names: Mapping[str, str]) -> str | None:
    """An open name with the names of other records; None if one of them may not be told."""
    parts = name.split(MARK)
    try:
        parts[1::2] = [names[key] for key in parts[1::2]]
    except KeyError:
        return None
    return "".join(parts)


def references(name: str) -> list[str]:
    """The ids in an open name."""
    return name.split(MARK)[1::2]


def _first(options: Sequence[str]) -> str:
    return f"coalesce({', '.join(options)})" if len(options) > 1 else options[0]


def _marked(column: sa.Column[object], row: str) -> str:
    mark = literal(MARK)
    return f"{mark} || CAST({row}.{column.name} AS TEXT) || {mark}"


def _value(kind: Resource, column: sa.Column[object], value: str, *, is_first: bool) -> str:
    if isinstance(column.type, sa.Date):
        return f"({printed_day(value)})"
    if isinstance(column.type, Weekday):
        return f"({labelled(f'CAST({value} AS TEXT)', WEEKDAYS)})"
    if choices := closed_list(kind.write.model_fields[column.name].annotation):
        labels = {each.value: each.label for each in choices}
        if is_first:
            labels = {code: label[0].upper() + label[1:] for code, label in labels.items()}
        return f"({labelled(value, labels)})"
    return f"CAST({value} AS TEXT)"


def _period(first: str, last: str) -> str:
    """The days of a period; one day if it has no other or no end."""
    one = printed_day(first)
    is_one = f"{last} IS NULL OR {last} = {first}"
    return f"(CASE WHEN {is_one} THEN {one} ELSE {one} || '–' || {printed_day(last)} END)"
