"""Standing: the state of a program, read with one cheap statement before anything is counted."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.database.dialects import Dialect
from app.database.transaction import Transaction
from app.indicators.asking import Asked
from app.indicators.catalogue import DEFINITION
from app.indicators.facts import Moment
from app.indicators.rows import PROGRAM_HEADINGS, ProgramHeadingRow
from app.journal.positions import SHARED
from app.model.view import View
from app.problems import NotFound
from app.registry.programs import programs
from app.store import speech


class Standing(NamedTuple):
    """A program, and the state from which its indicators are counted."""

    id: str
    municipality_id: str
    title: str
    start_date: date
    end_date: date
    state: tuple[str, int, int]
    """The feed's epoch; the position of the last change in the program's municipality or in shared
    measures; that in the municipalities of its members from elsewhere."""

    @property
    def version(self) -> int:
        """The `state_version` of answers."""
        return self.state[1]


@cache
def statement(dialect: Dialect, view: View, *, one: bool, of_home: bool = False) -> str:
    """Programs in a view with their states: the named one, or all, ordered by id."""
    conditions = [speech.in_view(programs, dialect, view)]
    if one:
        conditions.append(f"t.id = {dialect.bound('id', 'id')}")
    if of_home:
        conditions.append(f"t.municipality_id = {dialect.bound('municipality_id', 'id')}")
    own = f"s.municipality_id IN (t.municipality_id, {dialect.bound('shared', 'id')})"
    return (
        f"SELECT {_heading()}, CAST(h.epoch AS VARCHAR(36)),"  # noqa: S608
        f" (SELECT coalesce(max(s.position), 0) FROM state_positions s WHERE {own}),"
        " (SELECT coalesce(max(s.position), 0) FROM partnerships p"
        " JOIN partnership_members m ON m.owner_id = p.id"
        " JOIN organizations o ON o.id = m.organization_id"
        " JOIN state_positions s ON s.municipality_id = o.municipality_id"
        " WHERE p.program_id = t.id AND o.municipality_id <> t.municipality_id)"
        f" FROM programs t CROSS JOIN journal_heads h WHERE {' AND '.join(conditions)}"
        " ORDER BY t.id"
    )


def _heading() -> str:
    """The columns of a program, whose types `Kind` has checked; days as texts."""
    columns = (PROGRAM_HEADINGS.table.c[name] for name in ProgramHeadingRow._fields)
    return ", ".join(
        f"CAST(t.{column.name} AS VARCHAR(10))"
        if isinstance(column.type, sa.Date)
        else f"t.{column.name}"
        for column in columns
    )


HEAD = "SELECT CAST(epoch AS VARCHAR(36)), position FROM journal_heads"
"""The position of the last change in the register."""

BOUND = {"shared": str(SHARED)}
"""Parameters of the statement that are the same for all requests."""


def standings(rows: Iterable[Sequence[Any]]) -> list[Standing]:
    """The programs in the rows of the statement."""
    return [
        Standing(
            str(key),
            str(home),
            title,
            date.fromisoformat(first),
            date.fromisoformat(last),
            (epoch, own, beside),
        )
        for key, home, title, first, last, epoch, own, beside in rows
    ]


def standings_of(tx: Transaction, *, one: bool, **which: str) -> list[Standing]:
    """The programs that the caller sees on a snapshot, of those that are named.

    `which` is the `id` of one, or the `municipality_id` of several.
    """
    view = tx.caller.view(programs.name)
    sql = statement(tx.dialect, view, one=one, of_home="municipality_id" in which)
    bound = {**which, **tx.caller.spoken_bindings, **BOUND}
    return standings(tx.connection.exec_driver_sql(sql, bound))


def standing_of(tx: Transaction, program_id: uuid.UUID) -> Standing:
    """A program with its state on a snapshot.

    Raises:
        NotFound: the caller sees no such program.

    """
    found = standings_of(tx, one=True, id=str(program_id))
    if not found:
        raise NotFound
    return found[0]


def tag(*parts: object) -> str:
    """The ETag of an answer, from everything that the answer depends on."""
    text = repr((DEFINITION, *parts)).encode()
    return f'"{hashlib.blake2b(text, digest_size=16).hexdigest()}"'


def question(key: str, day: date, moment: Moment | None, asked: Asked) -> tuple[object, ...]:
    """The key of an answer in memory: program, day and period.

    On a day outside the program, the answer repeats the requested period.
    """
    period = moment or (asked.period_start, asked.period_end)
    return (key, day, period)
