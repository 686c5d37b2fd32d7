"""Upgrades: killed anywhere they are completed by running them again, and lose nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from app.database import upgrades
from app.database.revisions import known
from app.database.schema import check, downgrade, migrate
from app.journal.register import Register
from app.problems import Invalid
from tests.daily import KINDS
from tests.fixtures import Copies, migrated_and_seeded
from tests.running import SECRET
from tests.test_migrations import changed, content

BEFORE, AFTER = "0009", "0010"
"""The revision that keys ten tables anew, and the one below it."""
YOUNG = "0023"


def before(database: Register) -> None:
    """Take a database to the revision before."""
    downgrade(database, BEFORE)


def young(database: Register) -> None:
    """Take a database to a revision whose followers change small tables alone."""
    downgrade(database, YOUNG)


@contextmanager
def lent(
    copies: Copies, kind: str, folder: Path, step: Callable[[Register], None] = before
) -> Iterator[Register]:
    """A database with rows, at the revision before, or where another step leads."""
    with copies(kind, folder, migrated_and_seeded, step) as url:
        database = Register(url, SECRET.encode())
        yield database
        database.close()


@pytest.fixture(params=KINDS)
def seeded(request: pytest.FixtureRequest, copies: Copies, tmp_path: Path) -> Iterator[Register]:
    with lent(copies, request.param, tmp_path) as database:
        yield database


class Killed(Exception):  # noqa: N818 - an end, not an error
    """The process is gone."""


@contextmanager
def killed_after(database: Register, changes: int) -> Iterator[None]:
    """Let so many changes of the schema happen, and nothing after the last of them."""
    left = changes

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal left
        left -= statement.startswith(("CREATE", "ALTER", "DROP", "INSERT"))
        if not left:
            raise Killed

    sa.event.listen(database.engine, "after_cursor_execute", count)
    try:
        yield
    finally:
        sa.event.remove(database.engine, "after_cursor_execute", count)


def runs_until_done(database: Register) -> int:
    """How often the revision is run when each run is killed a change later than the one before."""
    for run in range(1, 100):
        try:
            with killed_after(database, run if database.dialect.name == "sqlite" else 1):
                migrate(database, AFTER)
        except Killed:
            continue
        return run
    raise AssertionError("it does not end")


@pytest.mark.long
def test_a_revision_that_is_killed_anywhere_is_completed_by_running_it_again(
    seeded: Register,
) -> None:
    rows = content(seeded)
    assert runs_until_done(seeded) > 30
    assert changed(rows, content(seeded)) == set()
    migrate(seeded)
    check(seeded)
    assert is_keyed_by_parents(seeded)


def keys(database: Register) -> list[list[str]]:
    """The primary keys of the tables of parts."""
    inspector = sa.inspect(database.engine)
    found = [inspector.get_pk_constraint(name) for name in inspector.get_table_names()]
    columns = [key["constrained_columns"] for key in found]
    return [each for each in columns if {"owner_id", "place"} <= {*each}]


def is_keyed_by_parents(database: Register) -> bool:
    """Whether every table of parts has its key in the right order."""
    found = keys(database)
    return len(found) >= 10 and all(key == ["owner_id", "place"] for key in found)


@pytest.fixture
def on_postgresql(copies: Copies, tmp_path: Path) -> Iterator[Register]:
    with lent(copies, "postgresql", tmp_path) as database:
        yield database


@pytest.fixture
def at_a_young_revision(copies: Copies, tmp_path: Path) -> Iterator[Register]:
    with lent(copies, "postgresql", tmp_path, young) as database:
        yield database


@pytest.mark.long
def test_an_index_that_a_killed_build_left_unfinished_is_built_anew(
    on_postgresql: Register,
) -> None:
    engine = on_postgresql.engine.execution_options(isolation_level="AUTOCOMMIT")
    # It fails for want of uniqueness, and leaves what a killed one leaves.
    broken = "CREATE UNIQUE INDEX CONCURRENTLY pk_partnership_members_next"
    with engine.connect() as connection, pytest.raises(DBAPIError):
        connection.exec_driver_sql(f"{broken} ON partnership_members ((1))")
    migrate(on_postgresql, AFTER)
    assert is_keyed_by_parents(on_postgresql)


@pytest.mark.long
def test_a_table_that_is_held_is_told_in_a_sentence_and_nothing_done_is_lost(
    on_postgresql: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrades, "ATTEMPTS", 2)
    monkeypatch.setattr(upgrades, "PAUSE", 0)
    monkeypatch.setattr(upgrades, "PATIENCE_MS", 50)
    url = on_postgresql.url.render_as_string(hide_password=False)
    with psycopg.connect(url) as other:
        other.execute("SELECT count(*) FROM partnership_members")
        with pytest.raises(Invalid) as refused:
            migrate(on_postgresql)
    assert refused.value.findings[0].values == {"table": "partnership_members"}
    assert keys(on_postgresql).count(["owner_id", "place"]) == 2
    migrate(on_postgresql, AFTER)
    assert is_keyed_by_parents(on_postgresql)


@pytest.mark.long
def test_a_table_that_is_made_anew_keeps_its_triggers_and_checks(tmp_path: Path) -> None:
    database = Register(f"sqlite:///{tmp_path / 'school.db'}", SECRET.encode())
    migrate(database, BEFORE)
    made = "CREATE TRIGGER kept AFTER DELETE ON partnership_members BEGIN SELECT 1; END"
    with database.engine.begin() as connection:
        connection.exec_driver_sql(made)
    migrate(database, AFTER)
    with database.engine.connect() as connection:
        kept = "SELECT sql FROM sqlite_master WHERE name = 'kept'"
        assert connection.exec_driver_sql(kept).scalar() == made
    database.close()


def test_a_migrated_database_has_every_check_of_the_models(migrated: Register) -> None:
    inspector = sa.inspect(migrated.engine)
    for table in SQLModel.metadata.tables.values():
        wanted = {
            str(each.name) for each in table.constraints if isinstance(each, sa.CheckConstraint)
        }
        assert wanted <= {each["name"] for each in inspector.get_check_constraints(table.name)}


@pytest.mark.long
def test_a_step_that_finds_a_table_held_is_tried_again_and_makes_nobody_wait(
    at_a_young_revision: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for a table behind one who waits for its lock would wait for both."""
    monkeypatch.setattr(upgrades, "PATIENCE_MS", 50)
    url = at_a_young_revision.url.render_as_string(hide_password=False)
    with psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as reader:
        holder.execute("SELECT * FROM alembic_version")

        def read(_: float) -> None:
            # The holder still holds the table: a step that waited on would be waited for here.
            reader.execute("SELECT * FROM alembic_version")
            tries.append(1)
            if len(tries) == 3:
                holder.commit()

        tries: list[int] = []
        monkeypatch.setattr(upgrades, "time", SimpleNamespace(sleep=read))
        migrate(at_a_young_revision)
    assert len(tries) == 3
    check(at_a_young_revision)


def test_a_step_that_a_long_transaction_hinders_is_told_in_a_sentence(
    at_a_young_revision: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrades, "ATTEMPTS", 2)
    monkeypatch.setattr(upgrades, "PAUSE", 0)
    monkeypatch.setattr(upgrades, "PATIENCE_MS", 50)
    with psycopg.connect(at_a_young_revision.url.render_as_string(hide_password=False)) as other:
        other.execute("SELECT * FROM alembic_version")
        with pytest.raises(Invalid) as refused:
            migrate(at_a_young_revision)
    assert refused.value.findings[0].values == {"revision": YOUNG}
    migrate(at_a_young_revision)


@pytest.mark.long
def test_each_step_is_told(database: Register) -> None:
    lines: list[str] = []
    migrate(database, "0003")
    migrate(database, "0006", lines.append)
    left = len(known()) - 4
    told = [f"Schema {at} is reached, steps left: {left - n}" for n, at in enumerate(known()[3:6])]
    assert lines == told
