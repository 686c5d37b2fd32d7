"""The cost of an upload: a list of participants, beside the plain COPY of the same rows.

    .venv/bin/python -m bench.importing [--database-url postgresql://…] [--rows 20000 1000000]
        [--teachers 20000]

Each size runs in a process of its own. First the list is read, checked and stored with its
journal and trail. Then the same rows with their entries go into empty tables of the same shape,
by COPY or, on SQLite, by executemany, as `.import` does it. Then some rows are written one by
one, each in its own transaction; their time is scaled to the whole list. All databases are
prepared in the same way and warm. Memory is the peak of the process beyond what it held before
the list.
"""

import argparse
import csv
import io
import multiprocessing
import resource
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app import seeding
from app.database.schema import migrate
from app.database.transaction import Transaction
from app.demo.door import Door
from app.intake import runs
from app.intake.columns import key_of, known
from app.intake.sheets.opening import opened
from app.intake.terms import Basis, ImportMode, Terms
from app.journal.register import Register
from app.registry.activities import activities
from app.registry.employments import employments
from app.registry.events import events
from app.registry.municipalities import by_oktmo
from app.registry.organizations import organizations
from app.registry.participations import participations
from app.registry.teachers import teachers
from app.store import register

SCHOOLS, NAIVE, MOST = 20, 200, 200_000
"""Organizations of the rows; rows that are written one by one; rows of a sheet. The service refuses
longer sheets, so its client divides longer lists."""

FIRST = date(2020, 5, 1)
LETTERS = "абвгдежзик"
FIRST_NAMES = ("Анна", "Вера", "Дарья", "Елена")
KEPT = ("participations", "journal_entries", "audit_entries")


