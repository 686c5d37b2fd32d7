"""Figures: counted answers about programs, kept so that a start need not count them again (0032).

A cache: a copy of the register does not have it, and whoever loses it only counts again. A row says
from which state it was counted, and is told for no other. It holds figures and the ids and names of
organizations, and nothing of persons.
"""

import json
import threading
import uuid
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import ClassVar, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from app.database.among import among
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.model.columns import Identifier, Instant
from app.model.rights import ROWS, Rights

MOST = 3
"""Days that are kept of a program: today and two that somebody asked for."""

AT_ONCE = 100
"""Answers that are written in one transaction: a writer who waits meanwhile waits for
milliseconds."""

WAITING = 10_000
"""Answers that wait to be written at most."""

Sums = tuple[tuple[int, int, int], ...]
State = tuple[str, int, int]


class KeptFigures(SQLModel, table=True):
    """The answer of a program on a day, over its whole period until then."""

    __tablename__ = "kept_figures"
    rights: ClassVar[Rights] = ROWS
    is_copied: ClassVar[bool] = False
    # No foreign key: it would make who keeps an answer wait for who deletes the program.
    program_id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    day: date = Field(primary_key=True, sa_type=sa.Date)
    release: str = Field(sa_type=sa.String(32))
    epoch: str = Field(sa_type=sa.String(36))
    """The feed's epoch, with the two positions the state from which it was counted."""
    position: int = Field(sa_type=sa.BigInteger)
    beside: int = Field(sa_type=sa.BigInteger)
    sums: str = Field(sa_type=sa.Text)
    """The integers for the totals, as JSON."""
    body: bytes = Field(sa_type=sa.LargeBinary)
    """The answer as JSON, compressed."""
    kept_at: datetime = Field(sa_type=Instant)


FIGURES = SQLModel.metadata.tables["kept_figures"]


class Counted(NamedTuple):
    """An answer, and the state from which it was counted."""

    program_id: str
    day: date
    release: str
    """The program text that counted it."""
    state: State
    text: str
    sums: Sums

    @property
    def question(self) -> tuple[str, date]:
        """The program and the day."""
        return self.program_id, self.day


class Pending:
    """Answers that wait until a chore keeps them; a newer one takes the place of an older one."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, date], Counted] = {}
        # Answers are counted in threads and taken in the event loop.
        self._lock = threading.Lock()

    def add(self, row: Counted) -> None:
        """Let an answer wait; if too many do, it is not kept."""
        with self._lock:
            if len(self._rows) < WAITING or row.question in self._rows:
                self._rows[row.question] = row

    def take(self) -> list[Counted]:
        """Some of the answers that wait; none if nothing waits."""
        with self._lock:
            questions = [*islice(self._rows, AT_ONCE)]
            # In one order: two processes that keep the same answers would deadlock otherwise.
            return [self._rows.pop(each) for each in sorted(questions)]

    def give_back(self, rows: Iterable[Counted]) -> None:
        """Let answers wait again that could not be kept; newer ones stay."""
        with self._lock:
            self._rows = {row.question: row for row in rows} | self._rows


def find(
    tx: Transaction, programs: Sequence[str], days: set[date], release: str
) -> Iterator[Counted]:
    """What is kept of some programs on some days, from whatever states."""
    for part in slices(programs):
        bound = {"programs": part, "days": [*days], "release": release}
        for row in tx.execute(_kept(), bound):
            yield Counted(
                str(row.program_id),
                row.day,
                release,
                (row.epoch, row.position, row.beside),
                zlib.decompress(row.body).decode(),
                tuple(tuple(each) for each in json.loads(row.sums)),
            )


@cache
def _kept() -> sa.Select[*tuple[object, ...]]:
    table = FIGURES
    wanted = (table.c[name] for name in ("program_id", "day", "epoch", "position", "beside"))
    return sa.select(*wanted, table.c.sums, table.c.body).where(
        among(table.c.program_id, "programs"),
        among(table.c.day, "days"),
        table.c.release == sa.bindparam("release"),
    )


def keep(tx: Transaction, rows: Sequence[Counted]) -> None:
    """Keep answers in the places of older ones, and of each program no more than `MOST` days.

    Raises:
        DiskFull: what small changes need would not be left.

    """
    tx.grow()
    tx.execute(
        _upsert(tx.dialect.name),
        [
            {
                "program_id": uuid.UUID(row.program_id),
                "day": row.day,
                "release": row.release,
                **dict(zip(("epoch", "position", "beside"), row.state, strict=True)),
                "sums": json.dumps(row.sums, separators=(",", ":")),
                "body": zlib.compress(row.text.encode(), 1),
                "kept_at": tx.now,
            }
            for row in rows
        ],
    )
    bound = {"programs": sorted({row.program_id for row in rows}), "today": tx.today}
    tx.execute(_drop(), bound)


@cache
def _upsert(dialect: str) -> sa.Insert:
    statement = postgresql.insert(FIGURES) if dialect == "postgresql" else sqlite.insert(FIGURES)
    keys = {column.name for column in FIGURES.primary_key}
    columns = {column.name: column for column in statement.excluded if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=sorted(keys), set_=columns)


@cache
def _drop() -> sa.Delete:
    """Delete what is kept of some programs: all if they are gone, else days over `MOST`.

    Those kept longest ago go first, and today's last.
    """
    programs, today = SQLModel.metadata.tables["programs"], sa.bindparam("today", type_=sa.Date())
    last = programs.c.end_date
    is_todays = FIGURES.c.day == sa.case((last < today, last), else_=today)
    order = (sa.case((is_todays, 0), else_=1), FIGURES.c.kept_at.desc(), FIGURES.c.day.desc())
    place = sa.func.row_number().over(partition_by=FIGURES.c.program_id, order_by=order)
    placed = (
        sa.select(FIGURES.c.program_id, FIGURES.c.day, programs.c.id, place.label("place"))
        .outerjoin(programs, programs.c.id == FIGURES.c.program_id)
        .where(among(FIGURES.c.program_id, "programs"))
        .subquery()
    )
    old = sa.select(placed.c.program_id, placed.c.day).where(
        (placed.c.place > MOST) | placed.c.id.is_(None)
    )
    return sa.delete(FIGURES).where(sa.tuple_(FIGURES.c.program_id, FIGURES.c.day).in_(old))


def purge(tx: Transaction) -> None:
    """Delete what is kept of programs that are gone."""
    programs = SQLModel.metadata.tables["programs"]
    is_there = sa.exists().where(programs.c.id == FIGURES.c.program_id)
    tx.execute(sa.delete(FIGURES).where(~is_there))
