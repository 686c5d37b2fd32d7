"""A country to measure in: municipalities inserted by SQL statements, without any rule checked.

Each has 16 organizations, a program that runs and one that has ended, six partnerships with a
leader and three supported schools, 90 events, 520 teachers and 5,400 attendances, the network's
kinds in proportion (`bench.exchange`), and every other kind and the journal (`bench.living`):
2,500 of them are size L. Only a measurement may write like this.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from sqlmodel import SQLModel

import app.registry  # noqa: F401 - the tables declare themselves on import
from app.journal.register import Register
from app.model.columns import Instant, Scaled, Set
from app.registry import RESOURCES
from bench import exchange, living
from bench.exchange import rest

SCHOOLS, TEACHERS, EVENTS, GUESTS = 16, 520, 90, 60
PARTNERSHIPS, MEMBERS = 6, 4
ATTENDANCES = EVENTS * GUESTS

SET_UP = {
    "sqlite": (
        "PRAGMA foreign_keys = OFF",
        # The pages of millions of rows are written once, not each time the cache is full.
        "PRAGMA cache_size = -4000000",
    ),
    "postgresql": ("SET session_replication_role = replica", "SET statement_timeout = 0"),
}
"""What a connection that fills is told: nothing is checked, and no statement is too long."""

CROWD = 1_000_000
"""The number of the first program that `crowd` adds."""

KINDS = {
    "municipalities": "10000000",
    "organizations": "20000000",
    "programs": "30000000",
    "designations": "40000000",
    "partnerships": "50000000",
    "activities": "60000000",
    "events": "70000000",
    "teachers": "80000000",
    "employments": "90000000",
    "participations": "a0000000",
    "resource_types": "b0000000",
    **{name: f"{at:02x}000000" for at, name in enumerate(exchange.AMOUNTS, 0xC0)},
}
FILLED = frozenset({*KINDS, *exchange.PARTS, "partnership_members"})
"""The tables that are filled here or by `bench.exchange`."""

OTHERS = [each.name for each in RESOURCES if each.name not in KINDS]
KINDS |= {name: f"{at:02x}000000" for at, name in enumerate(OTHERS, 0xE0)}
"""How the ids of a table begin; they end in the number of the row."""


@contextmanager
def filling(database: Register) -> Iterator["Filler"]:
    """What fills the tables of a database, on a connection that nobody gets afterwards."""
    with database.engine.connect() as connection:
        connection.detach()
        yield Filler(connection)


def fill(database: Register, municipalities: int) -> None:
    """Fill an empty database that is at the newest schema; one of that size is taken as it is.

    Raises:
        ValueError: the database has another number of municipalities.

    """
    with filling(database) as some:
        held = some.count(SQLModel.metadata.tables["municipalities"])
        if held not in {0, municipalities}:
            wrong = f"the database has {held} municipalities, not {municipalities}"
            raise ValueError(wrong)
        if not held:
            _fill(some, municipalities)


def _fill(some: "Filler", municipalities: int) -> None:
    own = {"municipality_id": some.id("municipalities", "n"), "oktmo": some.text("9%07d", "n")}
    some.put("municipalities", municipalities, own)
    home = "n / {0}"
    for name, each in {
        "organizations": SCHOOLS,
        "programs": 1,
        "designations": 2,
        "partnerships": PARTNERSHIPS,
        "activities": 1,
        "events": EVENTS,
        "teachers": TEACHERS,
        "employments": TEACHERS,
        "participations": ATTENDANCES,
    }.items():
        values = {"municipality_id": some.id("municipalities", home.format(each))}
        some.put(name, municipalities * each, values | some.more(name))
    _more_programs(some, municipalities)
    _members(some, municipalities)
    _exchange(some, municipalities)
    states = {"municipality_id": some.id("municipalities", "n"), "position": "1"}
    some.put("state_positions", municipalities, states)
    living.fill(some, municipalities, FILLED)


def _more_programs(some: "Filler", municipalities: int) -> None:
    """Put the programs that have ended, numbered after those that run."""
    ended = {
        "id": some.id("programs", f"n + {municipalities}"),
        "municipality_id": some.id("municipalities", "n"),
        "start_date": "'2018-04-17'",
        "end_date": "'2019-12-31'",
    }
    some.put("programs", municipalities, ended)


def _members(some: "Filler", municipalities: int) -> None:
    """Put the members of each partnership: a leader, and schools in turn."""
    place = rest("n", MEMBERS)
    home = f"n / {PARTNERSHIPS * MEMBERS}"
    school = f"({home}) * {SCHOOLS} + CASE {place} WHEN 0 THEN 0 ELSE 1 + " + rest("n", SCHOOLS - 1)
    some.put(
        "partnership_members",
        municipalities * PARTNERSHIPS * MEMBERS,
        {
            "municipality_id": some.id("municipalities", home),
            "owner_id": some.id("partnerships", f"n / {MEMBERS}"),
            "organization_id": some.id("organizations", f"{school} END"),
            "role": f"CASE {place} WHEN 0 THEN 'leader' ELSE 'supported' END",
            "place": place,
        },
    )


def _exchange(some: "Filler", municipalities: int) -> None:
    """Fill the kinds of the network and their parts."""
    some.put("resource_types", exchange.TYPES, {"code": some.text("kind-%07d", "n")})
    values = exchange.more(some, SCHOOLS, EVENTS)
    for name, each in exchange.AMOUNTS.items():
        home = {"municipality_id": some.id("municipalities", f"n / {each}")}
        some.put(name, municipalities * each, values[name] | home)
    amounts = {"programs": 1, **exchange.AMOUNTS}
    values = exchange.parts(some, SCHOOLS, EVENTS)
    for name, (owner, each) in exchange.PARTS.items():
        count = amounts[owner] * each
        own = {
            "municipality_id": some.id("municipalities", f"n / {count}"),
            "owner_id": some.id(owner, f"n / {each}"),
            "place": rest("n", each),
        }
        some.put(name, municipalities * count, values[name] | own)


def crowd(some: "Filler", programs: int) -> None:
    """Give the first municipality of a country more programs, each with a partnership."""
    own = f"n + {CROWD}"
    home = {"municipality_id": some.id("municipalities", "0")}
    program, partnership = some.id("programs", own), some.id("partnerships", own)
    some.put("programs", programs, home | some.more("programs") | {"id": program})
    of_program = some.more("partnerships") | {"program_id": program, "id": partnership}
    some.put("partnerships", programs, home | of_program)
    for place, role in enumerate(("leader", "supported")):
        member = {"owner_id": partnership, "role": f"'{role}'", "place": f"{place}"}
        member |= {"organization_id": some.id("organizations", f"{place}")}
        some.put("partnership_members", programs, home | member)


class Filler:
    """Inserts rows whose values follow from their numbers, in both dialects.

    Each table is a transaction of its own: SQLite looks every page up in its log, and the log of
    one transaction of a country has 16 GB.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"
        # Not through SQLAlchemy, which would begin a transaction before.
        cursor = connection.connection.cursor()
        for each in SET_UP[connection.dialect.name]:
            cursor.execute(each)
        cursor.close()
        connection.connection.commit()

    @property
    def true(self) -> str:
        """The flag that is set."""
        return "1" if self._is_sqlite else "true"

    def id(self, table: str, number: str) -> str:
        """The id of a row of a table."""
        start = f"{KINDS[table]}-0000-7000-8000-"
        if self._is_sqlite:
            return f"printf('{start}%012x', {number})"
        return f"('{start}' || lpad(to_hex({number}), 12, '0'))::uuid"

    def text(self, form: str, number: str) -> str:
        """A text with a number in it, in seven digits."""
        head = form.partition("%")[0]
        if self._is_sqlite:
            return f"printf('{form}', {number})"
        return f"'{head}' || lpad(({number})::text, 7, '0')"

    def more(self, table: str) -> dict[str, str]:
        """The values of a kind's rows besides their municipality."""
        event, guest = f"n / {GUESTS}", rest("n", GUESTS)
        # Each event has guests of its own, and each teacher comes to ten.
        who = f"(n / {ATTENDANCES}) * {TEACHERS} + " + rest(f"({event}) * 37 + {guest}", TEACHERS)
        school = f"(n / {{0}}) * {SCHOOLS} + {rest('n', SCHOOLS)}"
        return {
            "organizations": {
                "kind": "'general_school'",
                "short_name": self.text("Школа %07d", "n"),
            },
            "programs": {"start_date": "'2020-04-17'", "end_date": "'2021-12-31'"},
            "designations": {
                "organization_id": self.id(
                    "organizations", f"(n / 2) * {SCHOOLS} + {rest('n', 2)}"
                ),
                "category": f"CASE {rest('n', 2)} WHEN 0 THEN 'leader' ELSE 'low_results' END",
                "valid_from": "'2020-04-17'",
            },
            "partnerships": {
                "program_id": self.id("programs", f"n / {PARTNERSHIPS}"),
                "model": "'vertical'",
                "status": "'active'",
                "start_date": "'2020-04-17'",
            },
            "activities": {"program_id": self.id("programs", "n")},
            "events": {
                "activity_id": self.id("activities", f"n / {EVENTS}"),
                "kind": "'held'",
                "status": "'completed'",
                "window_start": "'2020-10-15'",
                "window_end": "'2020-10-15'",
                "completed_on": "'2020-10-15'",
                "host_id": self.id("organizations", school.format(EVENTS)),
            },
            "teachers": {},
            "employments": {
                "teacher_id": self.id("teachers", "n"),
                "organization_id": self.id("organizations", school.format(TEACHERS)),
                "position_group": "'teaching'",
                "valid_from": "'2020-04-17'",
            },
            "participations": {
                "teacher_id": self.id("teachers", who),
                "event_id": self.id("events", event),
                "organization_id": self.id(
                    "organizations", f"(n / {ATTENDANCES}) * {SCHOOLS} + {rest(who, SCHOOLS)}"
                ),
                "status": "'attended'",
                "participated_on": "'2020-10-15'",
            },
        }[table]

    def put(self, name: str, count: int, values: Mapping[str, str]) -> None:
        """Fill a table; required columns without a value get a placeholder."""
        table = SQLModel.metadata.tables[name]
        if "id" in table.c:
            values = {"id": self.id(name, "n"), **values}
        said = {
            column.name: self._typed(column, values.get(column.name) or self._some(column))
            for column in table.c
            if column.name in values or not column.nullable
        }
        numbers = f"generate_series(0, {count - 1}) c(n)"
        if self._is_sqlite:
            more = f"SELECT n + 1 FROM c WHERE n < {count - 1}"  # noqa: S608 - our own
            numbers = f"(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL {more}) SELECT n FROM c)"  # noqa: S608 - our own
        # One column is a word of SQL: the right to a shared resource.
        names = ", ".join(f'"{column}"' for column in said)
        cells = ", ".join(said.values())
        insert = f"INSERT INTO {name} ({names}) SELECT {cells} FROM {numbers}"  # noqa: S608 - our own
        self._connection.exec_driver_sql(insert)
        self._connection.commit()

    def count(self, table: sa.Table) -> int:
        """The rows of a table."""
        counted = sa.select(sa.func.count()).select_from(table)
        return self._connection.execute(counted).scalar_one()

    def tell(self, count: int, values: Mapping[str, str]) -> None:
        """Put entries into the journal, behind those that it has."""
        position = {"position": "(SELECT position FROM journal_heads) + n + 1"}
        self.put("journal_entries", count, {**position, **values})
        move = f"UPDATE journal_heads SET position = position + {count}"  # noqa: S608 - a number
        self._connection.exec_driver_sql(move)
        self._connection.commit()

    def _typed(self, column: sa.Column[object], value: str) -> str:
        is_day = isinstance(column.type, sa.Date) and not self._is_sqlite
        return f"{value}::date" if is_day else value

    def _some(self, column: sa.Column[object]) -> str:
        """A placeholder for a column that no measurement reads."""
        match column.type:
            case Instant():
                return "'2020-04-17T00:00:00.000000Z'" if self._is_sqlite else "now()"
            case Set():
                return "'[]'"
            case sa.Enum() as kinds:
                return f"'{kinds.enums[0]}'"
            case sa.Boolean():
                return "0" if self._is_sqlite else "false"
            case sa.Integer() | sa.BigInteger() | Scaled():
                return "1"
            case sa.Date():
                return "'2020-04-17'"
        return "'x' || n"