def main() -> None:
    """Measure each size on SQLite in a temporary folder, or on the PostgreSQL that is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database-url", default="", help="an empty database; default: SQLite")
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 100_000, 1_000_000])
    parser.add_argument("--teachers", type=int, default=1_000, help="rows of one event")
    parser.add_argument("--repeats", type=int, default=20_000, help="rows of the lists of teachers")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = said.database_url or f"sqlite:///{folder}/school.db"
        prepare(Register(url, b"bench", Path(folder) / "heads"), said.teachers)
        for rows in said.rows:
            child = multiprocessing.Process(
                target=measure, args=(url, Path(folder), rows, said.teachers)
            )
            child.start()
            child.join()
        weigh_repeats(Register(url, b"bench", Path(folder) / "heads"), Path(folder), said.repeats)


def measure(url: str, folder: Path, rows: int, people: int) -> None:
    """Print the time of a list of this size as a multiple of the plain COPY."""
    database = Register(url, b"bench", folder / "heads")
    paths, event = listed(database, folder, rows, people)
    before, worked = peak(), time.process_time()
    took = timed(lambda: carried(database, paths))
    worked = time.process_time() - worked
    memory = peak() - before
    copied = plainly(database, rows)
    naive = timed(lambda: one_by_one(database, event, f"{rows}-")) / NAIVE * rows
    database.close()
    print(
        f"{rows} rows: upload {took:.1f} s ({worked:.1f} s of it here), plain COPY {copied:.1f} s,"
        f" × {took / copied:.2f}; one by one {naive:.0f} s (told from {NAIVE}),"
        f" × {naive / copied:.0f}; memory +{memory:.0f} MB",
        flush=True,
    )


def weigh_repeats(database: Register, folder: Path, rows: int) -> None:
    """Print the time of a list with 64 % of its rows repeated, as a multiple of one without.

    Nothing is kept, so both lists meet the same register; the better of two runs counts.
    """
    took, home = {}, home_of(database)
    for distinct in (rows, rows * 36 // 100):
        path = folder / f"roll-{distinct}.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write("№;Фамилия;Имя;Отчество;municipality_id\n")
            for at in range(rows):
                which = at * 7919 % distinct
                file.write(
                    f"{at};К{name(which % 10_000).lower()};{FIRST_NAMES[which // 10_000]};;{home}\n"
                )
        took[distinct] = min(timed(lambda it=path: tried(database, it)) for _ in range(2))  # type: ignore[misc]
    database.close()
    unique, repeated = took.values()
    print(
        f"{rows} teachers: {unique:.1f} s all different, {repeated:.1f} s with 64 % repeated,"
        f" × {repeated / unique:.2f}",
        flush=True,
    )


def tried(database: Register, path: Path) -> None:
    """Import a list of teachers and roll it back."""
    names, home = known(teachers), home_of(database)
    terms = Terms(ImportMode.COMMIT, processing_basis=Basis.CONSENT)

    def work(tx: Transaction) -> None:
        with (
            opened(path, terms.asked, lambda text: key_of(text) in names) as sheet,
            tx.trial() as undo,
        ):
            runs.begun(teachers, terms, sheet, tx.zone).carry_out(tx, home)
            undo()

    database.write(work)


def prepare(database: Register, people: int) -> None:
    """Make the schools, and teachers who work there."""
    migrate(database)
    seeding.seed(database)
    door = Door(database, home_of(database), "")
    schools = door.put(
        organizations,
        {
            f"o{at}": {
                "kind": "general_school",
                "full_name": f'МБОУ "Школа {name(at)}"',
                "short_name": f"Школа {name(at)}",
            }
            for at in range(SCHOOLS)
        },
    )
    made = door.put(teachers, {f"t{at}": person(at) for at in range(people)})
    jobs = {
        f"j{at}": {
            "teacher_id": teacher,
            "organization_id": schools[f"o{at % SCHOOLS}"],
            "position": "учитель",
            "position_group": "teaching",
            "is_main_job": True,
            "valid_from": "2019-09-01",
        }
        for at, teacher in enumerate(made.values())
    }
    door.put(employments, jobs)
    database.close()


def listed(
    database: Register, folder: Path, rows: int, people: int
) -> tuple[list[Path], uuid.UUID]:
    """A list of participants in events made for it, and one more event."""
    plan = activities.table
    numbered = sa.select(plan.c.id).where(plan.c.plan_no == "1")
    activity = database.read(lambda tx: tx.execute(numbered.limit(1)).scalar_one())
    *keys, spare = [f"{rows}-{at}" for at in range(rows // people + 1)]
    bodies = {
        key: {
            "activity_id": activity,
            "kind": "held",
            "title": f"Семинар {key}",
            "window_start": FIRST,
            "window_end": FIRST + timedelta(days=300),
            "status": "planned",
        }
        for key in [*keys, spare]
    }
    made = Door(database, home_of(database), "").put(events, bodies)
    step = MOST // people
    some = [keys[at : at + step] for at in range(0, len(keys), step)]
    paths = [folder / f"{rows}-{at}.csv" for at in range(len(some))]
    for path, part in zip(paths, some, strict=True):
        _write(path, part, people)
    return paths, made[spare]


def _write(path: Path, keys: Sequence[str], people: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("№;ФИО;Школа;Дата;Событие;Присутствие;Часы\n")
        for at, key in enumerate(keys):
            day = FIRST + timedelta(days=at % 300)
            for which in range(people):
                who, school = " ".join(person(which).values()), name(which % SCHOOLS)
                line = f"{which};{who};МБОУ «Школа {school}»;{day:%d.%m.%Y};{key};+;2,5\n"
                file.write(line)


def carried(database: Register, paths: Sequence[Path]) -> None:
    """Import a list as the endpoint does; a long one in several sheets."""
    names, home = known(participations), home_of(database)
    terms = Terms(ImportMode.COMMIT, processing_basis=Basis.CONSENT)

    def work(tx: Transaction) -> None:
        for path in paths:
            with opened(path, terms.asked, lambda text: key_of(text) in names) as sheet:
                run = runs.begun(participations, terms, sheet, tx.zone)
                run.carry_out(tx, home)
            assert run.tally.stats["created"] == run.tally.stats["total"]  # noqa: S101 - the run is void else

    database.write(work)


def plainly(database: Register, rows: int) -> float:
    """Seconds that the same rows and entries take into empty tables of the same shape."""
    with database.engine.begin() as connection:
        copies = [_twin(connection, name) for name in KEPT]
        texts = [_text(connection, name, rows) for name in KEPT]

    def put() -> None:
        with database.engine.begin() as connection:
            for copy, (columns, text) in zip(copies, texts, strict=True):
                _put(connection, copy.name, columns, text)

    took = timed(put)
    with database.engine.begin() as connection:
        for copy in copies:
            copy.drop(connection)
    return took


def _twin(connection: sa.Connection, name: str) -> sa.Table:
    """An empty table with the columns, keys, indexes and references of another one."""
    metadata = sa.MetaData()
    for table in SQLModel.metadata.sorted_tables:
        table.to_metadata(metadata)
    twin = SQLModel.metadata.tables[name].to_metadata(metadata, name=f"plain_{name}")
    named: list[Any] = [*twin.indexes, *twin.constraints]
    for each in named:
        each.name = f"plain_{each.name}" if each.name else None
    twin.create(connection)
    return twin


def _text(connection: sa.Connection, name: str, rows: int) -> tuple[list[str], str]:
    """The last rows of a table as CSV, in the order of its key."""
    table = SQLModel.metadata.tables[name]
    key, columns = next(iter(table.primary_key)).name, [column.name for column in table.columns]
    last = f"SELECT {', '.join(columns)} FROM {name} ORDER BY {key} DESC LIMIT {rows}"  # noqa: S608 - our own names
    found = connection.exec_driver_sql(f"SELECT * FROM ({last}) t ORDER BY {key}")  # noqa: S608 - as above
    text = io.StringIO()
    csv.writer(text).writerows(found)
    return columns, text.getvalue()


def _put(connection: sa.Connection, name: str, columns: Sequence[str], text: str) -> None:
    if connection.dialect.name == "sqlite":
        rows = (tuple(cell or None for cell in row) for row in csv.reader(io.StringIO(text)))
        sql = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - our own names
        connection.exec_driver_sql(sql, list(rows))
        return
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN (FORMAT csv)") as copy:
        copy.write(text)


def one_by_one(database: Register, event: uuid.UUID, prefix: str) -> None:
    """Write participations one by one, each in its own transaction."""
    found = sa.select(employments.table.c.teacher_id, employments.table.c.organization_id)
    for row in database.read(lambda tx: tx.execute(found.limit(NAIVE)).all()):
        body = {
            "source": "bench",
            "source_key": f"{prefix}{row.teacher_id}",
            "teacher_id": str(row.teacher_id),
            "event_id": str(event),
            "organization_id": str(row.organization_id),
            "role": "attendee",
            "status": "attended",
            "participated_on": FIRST.isoformat(),
            "hours": "2.5",
        }
        database.write(lambda tx, said=body: register.create(tx, participations, said))  # type: ignore[misc]


def home_of(database: Register) -> uuid.UUID:
    """The municipality of the seed."""
    found = database.read(lambda tx: by_oktmo(tx, seeding.OKTMO))
    assert found  # noqa: S101 - the seed makes it
    return found


def name(number: int) -> str:
    """A number in letters."""
    return "".join(LETTERS[int(digit)] for digit in f"{number:04d}").title()


def person(number: int) -> dict[str, str]:
    """A teacher's name."""
    return {
        "last_name": f"Ф{name(number).lower()}",
        "first_name": "Анна",
        "patronymic": "Петровна",
    }


def peak() -> float:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
